"""The API answers real proxy events of API Gateway: assets, rights, uploads and signed URLs."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assetwire.domain.outbound import public_asset
from assetwire.domain.rights import Rights, Usage, Window
from crash.cases import (
    EVERYWHERE,
    NOBODY,
    Message,
    delivered_asset,
    hint,
    message,
    picture,
    record_master,
    record_renditions,
    set_rights,
)
from crash.world import MASTERS, NOW, World, aws

UNKNOWN = "abcdefghijklmnopqrstuvwxyz"
SIGNING_KEY = ec.generate_private_key(ec.SECP256R1())


def _event(name: str, *, body: object = ..., query: object = ..., headers: object = ..., **path: str) -> Message:
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


def _call(world: World, function: str, event: Message) -> tuple[int, Any]:
    answer, _ = world.deliver(function, event)
    kind = "application/json" if answer["statusCode"] < 400 else "application/problem+json"
    assert answer["headers"] == {"Content-Type": kind, "Cache-Control": "no-store"}
    body = json.loads(answer["body"])
    if answer["statusCode"] >= 400:
        assert body["status"] == answer["statusCode"]
        assert {"type", "title", "code", "detail"} <= body.keys()
    return answer["statusCode"], body


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
        status, page = _call(world, "catalog", _event("list_assets", query=query))
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
    _, everything = _call(world, "catalog", _event("list_assets", query=None))
    assert [a["asset_id"] for a in everything["assets"]] == [asset.asset_id]
    assert everything["next_cursor"] is None
    _, none = _call(world, "catalog", _event("list_assets", query={"status": "quarantined"}))
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
    status, problem = _call(world, "catalog", _event("list_assets", query=query))
    assert status == 422
    assert [each["field"] for each in problem["problems"]] == [field]


@pytest.mark.parametrize(
    "cursor",
    ["!", "ü", "bm8", "W10", base64.urlsafe_b64encode(b'["2026-11-20T12:00:00", "a"]').decode(), "bnVsbA", "MQ"],
)
def test_a_cursor_that_is_not_of_a_listing_is_refused(world: World, cursor: str) -> None:
    status, problem = _call(world, "catalog", _event("list_assets", query={"cursor": cursor}))
    assert (status, problem["code"]) == (422, "invalid_cursor")


def test_an_asset_is_read_as_it_is_recorded(world: World) -> None:
    asset = record_master(world, picture())
    status, body = _call(world, "catalog", _event("read_asset", asset_id=asset.asset_id))
    assert status == 200
    assert body == public_asset(asset)
    assert body["file_name"] == "Dahlie Blüte 01+2 100%25.png"


@pytest.mark.parametrize("asset_id", [UNKNOWN, "Blüte/../../x y", "%41", "#META"])
def test_an_asset_that_nobody_knows_is_not_found(world: World, asset_id: str) -> None:
    status, problem = _call(world, "catalog", _event("read_asset", asset_id=asset_id))
    assert (status, problem["code"]) == (404, "asset_not_found")
    assert asset_id in problem["detail"]


@pytest.mark.parametrize("change", [{"httpMethod": "DELETE"}, {"resource": "/"}, {"resource": None}])
def test_a_route_that_does_not_exist_is_not_found(world: World, change: dict[str, object]) -> None:
    status, problem = _call(world, "catalog", _event("list_assets") | change)
    assert (status, problem["code"]) == (404, "route_not_found")


def test_what_nobody_expected_is_answered_without_details(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("assetwire.bootstrap.assets.CatalogApi.read", broken)
    answer, _ = world.deliver("catalog", _event("read_asset", asset_id=UNKNOWN))
    assert answer["statusCode"] == 500
    assert "secret" not in answer["body"]


# --- rights ---


def test_rights_are_set_and_the_asset_is_answered(world: World) -> None:
    asset = record_master(world, picture())
    status, body = _call(world, "catalog", _event("set_rights", asset_id=asset.asset_id))
    assert status == 200
    assert body["rights"]["holder"] == "Fotostudio Müller"
    assert body["rights"]["windows"] == [{"starts": "2025-12-31T23:00:00Z", "ends": "2026-12-31T23:00:00Z"}]
    assert body["rights"]["territories"] == ["AT", "CH", "DE"]
    assert (body["revision"], body["generation"]) == (1, 1)
    assert world.catalog.asset(asset.asset_id).rights == Rights.model_validate(body["rights"])


def test_narrower_rights_bump_the_generation_and_the_same_rights_change_nothing(world: World) -> None:
    asset = set_rights(world, record_master(world, picture()).asset_id, EVERYWHERE)
    first = _call(world, "catalog", _event("set_rights", asset_id=asset.asset_id, headers=None))[1]
    assert (first["revision"], first["generation"]) == (asset.revision + 1, 2)
    assert _call(world, "catalog", _event("set_rights", asset_id=asset.asset_id, headers=None))[1] == first


@pytest.mark.parametrize("name", ["If-Match", "if-match", "IF-MATCH"])
def test_rights_set_upon_an_old_revision_are_a_conflict(world: World, name: str) -> None:
    asset = record_master(world, picture())
    status, problem = _call(world, "catalog", _event("set_rights", asset_id=asset.asset_id, headers={name: '"7"'}))
    assert (status, problem["code"]) == (409, "revision")
    assert world.catalog.asset(asset.asset_id) == asset


@pytest.mark.parametrize("tag", ["7", "*", 'W/"7"', '""', '"seven"'])
def test_an_if_match_that_is_no_revision_is_refused(world: World, tag: str) -> None:
    asset = record_master(world, picture())
    event = _event("set_rights", asset_id=asset.asset_id, headers={"If-Match": tag})
    status, problem = _call(world, "catalog", event)
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
    status, problem = _call(world, "catalog", _event("set_rights", asset_id=asset.asset_id, body=body))
    assert (status, problem["code"]) == (422, "invalid_request")
    assert sorted(each["field"] for each in problem["problems"]) == sorted(fields)
    assert world.catalog.asset(asset.asset_id) == asset


def test_rights_of_an_asset_that_nobody_knows_are_not_found(world: World) -> None:
    assert _call(world, "catalog", _event("set_rights", asset_id=UNKNOWN))[0] == 404


# --- uploads ---


def test_an_upload_form_holds_s3_to_the_key_and_the_size(world: World) -> None:
    status, form = _call(world, "uploads", _event("request_upload"))
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
    forms = [_call(world, "uploads", _event("request_upload", body={"key": key}))[1] for key in (composed, decomposed)]
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
    status, problem = _call(world, "uploads", _event("request_upload", body=body))
    assert (status, problem["code"]) == (422, "invalid_request")
    assert problem["problems"]


@pytest.mark.parametrize("key", ["/a", "a//b", "../a", "a/./b", "a/", "tab\there", "ü" * 300, "\x00"])
def test_a_key_that_means_something_to_a_file_system_is_refused(world: World, key: str) -> None:
    status, problem = _call(world, "uploads", _event("request_upload", body={"key": key}))
    assert (status, problem["code"]) == (422, "invalid_key")


# --- signed URLs ---


@pytest.fixture
def signing(world: World) -> Iterator[World]:
    pem = SIGNING_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    aws("secretsmanager").create_secret(Name="signing", SecretString=json.dumps({"SigningKeyA": pem}))
    return world


def _mint(world: World, asset_id: str, rendition: str = "web-320.jpg", **query: str) -> tuple[int, Any]:
    asked = {"territory": "DE", "usage": "web", "ttl": "600"} | query
    return _call(world, "signed_url", _event("mint_url", asset_id=asset_id, rendition=rendition, query=asked))


def test_a_url_is_minted_for_what_stands_in_delivery(signing: World) -> None:
    asset = delivered_asset(signing)
    status, body = _mint(signing, asset.asset_id)
    assert status == 200
    assert body["expires_at"] == "2026-11-20T12:10:00Z"
    url = urlsplit(body["url"])
    assert f"{url.scheme}://{url.netloc}" == "https://media.example.com"
    assert url.path == f"/{asset.asset_id}/g1/{asset.current_version}/web-320.jpg"
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert int(query["Expires"]) == int((NOW + timedelta(seconds=600)).timestamp())
    assert (query["Key-Pair-Id"], query["Hash-Algorithm"]) == ("K2JCJMDEHXQW5F", "SHA256")
    resource = body["url"].split("?", 1)[0]
    condition = {"DateLessThan": {"AWS:EpochTime": int(query["Expires"])}}
    policy = json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":"))
    signature = base64.b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")))
    SIGNING_KEY.public_key().verify(signature, policy.encode(), ec.ECDSA(SHA256()))


def test_percent_encoded_path_parameters_are_decoded(signing: World) -> None:
    asset = delivered_asset(signing)
    event = _event("mint_url", asset_id=asset.asset_id)
    event["pathParameters"]["rendition"] = "web%2D320%2Ejpg"
    assert _call(signing, "signed_url", event)[0] == 200


def test_a_url_ends_with_the_rights_and_with_the_longest_life(signing: World) -> None:
    asset = delivered_asset(signing)
    assert _mint(signing, asset.asset_id, ttl="604800")[1]["expires_at"] == "2026-11-21T12:00:00Z"
    ends = NOW + timedelta(seconds=90)
    set_rights(signing, asset.asset_id, Rights(windows=(Window(ends=ends),), territories=("DE",), usages=tuple(Usage)))
    signing.deliver("enforce", hint(asset))
    assert _mint(signing, asset.asset_id)[1]["expires_at"] == "2026-11-20T12:01:30Z"


@pytest.mark.parametrize(
    ("rights", "query", "code"),
    [
        (None, {}, "no_rights"),
        (NOBODY, {}, "no_window"),
        (Rights(windows=(Window(ends=NOW),), territories=("*",), usages=tuple(Usage)), {}, "expired"),
        (
            Rights(windows=(Window(starts=NOW + timedelta(1)),), territories=("*",), usages=tuple(Usage)),
            {},
            "embargoed",
        ),
        (EVERYWHERE, {"territory": "ZZ"}, "unknown_territory"),
        (EVERYWHERE, {"usage": "billboard"}, "usage_not_licensed"),
        (EVERYWHERE.model_copy(update={"territories": ("AT",)}), {}, "territory_not_licensed"),
        (EVERYWHERE.model_copy(update={"excluded_territories": ("DE",)}), {}, "territory_excluded"),
    ],
)
def test_what_the_rights_do_not_allow_is_denied_with_the_reason(
    signing: World, rights: Rights | None, query: dict[str, str], code: str
) -> None:
    asset = record_master(signing, picture())
    record_renditions(signing, asset)
    if rights is not None:
        set_rights(signing, asset.asset_id, rights)
    signing.deliver("enforce", hint(asset))
    status, problem = _mint(signing, asset.asset_id, **query)
    assert (status, problem["code"]) == (403, code)


def test_what_is_allowed_and_not_in_delivery_yet_is_a_conflict(signing: World) -> None:
    asset = record_master(signing, picture())
    record_renditions(signing, asset)
    set_rights(signing, asset.asset_id, EVERYWHERE)
    status, problem = _mint(signing, asset.asset_id)
    assert (status, problem["code"]) == (409, "not_delivered")


def test_a_narrowing_voids_delivery_until_it_is_enforced(signing: World) -> None:
    asset = delivered_asset(signing)
    set_rights(signing, asset.asset_id, EVERYWHERE.model_copy(update={"territories": ("DE",)}))
    assert _mint(signing, asset.asset_id)[0] == 409
    signing.deliver("enforce", hint(asset))
    status, body = _mint(signing, asset.asset_id)
    assert status == 200
    assert "/g2/" in body["url"]


def test_an_asset_or_a_rendition_that_does_not_exist_is_not_found(signing: World) -> None:
    assert _mint(signing, UNKNOWN)[1]["code"] == "asset_not_found"
    asset = delivered_asset(signing)
    status, problem = _mint(signing, asset.asset_id, rendition="web-640.jpg")
    assert (status, problem["code"]) == (404, "rendition_not_found")


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        (None, ["territory"]),
        ({"ttl": "0", "territory": "DEU"}, ["territory", "ttl"]),
        ({"territory": "DE", "ttl": "604801"}, ["ttl"]),
        ({"territory": "DE", "ttl": "long"}, ["ttl"]),
        ({"territory": "DE", "width": "320"}, ["width"]),
    ],
)
def test_wrong_parameters_of_a_url_are_named(signing: World, query: object, fields: list[str]) -> None:
    asset = delivered_asset(signing)
    event = _event("mint_url", asset_id=asset.asset_id, query=query)
    status, problem = _call(signing, "signed_url", event)
    assert status == 422
    assert sorted(each["field"] for each in problem["problems"]) == fields


def test_a_territory_in_small_letters_is_the_same_territory(signing: World) -> None:
    assert _mint(signing, delivered_asset(signing).asset_id, territory="de")[0] == 200


@pytest.mark.parametrize("secret", ["no json", "{}", '{"SigningKeyA": 7}', '{"SigningKeyA": "no key"}', "[]"])
def test_a_secret_without_a_key_is_not_the_callers_fault(world: World, secret: str) -> None:
    aws("secretsmanager").create_secret(Name="signing", SecretString=secret)
    assert _mint(world, delivered_asset(world).asset_id)[0] == 500


def test_a_missing_secret_is_not_the_callers_fault(world: World) -> None:
    assert _mint(world, delivered_asset(world).asset_id)[0] == 500


def test_a_missing_table_is_not_the_callers_fault(world: World) -> None:
    asset = record_master(world, picture())
    aws("dynamodb").delete_table(TableName="catalog")
    assert _call(world, "catalog", _event("read_asset", asset_id=asset.asset_id))[0] >= 500
