"""The headers that a response headers policy adds to an answer, CORS among them."""

from assetwire_cli.edge.messages import Request, Response
from assetwire_cli.edge.template import Cors, ResponseHeaders
from assetwire_cli.edge.wildcards import matches_wildcards

VIA = "1.1 assetwire-edge (CloudFront)"


def decorated(response: Response, policy: ResponseHeaders, request: Request) -> Response:
    """Add what the response headers policy asks; a header of the origin's yields only where the policy overrides."""
    headers = [each for each in response.headers if each[0].lower() not in policy.removed]
    for each in policy.headers:
        present = any(name.lower() == each.name.lower() for name, _ in headers)
        if present and each.override:
            headers = [pair for pair in headers if pair[0].lower() != each.name.lower()]
        if each.override or not present:
            headers.append((each.name, each.value))
    if policy.cors is not None and "origin" in request.headers:
        preflight = request.method == "OPTIONS" and "access-control-request-method" in request.headers
        headers.extend(_cors_headers(policy.cors, request.headers["origin"], preflight=preflight))
    return Response(response.status, (*headers, ("Via", VIA)), response.body)


def _cors_headers(cors: Cors, origin: str, *, preflight: bool) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    if "*" in cors.allow_origins:
        headers.append(("Access-Control-Allow-Origin", "*"))
    else:
        bare = origin.partition("://")[2]
        if not any(matches_wildcards(each, origin if "://" in each else bare) for each in cors.allow_origins):
            return []
        headers += [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")]
    if cors.allow_credentials:
        headers.append(("Access-Control-Allow-Credentials", "true"))
    if cors.expose_headers:
        headers.append(("Access-Control-Expose-Headers", ", ".join(cors.expose_headers)))
    if preflight:
        headers.append(("Access-Control-Allow-Methods", ", ".join(cors.allow_methods)))
        headers.append(("Access-Control-Allow-Headers", ", ".join(cors.allow_headers)))
        if cors.max_age is not None:
            headers.append(("Access-Control-Max-Age", str(cors.max_age)))
    return headers
