"""Delivery: nobody gets an answer without a signature or a token, and no error is remembered."""

from template.cloudformation import Document, behaviours, distributions, resources, target

ERRORS = {403, 404, 500, 502, 503, 504}
"""Refusals and failures of the origin, which CloudFront would else remember for 10 seconds."""

_YEAR = 31536000


def the_only_origin_is_delivery(document: Document) -> list[str]:
    """The distribution reads the delivery bucket, signing every request, and nothing else."""
    controls, findings = resources(document, "AWS::CloudFront::OriginAccessControl"), []
    for name, distribution in distributions(document).items():
        origins = distribution.get("Origins", [])
        if [origin.get("DomainName") for origin in origins] != [
            {"Fn::GetAtt": ["DeliveryBucket", "RegionalDomainName"]}
        ] or "OriginGroups" in distribution:
            findings.append(f"{name} has another origin than the delivery bucket")
        for origin in origins:
            control = controls.get(str(target(origin.get("OriginAccessControlId"))), {})
            if control.get("OriginAccessControlConfig", {}) | {"Name": ""} != {
                "Name": "",
                "OriginAccessControlOriginType": "s3",
                "SigningBehavior": "always",
                "SigningProtocol": "sigv4",
            }:
                findings.append(f"{name} does not sign its requests to {origin.get('Id')}")
            if origin.get("S3OriginConfig") != {"OriginAccessIdentity": ""}:
                findings.append(f"{name} does not treat {origin.get('Id')} as a bucket")
    return findings


TOKENS = "/t/*"
"""The one behaviour without a key group: its function lets nothing pass but a valid token."""


def every_behaviour_asks_for_a_signature(document: Document) -> list[str]:
    """Each behaviour but that of tokens trusts our key group; all speak HTTPS only, and take no method that writes."""
    groups, findings = resources(document, "AWS::CloudFront::KeyGroup"), []
    for name, behaviour in behaviours(document):
        trusted = behaviour.get("TrustedKeyGroups", [])
        demanded = trusted or behaviour.get("PathPattern") != TOKENS
        if demanded and (
            not trusted or any(target(group) not in groups for group in trusted) or "TrustedSigners" in behaviour
        ):
            findings.append(f"{name} answers without a signature of our keys")
        if behaviour.get("ViewerProtocolPolicy") not in {"https-only", "redirect-to-https"}:
            findings.append(f"{name} speaks plain HTTP")
        if not set(behaviour.get("AllowedMethods", [])) <= {"GET", "HEAD", "OPTIONS"}:
            findings.append(f"{name} takes methods that write")
    keys = resources(document, "AWS::CloudFront::PublicKey")
    for name, group in groups.items():
        items = group["KeyGroupConfig"]["Items"]
        if not items or any(target(item) not in keys for item in items):
            findings.append(f"{name} trusts keys that are not ours")
    return findings


def caches_ignore_what_viewers_vary(document: Document) -> list[str]:
    """Each behaviour's cache policy is ours: neither a query, a header nor a cookie makes a second copy."""
    policies, findings = resources(document, "AWS::CloudFront::CachePolicy"), []
    ignored = {
        "CookiesConfig": {"CookieBehavior": "none"},
        "HeadersConfig": {"HeaderBehavior": "none"},
        "QueryStringsConfig": {"QueryStringBehavior": "none"},
    }
    for name, behaviour in behaviours(document):
        policy = policies.get(str(target(behaviour.get("CachePolicyId"))), {}).get("CachePolicyConfig", {})
        key = policy.get("ParametersInCacheKeyAndForwardedToOrigin", {})
        if any(key.get(part) != value for part, value in ignored.items()) or policy.get("MinTTL") != 0:
            findings.append(f"{name} has no cache policy of ours")
    return findings


def answers_carry_security_headers(document: Document) -> list[str]:
    """Each behaviour adds HSTS for a year, nosniff, and a content policy under which nothing runs."""
    policies, findings = resources(document, "AWS::CloudFront::ResponseHeadersPolicy"), []
    for name, behaviour in behaviours(document):
        policy = policies.get(str(target(behaviour.get("ResponseHeadersPolicyId"))), {})
        headers = policy.get("ResponseHeadersPolicyConfig", {}).get("SecurityHeadersConfig", {})
        transport, content = headers.get("StrictTransportSecurity", {}), headers.get("ContentSecurityPolicy", {})
        if transport.get("AccessControlMaxAgeSec", 0) < _YEAR or transport.get("Override") is not True:
            findings.append(f"{name} sends no HSTS")
        if headers.get("ContentTypeOptions") != {"Override": True}:
            findings.append(f"{name} lets browsers guess types")
        if "default-src 'none'" not in content.get("ContentSecurityPolicy", "") or content.get("Override") is not True:
            findings.append(f"{name} sends no content security policy")
    return findings


def errors_are_not_remembered(document: Document) -> list[str]:
    """A refusal must not outlive a grant, nor a failure its cause."""
    findings = []
    for name, distribution in distributions(document).items():
        kept = {r["ErrorCode"]: r.get("ErrorCachingMinTTL", 10) for r in distribution.get("CustomErrorResponses", [])}
        findings += [f"{name} remembers {code}" for code in sorted(ERRORS) if kept.get(code, 10) != 0]
    return findings
