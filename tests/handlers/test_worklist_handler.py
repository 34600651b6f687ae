"""The API of work items answers real proxy events: list, read, close, and an asset's near-duplicates."""

import json
from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters.catalog.similarity import DynamoSimilarityIndex
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain import ids
from assetwire.domain.asset import Asset, UploadRecord
from assetwire.domain.near_duplicates import likenesses
from assetwire.domain.source import Source
from assetwire.domain.work import RESOLUTIONS, Queue, Resolution, WorkItem
from crash.cases import Message, message
from crash.world import NOW, REGION, TABLE, World
from fakes import some

ACTOR = "arn:aws:sts::123456789012:assumed-role/pim/pim"
HASH = "0123456789abcdef" * 3 + "00000000"


@pytest.fixture
def worklist(world: World) -> DynamoWorklist:
    return DynamoWorklist(TABLE, region=REGION)


def _opened(worklist: DynamoWorklist, number: int = 0, queue: Queue = Queue.NEAR_DUPLICATE) -> WorkItem:
    item = WorkItem.opened(
        queue, str(number), asset_id=some.asset_id(), now=NOW + timedelta(minutes=number), distance=number
    )
    assert worklist.open(item)
    return item


def _event(name: str, *, body: object = ..., query: object = ..., headers: object = ..., **path: str) -> Message:
    event = message(f"api_{name}.json")
    changes = {"body": body, "queryStringParameters": query, "headers": headers, "pathParameters": path or ...}
    event |= {name: value for name, value in changes.items() if value is not ...}
    if isinstance(event["body"], dict):
        event["body"] = json.dumps(event["body"], ensure_ascii=False)
    return event


def _call(world: World, event: Message) -> tuple[int, Any]:
    answer, _ = world.deliver("worklist", event)
    return answer["statusCode"], json.loads(answer["body"])


def test_work_is_listed_newest_first_page_by_page(world: World, worklist: DynamoWorklist) -> None:
    opened = [_opened(worklist, number) for number in range(5)]
    _opened(worklist, 9, Queue.RIGHTS_CONFLICT)
    found, cursor = [], None
    while True:
        query = {"queue": "near_duplicate", "limit": "2"} | ({"cursor": cursor} if cursor else {})
        status, page = _call(world, _event("list_work", query=query))
        assert status == 200
        found += [WorkItem.model_validate(item) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == opened[::-1]


def test_without_parameters_all_open_work_of_all_queues_is_listed(world: World, worklist: DynamoWorklist) -> None:
    items = [_opened(worklist, number, queue) for number, queue in enumerate(Queue)]
    closed = _opened(worklist, 7)
    worklist.save(closed.closed("different", by="me", now=NOW))
    _, everything = _call(world, _event("list_work", query=None))
    assert [item["work_id"] for item in everything["items"]] == [item.work_id for item in reversed(items)]
    _, decided = _call(world, _event("list_work", query={"state": "closed"}))
    assert [item["work_id"] for item in decided["items"]] == [closed.work_id]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"queue": "lost"}, "queue"),
        ({"state": "ajar"}, "state"),
        ({"asset": "x"}, "asset"),
        ({"cursor": "x" * 501}, "cursor"),
    ],
)
def test_a_wrong_parameter_is_named(world: World, query: dict[str, str], field: str) -> None:
    status, problem = _call(world, _event("list_work", query=query))
    assert (status, [each["field"] for each in problem["problems"]]) == (422, [field])


def test_a_cursor_of_nothing_is_refused(world: World) -> None:
    assert _call(world, _event("list_work", query={"cursor": "bm8"}))[1]["code"] == "invalid_cursor"


def test_a_work_item_is_read_as_it_is_recorded(world: World, worklist: DynamoWorklist) -> None:
    item = _opened(worklist)
    status, body = _call(world, _event("read_work", work_id=item.work_id))
    assert status == 200
    assert WorkItem.model_validate(body) == item


@pytest.mark.parametrize("work_id", [ids.work_id("unknown"), "w", "../x", "%2F", some.asset_id()])
@pytest.mark.parametrize("name", ["read_work", "close_work"])
def test_an_item_that_nobody_knows_is_not_found(world: World, name: str, work_id: str) -> None:
    status, problem = _call(world, _event(name, work_id=work_id))
    assert (status, problem["code"]) == (404, "work_item_not_found")


def test_an_item_is_closed_by_whoever_signed_the_call(world: World, worklist: DynamoWorklist) -> None:
    item = _opened(worklist)
    status, body = _call(world, _event("close_work", work_id=item.work_id))
    assert status == 200
    closed = worklist.item(item.work_id)
    assert WorkItem.model_validate(body) == closed
    assert (closed.state, closed.resolution, closed.note) == ("closed", "variants", "Größe M und L")
    assert (closed.closed_by, closed.closed_at, closed.revision) == (ACTOR, NOW, 1)
    assert closed.evidence == item.evidence


def test_a_caller_whom_the_authorizer_does_not_name_closes_nothing(world: World, worklist: DynamoWorklist) -> None:
    item = _opened(worklist)
    for authorizer in ({}, {"roles": "admin"}):
        event = _event("close_work", work_id=item.work_id)
        event["requestContext"]["authorizer"] = authorizer
        assert _call(world, event)[0] == 401
    assert worklist.item(item.work_id) == item


def test_the_same_decision_twice_is_one_and_another_is_refused(world: World, worklist: DynamoWorklist) -> None:
    item = _opened(worklist)
    event = _event("close_work", work_id=item.work_id, headers={})
    first = _call(world, event)
    assert _call(world, event) == first
    other = _event("close_work", work_id=item.work_id, headers={}, body={"resolution": "duplicate"})
    status, problem = _call(world, other)
    assert (status, problem["code"]) == (409, "already_closed")
    assert worklist.item(item.work_id).revision == 1


def test_a_decision_about_another_revision_is_refused(world: World, worklist: DynamoWorklist) -> None:
    item = _opened(worklist)
    status, problem = _call(world, _event("close_work", work_id=item.work_id, headers={"If-Match": '"3"'}))
    assert (status, problem["code"]) == (409, "revision")
    assert worklist.item(item.work_id) == item


@pytest.mark.parametrize("queue", Queue)
@pytest.mark.parametrize("resolution", Resolution)
def test_each_queue_takes_its_own_resolutions_alone(
    world: World, worklist: DynamoWorklist, queue: Queue, resolution: Resolution
) -> None:
    item = _opened(worklist, queue=queue)
    status, body = _call(world, _event("close_work", work_id=item.work_id, body={"resolution": resolution.value}))
    if resolution in RESOLUTIONS[queue]:
        assert (status, body["resolution"]) == (200, resolution.value)
    else:
        assert (status, body["code"]) == (422, "invalid_resolution")
        assert worklist.item(item.work_id) == item


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"resolution": "maybe"},
        {"resolution": "variants", "note": "x" * 2001},
        {"resolution": "variants", "by": "somebody else"},
        "no json",
        None,
    ],
)
def test_a_decision_of_a_wrong_shape_is_refused(world: World, worklist: DynamoWorklist, body: object) -> None:
    item = _opened(worklist)
    status, problem = _call(world, _event("close_work", work_id=item.work_id, body=body))
    assert (status, problem["code"]) == (422, "invalid_request")
    assert worklist.item(item.work_id) == item


def _route(world: World, route: str, *, by: str = ACTOR, **asked: Any) -> tuple[int, Any]:
    method, resource = route.split(" ")
    event = _event("close_work", **{"headers": {}, "body": None} | asked) | {"httpMethod": method, "resource": resource}
    event["requestContext"]["authorizer"]["by"] = by
    return _call(world, event)


def test_an_item_is_claimed_renewed_and_released(world: World, worklist: DynamoWorklist) -> None:
    item = _opened(worklist)
    claim, release = (f"POST /work/{{work_id}}/{step}" for step in ("claim", "release"))
    status, body = _route(world, claim, work_id=item.work_id)
    assert (status, body["claim"]["by"], body["revision"]) == (200, ACTOR, 1)
    assert WorkItem.model_validate(body) == worklist.item(item.work_id)
    for route in (claim, release):
        assert _route(world, route, by="cognito:ben", work_id=item.work_id)[1]["code"] == "claimed_by_other"
    decided = _route(
        world, "POST /work/{work_id}/close", by="cognito:ben", work_id=item.work_id, body={"resolution": "variants"}
    )
    assert (decided[0], decided[1]["code"]) == (409, "claimed_by_other")
    assert _route(world, claim, work_id=item.work_id)[0] == 200
    status, body = _route(world, release, work_id=item.work_id)
    assert (status, body["claim"]) == (200, None)
    assert _route(world, claim, by="cognito:ben", work_id=item.work_id)[0] == 200


def test_the_next_item_is_handed_out_until_there_is_none(world: World, worklist: DynamoWorklist) -> None:
    items = [_opened(worklist, number) for number in range(2)]
    _opened(worklist, 9, Queue.LINK_REVIEW)
    asked = {"body": {"queue": "near_duplicate"}}
    got = [_route(world, "POST /work/next", by=f"cognito:{n}", **asked)[1]["item"] for n in range(3)]
    assert [item and item["work_id"] for item in got] == [items[0].work_id, items[1].work_id, None]
    assert _route(world, "POST /work/next", body={})[1]["item"]["queue"] == "link_review"


def test_statistics_tell_of_one_queue_or_of_each(world: World, worklist: DynamoWorklist) -> None:
    worklist.save(_opened(worklist).claimed("anna", now=NOW))
    status, body = _route(world, "GET /work/statistics")
    assert (status, [each["queue"] for each in body["queues"]]) == (200, list(Queue))
    status, body = _route(world, "GET /work/statistics", query={"queue": "near_duplicate"})
    (found,) = body["queues"]
    assert (found["open"], found["claimed"], found["overdue"], found["at_least"]) == (1, 1, 0, [])
    assert _route(world, "GET /work/statistics", query={"queue": "lost"})[0] == 422


def test_statistics_and_the_next_item_cost_the_same_however_much_waits(world: World, worklist: DynamoWorklist) -> None:
    def calls(route: str, body: object) -> list[str]:
        method, resource = route.split(" ")
        event = _event("close_work", headers={}, body=body, query={"queue": "near_duplicate"} if body is None else None)
        _, made = world.deliver("worklist", event | {"httpMethod": method, "resource": resource})
        return sorted(made)

    asked = [("GET /work/statistics", None), ("POST /work/next", {"queue": "near_duplicate"})]
    for number in range(30):
        _opened(worklist, number)
    calls(*asked[1])  # of what is claimed there is something to read from now on
    few = [calls(*each) for each in asked]
    for number in range(30, 90):
        _opened(worklist, number)
    assert [calls(*each) for each in asked] == few
    assert {call for made in few for call in made} <= {
        *("dynamodb.Query", "dynamodb.BatchGetItem", "dynamodb.PutItem"),
    }


def test_the_near_duplicates_of_an_asset_are_found_the_nearest_first(world: World) -> None:
    index = DynamoSimilarityIndex(TABLE, region=REGION)
    for key, perceptual_hash in (("a.jpg", HASH), ("b.jpg", "f" + HASH[1:]), ("c.jpg", "1" + HASH[1:])):
        version = some.pictured(key, perceptual_hash)
        world.catalog.record(
            UploadRecord(upload=version.upload, asset_id=version.asset_id, version_id=version.version_id),
            source=Source(bucket=version.upload.bucket, key=key, asset_id=version.asset_id),
            version=version,
            asset=Asset.of(version, now=NOW),
        )
        index.add(likenesses(version))
    status, body = _call(world, _event("find_similar", asset_id=some.asset_id("a.jpg")))
    assert (status, body["left_out"], body["cut_bands"]) == (200, 0, 0)
    assert [(each["file_name"], each["distance"]) for each in body["similar"]] == [("c.jpg", 1), ("b.jpg", 4)]
    assert body["similar"][0] == {
        "asset_id": some.asset_id("c.jpg"),
        "status": "accepted",
        "distance": 1,
        "version_id": some.version("c.jpg").version_id,
        "file_name": "c.jpg",
        "current": True,
    }


@pytest.mark.parametrize("asset_id", [some.asset_id("nothing.jpg"), "x"])
def test_near_duplicates_of_an_asset_that_nobody_knows_are_not_found(world: World, asset_id: str) -> None:
    status, problem = _call(world, _event("find_similar", asset_id=asset_id))
    assert (status, problem["code"]) == (404, "asset_not_found")
