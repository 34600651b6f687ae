"""Calls of the API, as API Gateway hands them to functions."""

import json
from typing import Any
from urllib.parse import quote

from crash.cases import Message, message
from crash.world import World


def proxy_event(name: str, *, body: object = ..., query: object = ..., headers: object = ..., **path: str) -> Message:
    """Return a stored proxy event with other parameters; path parameters come percent-encoded, as AWS gives them."""
    event = message(f"api_{name}.json")
    if path:
        encoded = {key: quote(value, safe="") for key, value in path.items()}
        event["pathParameters"] = event["pathParameters"] | encoded
        event["path"] = event["resource"].format(**event["pathParameters"])
    if query is not ...:
        event["queryStringParameters"] = query
    if body is not ...:
        event["body"] = body if isinstance(body, str | None) else json.dumps(body, ensure_ascii=False)
    if headers is not ...:
        event["headers"] = headers
    return event


def call_api(world: World, function: str, event: Message) -> tuple[int, Any]:
    """Let a function answer; return status and body, whose form is checked."""
    answer, _ = world.deliver(function, event)
    kind = "application/json" if answer["statusCode"] < 400 else "application/problem+json"
    assert answer["headers"] == {"Content-Type": kind, "Cache-Control": "no-store"}
    body = json.loads(answer["body"])
    if answer["statusCode"] >= 400:
        assert body["status"] == answer["statusCode"]
        assert {"type", "title", "code", "detail"} <= body.keys()
    return answer["statusCode"], body
