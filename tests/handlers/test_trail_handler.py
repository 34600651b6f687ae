"""GET /changes: the trail of all assets, by whom and when."""

from typing import Any

from assetwire.adapters.catalog.agenda import DynamoAgenda
from crash.api_calls import call_api, proxy_event
from crash.world import REGION, TABLE, World
from fakes import some

ANNA = "cognito:anna"


def trail(world: World, roles: str = "legal", **query: str) -> tuple[int, Any]:
    event = proxy_event("list_assets", query=query or None)
    event |= {"resource": "/changes", "path": "/changes"}
    event["requestContext"]["authorizer"] |= {"roles": roles}
    return call_api(world, "catalog", event)


def set_rights(world: World, asset_id: str, by: str) -> None:
    event = proxy_event("set_rights", asset_id=asset_id, headers={}, query={"reason": "a new licence"})
    event["requestContext"]["authorizer"] |= {"by": by, "roles": "legal"}
    assert call_api(world, "catalog", event)[0] == 200


def test_the_trail_says_who_changed_what_across_assets(world: World) -> None:
    agenda = DynamoAgenda(TABLE, region=REGION)
    assets = [some.asset(asset_id=some.asset_id(name)) for name in ("one", "two")]
    for asset, by in zip(assets, (ANNA, "client:pim"), strict=True):
        agenda.save(asset)
        set_rights(world, asset.asset_id, by)
    status, everything = trail(world)
    assert status == 200
    assert {each["asset_id"] for each in everything["changes"]} == {asset.asset_id for asset in assets}
    status, annas = trail(world, by=ANNA)
    (change,) = annas["changes"]
    assert (change["kind"], change["asset_id"], change["by"]) == ("asset", assets[0].asset_id, ANNA)
    assert (change["reason"], annas["next_cursor"]) == ("a new licence", None)
    assert trail(world, **{"from": "2026-11-21T00:00:00Z", "to": "2026-11-22T00:00:00Z"})[1]["changes"] == []


def test_the_trail_tells_of_products_and_of_their_links(world: World) -> None:
    event = proxy_event("list_assets", query=None) | {"httpMethod": "PUT", "resource": "/products/{sku}"}
    event |= {"pathParameters": {"sku": "S-1"}, "body": '{"status": "published"}'}
    event["requestContext"]["authorizer"] |= {"by": "client:pim", "roles": "pim"}
    assert call_api(world, "products", event)[0] == 200
    asset = some.asset()
    DynamoAgenda(TABLE, region=REGION).save(asset)
    event |= {"resource": "/products/{sku}/links/{role}", "pathParameters": {"sku": "S-1", "role": "hero"}}
    assert call_api(world, "products", event | {"body": f'{{"assets": ["{asset.asset_id}"]}}'})[0] == 200
    told = trail(world, by="client:pim")[1]["changes"]
    assert sorted(each["kind"] for each in told) == ["link", "link", "product"]
    (product,) = (each for each in told if each["kind"] == "product")
    assert (product["sku"], product["before"], product["after"]) == ("S-1", {}, {"status": "published"})


def test_a_page_of_the_trail_goes_on_by_its_cursor(world: World) -> None:
    agenda = DynamoAgenda(TABLE, region=REGION)
    for name in ("one", "two", "three"):
        asset = some.asset(asset_id=some.asset_id(name))
        agenda.save(asset)
        set_rights(world, asset.asset_id, ANNA)
    first = trail(world, limit="2")[1]
    second = trail(world, limit="2", cursor=first["next_cursor"])[1]
    assert (len(first["changes"]), len(second["changes"]), second["next_cursor"]) == (2, 1, None)


def test_the_trail_is_for_lawyers_and_in_ranges(world: World) -> None:
    assert trail(world, roles="librarian,reviewer,pim")[1]["code"] == "not_permitted"
    assert trail(world, **{"from": "2020-01-01T00:00:00Z"})[1]["code"] == "invalid_range"
    assert trail(world, starts="2026-11-21T00:00:00Z")[0] == 422
