"""What minting many URLs reads, counted where requests leave for AWS."""

import json
from typing import Any

import pytest

from crash.api_calls import proxy_event
from crash.cases import delivered_asset
from crash.world import TABLE, World, aws


def copies(world: World, asset_id: str, count: int) -> list[str]:
    """Record so many assets like this one; return their ids."""
    (item,) = (each for each in world.items() if each["pk"]["S"] == f"ASSET#{asset_id}" and each["sk"]["S"] == "META")
    text, letters = json.dumps(item), "abcdefghijklmnopqrstuvwxyz234567"
    asset_ids = [
        f"a{'x' * 21}{''.join(letters[number // 32**place % 32] for place in range(4))}" for number in range(count)
    ]
    for start in range(0, count, 25):
        puts = [
            {"PutRequest": {"Item": json.loads(text.replace(asset_id, each))}} for each in asset_ids[start : start + 25]
        ]
        assert not aws("dynamodb").batch_write_item(RequestItems={TABLE: puts})["UnprocessedItems"]
    return asset_ids


def asked(asset_ids: list[str]) -> Any:
    event = proxy_event("mint_url") | {"httpMethod": "POST", "resource": "/urls", "queryStringParameters": None}
    items = [{"asset_id": each, "rendition": "web-320.jpg", "territory": "DE"} for each in asset_ids]
    return event | {"body": json.dumps({"items": items})}


@pytest.mark.parametrize(
    ("urls", "assets", "reads"),
    [(1, 1, 1), (100, 100, 1), (101, 101, 2), (500, 500, 5), (500, 101, 2), (500, 100, 1), (500, 1, 1)],
)
def test_a_hundred_assets_are_one_read_and_when_warm_nothing_else_is_read(
    signing: World, urls: int, assets: int, reads: int
) -> None:
    """So n URLs take ⌈n/100⌉ reads at the most, and fewer where several are of one asset."""
    distinct = copies(signing, delivered_asset(signing).asset_id, assets)
    event = asked([distinct[number % assets] for number in range(urls)])
    answer, cold = signing.deliver("signed_url", event)
    minted = json.loads(answer["body"])["urls"]
    assert len(minted) == urls
    assert all("url" in each for each in minted)
    assert cold == ["secrets-manager.GetSecretValue", *["dynamodb.BatchGetItem"] * reads]
    again, warm = signing.deliver("signed_url", event, warm=True)
    assert warm == ["dynamodb.BatchGetItem"] * reads
    assert again["body"] == answer["body"]


def test_cookies_of_many_assets_are_one_read_too(signing: World) -> None:
    asset_ids = copies(signing, delivered_asset(signing).asset_id, 40)
    event = asked([]) | {"resource": "/cookies", "body": json.dumps({"asset_ids": asset_ids, "territory": "DE"})}
    signing.deliver("signed_url", event)
    answer, warm = signing.deliver("signed_url", event, warm=True)
    assert all("cookies" in each for each in json.loads(answer["body"])["assets"])
    assert warm == ["dynamodb.BatchGetItem"]


def test_one_url_is_one_read_when_warm(signing: World) -> None:
    event = proxy_event("mint_url", asset_id=delivered_asset(signing).asset_id)
    signing.deliver("signed_url", event)
    assert signing.deliver("signed_url", event, warm=True)[1] == ["dynamodb.GetItem"]
