"""The API of assets' life cycle answers real proxy events, and custody names the bad messages of a batch alone."""

import json
from typing import Any

import pytest

from assetwire.domain.archive import ArchiveState, Tier
from assetwire.domain.asset import AssetStatus
from assetwire.domain.events import ItemDue
from assetwire.domain.outbound import public_asset
from crash.cases import batch_of, bus_message, message, picture, record_master
from crash.cold import vault
from crash.world import NOW, World

STEPS = ("withdraw", "restore", "delete", "hold", "release", "archive", "recall")
UNKNOWN = "abcdefghijklmnopqrstuvwxyz"


def _call(world: World, step: str, asset_id: str, body: object = ..., **headers: str) -> tuple[int, Any]:
    """Take a step by a stored proxy event of API Gateway's."""
    event = message("api_withdraw.json")
    event |= {"resource": f"/assets/{{asset_id}}/{step}", "pathParameters": {"asset_id": asset_id}}
    event["body"] = json.dumps({"reason": "the licence ended"} if body is ... else body)
    event["headers"] = event["headers"] | headers
    answer, _ = world.deliver("lifecycle", event)
    return answer["statusCode"], json.loads(answer["body"])


def test_a_step_names_who_signed_the_call_and_why(world: World) -> None:
    asset = record_master(world, picture())
    status, body = _call(world, "withdraw", asset.asset_id)
    assert (status, body["status"], body["generation"]) == (200, "withdrawn", 2)
    assert body["withdrawn"]["by"] == "arn:aws:sts::123456789012:assumed-role/pim/pim"
    assert body["withdrawn"]["reason"] == "the licence ended"
    assert world.catalog.asset(asset.asset_id).status is AssetStatus.WITHDRAWN


def _by(world: World, roles: str, step: str, asset_id: str) -> tuple[int, Any]:
    """Take a step as a caller with these roles alone."""
    event = message("api_withdraw.json")
    event |= {"resource": f"/assets/{{asset_id}}/{step}", "pathParameters": {"asset_id": asset_id}}
    event["requestContext"]["authorizer"] |= {"by": f"cognito:{roles}", "roles": roles}
    event["body"] = json.dumps({"reason": "the licence ended"})
    answer, _ = world.deliver("lifecycle", event)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.parametrize(("first", "then"), [("legal", None), ("librarian", "legal"), ("admin", "librarian")])
@pytest.mark.parametrize("step", ["withdraw", "delete"])
def test_a_librarian_does_not_restore_what_the_lawyers_took_out_of_use(
    world: World, first: str, then: str | None, step: str
) -> None:
    asset_id = record_master(world, picture()).asset_id
    assert _by(world, first, "withdraw", asset_id)[0] == 200
    if then:
        assert _by(world, then, "withdraw", asset_id)[0] == 200
    if step == "delete":
        assert _by(world, "legal", "delete", asset_id)[0] == 200
    status, problem = _by(world, "librarian", "restore", asset_id)
    assert (status, problem["code"]) == (403, "restore_not_permitted")
    assert world.catalog.asset(asset_id).status is AssetStatus.WITHDRAWN
    status, restored = _by(world, "librarian,legal", "restore", asset_id)
    assert (status, restored["status"]) == (200, "accepted")


def test_a_librarian_restores_what_a_librarian_withdrew(world: World) -> None:
    asset_id = record_master(world, picture()).asset_id
    assert _by(world, "librarian", "withdraw", asset_id)[0] == 200
    assert _by(world, "librarian", "restore", asset_id)[0] == 200


def test_the_stored_events_are_answered(world: World) -> None:
    asset = record_master(world, picture())
    for name in ("withdraw", "delete", "recall"):
        event = message(f"api_{name}.json")
        event["pathParameters"] = {"asset_id": asset.asset_id}
        answer, _ = world.deliver("lifecycle", event)
        assert answer["statusCode"] == (409 if name == "recall" else 200), name


def test_every_route_takes_its_step(world: World) -> None:
    asset_id = record_master(world, picture()).asset_id
    order = ("withdraw", "restore", "hold", "release", "archive", "recall", "delete", "restore")
    assert [_call(world, step, asset_id)[0] for step in order] == [200] * len(order)
    assert world.catalog.asset(asset_id).revision == len(order)


@pytest.mark.parametrize("step", ["withdraw", "hold", "archive", "delete"])
def test_an_answer_shows_no_more_of_an_asset_than_reading_it_does(world: World, step: str) -> None:
    asset_id = record_master(world, picture()).asset_id
    status, body = _call(world, step, asset_id)
    assert (status, body) == (200, public_asset(world.catalog.asset(asset_id)))


def test_a_deletion_waits_as_long_as_the_stack_or_the_caller_says(world: World) -> None:
    asset_id = record_master(world, picture()).asset_id
    _, body = _call(world, "delete", asset_id)
    assert body["deletion"]["due_at"] == "2026-12-20T12:00:00Z"
    assert body["deletion"]["used_in"] == ["source s3://masters/Herbst 2026/Dahlie Blüte 01+2 100%25.png"]
    _, body = _call(world, "delete", asset_id, {"reason": "now", "grace_days": 1})
    assert body["deletion"]["due_at"] == "2026-11-21T12:00:00Z"


def test_a_recall_says_how_fast_and_how_long(world: World) -> None:
    asset_id = record_master(world, picture()).asset_id
    _call(world, "archive", asset_id)
    status, _ = _call(world, "recall", asset_id, {"reason": "a reprint", "tier": "bulk", "days": 3})
    asked = world.catalog.asset(asset_id).archive
    assert (status, asked.state, asked.tier, asked.days) == (200, ArchiveState.RECALLING, Tier.BULK, 3)


@pytest.mark.parametrize(
    ("step", "code"), [("restore", "not_withdrawn"), ("release", "not_on_hold"), ("recall", "not_archived")]
)
def test_what_the_state_does_not_admit_is_a_conflict_with_a_code(world: World, step: str, code: str) -> None:
    asset = record_master(world, picture())
    status, problem = _call(world, step, asset.asset_id)
    assert (status, problem["code"]) == (409, code)
    assert world.catalog.asset(asset.asset_id) == asset


@pytest.mark.parametrize("step", STEPS)
def test_a_step_upon_an_old_revision_is_a_conflict(world: World, step: str) -> None:
    asset = record_master(world, picture())
    status, problem = _call(world, step, asset.asset_id, **{"If-Match": '"7"'})
    assert (status, problem["code"]) == (409, "revision")


@pytest.mark.parametrize("step", STEPS)
def test_an_asset_that_nobody_knows_is_not_found(world: World, step: str) -> None:
    status, problem = _call(world, step, UNKNOWN)
    assert (status, problem["code"]) == (404, "asset_not_found")


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        *((step, {}, "reason") for step in STEPS),
        ("withdraw", {"reason": ""}, "reason"),
        ("withdraw", {"reason": "x" * 501}, "reason"),
        ("hold", {"reason": "x", "days": 3}, "days"),
        ("delete", {"reason": "x", "grace_days": 0}, "grace_days"),
        ("delete", {"reason": "x", "grace_days": 366}, "grace_days"),
        ("recall", {"reason": "x", "tier": "soon"}, "tier"),
        ("recall", {"reason": "x", "days": 0}, "days"),
    ],
)
def test_a_wrong_body_is_refused_by_name(world: World, step: str, body: object, field: str) -> None:
    asset = record_master(world, picture())
    status, problem = _call(world, step, asset.asset_id, body)
    assert status == 422
    assert [each["field"] for each in problem["problems"]] == [field]


def _due(asset_id: str, *, item: str = "asset") -> dict[str, Any]:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item=item, item_id=asset_id, kind="masters"))


@pytest.mark.parametrize("body", ['{"detail": {"bucket', "", "null", '{"source": "aws.s3", "detail": {}}', '{"a": 1}'])
def test_custody_names_the_bad_message_and_keeps_both_good_ones(world: World, body: str) -> None:
    ids = [record_master(world, picture(n), key=f"{n}.png").asset_id for n in range(2)]
    for asset_id in ids:
        _call(world, "archive", asset_id)
    bad = message("sqs_asset_accepted.json")
    bad["Records"][0]["body"] = body
    result, _ = world.deliver("custody", batch_of(_due(ids[0]), bad, _due(ids[1])))
    assert [failure["itemIdentifier"] for failure in result["batchItemFailures"]] == ["message-1"]
    assert all("assetwire-archive" in facts for facts in vault().values())


def test_custody_does_not_take_a_job_for_an_asset(world: World) -> None:
    result, calls = world.deliver("custody", _due("j" + "a" * 15, item="job"))
    assert (len(result["batchItemFailures"]), calls) == (1, [])
