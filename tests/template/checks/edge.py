"""The edge's function: on every way of a viewer, with the country that it judges by, and with its keys."""

from template.checks.delivery import TOKENS
from template.cloudformation import Document, behaviours, distributions, listed, resources, target

EVENTS = ["viewer-request", "viewer-response"]


def every_viewer_passes_the_function(document: Document) -> list[str]:
    """Each behaviour runs one function of ours on request and response; a live one, with a store of ours."""
    found, findings = resources(document, "AWS::CloudFront::Function"), []
    stores = resources(document, "AWS::CloudFront::KeyValueStore")
    for name, behaviour in behaviours(document):
        associations = behaviour.get("FunctionAssociations", [])
        if sorted(each["EventType"] for each in associations) != EVENTS or any(
            target(each["FunctionARN"]) not in found for each in associations
        ):
            findings.append(f"{name} lets viewers pass without a function of ours")
    for name, function in found.items():
        config = function["FunctionConfig"]
        held = [target(each["KeyValueStoreARN"]) for each in config.get("KeyValueStoreAssociations", [])]
        if config["Runtime"] != "cloudfront-js-2.0" or function.get("AutoPublish") is not True:
            findings.append(f"{name} is not live, or of a runtime without key value stores")
        if len(held) != 1 or held[0] not in stores:
            findings.append(f"{name} has no key value store of ours")
    return findings


def the_viewers_country_is_known_and_splits_no_cache(document: Document) -> list[str]:
    """Each behaviour whose paths have territories lists the header, in an origin request policy, and nothing else."""
    policies, findings = resources(document, "AWS::CloudFront::OriginRequestPolicy"), []
    for name, behaviour in behaviours(document):
        if behaviour.get("PathPattern") == TOKENS:
            continue
        policy = policies.get(str(target(behaviour.get("OriginRequestPolicyId"))), {})
        asked = policy.get("OriginRequestPolicyConfig", {})
        if asked.get("HeadersConfig") != {"HeaderBehavior": "whitelist", "Headers": ["CloudFront-Viewer-Country"]}:
            findings.append(f"{name} does not ask for the viewer's country")
        if asked.get("CookiesConfig") != {"CookieBehavior": "none"} or asked.get("QueryStringsConfig") != {
            "QueryStringBehavior": "none"
        }:
            findings.append(f"{name} sends viewers' cookies or queries to the origin")
    return findings


def tokens_have_a_behaviour_of_their_own(document: Document) -> list[str]:
    """The distribution's only other behaviour is that of tokens: each more would be one more place to forget a key."""
    return [
        f"{name} has other behaviours than that of tokens"
        for name, distribution in distributions(document).items()
        if [each.get("PathPattern") for each in distribution.get("CacheBehaviors", [])] != [TOKENS]
    ]


def errors_are_kept_by_nobody(document: Document) -> list[str]:
    """What has no Cache-Control of the origin's, and so every error, is not to be stored."""
    policies, findings = resources(document, "AWS::CloudFront::ResponseHeadersPolicy"), []
    for name, behaviour in behaviours(document):
        policy = policies.get(str(target(behaviour.get("ResponseHeadersPolicyId"))), {})
        items = policy.get("ResponseHeadersPolicyConfig", {}).get("CustomHeadersConfig", {}).get("Items", [])
        if {"Header": "Cache-Control", "Value": "no-store", "Override": False} not in items:
            findings.append(f"{name} lets browsers keep errors")
    return findings


def caches_know_tags(document: Document) -> list[str]:
    """The distribution reads tags from the header that S3 makes of an object's metadata."""
    return [
        f"{name} knows no tags"
        for name, distribution in distributions(document).items()
        if distribution.get("CacheTagConfig") != {"HeaderName": "x-amz-meta-cache-tag"}
    ]


def one_function_purges(document: Document) -> list[str]:
    """One role may do one thing to CloudFront: invalidate what our distribution caches."""
    ours = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    wanted = [("PurgeRole", ["cloudfront:CreateInvalidation"], {"Fn::Sub": ours})]
    allowed = [
        (name, listed(statement["Action"]), statement["Resource"])
        for name, role in resources(document, "AWS::IAM::Role").items()
        for policy in role.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("cloudfront:") for action in listed(statement["Action"]))
    ]
    return [] if allowed == wanted else [f"of CloudFront are allowed {allowed}"]
