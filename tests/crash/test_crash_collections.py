"""What a collection allows reaches each member once, and members join and leave whole, wherever a run is stopped."""

import json

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.collections import DynamoCollections
from assetwire.adapters.catalog.images import value_of
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.domain.collection import CollectionKind, Membership
from assetwire.domain.events import ItemDue
from assetwire.domain.rights import Rights
from assetwire.services import collections, inheritance, members
from assetwire.services.members import add_members
from crash.cases import EVERYWHERE, GERMANY, NOBODY, Message, bus_message, message, picture, record_master, set_rights
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import NOW, REGION, TABLE, World

ASSETS = 3


@pytest.fixture(autouse=True)
def _small_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each member be a turn of its own."""
    monkeypatch.setattr(inheritance, "AT_ONCE", 1)
    monkeypatch.setattr(members, "AT_ONCE", 1)


def _store() -> DynamoCollections:
    return DynamoCollections(TABLE, region=REGION)


def _masters(world: World) -> list[str]:
    """Record assets that may be seen everywhere, but the last one, which may be seen in Germany alone."""
    found = [record_master(world, picture(number), key=f"{number}.png").asset_id for number in range(ASSETS)]
    for asset_id in found:
        set_rights(world, asset_id, GERMANY if asset_id == found[-1] else EVERYWHERE)
    return found


def _collection(world: World, rights: Rights | None = None) -> str:
    known = {"by": "me", "collections": _store(), "now": NOW}
    made = collections.create_collection("Spring", kind=CollectionKind.JOB, rights=rights, token="t", **known)
    add_members(made.collection_id, _masters(world), reason="", catalog=world.catalog, **known)
    return made.collection_id


def _due(job_id: str | None) -> Message:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=str(job_id), kind="job"))


def _rights_that_are_narrowed(world: World) -> Message:
    name = _collection(world)
    return _due(collections.set_rights(name, GERMANY, by="me", collections=_store(), now=NOW).job_id)


def _rights_that_change_twice(world: World) -> Message:
    """Two jobs are on their way, and this is the message of the first one."""
    name = _collection(world, EVERYWHERE)
    first = collections.set_rights(name, NOBODY, by="me", collections=_store(), now=NOW)
    collections.set_rights(name, GERMANY, by="me", collections=_store(), now=NOW)
    return _due(first.job_id)


def _a_collection_that_is_deleted(world: World) -> Message:
    name = _collection(world, GERMANY)
    ports = {"collections": _store(), "now": NOW}
    return _due(collections.delete_collection(name, by="me", reason="over", **ports).job_id)


def _call(step: str, name: str, asset_ids: list[str]) -> Message:
    return message("api_list_work.json") | {
        "httpMethod": "POST",
        "resource": f"/collections/{{collection}}/members{step}",
        "pathParameters": {"collection": name},
        "queryStringParameters": None,
        "body": json.dumps({"asset_ids": asset_ids}),
    }


def _members_that_join(world: World) -> Message:
    name = _collection(world, GERMANY)
    joining = [record_master(world, picture(90 + n), key=f"more-{n}.png").asset_id for n in range(2)]
    for asset_id in joining:
        set_rights(world, asset_id, EVERYWHERE)
    return _call("", name, joining)


def _members_that_leave(world: World) -> Message:
    name = _collection(world, GERMANY)
    return _call("/remove", name, [note.asset_id for note in _store().members(name, limit=9)])


SCENARIOS = (
    Scenario("revalidate", _rights_that_are_narrowed),
    Scenario("revalidate", _rights_that_change_twice),
    Scenario("revalidate", _a_collection_that_is_deleted),
    Scenario("collections", _members_that_join),
    Scenario("collections", _members_that_leave),
)
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.seed.__name__.strip("_"))


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_gone_on_with_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_three_runs_leave_what_one_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@every_scenario
def test_two_runs_at_once_leave_what_one_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


def test_an_undisturbed_run_narrows_each_member_that_may_be_seen_elsewhere_once() -> None:
    with stage(SCENARIOS[0]) as on:
        deliver(on.world, on.scenario, on.message)
        catalog = DynamoCatalog(TABLE, region=REGION)
        (name,) = {note.collection_id for note in _every_note(on.world)}
        found = [catalog.asset(note.asset_id) for note in _store().members(name, limit=9)]
        assert {asset.inherited[name] for asset in found if asset.inherited} == {GERMANY}
        assert sorted(asset.generation for asset in found) == [1, 2, 2]
        job = DynamoAgenda(TABLE, region=REGION).job(str(_store().collection(name).job_id))
        assert (job.state, job.done, job.changed, job.due) == ("done", ASSETS, ASSETS, None)


def _every_note(world: World) -> list[Membership]:
    found = [value_of(item) for item in world.items() if item["kind"]["S"] == "Membership"]
    return [each for each in found if isinstance(each, Membership)]
