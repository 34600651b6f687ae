"""What the local edge reads in the template, and what changes once somebody deletes a part of it."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assetwire_cli.edge.intrinsics import Stack
from assetwire_cli.edge.signature import judge
from assetwire_cli.edge.template import (
    CachePolicy,
    Distribution,
    Header,
    TemplateError,
    evaluate,
    load_document,
    read_distribution,
)

TEMPLATE = Path(__file__).parents[4] / "template.yaml"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PEM = (
    PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
PARAMETERS = {"SigningPublicKeyA": PEM, "Embedded": "true"}
Change = Callable[[dict[str, Any]], object]


DOCUMENT = load_document(TEMPLATE)


def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT)


def changed(change: Change, parameters: dict[str, str] = PARAMETERS) -> Distribution:
    parsed = document()
    change(parsed)
    return evaluate(parsed, parameters)


def config(parsed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = parsed["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
    return found


def default(parsed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = config(parsed)["DefaultCacheBehavior"]
    return found


def cache_policy(parsed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = parsed["Resources"]["DeliveryCachePolicy"]["Properties"]["CachePolicyConfig"]
    return found


def function(parsed: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = parsed["Resources"]["ViewerFunction"]["Properties"]
    return found


def asked_headers(parsed: dict[str, Any]) -> list[str]:
    policy = parsed["Resources"]["ViewerCountryPolicy"]["Properties"]["OriginRequestPolicyConfig"]
    found: list[str] = policy["HeadersConfig"]["Headers"]
    return found


def demands_signatures(distribution: Distribution) -> bool:
    return bool(distribution.behaviours[-1].keys)


# --- the template as it is --------------------------------------------------------------------------------------


def test_the_templates_behaviour_demands_signatures() -> None:
    distribution = read_distribution(TEMPLATE, PARAMETERS)
    assert {each.path_pattern: each.keys is not None for each in distribution.behaviours} == {"/t/*": False, "*": True}
    keys = distribution.behaviour_for("/a1/g1/v1/web-800.jpg").keys
    assert keys is not None
    assert keys["SigningKeyA"] == PEM
    assert judge("https://media.example/a.jpg", keys, datetime.now(UTC), "127.0.0.1").reason == "unsigned"


@pytest.mark.parametrize("slots", ["A", "B", "AB"])
def test_every_slot_that_has_a_key_is_trusted_and_the_one_that_signs_is_among_them(slots: str) -> None:
    parameters = {f"SigningPublicKey{slot}": PEM for slot in slots} | {"SigningSlot": slots[-1], "Embedded": "false"}
    keys = evaluate(document(), parameters).behaviours[-1].keys
    assert keys == {f"SigningKey{slot}": PEM for slot in slots}
    stack = Stack(document(), parameters)
    variables = stack.properties("SignedUrlFunction", "AWS::Serverless::Function")["Environment"]["Variables"]
    assert {variables["SIGNING_KEY"], variables["SIGNING_KEY_PAIR_ID"]} == {f"SigningKey{slots[-1]}"} <= keys.keys()


def test_embedded_is_always_read_as_false() -> None:
    assert evaluate(document(), {**PARAMETERS, "Embedded": "true"}) == read_distribution(
        TEMPLATE, {**PARAMETERS, "Embedded": "false"}
    )


def test_a_refusal_never_outlives_a_grant_in_the_cache() -> None:
    distribution = evaluate(document(), PARAMETERS)
    assert [distribution.error_ttl(status) for status in (403, 404, 500, 502, 503, 504)] == [0] * 6
    assert distribution.error_ttl(400) == 10


def test_only_reading_methods_are_allowed() -> None:
    distribution = evaluate(document(), PARAMETERS)
    assert all(each.allowed_methods <= {"GET", "HEAD", "OPTIONS"} for each in distribution.behaviours)


def test_media_are_cached_by_path_alone_within_the_policys_bounds() -> None:
    behaviour = evaluate(document(), PARAMETERS).behaviours[-1]
    assert behaviour.cache == CachePolicy(min_ttl=0, default_ttl=86400, max_ttl=31536000, query_in_key=False)


def test_every_answer_carries_the_security_headers() -> None:
    response = evaluate(document(), PARAMETERS).behaviours[-1].response
    headers = {each.name: each for each in response.headers}
    assert headers["X-Content-Type-Options"] == Header("X-Content-Type-Options", "nosniff", override=True)
    assert headers["Content-Security-Policy"].value == "default-src 'none'; sandbox"
    assert headers["Referrer-Policy"].value == "no-referrer"
    assert headers["Strict-Transport-Security"].value == "max-age=31536000; includeSubDomains"


def test_the_cors_origin_is_the_parameters() -> None:
    origins = "https://shop.example, https://*.shop.example"
    cors = evaluate(document(), {**PARAMETERS, "CorsOrigins": origins}).behaviours[-1].response.cors
    assert cors is not None
    assert cors.allow_origins == ("https://shop.example", "https://*.shop.example")
    assert cors.allow_methods == ("GET", "HEAD")
    assert not cors.allow_credentials


def test_every_behaviour_runs_the_function_and_the_signed_one_asks_for_the_viewers_country() -> None:
    distribution = evaluate(document(), PARAMETERS)
    both = dict.fromkeys(("viewer-request", "viewer-response"), "ViewerFunction")
    assert [each.functions for each in distribution.behaviours] == [both, both]
    assert [each.asks_country for each in distribution.behaviours] == [False, True]
    assert distribution.functions["ViewerFunction"].store == "TokenKeys"
    assert distribution.functions["ViewerFunction"].code.startswith("// The viewer's side of delivery")
    assert distribution.tag_header == "x-amz-meta-cache-tag"


def test_without_the_policy_no_country_is_known_and_without_a_tag_header_no_tag() -> None:
    assert not changed(lambda parsed: default(parsed).pop("OriginRequestPolicyId")).behaviours[-1].asks_country
    assert not changed(lambda parsed: asked_headers(parsed).clear()).behaviours[-1].asks_country
    assert changed(lambda parsed: config(parsed).pop("CacheTagConfig")).tag_header is None
    plain = changed(lambda parsed: function(parsed)["FunctionConfig"].pop("KeyValueStoreAssociations"))
    assert plain.functions["ViewerFunction"].store is None


def test_the_origin_is_the_delivery_bucket() -> None:
    assert evaluate(document(), PARAMETERS).bucket == "DeliveryBucket"


# --- the template with a part deleted or changed ----------------------------------------------------------------


def test_without_the_key_group_the_behaviour_serves_unsigned() -> None:
    assert not demands_signatures(changed(lambda parsed: default(parsed).pop("TrustedKeyGroups")))
    assert not demands_signatures(changed(lambda parsed: default(parsed).update(TrustedKeyGroups=[])))
    swapped = {"Fn::If": ["OnAws", {"Ref": "AWS::NoValue"}, [{"Ref": "DeliveryKeyGroup"}]]}
    assert not demands_signatures(changed(lambda parsed: default(parsed).update(TrustedKeyGroups=swapped)))


def empty_key_group(parsed: dict[str, Any]) -> None:
    parsed["Resources"]["DeliveryKeyGroup"]["Properties"]["KeyGroupConfig"]["Items"] = []


def foreign_key_in_group(parsed: dict[str, Any]) -> None:
    parsed["Resources"]["DeliveryKeyGroup"]["Properties"]["KeyGroupConfig"]["Items"] = ["K2JCJMDEHXQW5F"]


def key_on_a_condition_that_fails(parsed: dict[str, Any]) -> None:
    parsed["Conditions"]["Never"] = {"Fn::Not": [{"Condition": "OnAws"}]}
    parsed["Resources"]["SigningKeyA"]["Condition"] = "Never"


def second_origin(parsed: dict[str, Any]) -> None:
    config(parsed)["Origins"].append(
        {
            **config(parsed)["Origins"][0],
            "Id": "masters",
            "DomainName": {"Fn::GetAtt": "MastersBucket.RegionalDomainName"},
        }
    )
    config(parsed)["CacheBehaviors"] = [{**default(parsed), "PathPattern": "/m/*", "TargetOriginId": "masters"}]


BROKEN: dict[str, tuple[Change, str]] = {
    "no distribution": (lambda parsed: parsed["Resources"].pop("Distribution"), "0 distributions"),
    "disabled": (lambda parsed: config(parsed).update(Enabled=False), "not enabled"),
    "no default behaviour": (lambda parsed: config(parsed).pop("DefaultCacheBehavior"), "no default cache behaviour"),
    "no key group": (lambda parsed: parsed["Resources"].pop("DeliveryKeyGroup"), "DeliveryKeyGroup"),
    "empty key group": (empty_key_group, "has no key"),
    "foreign key": (foreign_key_in_group, "K2JCJMDEHXQW5F"),
    "no public key": (lambda parsed: parsed["Resources"].pop("SigningKeyA"), "SigningKeyA"),
    "public key only elsewhere": (key_on_a_condition_that_fails, "SigningKeyA"),
    "no origin": (lambda parsed: config(parsed).pop("Origins"), "no origin 'delivery'"),
    "other target": (lambda parsed: default(parsed).update(TargetOriginId="elsewhere"), "no origin 'elsewhere'"),
    "second bucket": (second_origin, "one bucket"),
    "no origin access control": (lambda parsed: parsed["Resources"].pop("DeliveryAccess"), "DeliveryAccess"),
    "origin without access control": (
        lambda parsed: config(parsed)["Origins"][0].pop("OriginAccessControlId"),
        "no origin access control",
    ),
    "access control that does not sign": (
        lambda parsed: parsed["Resources"]["DeliveryAccess"]["Properties"]["OriginAccessControlConfig"].update(
            SigningBehavior="never"
        ),
        "does not sign",
    ),
    "no cache policy": (lambda parsed: parsed["Resources"].pop("DeliveryCachePolicy"), "DeliveryCachePolicy"),
    "behaviour without cache policy": (lambda parsed: default(parsed).pop("CachePolicyId"), "no cache policy"),
    "cache policy of Amazon's": (
        lambda parsed: default(parsed).update(CachePolicyId="658327ea-f89d-4fab-a63d-7e88639e58f6"),
        "not a resource",
    ),
    "cache policy without minimum": (lambda parsed: cache_policy(parsed).pop("MinTTL"), "MinTTL"),
    "cache policy upside down": (lambda parsed: cache_policy(parsed).update(MaxTTL=1), "MinTTL ≤ DefaultTTL"),
    "no headers policy": (lambda parsed: parsed["Resources"].pop("DeliveryHeadersPolicy"), "DeliveryHeadersPolicy"),
    "function at the origin": (
        lambda parsed: default(parsed).update(LambdaFunctionAssociations=[{}]),
        "LambdaFunctionAssociations",
    ),
    "no function": (lambda parsed: parsed["Resources"].pop("ViewerFunction"), "ViewerFunction"),
    "two functions for an event": (
        lambda parsed: default(parsed)["FunctionAssociations"].append(default(parsed)["FunctionAssociations"][0]),
        "the second for its event",
    ),
    "function of an origin's event": (
        lambda parsed: default(parsed)["FunctionAssociations"][0].update(EventType="origin-request"),
        "no association",
    ),
    "function that is not published": (lambda parsed: function(parsed).pop("AutoPublish"), "published"),
    "function of an older runtime": (
        lambda parsed: function(parsed)["FunctionConfig"].update(Runtime="cloudfront-js-1.0"),
        "cloudfront-js-2.0",
    ),
    "no store": (lambda parsed: parsed["Resources"].pop("TokenKeys"), "TokenKeys"),
    "two stores": (
        lambda parsed: function(parsed)["FunctionConfig"]["KeyValueStoreAssociations"].append(
            {"KeyValueStoreARN": {"Fn::GetAtt": "TokenKeys.Arn"}}
        ),
        "one key value store",
    ),
    "unknown header of CloudFront's": (
        lambda parsed: asked_headers(parsed).append("CloudFront-Viewer-City"),
        "CloudFront-Viewer-City",
    ),
    "cookies for the origin": (
        lambda parsed: parsed["Resources"]["ViewerCountryPolicy"]["Properties"]["OriginRequestPolicyConfig"].update(
            CookiesConfig={"CookieBehavior": "all"}
        ),
        "no cookies",
    ),
    "error page": (
        lambda parsed: config(parsed)["CustomErrorResponses"].append({"ErrorCode": 405, "ResponseCode": 200}),
        "error pages",
    ),
    "unknown intrinsic": (
        lambda parsed: config(parsed).update(Comment={"Fn::ImportValue": "x"}),
        "does not evaluate Fn::ImportValue",
    ),
    "wrong shape": (lambda parsed: config(parsed).update(Origins="delivery"), "wrong shape"),
}


@pytest.mark.parametrize(("change", "message"), BROKEN.values(), ids=BROKEN)
def test_what_aws_would_reject_or_the_edge_cannot_be_is_an_error(change: Change, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        changed(change)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "DeliveryKeyGroup has no key"),
        ({**PARAMETERS, "SigningPublicKeyB": "no key"}, "SigningKeyB"),
        ({"SigningPublicKeyA": "no key"}, "SigningKeyA"),
        ({**PARAMETERS, "Colour": "blue"}, "no parameter Colour"),
    ],
)
def test_parameters_that_aws_would_reject_are_an_error(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        evaluate(document(), parameters)


def test_another_cache_policy_changes_what_is_kept() -> None:
    def change(parsed: dict[str, Any]) -> None:
        cache_policy(parsed).update(MinTTL=60, DefaultTTL="90", MaxTTL=120)
        cache_policy(parsed)["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"] = {
            "QueryStringBehavior": "all"
        }

    assert changed(change).behaviours[-1].cache == CachePolicy(60, 90, 120, query_in_key=True)


def test_error_lifetimes_fall_back_to_cloudfronts_ten_seconds() -> None:
    assert changed(lambda parsed: config(parsed).pop("CustomErrorResponses")).error_ttl(403) == 10


def test_behaviours_are_tried_in_their_order_and_the_default_last() -> None:
    def change(parsed: dict[str, Any]) -> None:
        unsigned = {name: value for name, value in default(parsed).items() if name != "TrustedKeyGroups"}
        config(parsed)["CacheBehaviors"] = [
            {**unsigned, "PathPattern": "/t/*"},
            {**default(parsed), "PathPattern": "*.jp?g"},
        ]

    distribution = changed(change)
    assert [each.path_pattern for each in distribution.behaviours] == ["/t/*", "*.jp?g", "*"]
    assert distribution.behaviour_for("/t/a.jpeg").keys is None
    assert distribution.behaviour_for("/a/b.jpeg").path_pattern == "*.jp?g"
    assert distribution.behaviour_for("/a/b.jpg").path_pattern == "*"


def test_a_bucket_with_a_cors_configuration_answers_preflights() -> None:
    def change(parsed: dict[str, Any]) -> None:
        parsed["Resources"]["DeliveryBucket"]["Properties"]["CorsConfiguration"] = {"CorsRules": []}

    assert changed(change).answers_preflight
    assert not changed(
        lambda parsed: parsed["Resources"]["DeliveryBucket"]["Properties"].pop("CorsConfiguration", 0)
    ).answers_preflight


def test_all_kinds_of_security_and_custom_headers_are_read() -> None:
    def change(parsed: dict[str, Any]) -> None:
        policy = parsed["Resources"]["DeliveryHeadersPolicy"]["Properties"]["ResponseHeadersPolicyConfig"]
        policy["SecurityHeadersConfig"] = {
            "FrameOptions": {"FrameOption": "DENY", "Override": "false"},
            "XSSProtection": {"Protection": True, "ModeBlock": True, "Override": True},
        }
        policy["CustomHeadersConfig"] = {"Items": [{"Header": "X-Robots-Tag", "Value": "noindex", "Override": True}]}
        policy["RemoveHeadersConfig"] = {"Items": [{"Header": "X-Amz-Meta-Asset"}]}

    response = changed(change).behaviours[-1].response
    assert response.headers == (
        Header("X-Frame-Options", "DENY", override=False),
        Header("X-XSS-Protection", "1; mode=block", override=True),
        Header("X-Robots-Tag", "noindex", override=True),
    )
    assert response.removed == {"x-amz-meta-asset"}
