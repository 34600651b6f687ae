"""What the API answers where cookies for galleries are asked for."""

import json
from typing import Any

import pytest

from assetwire.domain.rights import Usage
from assetwire_cli.edge.signature import judge
from crash.api_calls import call_api, proxy_event
from crash.cases import EVERYWHERE, delivered_asset, hint, set_rights
from crash.world import NOW, World
from fakes.signing_key import PUBLIC_PEM

UNKNOWN = "abcdefghijklmnopqrstuvwxyz"


def ask(world: World, *asset_ids: Any, **changes: object) -> tuple[int, Any]:
    event = proxy_event("mint_url") | {"httpMethod": "POST", "resource": "/cookies", "queryStringParameters": None}
    event["body"] = json.dumps({"asset_ids": asset_ids, "territory": "DE", "ttl": 600} | changes)
    return call_api(world, "signed_url", event)


def test_cookies_open_every_file_of_an_asset_for_the_viewers_they_are_for(signing: World) -> None:
    asset = delivered_asset(signing)
    status, body = ask(signing, asset.asset_id, ip="192.0.2.0/24")
    (found,) = body["assets"]
    assert (status, found["asset_id"], found["expires_at"]) == (200, asset.asset_id, "2026-11-20T12:10:00Z")
    path = f"/DE/{asset.asset_id}/g1/"
    assert found["attributes"] == {
        "domain": "media.example.com",
        "path": path,
        "secure": True,
        "http_only": True,
        "same_site": "Lax",
    }
    assert asset.delivered is not None
    assert found["urls"] == {
        name: f"https://media.example.com{path}{asset.current_version}/{name}" for name in asset.delivered.renditions
    }
    keys = {"K2JCJMDEHXQW5F": PUBLIC_PEM}
    for url in found["urls"].values():
        assert judge(url, keys, NOW, "192.0.2.7", found["cookies"]).reason == "ok"
        assert judge(url, keys, NOW, "198.51.100.7", found["cookies"]).reason == "ip_denied"
        assert (
            judge(url.replace("/DE/", "/AT/"), keys, NOW, "192.0.2.7", found["cookies"]).reason == "resource_mismatch"
        )


def test_of_what_may_not_be_seen_the_reason_stands_in_its_place(signing: World) -> None:
    asset = delivered_asset(signing)
    status, body = ask(signing, UNKNOWN, asset.asset_id, territory="ZZ")
    assert status == 200
    assert [(each["asset_id"], each["code"]) for each in body["assets"]] == [
        (UNKNOWN, "asset_not_found"),
        (asset.asset_id, "unknown_territory"),
    ]


def test_what_is_no_id_is_refused_in_its_place_and_the_others_have_their_cookies(signing: World) -> None:
    asset = delivered_asset(signing)
    said: list[Any] = ["../x", asset.asset_id, "", 3, None, {"a": 1}, asset.asset_id.upper(), UNKNOWN, "../x"]
    status, body = ask(signing, *said)
    assert status == 200
    assert [(each["asset_id"], each.get("code", "")) for each in body["assets"]] == [
        ("../x", "invalid_asset_id"),
        (asset.asset_id, ""),
        *((text, "invalid_asset_id") for text in ("", "3", "null", '{"a": 1}', asset.asset_id.upper())),
        (UNKNOWN, "asset_not_found"),
    ]


def test_a_narrowing_voids_cookies_until_it_is_enforced_and_new_ones_have_its_generation(signing: World) -> None:
    asset = delivered_asset(signing)
    set_rights(signing, asset.asset_id, EVERYWHERE.model_copy(update={"usages": (Usage.WEB,)}))
    assert ask(signing, asset.asset_id)[1]["assets"][0]["code"] == "not_delivered"
    signing.deliver("enforce", hint(asset))
    assert ask(signing, asset.asset_id)[1]["assets"][0]["attributes"]["path"].endswith("/g2/")
    assert ask(signing, asset.asset_id, usage="print")[1]["assets"][0]["code"] == "usage_not_licensed"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"asset_ids": []}, "asset_ids"),
        ({"asset_ids": [UNKNOWN] * 41}, "asset_ids"),
        ({"asset_ids": UNKNOWN}, "asset_ids"),
        ({"asset_ids": [UNKNOWN], "territory": "any"}, "territory"),
        ({"asset_ids": [UNKNOWN], "territory": None}, "territory"),
        ({"asset_ids": [UNKNOWN], "ttl": 0}, "ttl"),
        ({"asset_ids": [UNKNOWN], "form": "signed"}, "form"),
        ({"asset_ids": [UNKNOWN], "resource": "*"}, "resource"),
    ],
)
def test_a_request_for_cookies_of_another_shape_is_refused(signing: World, body: dict[str, object], field: str) -> None:
    status, problem = ask(signing, **body)
    assert (status, [each["field"] for each in problem["problems"]]) == (422, [field])


def test_a_network_that_is_none_refuses_the_whole_request(signing: World) -> None:
    status, problem = ask(signing, UNKNOWN, ip="::1")
    assert (status, problem["code"]) == (422, "invalid_ip")
