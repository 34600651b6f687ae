"""Viewers' requests as a CloudFront Function gets them, and what it makes of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assetwire.domain.viewer_paths import TokenKey, path_by_token
from assetwire_cli.edge.function import FunctionRuntime

CODE = (Path(__file__).parents[2] / "edge" / "viewer.js").read_text()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
FILE = "a1/g1/20261120t120000-abcdefgh/web-320.jpg"
KEYS = {"TokenKeyA": "a secret", "TokenKeyB": "another"}
A, B = (TokenKey(name[-1], secret) for name, secret in KEYS.items())


def request(uri: str, country: str | None = "DE", query: dict[str, str] | None = None, **parts: Any) -> dict[str, Any]:
    headers = {"host": {"value": "media.example"}}
    if country is not None:
        headers["cloudfront-viewer-country"] = {"value": country}
    asked = {name: {"value": value} for name, value in (query or {}).items()}
    return {"method": "GET", "uri": uri, "querystring": asked, "headers": headers, "cookies": {}, **parts}


def event(asked: dict[str, Any], response: dict[str, Any] | None = None) -> dict[str, Any]:
    kind = "viewer-request" if response is None else "viewer-response"
    said = {"version": "1.0", "context": {"eventType": kind}, "viewer": {"ip": "192.0.2.1"}, "request": asked}
    return said if response is None else {**said, "response": response}


def token_uri(channel: str = "walmart-us", expires: int = EPOCH + 60, by: TokenKey = A, file: str = FILE) -> str:
    return "/" + path_by_token(file, channel=channel, expires=expires, by=by)


def verdict(runtime: FunctionRuntime, asked: dict[str, Any], at: datetime = NOW) -> tuple[str, str]:
    """Return `("", path in the bucket)`, or the refusal's reason and nothing."""
    answer = runtime.run(event(asked), at)
    if "statusCode" not in answer:
        return "", answer["uri"]
    assert answer["statusCode"] == 403
    assert answer["headers"]["cache-control"] == {"value": "no-store"}
    assert "body" not in answer
    return answer["headers"]["x-assetwire-reason"]["value"], ""


MALFORMED = [
    f"/{FILE}",
    f"/t/{FILE}",
    f"/T/{FILE}",
    f"//DE/{FILE}",
    f"/DE//{FILE}",
    f"/de/{FILE}",
    f"/ANY/{FILE}",
    f"/any-DE/{FILE}",
    f"/DE-any/{FILE}",
    f"/DE-AT/{FILE}",
    f"/DE-DE/{FILE}",
    f"/DE-/{FILE}",
    f"/-DE/{FILE}",
    f"/DE--FR/{FILE}",
    f"/DE,FR/{FILE}",
    f"/D%45/{FILE}",
    f"/*/{FILE}",
    "/DE/a1/g1/v1",
    "/DE/a1/g1/v1/",
    "/DE/a1/g1/v1/web",
    "/DE/a1/g1/v1/.jpg",
    "/DE/a1/g1/v1/web.jpg/",
    "/DE/a1/g1/v1/web.jpg/x.jpg",
    "/DE/a1/g1/v1/../web.jpg",
    "/DE/a1/g1/../v1/web.jpg",
    "/DE/a1/g1/v1/%2e%2e/web.jpg",
    "/DE/a1%2fg1/v1/web.jpg",
    "/DE/a1/g1/v1%2Fweb.jpg",
    "/DE/a1/g1/v1/web%20320.jpg",
    "/DE/a1/g1/v1/web 320.jpg",
    "/DE/a1/g1/v1/web..jpg",
    "/DE/a1/g1/v1/web.jpg\n",
    "/DE/a1/g1/v1/web.jpg\0",
    "/DE/a1/g1/v1/wéb.jpg",
    "/DE/a1/g1/v1/web.jpg;x",
    "/DE/a1/g0/v1/web.jpg",
    "/DE/a1/g01/v1/web.jpg",
    "/DE/a1/g/v1/web.jpg",
    "/DE/a1/G1/v1/web.jpg",
    "/DE/a1/1/v1/web.jpg",
    "/DE/A1/g1/v1/web.jpg",
    "/DE/./g1/v1/web.jpg",
    "/DE/a1/g1/v1/web.JPG",
    "/DE",
    "/",
    "",
]
