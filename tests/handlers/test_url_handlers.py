"""What the API answers where a URL is asked for."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from assetwire.domain.rights import Rights, Usage, Window
from crash.api_calls import call_api, proxy_event
from crash.cases import EVERYWHERE, NOBODY, delivered_asset, hint, picture, record_master, record_renditions, set_rights
from crash.world import NOW, World, aws
from fakes.signing_key import SIGNING_KEY

UNKNOWN = "abcdefghijklmnopqrstuvwxyz"


def _mint(world: World, asset_id: str, rendition: str = "web-320.jpg", **query: str) -> tuple[int, Any]:
    asked = {"territory": "DE", "usage": "web", "ttl": "600"} | query
    return call_api(world, "signed_url", proxy_event("mint_url", asset_id=asset_id, rendition=rendition, query=asked))


def test_a_url_is_minted_for_what_stands_in_delivery(signing: World) -> None:
    asset = delivered_asset(signing)
    status, body = _mint(signing, asset.asset_id)
    assert status == 200
    assert body["expires_at"] == "2026-11-20T12:10:00Z"
    url = urlsplit(body["url"])
    assert f"{url.scheme}://{url.netloc}" == "https://media.example.com"
    assert url.path == f"/DE/{asset.asset_id}/g1/{asset.current_version}/web-320.jpg"
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert int(query["Expires"]) == int((NOW + timedelta(seconds=600)).timestamp())
    assert (query["Key-Pair-Id"], query["Hash-Algorithm"]) == ("K2JCJMDEHXQW5F", "SHA256")
    resource = body["url"].split("?", 1)[0]
    condition = {"DateLessThan": {"AWS:EpochTime": int(query["Expires"])}}
    policy = json.dumps({"Statement": [{"Resource": resource, "Condition": condition}]}, separators=(",", ":"))
    signature = base64.b64decode(query["Signature"].translate(str.maketrans("-_~", "+=/")))
    SIGNING_KEY.public_key().verify(signature, policy.encode(), ec.ECDSA(SHA256()))


def test_a_url_may_be_for_several_territories_and_for_all(signing: World) -> None:
    asset = delivered_asset(signing)
    assert f"/AT-DE/{asset.asset_id}/" in _mint(signing, asset.asset_id, territory="de,at")[1]["url"]
    assert f"/any/{asset.asset_id}/" in _mint(signing, asset.asset_id, territory="*")[1]["url"]
    status, problem = _mint(signing, asset.asset_id, territory="DE,ZZ")
    assert (status, problem["code"]) == (403, "unknown_territory")
    assert "in ZZ" in problem["detail"]


def _mint_for_channel(world: World, asset_id: str, **query: str) -> tuple[int, Any]:
    event = proxy_event("mint_url", asset_id=asset_id, rendition="web-320.jpg", query={"form": "path"} | query)
    return call_api(world, "signed_url", event)


def test_a_url_for_a_channel_has_its_proof_in_the_path(signing: World) -> None:
    asset = delivered_asset(signing)
    status, body = _mint_for_channel(signing, asset.asset_id, channel="walmart-us", ttl="600")
    expires = int((NOW + timedelta(seconds=600)).timestamp())
    assert (status, body["expires_at"]) == (200, "2026-11-20T12:10:00Z")
    assert body["url"].startswith(f"https://media.example.com/t/A.{expires}.walmart-us.")
    assert body["url"].endswith(f"/{asset.asset_id}/g1/{asset.current_version}/web-320.jpg")


def test_a_channel_that_nobody_knows_is_not_found(signing: World) -> None:
    asset = delivered_asset(signing)
    status, problem = _mint_for_channel(signing, asset.asset_id, channel="bazaar")
    assert (status, problem["code"]) == (404, "channel_not_found")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"form": "path"},
        {"form": "path", "channel": "walmart-us", "territory": "DE"},
        {"form": "path", "channel": "walmart-us", "usage": "web"},
        {"form": "cookie", "territory": "DE"},
        {"channel": "walmart-us"},
        {"territory": "DE", "channel": "walmart-us"},
        {"territory": ""},
        {"territory": "DE,"},
        {"territory": "DE,*"},
        {"territory": "DE FR"},
        {"territory": "any"},
    ],
)
def test_a_request_for_a_url_of_neither_form_is_refused(signing: World, query: dict[str, str]) -> None:
    event = proxy_event("mint_url", asset_id=UNKNOWN, rendition="web-320.jpg")
    event["queryStringParameters"] = query
    status, problem = call_api(signing, "signed_url", event)
    assert (status, problem["code"]) == (422, "invalid_request")


def test_percent_encoded_path_parameters_are_decoded(signing: World) -> None:
    asset = delivered_asset(signing)
    event = proxy_event("mint_url", asset_id=asset.asset_id)
    event["pathParameters"]["rendition"] = "web%2D320%2Ejpg"
    assert call_api(signing, "signed_url", event)[0] == 200


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
        (EVERYWHERE.model_copy(update={"usages": (Usage.PRINT,)}), {}, "usage_not_licensed"),
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
    event = proxy_event("mint_url", asset_id=asset.asset_id, query=query)
    status, problem = call_api(signing, "signed_url", event)
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
    assert call_api(world, "catalog", proxy_event("read_asset", asset_id=asset.asset_id))[0] >= 500
