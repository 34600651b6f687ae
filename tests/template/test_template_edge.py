"""The edge in the template: its function is the file's, every viewer passes it, and damages are reported."""

import runpy

import pytest
from template.checks import edge
from template.cloudformation import PROJECT, TEMPLATE, Document, embedded, on_aws
from template.damage import Damage, add, put, without, without_resource

from assetwire.domain.caching import EdgeSeconds

_DISTRIBUTION = "Distribution/DistributionConfig"
_DEFAULT = f"{_DISTRIBUTION}/DefaultCacheBehavior"
_TOKENS = f"{_DISTRIBUTION}/CacheBehaviors/0"
_ASKED = "ViewerCountryPolicy/OriginRequestPolicyConfig"
_OURS = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
_INVALIDATES = {"Effect": "Allow", "Action": "cloudfront:CreateInvalidation", "Resource": {"Fn::Sub": _OURS}}
_OTHER_FUNCTION = {"EventType": "viewer-request", "FunctionARN": "arn:aws:cloudfront::1:function/other"}

DAMAGES = {
    edge.every_viewer_passes_the_function: [
        without(f"{_DEFAULT}/FunctionAssociations"),
        without(f"{_DEFAULT}/FunctionAssociations/0"),
        without(f"{_DEFAULT}/FunctionAssociations/1"),
        without(f"{_TOKENS}/FunctionAssociations"),
        without(f"{_TOKENS}/FunctionAssociations/0"),
        put(f"{_TOKENS}/FunctionAssociations/0", _OTHER_FUNCTION),
        without("ViewerFunction/AutoPublish"),
        put("ViewerFunction/FunctionConfig/Runtime", "cloudfront-js-1.0"),
        without("ViewerFunction/FunctionConfig/KeyValueStoreAssociations"),
        without_resource("TokenKeys"),
    ],
    edge.the_viewers_country_is_known_and_splits_no_cache: [
        without(f"{_DEFAULT}/OriginRequestPolicyId"),
        put(f"{_ASKED}/HeadersConfig", {"HeaderBehavior": "none"}),
        put(f"{_ASKED}/HeadersConfig/Headers", ["CloudFront-Viewer-City"]),
        put(f"{_ASKED}/HeadersConfig/HeaderBehavior", "allViewer"),
        put(f"{_ASKED}/QueryStringsConfig/QueryStringBehavior", "all"),
        without_resource("ViewerCountryPolicy"),
    ],
    edge.tokens_have_a_behaviour_of_their_own: [
        without(f"{_DISTRIBUTION}/CacheBehaviors"),
        put(f"{_TOKENS}/PathPattern", "/*"),
        add(f"{_DISTRIBUTION}/CacheBehaviors", {"PathPattern": "*.mp4", "TargetOriginId": "delivery"}),
    ],
    edge.errors_are_kept_by_nobody: [
        without("DeliveryHeadersPolicy/ResponseHeadersPolicyConfig/CustomHeadersConfig"),
        put("DeliveryHeadersPolicy/ResponseHeadersPolicyConfig/CustomHeadersConfig/Items/0/Override", True),
        without(f"{_TOKENS}/ResponseHeadersPolicyId"),
    ],
    edge.caches_know_tags: [
        without(f"{_DISTRIBUTION}/CacheTagConfig"),
        put(f"{_DISTRIBUTION}/CacheTagConfig", {"HeaderName": "cache-tag"}),
    ],
    edge.one_function_purges: [
        add("EnforceRole/Policies/0/PolicyDocument/Statement", _INVALIDATES),
        add("PurgeRole/Policies/0/PolicyDocument/Statement", _INVALIDATES | {"Action": "cloudfront:GetInvalidation"}),
        put("PurgeRole/Policies/0/PolicyDocument/Statement/4/Resource", "*"),
        put("PurgeRole/Policies/0/PolicyDocument/Statement/4/Action", "cloudfront:*"),
    ],
}


@pytest.mark.parametrize("check", DAMAGES, ids=lambda check: check.__name__)
def test_the_template_passes_on_aws_and_on_the_embedded_stack(check: object, template: Document) -> None:
    assert check(on_aws(template)) == check(embedded(template)) == []


@pytest.mark.parametrize(
    ("check", "damage"),
    [pytest.param(c, d, id=f"{c.__name__}-{n}") for c, damages in DAMAGES.items() for n, d in enumerate(damages)],
)
def test_a_damage_of_the_edge_is_reported(check: object, damage: Damage, template: Document) -> None:
    assert check(on_aws(damage(template))) != []


def test_the_functions_code_is_the_file_to_the_byte(template: Document) -> None:
    code = template["Resources"]["ViewerFunction"]["Properties"]["FunctionCode"]
    assert code == (PROJECT / "edge" / "viewer.js").read_text(encoding="utf-8")


def test_the_script_writes_the_file_into_the_template_and_changes_nothing_else() -> None:
    with_function = runpy.run_path(str(PROJECT / "scripts" / "write_edge_function.py"))["with_function"]
    text = TEMPLATE.read_text(encoding="utf-8")
    source = (PROJECT / "edge" / "viewer.js").read_text(encoding="utf-8")
    other = with_function(text, "function handler(event) {\n\n  return event.request;\n}\n")
    assert len(other) < len(text)
    assert with_function(other, source) == text
    with pytest.raises(ValueError, match="0 places"):
        with_function("Resources: {}\n", source)


def test_the_edge_keeps_files_by_default_as_long_as_the_code_says(template: Document) -> None:
    names = ("PictureEdgeSeconds", "FilmEdgeSeconds", "OtherEdgeSeconds")
    assert EdgeSeconds(*(template["Parameters"][name]["Default"] for name in names)) == EdgeSeconds()
