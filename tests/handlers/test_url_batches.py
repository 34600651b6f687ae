"""What the API answers for a batch of URLs: each item has its URL or its reason in its place."""

import json
from typing import Any

from crash.api_calls import call_api, proxy_event
from crash.cases import delivered_asset
from crash.world import World


def ask(world: World, *items: Any) -> tuple[int, Any]:
    event = proxy_event("mint_url") | {"httpMethod": "POST", "resource": "/urls", "queryStringParameters": None}
    event["body"] = json.dumps({"items": items})
    return call_api(world, "signed_url", event)


def test_a_malformed_item_is_refused_in_its_place_and_the_others_have_their_urls(signing: World) -> None:
    good = {"asset_id": delivered_asset(signing).asset_id, "rendition": "web-320.jpg", "territory": "DE"}
    bad: list[Any] = [good | {"ttl": 0}, good | {"territory": ""}, {"asset_id": 3}, "text", None, good | {"price": 1}]
    status, body = ask(signing, good, *bad, good)
    assert status == 200
    first, *refused, last = body["urls"]
    assert first["url"] == last["url"]
    assert [each["code"] for each in refused] == ["invalid_request"] * len(bad)
    assert [each["problems"][0]["field"] for each in refused[:2]] == ["ttl", "territory"]
    assert [(each["asset_id"], each["rendition"]) for each in refused[2:5]] == [(None, None)] * 3


def test_a_batch_of_malformed_items_alone_is_answered_too(signing: World) -> None:
    status, body = ask(signing, {})
    assert (status, body["urls"][0]["code"]) == (200, "invalid_request")


def test_a_batch_without_items_or_with_too_many_is_refused_whole(signing: World) -> None:
    assert ask(signing)[0] == 422
    assert ask(signing, *[{}] * 501)[0] == 422
