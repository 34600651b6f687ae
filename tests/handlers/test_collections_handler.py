"""The API of collections answers real proxy events, and the job that follows brings their rights to all members."""

import json
from typing import Any

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.history import DynamoHistories
from assetwire.domain.events import ItemDue
from crash.cases import EVERYWHERE, Message, bus_message, message, picture, record_master, set_rights
from crash.world import NOW, REGION, TABLE, World
from fakes import some

GERMANY = {"windows": [{}], "territories": ["DE"], "usages": ["web"]}


def call(
    world: World,
    route: str,
    *,
    body: object = None,
    query: Any = None,
    headers: Any = None,
    roles: str = "admin",
    **path: str,
) -> Any:
    """Return status and body of a call."""
    method, _, resource = route.partition(" ")
    event: Message = message("api_list_work.json") | {
        "httpMethod": method,
        "resource": resource,
        "pathParameters": path or None,
        "queryStringParameters": query,
        "headers": headers or {},
        "body": None if body is None else json.dumps(body),
    }
    event["requestContext"]["authorizer"] |= {"roles": roles}
    answer, _ = world.deliver("collections", event)
    return answer["statusCode"], json.loads(answer["body"])


def made(world: World, **asked: Any) -> str:
    status, found = call(world, "POST /collections", body={"title": "Spring"} | asked)
    assert status == 200, found
    return str(found["collection_id"])


def master(world: World, number: int) -> str:
    asset_id = record_master(world, picture(number), key=f"{number}.png").asset_id
    set_rights(world, asset_id, EVERYWHERE)
    return asset_id


def job_done(world: World, job_id: str) -> Any:
    event = ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job_id, kind="job")
    result, _ = world.deliver("revalidate", bus_message(event))
    assert result == {"batchItemFailures": []}
    return DynamoAgenda(TABLE, region=REGION).job(job_id)


def test_a_collection_is_made_once_a_token_read_renamed_and_listed(world: World) -> None:
    name = made(world, token="t", kind="job", rights=GERMANY)
    assert made(world, token="t", kind="job") == name
    assert made(world) != made(world)
    status, renamed = call(
        world, "PATCH /collections/{collection}", body={"title": "Summer"}, headers={"If-Match": '"0"'}, collection=name
    )
    assert (status, renamed["revision"], renamed["rights"]["territories"]) == (200, 1, ["DE"])
    assert call(world, "GET /collections/{collection}", collection=name) == (200, renamed)
    _, page = call(world, "GET /collections", query={"limit": "2"})
    _, rest = call(world, "GET /collections", query={"limit": "2", "cursor": page["next_cursor"]})
    assert len(page["collections"] + rest["collections"]) == 3
    assert rest["next_cursor"] is None


def test_a_collection_comes_with_rights_only_from_who_may_set_them(world: World) -> None:
    for rights in (GERMANY, {"windows": []}):
        body = {"title": "Spring", "token": "t", "rights": rights}
        status, problem = call(world, "POST /collections", body=body, roles="librarian")
        assert (status, problem["code"]) == (403, "rights_not_permitted")
    assert world.items() == []
    body = {"title": "Spring", "token": "t", "rights": GERMANY}
    status, found = call(world, "POST /collections", body=body, roles="librarian,legal")
    assert (status, found["rights"]["territories"]) == (200, ["DE"])
    assert call(world, "POST /collections", body={"title": "Spring"}, roles="librarian")[0] == 200


def test_what_is_no_id_is_refused_in_its_place_and_the_others_join(world: World) -> None:
    asset_id, where = master(world, 1), {"collection": made(world)}
    route = "POST /collections/{collection}/members"
    status, moved = call(world, route, body={"asset_ids": ["../x", asset_id, 3, None, "../x"]}, **where)
    assert (status, moved["changed"], moved["unchanged"]) == (200, 1, 0)
    assert [(each["asset_id"], each["code"]) for each in moved["refused"]] == [
        (said, "invalid_asset_id") for said in ("../x", "3", "null")
    ]
    status, moved = call(world, f"{route}/remove", body={"asset_ids": [asset_id.upper()]}, **where)
    assert (status, moved["changed"], moved["refused"][0]["code"]) == (200, 0, "invalid_asset_id")


def test_rights_reach_every_member_and_are_taken_back_when_the_collection_is_deleted(world: World) -> None:
    assets, name = [master(world, number) for number in range(3)], made(world)
    where = {"collection": name}
    body = {"asset_ids": [*assets, some.asset_id()], "reason": "a shoot"}
    status, moved = call(world, "POST /collections/{collection}/members", body=body, **where)
    assert (status, moved["changed"], moved["unchanged"]) == (200, 3, 0)
    assert [each["code"] for each in moved["refused"]] == ["asset_not_found"]
    status, changed = call(
        world, "PUT /collections/{collection}/rights", body=GERMANY, query={"reason": "the licence"}, **where
    )
    assert (status, changed["revision"]) == (200, 1)
    job = job_done(world, changed["job_id"])
    assert (job.state, job.done, job.changed, job.total) == ("done", 3, 3, 3)
    _, listed = call(world, "GET /collections/{collection}/members", query={"limit": "2"}, **where)
    cursor = {"cursor": listed["next_cursor"]}
    _, rest = call(world, "GET /collections/{collection}/members", query=cursor, **where)
    shown = listed["members"] + rest["members"]
    assert sorted(each["asset_id"] for each in shown) == sorted(assets)
    assert {(each["inherits"], each["enforced"], each["generation"]) for each in shown} == {(True, True, 2)}
    found = world.catalog.asset(assets[0])
    assert found.effective_rights is not None
    assert found.effective_rights.territories == ("DE",)
    (joined, *_) = DynamoHistories(TABLE, region=REGION).changes(assets[0], limit=9, before=None)
    assert (joined.after, joined.reason) == ({"collections": [name]}, "a shoot")
    _, of_asset = call(world, "GET /assets/{asset_id}/collections", asset_id=assets[0])
    assert of_asset == {"collections": [changed]}
    status, left = call(world, "POST /collections/{collection}/members/remove", body={"asset_ids": assets[:1]}, **where)
    assert (status, left["changed"]) == (200, 1)
    status, deleted = call(world, "DELETE /collections/{collection}", query={"reason": "it is over"}, **where)
    assert (status, deleted["deleted"]["reason"]) == (200, "it is over")
    assert job_done(world, deleted["job_id"]).changed == 2
    assert [world.catalog.asset(asset_id).effective_rights for asset_id in assets] == [EVERYWHERE] * 3
    _, changes = call(world, "GET /collections/{collection}/changes", **where)
    assert [each["reason"] for each in changes["changes"]] == ["it is over", "the licence", ""]
    assert changes["changes"][1]["by"].startswith("arn:aws:")


def test_a_restriction_is_taken_away_and_the_same_twice_starts_no_job(world: World) -> None:
    where = {"collection": made(world, rights=GERMANY)}
    _, cleared = call(world, "DELETE /collections/{collection}/rights", **where)
    assert (cleared["rights"], cleared["revision"]) == (None, 1)
    assert call(world, "DELETE /collections/{collection}/rights", **where) == (200, cleared)


@pytest.mark.parametrize(
    ("route", "asked", "status", "code"),
    [
        ("POST /collections", {"body": {"title": ""}}, 422, "invalid_request"),
        ("POST /collections", {"body": {"title": "x", "price": 3}}, 422, "invalid_request"),
        ("GET /collections", {"query": {"cursor": "nonsense"}}, 422, "invalid_cursor"),
        ("GET /collections/{collection}", {"collection": "c" * 26}, 404, "collection_not_found"),
        ("GET /collections/{collection}", {"collection": "../x"}, 404, "collection_not_found"),
        ("PUT /collections/{collection}/rights", {"body": {"territories": ["XX"]}}, 422, "invalid_request"),
        ("PUT /collections/{collection}/rights", {"body": GERMANY, "headers": {"If-Match": '"7"'}}, 409, "revision"),
        ("DELETE /collections/{collection}", {"headers": {"If-Match": "7"}}, 422, "invalid_if_match"),
        ("POST /collections/{collection}/members", {"body": {"asset_ids": []}}, 422, "invalid_request"),
        (
            "POST /collections/{collection}/members",
            {"body": {"asset_ids": [some.asset_id()] * 1001}},
            422,
            "invalid_request",
        ),
        ("GET /collections/{collection}/members", {"query": {"cursor": "a"}}, 422, "invalid_request"),
        ("GET /collections/{collection}/changes", {"query": {"cursor": "a"}}, 422, "invalid_cursor"),
        ("GET /assets/{asset_id}/collections", {"asset_id": some.asset_id()}, 404, "asset_not_found"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_a_reason(
    world: World, route: str, asked: dict[str, Any], status: int, code: str
) -> None:
    known = {"collection": made(world)} if "{collection}" in route else {}
    answered, body = call(world, route, **known | asked)
    assert (answered, body["code"]) == (status, code)


def test_a_deleted_collection_takes_nobody_in_and_is_not_changed(world: World) -> None:
    where = {"collection": made(world, token="t")}
    call(world, "DELETE /collections/{collection}", **where)
    for route, body in (
        ("POST /collections/{collection}/members", {"asset_ids": [master(world, 1)]}),
        ("PUT /collections/{collection}/rights", GERMANY),
        ("DELETE /collections/{collection}", None),
        ("POST /collections", {"title": "Spring", "token": "t"}),
    ):
        status, answer = call(world, route, body=body, **where)
        assert (status, answer["code"]) == (409, "collection_deleted"), route
