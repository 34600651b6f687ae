"""The API of products answers real proxy events: what PIM says, and which assets show a product."""

import json
from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters.catalog.repository import DynamoCatalog
from crash.cases import Message, message, picture, record_master
from crash.world import NOW, World

FACTS: dict[str, Any] = {
    "status": "published",
    "texts": {"de-DE": {"name": "Schuh", "alt_text": "Ein Schuh"}},
    "gtins": ["4012345123456"],
}


def _call(
    world: World, route: str, *, body: object = None, query: object = None, headers: object = None, **path: str
) -> tuple[int, Any]:
    method, resource = route.split(" ")
    event: Message = message("api_set_rights.json") | {"httpMethod": method, "resource": resource}
    event |= {"pathParameters": path, "queryStringParameters": query, "headers": headers or {}}
    event["body"] = json.dumps(body) if body is not None else None
    answer, _ = world.deliver("products", event)
    return answer["statusCode"], json.loads(answer["body"])


def _put(world: World, body: object, sku: str = "S-1", **more: Any) -> tuple[int, Any]:
    return _call(world, "PUT /products/{sku}", body=body, sku=sku, **more)


def _arrange(world: World, *assets: str, role: str = "hero", **more: Any) -> tuple[int, Any]:
    body = {"assets": list(assets)}
    return _call(world, "PUT /products/{sku}/links/{role}", body=body, sku="S-1", role=role, **more)


def test_a_product_is_written_and_read(world: World) -> None:
    status, written = _put(world, FACTS)
    assert status == 200
    assert written["gtins"] == ["04012345123456"]
    assert written["texts"] == {"de-DE": {"name": "Schuh", "alt_text": "Ein Schuh", "caption": "", "attributes": {}}}
    assert _call(world, "GET /products/{sku}", sku="S-1") == (200, written)
    assert _put(world, FACTS) == (200, written)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "9.99"}, "price"),
        ({"status": "sold out"}, "status"),
        ({"texts": {"german": {}}}, "texts.german.[key]"),
        ({"texts": {"de": {"price": "9.99"}}}, "texts.de.price"),
        ({"gtins": ["4012345123457"]}, "gtins"),
        ({"parent": "a/b"}, "parent"),
        ({"texts": {"de": {"name": "a\u0000b"}}}, "texts.de.name"),
        ({"attributes": {"Colour": "red"}}, "attributes.Colour.[key]"),
        ({"attributes": {"price": "9.99"}}, "attributes.price.[key]"),
        ({"attributes": {"note": "EK 4,50"}}, "attributes.note"),
        ({"attributes": {"colour": " "}}, "attributes.colour"),
        ({"attributes": {f"a{number}": "x" for number in range(41)}}, "attributes"),
        ({"texts": {"de": {"attributes": {"ek": "4"}}}}, "texts.de.attributes.ek.[key]"),
    ],
)
def test_what_is_no_product_is_refused_by_the_name_of_the_field(world: World, change: Any, field: str) -> None:
    status, problem = _put(world, FACTS | change)
    assert (status, problem["code"]) == (422, "invalid_request")
    assert [each["field"] for each in problem["problems"]] == [field]
    assert world.items() == []


def test_attributes_are_kept_as_pim_says_them_in_each_language_too(world: World) -> None:
    texts = {"de": {"name": "Schuh", "attributes": {"colour": "rot"}}}
    said = {"attributes": {"colour": " Red ", "size": "42"}, "texts": texts}
    status, written = _put(world, FACTS | said)
    assert (status, written["attributes"]) == (200, {"colour": "Red", "size": "42"})
    assert written["texts"]["de"]["attributes"] == {"colour": "rot"}


@pytest.mark.parametrize("sku", ["", " S", "a/b", "a#b", 'a"b', "ü", "a\n", "x" * 101])
def test_what_is_no_sku_is_no_product(world: World, sku: str) -> None:
    status, problem = _put(world, FACTS, sku=sku)
    assert (status, problem["code"]) == (422, "invalid_sku")


def test_a_product_is_deleted_and_comes_back(world: World) -> None:
    _, written = _put(world, FACTS)
    asset = record_master(world, picture())
    _arrange(world, asset.asset_id)
    status, problem = _call(world, "DELETE /products/{sku}", sku="S-1", headers={"If-Match": '"4"'})
    assert (status, problem["code"]) == (409, "revision")
    status, gone = _call(world, "DELETE /products/{sku}", sku="S-1")
    assert (status, gone["revision"], gone["deleted_at"]) == (200, 1, "2026-11-20T12:00:00Z")
    assert _call(world, "DELETE /products/{sku}", sku="S-1") == (200, gone)
    for route in ("GET /products/{sku}", "DELETE /products/{sku}"):
        status, problem = _call(world, route, sku="S-1" if route.startswith("GET") else "S-2")
        assert (status, problem["code"]) == (404, "product_not_found")
    assert _arrange(world, asset.asset_id)[1]["code"] == "product_not_found"
    status, back = _put(world, FACTS)
    assert (status, back) == (200, written | {"revision": 2})
    assert [each["state"] for each in _call(world, "GET /products/{sku}/links", sku="S-1")[1]["links"]] == ["confirmed"]


def test_a_product_is_no_variant_of_itself(world: World) -> None:
    status, problem = _put(world, FACTS | {"parent": "S-1"})
    assert (status, problem["code"]) == (422, "own_parent")


def test_a_product_is_changed_only_as_its_caller_knows_it(world: World) -> None:
    _put(world, FACTS)
    status, problem = _put(world, FACTS | {"status": "unpublished"}, headers={"If-Match": '"4"'})
    assert (status, problem["code"]) == (409, "revision")
    assert _put(world, FACTS | {"status": "unpublished"}, headers={"If-Match": '"0"'})[1]["revision"] == 1


def test_a_list_is_written_read_and_emptied(world: World) -> None:
    one, two = (record_master(world, picture(n), key=f"{n}.jpg").asset_id for n in (1, 90))
    _put(world, FACTS)
    status, order = _arrange(world, two, one, headers={"If-None-Match": "*"})
    assert (status, order["assets"], order["revision"]) == (200, [two, one], 0)
    _arrange(world, one, query={"market": "DE"})
    status, found = _call(world, "GET /products/{sku}/links", sku="S-1")
    assert status == 200
    assert {(each["market"], *each["assets"]) for each in found["lists"]} == {("any", two, one), ("DE", one)}
    assert {each["state"] for each in found["links"]} == {"confirmed"}
    status, order = _arrange(world, headers={"If-Match": '"0"'})
    assert (status, order["assets"], order["revision"]) == (200, [], 1)


def test_a_list_that_cannot_be_is_refused_with_its_reason(world: World) -> None:
    one = record_master(world, picture()).asset_id
    _put(world, FACTS)
    for asked, code, expected in [
        ({"headers": {"If-Match": '"0"'}}, "revision", 409),
        ({"headers": {"If-None-Match": '"0"'}}, "invalid_if_none_match", 422),
        ({"query": {"market": "EU"}}, "invalid_request", 422),
        ({"role": "cover"}, "role_not_found", 404),
    ]:
        status, problem = _arrange(world, one, **asked)
        assert (status, problem["code"]) == (expected, code)
    missing = "a" + "b" * 25
    status, problem = _arrange(world, one, missing)
    assert (status, problem["code"], problem["problems"][0]["message"]) == (422, "unknown_asset", missing)
    assert _call(world, "GET /products/{sku}/links", sku="S-1")[1]["lists"] == []


def test_what_a_variant_inherits_is_told_with_whom_it_is_from(world: World) -> None:
    one, two = (record_master(world, picture(n), key=f"{n}.jpg").asset_id for n in (1, 90))
    _put(world, FACTS, sku="S")
    _put(world, FACTS | {"gtins": [], "parent": "S", "attributes": {"colour": "red"}})
    body = {"assets": [one, two], "scopes": {two: {"colour": "Red"}}}
    assert _call(world, "PUT /products/{sku}/links/{role}", body=body, sku="S", role="hero")[0] == 200
    found = _call(world, "GET /products/{sku}/links", sku="S-1")[1]
    lent = [{"asset_id": two, "from": "S"}, {"asset_id": one, "from": "S"}]
    assert (found["lists"], found["inherited"]) == ([], [{"role": "hero", "market": "any", "assets": lent}])
    assert _call(world, "GET /products/{sku}/links", sku="S")[1]["inherited"] == []


def _change(world: World, *operations: object, key: str | None = "k1") -> tuple[int, Any]:
    headers = {} if key is None else {"Idempotency-Key": key}
    return _call(world, "POST /links", body={"operations": list(operations)}, headers=headers)


def test_operations_are_carried_out_once_and_each_has_its_outcome_in_its_place(world: World) -> None:
    one, two = (record_master(world, picture(n), key=f"{n}.jpg").asset_id for n in (1, 90))
    _put(world, FACTS)
    of = {"op": "bind", "sku": "S-1", "role": "hero"}
    asked = [of | {"asset_id": one}, of | {"asset_id": two, "position": 1}, of | {"asset_id": one, "price": 1}, 7]
    status, answer = _change(world, *asked)
    assert (status, [each["effect"] for each in answer["operations"]]) == (200, ["applied"] * 2 + ["refused"] * 2)
    assert answer["operations"][0] == of | {
        "asset_id": one,
        "effect": "applied",
        "revision": 0,
        "code": "",
        "message": "",
    }
    assert answer["operations"][2]["problems"][0]["field"] == "price"
    (order,) = _call(world, "GET /products/{sku}/links", sku="S-1")[1]["lists"]
    assert order["assets"] == [two, one]
    assert _change(world, *asked) == (200, answer)
    status, problem = _change(world, *asked[:1])
    assert (status, problem["code"]) == (422, "idempotency_key_reused")
    kept = [item for item in world.items() if item["pk"]["S"].startswith("REQUEST#")]
    assert [item["expires_at"] for item in kept] == [{"N": str(int((NOW + timedelta(days=1)).timestamp()))}] * 2


@pytest.mark.parametrize(
    ("operations", "key", "code"),
    [
        ([{}], None, "missing_idempotency_key"),
        ([{}], "a b", "invalid_idempotency_key"),
        ([], "k", "invalid_request"),
        ([{}] * 101, "k", "invalid_request"),
    ],
)
def test_a_request_that_cannot_be_carried_out_is_refused_whole(
    world: World, operations: list[object], key: str | None, code: str
) -> None:
    status, problem = _change(world, *operations, key=key)
    assert (status, problem["code"]) == (422, code)


def test_a_product_that_nobody_wrote_has_no_links(world: World) -> None:
    assert _call(world, "GET /products/{sku}/links", sku="S-1")[0] == 404
    assert _arrange(world, record_master(world, picture()).asset_id)[1]["code"] == "product_not_found"


def test_the_assets_of_a_list_are_not_changed_by_it(world: World) -> None:
    asset = record_master(world, picture())
    _put(world, FACTS)
    _arrange(world, asset.asset_id)
    catalog: DynamoCatalog = world.catalog
    assert catalog.asset(asset.asset_id) == asset


@pytest.mark.parametrize(
    ("caller", "origin"),
    [("client:pim", "pim"), ("cognito:ada", "person"), ("arn:aws:iam::123456789012:user/ada", "person")],
)
def test_who_lists_an_asset_is_its_links_origin(world: World, caller: str, origin: str) -> None:
    asset = record_master(world, picture())
    _put(world, FACTS)
    event = message("api_set_rights.json")
    event |= {"httpMethod": "PUT", "resource": "/products/{sku}/links/{role}", "queryStringParameters": None}
    event |= {"pathParameters": {"sku": "S-1", "role": "hero"}, "headers": {}}
    event["body"] = json.dumps({"assets": [asset.asset_id]})
    event["requestContext"]["authorizer"]["by"] = caller
    answer, _ = world.deliver("products", event)
    assert answer["statusCode"] == 200
    (link,) = _call(world, "GET /products/{sku}/links", sku="S-1")[1]["links"]
    assert (link["origin"], link["by"]) == (origin, caller)


def test_the_history_of_links_is_told_by_product_and_by_asset(world: World) -> None:
    _put(world, FACTS)
    asset_id = record_master(world, picture()).asset_id
    _arrange(world, asset_id)
    _arrange(world)
    route = "GET /products/{sku}/links/history"
    status, newest = _call(world, route, sku="S-1", query={"limit": "2"})
    assert status == 200
    _, rest = _call(world, route, sku="S-1", query={"cursor": newest["next_cursor"]})
    told = [(each["asset_id"], each["after"].get("state")) for each in (*newest["changes"], *rest["changes"])]
    assert sorted(told, key=str) == sorted(
        [(asset_id, "removed"), (None, None), (asset_id, "confirmed"), (None, None)], key=str
    )
    assert rest["next_cursor"] is None
    status, of_asset = _call(world, "GET /assets/{asset_id}/links/history", asset_id=asset_id)
    assert status == 200
    assert {each["sku"] for each in of_asset["changes"]} == {"S-1"}
    assert [each["after"]["state"] for each in of_asset["changes"]] == ["removed", "confirmed"]
    assert {each["by"] for each in of_asset["changes"]} == {"arn:aws:sts::123456789012:assumed-role/pim/pim"}


def test_a_history_of_nothing_and_a_forged_cursor_are_refused(world: World) -> None:
    route = "GET /products/{sku}/links/history"
    assert _call(world, route, sku="S-1")[1]["code"] == "product_not_found"
    assert _call(world, route, sku="S-1", query={"cursor": "bm8"})[1]["code"] == "invalid_cursor"
    of_asset = "GET /assets/{asset_id}/links/history"
    assert _call(world, of_asset, asset_id="a" * 26)[1]["code"] == "asset_not_found"
