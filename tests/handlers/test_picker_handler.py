"""What the API answers where assets are looked for to be chosen: thumbnails that open, and nothing that is denied."""

import json
from typing import Any

import pytest

from assetwire_cli.edge.signature import judge
from crash.api_calls import proxy_event
from crash.cases import delivered_asset, offer, set_rights
from crash.world import NOW, World
from fakes import some
from fakes.signing_key import PUBLIC_PEM


def ask(world: World, **query: str) -> tuple[int, dict[str, Any], list[str]]:
    event = proxy_event("read_asset") | {"httpMethod": "GET", "resource": "/picker", "pathParameters": None}
    event |= {"queryStringParameters": query, "headers": {}}
    answer, calls = world.deliver("picker", event)
    return answer["statusCode"], json.loads(answer["body"]), calls


@pytest.mark.parametrize("query", [{}, {"sku": "S-1"}])
def test_what_may_be_chosen_has_a_thumbnail_that_opens(signing: World, query: dict[str, str]) -> None:
    asset = delivered_asset(signing)
    offer("S-1", asset)
    status, page, calls = ask(signing, territory="AT", **query)
    assert (status, [each["asset_id"] for each in page["assets"]]) == (200, [asset.asset_id])
    (entry,) = page["assets"]
    assert [link["sku"] for link in entry["links"]] == ["S-1"]
    assert judge(entry["thumbnail"]["url"], {"K2JCJMDEHXQW5F": PUBLIC_PEM}, NOW, "192.0.2.7").reason == "ok"
    assert {call.removeprefix("dynamodb.") for call in calls if call.startswith("dynamodb.")} <= {
        *("GetItem", "BatchGetItem", "Query"),
    }


def test_the_like_of_an_asset_may_be_chosen_too(signing: World) -> None:
    asset = delivered_asset(signing)
    assert ask(signing, territory="AT", similar=asset.asset_id)[:2] == (
        *(200, {"territory": "AT", "usage": "web", "assets": [], "next_cursor": None}),
    )


@pytest.mark.parametrize(
    "query", [{}, {"territory": "AUT"}, {"territory": "AT", "limit": "51"}, {"territory": "AT", "q": "red shoe"}]
)
def test_what_cannot_be_asked_is_refused(signing: World, query: dict[str, str]) -> None:
    status, problem, _ = ask(signing, **query)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_what_is_not_licensed_there_is_not_shown(signing: World) -> None:
    asset = delivered_asset(signing)
    set_rights(signing, asset.asset_id, some.rights(territories=("DE",)))
    assert ask(signing, territory="US")[1]["assets"] == []
    (entry,) = ask(signing, territory="DE")[1]["assets"]
    assert (entry["asset_id"], entry["thumbnail"]) == (asset.asset_id, None)  # nothing of this generation is there yet
