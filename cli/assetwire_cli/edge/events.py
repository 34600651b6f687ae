"""Viewer events of CloudFront Functions, and what a function made of them.

Source: CloudFront Developer Guide, "CloudFront Functions event structure".
"""

from collections.abc import Iterable, Mapping
from typing import Any

COUNTRY = "cloudfront-viewer-country"
"""The header that CloudFront sets, by the viewer's address, where a policy lists it."""

_HIDDEN = frozenset({"connection", "expect", "keep-alive", "cookie", "transfer-encoding", "upgrade", COUNTRY})


def request_event(
    method: str, target: str, headers: Mapping[str, str], ip: str, *, cookies: Mapping[str, str], country: str
) -> dict[str, Any]:
    """Return the event of a viewer's request; `country` is what CloudFront says of the viewer, or empty."""
    uri, _, query = target.partition("?")
    shown = {name: {"value": value} for name, value in headers.items() if name not in _HIDDEN}
    if country:
        shown[COUNTRY] = {"value": country}
    request = {
        "method": method,
        "uri": uri,
        "querystring": _parameters(query),
        "headers": shown,
        "cookies": {name: {"value": value} for name, value in cookies.items()},
    }
    return _event("viewer-request", ip, request)


def response_event(
    request: Mapping[str, Any], status: int, headers: Iterable[tuple[str, str]], ip: str
) -> dict[str, Any]:
    """Return the event of the response to a request that a function let pass."""
    response = {"statusCode": status, "headers": {n.lower(): {"value": v} for n, v in headers}, "cookies": {}}
    return {**_event("viewer-response", ip, request), "response": response}


def target_of(request: Mapping[str, Any]) -> str:
    """Return path and query of a request that a function returned."""
    pairs = [
        f"{name}={each['value']}" if each["value"] else name
        for name, field in request.get("querystring", {}).items()
        for each in field.get("multiValue", [field])
    ]
    return str(request["uri"]) + (f"?{'&'.join(pairs)}" if pairs else "")


def headers_of(response: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the headers of a response that a function returned, spelled as CloudFront spells them."""
    return tuple(
        ("-".join(word.capitalize() for word in name.split("-")), str(field["value"]))
        for name, field in response.get("headers", {}).items()
    )


def _event(kind: str, ip: str, request: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": "1.0", "context": {"eventType": kind}, "viewer": {"ip": ip}, "request": request}


def _parameters(query: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        if name in found:
            found[name].setdefault("multiValue", [{"value": found[name]["value"]}]).append({"value": value})
        else:
            found[name] = {"value": value}
    return found
