"""What the API answers where PIM's view is compared with ours."""

import json
from typing import Any

import pytest

from crash.api_calls import proxy_event
from crash.cases import offer, picture, record_master
from crash.world import World


def ask(world: World, body: object) -> tuple[int, dict[str, Any], list[str]]:
    event = proxy_event("read_asset") | {"httpMethod": "POST", "resource": "/drift", "pathParameters": None}
    event |= {"queryStringParameters": None, "headers": {}, "body": json.dumps(body)}
    answer, calls = world.deliver("drift", event)
    return answer["statusCode"], json.loads(answer["body"]), calls


def test_a_page_of_pims_view_is_compared_and_repaired(world: World) -> None:
    one, two = (record_master(world, picture(number), key=f"{number}.jpg").asset_id for number in (1, 90))
    offer("S-1", world.catalog.asset(one))
    views = [{"sku": "S-1", "lists": [{"role": "hero", "assets": [two]}]}, {"sku": "S-2", "lists": []}]
    status, found, calls = ask(world, {"products": views})
    place = {"role": "hero", "market": "any"}
    assert (status, found["products"]) == (
        200,
        [
            {
                "sku": "S-1",
                "differences": [
                    {"kind": "missing_in_pim", "asset_id": one, **place},
                    {"kind": "missing_here", "asset_id": two, **place},
                ],
                "repaired": [],
            },
            {"sku": "S-2", "differences": [], "repaired": []},
        ],
    )
    assert calls == ["dynamodb.Query", "dynamodb.Query", "dynamodb.BatchGetItem"]
    assert ask(world, {"products": views, "repair": "ours"})[1]["products"][0]["repaired"] == [
        place | {"effect": "told"}
    ]
    repaired = ask(world, {"products": views, "repair": "theirs"})[1]["products"][0]["repaired"]
    assert repaired == [place | {"effect": "followed"}]
    assert ask(world, {"products": views})[1]["products"][0]["differences"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"products": []},
        {"products": [{"sku": "S-1", "price": 1}]},
        {"products": [{"sku": "S-1"}], "repair": "mine"},
        {"products": [{"sku": f"S-{number}"} for number in range(51)]},
    ],
)
def test_what_cannot_be_compared_is_refused(world: World, body: object) -> None:
    status, problem, _ = ask(world, body)
    assert (status, problem["code"]) == (422, "invalid_request")
