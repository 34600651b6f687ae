"""The template's distribution as AWS would deploy it: behaviours, trusted keys, cache policies, response headers.

The local edge obeys what is read here and nothing else: a behaviour without a key group serves unsigned requests, as
CloudFront would. What the local edge cannot stand in for is an error, never ignored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assetwire_cli.edge.intrinsics import Stack, TemplateError, load_document
from assetwire_cli.edge.signature import load_public_key
from assetwire_cli.edge.wildcards import matches_wildcards

__all__ = [
    "Behaviour",
    "CachePolicy",
    "Cors",
    "Distribution",
    "Header",
    "ResponseHeaders",
    "TemplateError",
    "ViewerFunction",
    "evaluate",
    "load_document",
    "read_distribution",
]

DEFAULT_ERROR_TTL = 10
"""Seconds that CloudFront keeps an origin's error for which the distribution sets nothing."""

_UNSUPPORTED_IN_BEHAVIOUR = ("ForwardedValues", "LambdaFunctionAssociations", "TrustedSigners")
_RUNTIME = "cloudfront-js-2.0"
_EVENTS = ("viewer-request", "viewer-response")
_COUNTRY = "CloudFront-Viewer-Country"
_ALL_METHODS = ("GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclass(frozen=True)
class CachePolicy:
    """How long an answer is kept, in seconds, and whether the query string tells answers apart."""

    min_ttl: int
    default_ttl: int
    max_ttl: int
    query_in_key: bool


@dataclass(frozen=True)
class Cors:
    """The CORS part of a response headers policy."""

    allow_origins: tuple[str, ...]
    allow_methods: tuple[str, ...]
    allow_headers: tuple[str, ...]
    expose_headers: tuple[str, ...]
    allow_credentials: bool
    max_age: int | None


@dataclass(frozen=True)
class Header:
    """A header that the edge adds; without `override`, the origin's own wins."""

    name: str
    value: str
    override: bool


@dataclass(frozen=True)
class ResponseHeaders:
    """What a response headers policy adds to every answer, and which of the origin's headers it drops."""

    headers: tuple[Header, ...] = ()
    removed: frozenset[str] = frozenset()
    cors: Cors | None = None


@dataclass(frozen=True)
class Behaviour:
    """One cache behaviour; `keys` holds PEM by key-pair id, or is `None` where no signature is demanded."""

    path_pattern: str
    allowed_methods: frozenset[str]
    keys: Mapping[str, str] | None
    cache: CachePolicy
    response: ResponseHeaders
    functions: Mapping[str, str]  # the function's logical id by event type
    asks_country: bool  # a policy has CloudFront tell the viewer's country

    def matches(self, path: str) -> bool:
        """Say whether this behaviour answers a path; a pattern's leading slash is optional."""
        return matches_wildcards(self.path_pattern.lstrip("/"), path.removeprefix("/"))


@dataclass(frozen=True)
class ViewerFunction:
    """A CloudFront Function's code, and the logical id of its key value store, if it has one."""

    code: str
    store: str | None


@dataclass(frozen=True)
class Distribution:
    """The distribution: behaviours in the order in which they are tried, the default (`*`) last."""

    logical_id: str
    bucket: str  # the logical id of the origin's bucket
    behaviours: tuple[Behaviour, ...]
    error_ttls: Mapping[int, int]  # seconds by HTTP status
    answers_preflight: bool  # S3 refuses OPTIONS on a bucket without a CORS configuration
    functions: Mapping[str, ViewerFunction]  # by logical id
    tag_header: str | None  # the origin's header that names cache tags

    def behaviour_for(self, path: str) -> Behaviour:
        """Find the behaviour that answers a path."""
        return next(each for each in self.behaviours if each.matches(path))

    def error_ttl(self, status: int) -> int:
        """Return how many seconds an origin's error is kept."""
        return self.error_ttls.get(status, DEFAULT_ERROR_TTL)


def read_distribution(path: Path, parameters: Mapping[str, str]) -> Distribution:
    """Read a template file and evaluate its distribution.

    Raises:
        TemplateError: see `evaluate`.
    """
    return evaluate(load_document(path), parameters)


def evaluate(document: Mapping[str, Any], parameters: Mapping[str, str]) -> Distribution:
    """Evaluate the one distribution of a parsed template as on AWS, whatever `Embedded` says.

    Raises:
        TemplateError: AWS would reject the template, or the local edge cannot stand in for what it asks.
    """
    forced = {"Embedded": "false"} if "Embedded" in (document.get("Parameters") or {}) else {}
    stack = Stack(document, {**{name: value for name, value in parameters.items() if name != "Embedded"}, **forced})
    found = stack.of_type("AWS::CloudFront::Distribution")
    if len(found) != 1:
        raise TemplateError(f"the template has {len(found)} distributions, not one")
    try:
        return _distribution(stack, found[0])
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise TemplateError(f"{found[0]}: a part is missing or of the wrong shape: {error!r}") from error


def _distribution(stack: Stack, logical_id: str) -> Distribution:
    config = stack.properties(logical_id, "AWS::CloudFront::Distribution")["DistributionConfig"]
    if str(config["Enabled"]).lower() != "true":
        raise TemplateError(f"{logical_id} is not enabled")
    origins = {each["Id"]: _bucket(stack, each) for each in config.get("Origins", [])}
    if "DefaultCacheBehavior" not in config:
        raise TemplateError(f"{logical_id} has no default cache behaviour")
    listed = [*config.get("CacheBehaviors", []), {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    for each in listed:
        if each.get("TargetOriginId") not in origins:
            raise TemplateError(f"behaviour {each['PathPattern']}: no origin {each.get('TargetOriginId')!r}")
    buckets = sorted({origins[each["TargetOriginId"]] for each in listed})
    if len(buckets) != 1:
        raise TemplateError(f"the local edge serves one bucket, not {', '.join(buckets)}")
    behaviours = tuple(_behaviour(stack, each) for each in listed)
    used = sorted({function for each in behaviours for function in each.functions.values()})
    return Distribution(
        logical_id=logical_id,
        bucket=buckets[0],
        behaviours=behaviours,
        error_ttls=_error_ttls(config.get("CustomErrorResponses", [])),
        answers_preflight="CorsConfiguration" in stack.properties(buckets[0], "AWS::S3::Bucket"),
        functions={each: _viewer_function(stack, each) for each in used},
        tag_header=config["CacheTagConfig"]["HeaderName"].lower() if "CacheTagConfig" in config else None,
    )


def _bucket(stack: Stack, origin: Mapping[str, Any]) -> str:
    """Return the logical id of an origin's bucket; its access control must exist and sign every request."""
    access, _, attribute = str(origin.get("OriginAccessControlId", "")).partition(".")
    if attribute != "Id":
        raise TemplateError(f"origin {origin['Id']} has no origin access control of this template")
    control = stack.properties(access, "AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]
    signing = (control["OriginAccessControlOriginType"], control["SigningBehavior"], control["SigningProtocol"])
    if signing != ("s3", "always", "sigv4"):
        raise TemplateError(f"{access} does not sign every request to S3")
    bucket, _, attribute = str(origin["DomainName"]).partition(".")
    if attribute not in ("DomainName", "RegionalDomainName") or origin.get("OriginPath"):
        raise TemplateError(f"origin {origin['Id']} is not the root of a bucket of this template")
    stack.properties(bucket, "AWS::S3::Bucket")
    return bucket


def _behaviour(stack: Stack, config: Mapping[str, Any]) -> Behaviour:
    pattern = config["PathPattern"]
    for name in _UNSUPPORTED_IN_BEHAVIOUR:
        if config.get(name):
            raise TemplateError(f"behaviour {pattern}: the local edge cannot stand in for {name}")
    if "CachePolicyId" not in config:
        raise TemplateError(f"behaviour {pattern} has no cache policy")
    headers = config.get("ResponseHeadersPolicyId")
    return Behaviour(
        path_pattern=pattern,
        allowed_methods=frozenset(config.get("AllowedMethods", ("GET", "HEAD"))),
        keys=_keys(stack, config.get("TrustedKeyGroups", [])),
        cache=_cache_policy(stack, config["CachePolicyId"]),
        response=ResponseHeaders() if headers is None else _response_headers(stack, headers),
        functions=_functions(pattern, config.get("FunctionAssociations", [])),
        asks_country=_asks_country(stack, config.get("OriginRequestPolicyId")),
    )


def _functions(pattern: str, associations: list[Mapping[str, Any]]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in associations:
        function, _, attribute = str(each["FunctionARN"]).partition(".")
        if each["EventType"] not in _EVENTS or each["EventType"] in found or attribute != "FunctionARN":
            raise TemplateError(f"behaviour {pattern}: {each} is no association, or the second for its event")
        found[each["EventType"]] = function
    return found


def _viewer_function(stack: Stack, logical_id: str) -> ViewerFunction:
    properties = stack.properties(logical_id, "AWS::CloudFront::Function")
    config = properties["FunctionConfig"]
    if config["Runtime"] != _RUNTIME or not _flag(properties, "AutoPublish"):
        raise TemplateError(f"{logical_id}: the local edge runs functions of {_RUNTIME} that are published")
    stores = [str(each["KeyValueStoreARN"]).partition(".") for each in config.get("KeyValueStoreAssociations", [])]
    for store, _, attribute in stores:
        stack.properties(store, "AWS::CloudFront::KeyValueStore")
        if attribute != "Arn" or len(stores) > 1:
            raise TemplateError(f"{logical_id}: a function has one key value store, by its ARN")
    return ViewerFunction(properties["FunctionCode"], stores[0][0] if stores else None)


def _asks_country(stack: Stack, policy: object) -> bool:
    """Say whether CloudFront tells the viewer's country: an origin request policy may list that header alone."""
    if policy is None:
        return False
    config = stack.properties(policy, "AWS::CloudFront::OriginRequestPolicy")["OriginRequestPolicyConfig"]
    headers = config["HeadersConfig"]
    others = (config["CookiesConfig"]["CookieBehavior"], config["QueryStringsConfig"]["QueryStringBehavior"])
    if others != ("none", "none") or headers["HeaderBehavior"] not in ("none", "whitelist"):
        raise TemplateError(f"{policy}: the local edge sends no cookies, queries or other headers to the origin")
    if unknown := set(headers.get("Headers", [])) - {_COUNTRY}:
        raise TemplateError(f"{policy}: the local edge does not know {', '.join(sorted(unknown))}")
    return _COUNTRY in headers.get("Headers", [])


def _keys(stack: Stack, groups: list[str]) -> Mapping[str, str] | None:
    keys: dict[str, str] = {}
    for group in groups:
        items = stack.properties(group, "AWS::CloudFront::KeyGroup")["KeyGroupConfig"]["Items"]
        if not items:
            raise TemplateError(f"{group} has no key")
        for item in items:
            pem = stack.properties(item, "AWS::CloudFront::PublicKey")["PublicKeyConfig"]["EncodedKey"]
            try:
                load_public_key(pem)
            except ValueError as error:
                raise TemplateError(f"{item}: {error}") from error
            keys[item] = pem
    return keys or None


def _cache_policy(stack: Stack, logical_id: str) -> CachePolicy:
    config = stack.properties(logical_id, "AWS::CloudFront::CachePolicy")["CachePolicyConfig"]
    key = config["ParametersInCacheKeyAndForwardedToOrigin"]
    query = key["QueryStringsConfig"]["QueryStringBehavior"]
    others = (key["CookiesConfig"]["CookieBehavior"], key["HeadersConfig"]["HeaderBehavior"])
    if others != ("none", "none") or query not in ("none", "all"):
        raise TemplateError(f"{logical_id}: the local edge's cache key is the path, with or without the whole query")
    policy = CachePolicy(
        min_ttl=int(config["MinTTL"]),
        default_ttl=int(config["DefaultTTL"]),
        max_ttl=int(config["MaxTTL"]),
        query_in_key=query == "all",
    )
    if not 0 <= policy.min_ttl <= policy.default_ttl <= policy.max_ttl:
        raise TemplateError(f"{logical_id}: not MinTTL ≤ DefaultTTL ≤ MaxTTL")
    return policy


def _error_ttls(responses: list[Mapping[str, Any]]) -> Mapping[int, int]:
    for each in responses:
        if "ResponseCode" in each or "ResponsePagePath" in each:
            raise TemplateError(f"error {each['ErrorCode']}: the local edge has no error pages")
    return {int(each["ErrorCode"]): int(each.get("ErrorCachingMinTTL", DEFAULT_ERROR_TTL)) for each in responses}


def _response_headers(stack: Stack, logical_id: str) -> ResponseHeaders:
    config = stack.properties(logical_id, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]
    security = [_security_header(*each) for each in config.get("SecurityHeadersConfig", {}).items()]
    custom = [
        Header(each["Header"], each["Value"], _flag(each["Override"]))
        for each in config.get("CustomHeadersConfig", {}).get("Items", [])
    ]
    removed = config.get("RemoveHeadersConfig", {}).get("Items", [])
    return ResponseHeaders(
        headers=(*security, *custom),
        removed=frozenset(each["Header"].lower() for each in removed),
        cors=_cors(config["CorsConfig"]) if "CorsConfig" in config else None,
    )


def _security_header(name: str, config: Mapping[str, Any]) -> Header:
    match name:
        case "ContentTypeOptions":
            header, value = "X-Content-Type-Options", "nosniff"
        case "ContentSecurityPolicy":
            header, value = "Content-Security-Policy", config["ContentSecurityPolicy"]
        case "FrameOptions":
            header, value = "X-Frame-Options", config["FrameOption"]
        case "ReferrerPolicy":
            header, value = "Referrer-Policy", config["ReferrerPolicy"]
        case "StrictTransportSecurity":
            flags = [("IncludeSubdomains", "includeSubDomains"), ("Preload", "preload")]
            words = [
                f"max-age={config['AccessControlMaxAgeSec']}",
                *(word for key, word in flags if _flag(config, key)),
            ]
            header, value = "Strict-Transport-Security", "; ".join(words)
        case "XSSProtection":
            mode = "; mode=block" if _flag(config, "ModeBlock") else ""
            header, value = "X-XSS-Protection", f"1{mode}" if _flag(config, "Protection") else "0"
        case _:
            raise TemplateError(f"the local edge does not know the security header {name}")
    return Header(header, value, _flag(config, "Override"))


def _cors(config: Mapping[str, Any]) -> Cors:
    def items(name: str) -> tuple[str, ...]:
        return tuple(config.get(name, {}).get("Items", []))

    methods = items("AccessControlAllowMethods")
    return Cors(
        allow_origins=items("AccessControlAllowOrigins"),
        allow_methods=_ALL_METHODS if methods == ("ALL",) else methods,
        allow_headers=items("AccessControlAllowHeaders"),
        expose_headers=items("AccessControlExposeHeaders"),
        allow_credentials=_flag(config, "AccessControlAllowCredentials"),
        max_age=int(config["AccessControlMaxAgeSec"]) if "AccessControlMaxAgeSec" in config else None,
    )


def _flag(value: object, key: str | None = None) -> bool:
    """Read a boolean, which CloudFormation also accepts as text."""
    if key is not None:
        value = value.get(key, False) if isinstance(value, Mapping) else False
    return str(value).lower() == "true"
