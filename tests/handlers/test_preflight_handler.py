"""The API of channels, and the preflight of an asset, answer real proxy events."""

import json
from typing import Any

import pytest

from assetwire.domain.channels import shipped_channels
from crash.cases import EVERYWHERE, GERMANY, message, picture, record_master, set_rights
from crash.world import World

PREFLIGHT = "/assets/{asset_id}/preflight"


def call(world: World, resource: str, *, query: dict[str, str] | None = None, **path: str) -> tuple[int, Any]:
    event = message("api_read_asset.json")
    event |= {"resource": resource, "pathParameters": path, "queryStringParameters": query}
    answer, _ = world.deliver("catalog", event)
    return answer["statusCode"], json.loads(answer["body"])


def test_an_asset_is_preflighted_for_one_channel_with_every_reason(world: World) -> None:
    asset = record_master(world, picture(), size=(499, 300))
    status, found = call(world, PREFLIGHT, query={"channel": "ebay-us"}, asset_id=asset.asset_id)
    assert (status, found["asset_id"], found["version_id"]) == (200, asset.asset_id, asset.current_version)
    (report,) = found["channels"]
    assert (report["channel"], report["territory"], report["ready"]) == ("ebay-us", "US", False)
    assert [p["code"] for p in report["slots"][0]["problems"]] == ["no_rights", "too_small"]

    set_rights(world, asset.asset_id, GERMANY)
    _, found = call(world, PREFLIGHT, query={"channel": "ebay-us"}, asset_id=asset.asset_id)
    assert [p["code"] for p in found["channels"][0]["slots"][0]["problems"]] == ["territory_not_licensed", "too_small"]


def test_without_a_channel_it_is_preflighted_for_all_in_the_order_of_their_names(world: World) -> None:
    asset = record_master(world, picture(), size=(3000, 3000))
    set_rights(world, asset.asset_id, EVERYWHERE)
    status, found = call(world, PREFLIGHT, asset_id=asset.asset_id)
    assert (status, found["more"]) == (200, False)
    assert [report["channel"] for report in found["channels"]] == list(shipped_channels().channels)
    _, some = call(world, PREFLIGHT, query={"limit": "2"}, asset_id=asset.asset_id)
    assert (some["channels"], some["more"]) == (found["channels"][:2], True)


def test_the_edition_of_the_moment_asked_for_counts(world: World) -> None:
    asset = record_master(world, picture(), size=(499, 499))
    set_rights(world, asset.asset_id, EVERYWHERE)
    ready = []
    for at in ("2027-01-30T23:59:59Z", "2027-01-31T00:00:00Z"):
        _, found = call(world, PREFLIGHT, query={"channel": "google-de", "at": at}, asset_id=asset.asset_id)
        ready.append(found["channels"][0]["ready"])
    assert ready == [True, False]


def test_any_channel_can_be_asked_about_and_it_is_said_which_ones_the_house_switched_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = record_master(world, picture(), size=(3000, 3000))
    assert not any(report["switched_on"] for report in call(world, PREFLIGHT, asset_id=asset.asset_id)[1]["channels"])
    monkeypatch.setenv("CHANNELS", "ebay-us,shopify-de")
    on = {"ebay-us": True, "shopify-de": True}
    for found in (call(world, PREFLIGHT, asset_id=asset.asset_id)[1], call(world, "/channels")[1]):
        names = [each.get("channel") or each["name"] for each in found["channels"]]
        assert names == list(shipped_channels().channels)
        assert [each["switched_on"] for each in found["channels"]] == [on.get(name, False) for name in names]
    assert call(world, "/channels/{channel}", channel="ebay-us")[1]["switched_on"] is True
    assert call(world, "/channels/{channel}", channel="ebay-de")[1]["switched_on"] is False


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"channel": "amazon-mars"}, 404, "channel_not_found"),
        ({"channel": "x" * 64}, 422, "invalid_request"),
        ({"limit": "0"}, 422, "invalid_request"),
        ({"limit": "101"}, 422, "invalid_request"),
        ({"at": "2027-01-31"}, 422, "invalid_request"),
        ({"at": "2027-01-31T00:00:00"}, 422, "invalid_request"),
        ({"chanel": "ebay-de"}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_is_refused(world: World, query: dict[str, str], status: int, code: str) -> None:
    asset = record_master(world, picture())
    found, problem = call(world, PREFLIGHT, query=query, asset_id=asset.asset_id)
    assert (found, problem["code"]) == (status, code)


def test_an_asset_that_nobody_knows_is_not_found(world: World) -> None:
    status, problem = call(world, PREFLIGHT, asset_id="a" * 26)
    assert (status, problem["code"]) == (404, "asset_not_found")


def test_every_channel_is_listed_with_the_edition_in_effect(world: World) -> None:
    status, found = call(world, "/channels")
    assert (status, [channel["name"] for channel in found["channels"]]) == (200, list(shipped_channels().channels))
    google = next(channel for channel in found["channels"] if channel["name"] == "google-de")
    assert google["in_effect"] == {"starts": None, "ends": "2027-01-31T00:00:00Z"}


def test_a_channel_is_shown_with_its_media_spec(world: World) -> None:
    status, found = call(world, "/channels/{channel}", channel="google-us")
    assert (status, found["territory"], len(found["spec"]["editions"])) == (200, "US", 2)
    for name in ("amazon-mars", "Amazon", "a/b"):
        assert call(world, "/channels/{channel}", channel=name)[1]["code"] == "channel_not_found"
