"""The API answers real proxy events of API Gateway: assets, rights, uploads and signed URLs."""

import base64
import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from assetwire.domain.outbound import public_asset
from assetwire.domain.rights import Rights
from crash.api_calls import call_api, proxy_event
from crash.cases import (
    EVERYWHERE,
    picture,
    record_master,
    set_rights,
)
from crash.world import MASTERS, NOW, World

UNKNOWN = "abcdefghijklmnopqrstuvwxyz"


# --- assets ---


def test_a_listing_gives_every_asset_once_newest_first_page_by_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = []
    for number in range(5):
        monkeypatch.setattr("crash.cases.NOW", NOW + timedelta(minutes=number))
        expected.insert(0, record_master(world, picture(number), key=f"key-{number}.png").asset_id)
    found: list[str] = []
    sizes, cursor = [], None
    while True:
        query = {"status": "accepted", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        status, page = call_api(world, "catalog", proxy_event("list_assets", query=query))
        assert status == 200
        found += [asset["asset_id"] for asset in page["assets"]]
        sizes.append(len(page["assets"]))
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == expected
    assert sizes == [2, 2, 1]


def test_a_listing_without_parameters_gives_all_and_one_of_another_status_none(world: World) -> None:
    asset = record_master(world, picture())
    _, everything = call_api(world, "catalog", proxy_event("list_assets", query=None))
    assert [a["asset_id"] for a in everything["assets"]] == [asset.asset_id]
    assert everything["next_cursor"] is None
    _, none = call_api(world, "catalog", proxy_event("list_assets", query={"status": "quarantined"}))
    assert none == {"assets": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"status": "lost"}, "status"),
        ({"stauts": "accepted"}, "stauts"),
        ({"cursor": "x" * 501}, "cursor"),
    ],
)
def test_a_wrong_parameter_of_a_listing_is_named(world: World, query: dict[str, str], field: str) -> None:
    status, problem = call_api(world, "catalog", proxy_event("list_assets", query=query))
    assert status == 422
    assert [each["field"] for each in problem["problems"]] == [field]


@pytest.mark.parametrize(
    "cursor",
    ["!", "ü", "bm8", "W10", base64.urlsafe_b64encode(b'["2026-11-20T12:00:00", "a"]').decode(), "bnVsbA", "MQ"],
)
def test_a_cursor_that_is_not_of_a_listing_is_refused(world: World, cursor: str) -> None:
    status, problem = call_api(world, "catalog", proxy_event("list_assets", query={"cursor": cursor}))
    assert (status, problem["code"]) == (422, "invalid_cursor")


def test_an_asset_is_read_as_it_is_recorded(world: World) -> None:
    asset = record_master(world, picture())
    status, body = call_api(world, "catalog", proxy_event("read_asset", asset_id=asset.asset_id))
    assert status == 200
    assert body == public_asset(asset)
    assert body["file_name"] == "Dahlie Blüte 01+2 100%25.png"


@pytest.mark.parametrize("asset_id", [UNKNOWN, "Blüte/../../x y", "%41", "#META"])
def test_an_asset_that_nobody_knows_is_not_found(world: World, asset_id: str) -> None:
    status, problem = call_api(world, "catalog", proxy_event("read_asset", asset_id=asset_id))
    assert (status, problem["code"]) == (404, "asset_not_found")
    assert asset_id in problem["detail"]


@pytest.mark.parametrize("change", [{"httpMethod": "DELETE"}, {"resource": "/"}, {"resource": None}])
def test_a_route_that_does_not_exist_is_not_found(world: World, change: dict[str, object]) -> None:
    status, problem = call_api(world, "catalog", proxy_event("list_assets") | change)
    assert (status, problem["code"]) == (404, "route_not_found")


def test_what_nobody_expected_is_answered_without_details(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("assetwire.bootstrap.assets.CatalogApi.read", broken)
    answer, _ = world.deliver("catalog", proxy_event("read_asset", asset_id=UNKNOWN))
    assert answer["statusCode"] == 500
    assert "secret" not in answer["body"]


# --- rights ---


def test_rights_are_set_and_the_asset_is_answered(world: World) -> None:
    asset = record_master(world, picture())
    status, body = call_api(world, "catalog", proxy_event("set_rights", asset_id=asset.asset_id))
    assert status == 200
    assert body["rights"]["holder"] == "Fotostudio Müller"
    assert body["rights"]["windows"] == [{"starts": "2025-12-31T23:00:00Z", "ends": "2026-12-31T23:00:00Z"}]
    assert body["rights"]["territories"] == ["AT", "CH", "DE"]
    assert (body["revision"], body["generation"]) == (1, 1)
    assert world.catalog.asset(asset.asset_id).rights == Rights.model_validate(body["rights"])


def test_narrower_rights_bump_the_generation_and_the_same_rights_change_nothing(world: World) -> None:
    asset = set_rights(world, record_master(world, picture()).asset_id, EVERYWHERE)
    first = call_api(world, "catalog", proxy_event("set_rights", asset_id=asset.asset_id, headers=None))[1]
    assert (first["revision"], first["generation"]) == (asset.revision + 1, 2)
    assert call_api(world, "catalog", proxy_event("set_rights", asset_id=asset.asset_id, headers=None))[1] == first


@pytest.mark.parametrize("name", ["If-Match", "if-match", "IF-MATCH"])
def test_rights_set_upon_an_old_revision_are_a_conflict(world: World, name: str) -> None:
    asset = record_master(world, picture())
    status, problem = call_api(
        world, "catalog", proxy_event("set_rights", asset_id=asset.asset_id, headers={name: '"7"'})
    )
    assert (status, problem["code"]) == (409, "revision")
    assert world.catalog.asset(asset.asset_id) == asset


@pytest.mark.parametrize("tag", ["7", "*", 'W/"7"', '""', '"seven"'])
def test_an_if_match_that_is_no_revision_is_refused(world: World, tag: str) -> None:
    asset = record_master(world, picture())
    event = proxy_event("set_rights", asset_id=asset.asset_id, headers={"If-Match": tag})
    status, problem = call_api(world, "catalog", event)
    assert (status, problem["code"]) == (422, "invalid_if_match")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"territories": ["DE", "XX"]}, ["territories"]),
        ({"usages": ["web", "billboard"], "licence": "L-1"}, ["usages.1", "licence"]),
        ({"windows": [{"starts": "2026-01-02T00:00:00Z", "ends": "2026-01-01T00:00:00Z"}]}, ["windows.0"]),
        ({"windows": [{"starts": "2026-01-02T00:00:00"}]}, ["windows.0.starts"]),
        ("{", [""]),
        ("", [""]),
        (None, [""]),
        ("[]", [""]),
    ],
)
def test_rights_of_a_wrong_shape_are_refused_and_every_problem_is_named(
    world: World, body: object, fields: list[str]
) -> None:
    asset = record_master(world, picture())
    status, problem = call_api(world, "catalog", proxy_event("set_rights", asset_id=asset.asset_id, body=body))
    assert (status, problem["code"]) == (422, "invalid_request")
    assert sorted(each["field"] for each in problem["problems"]) == sorted(fields)
    assert world.catalog.asset(asset.asset_id) == asset


def test_rights_of_an_asset_that_nobody_knows_are_not_found(world: World) -> None:
    assert call_api(world, "catalog", proxy_event("set_rights", asset_id=UNKNOWN))[0] == 404


# --- uploads ---


def test_an_upload_form_holds_s3_to_the_key_and_the_size(world: World) -> None:
    status, form = call_api(world, "uploads", proxy_event("request_upload"))
    assert status == 200
    key = "Herbst 2026/Dahlie Blüte 01+2 100%25.jpg"
    assert form["key"] == form["fields"]["key"] == key
    assert (form["maximum_bytes"], form["expires_in"]) == (10485760, 900)
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 1, 10485760] in policy["conditions"]
    assert {"key": key} in policy["conditions"]
    assert {"bucket": MASTERS} in policy["conditions"]
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"
    assert urlsplit(form["url"]).scheme == "https"


def test_one_name_in_two_forms_of_unicode_is_one_key(world: World) -> None:
    composed, decomposed = "Bl\u00fcte.jpg", "Blu\u0308te.jpg"
    forms = [
        call_api(world, "uploads", proxy_event("request_upload", body={"key": key}))[1]
        for key in (composed, decomposed)
    ]
    assert [form["key"] for form in forms] == [composed, composed]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": ""},
        {"key": "x" * 513},
        {"key": "a", "size": 3},
        {"key": "a", "bytes": 0},
        {"key": "a", "sha256": "x"},
        {"key": 7},
        "no json",
        [],
        None,
    ],
)
def test_a_request_for_an_upload_of_a_wrong_shape_is_refused(world: World, body: object) -> None:
    status, problem = call_api(world, "uploads", proxy_event("request_upload", body=body))
    assert (status, problem["code"]) == (422, "invalid_request")
    assert problem["problems"]


@pytest.mark.parametrize("key", ["/a", "a//b", "../a", "a/./b", "a/", "tab\there", "ü" * 300, "\x00"])
def test_a_key_that_means_something_to_a_file_system_is_refused(world: World, key: str) -> None:
    status, problem = call_api(world, "uploads", proxy_event("request_upload", body={"key": key}))
    assert (status, problem["code"]) == (422, "invalid_key")
