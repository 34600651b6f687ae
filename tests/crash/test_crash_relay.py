"""The relay announces every change, under ids that never change, and holds up nothing for a record it cannot read."""

import copy
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from assetwire.adapters.event_bus import EventBridgeBus
from assetwire.domain.errors import Unavailable
from crash.cases import message
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import Message, World, fresh_world

STREAM = "dynamodb_stream.json"
EVENTS_IN_STREAM = [
    "AssetAccepted", "AssetIngested", "AssetIngested", "AssetVersioned", "RenditionsReady", "RightsChanged",
    "RightsChanged",
]  # fmt: skip


def _stream(*, rounds: int = 1) -> list[dict[str, Any]]:
    """Return the records of the stored payload, several times under other ids."""
    records = message(STREAM)["Records"]
    return [record | {"eventID": f"{record['eventID'][:-1]}{n:x}"} for n in range(rounds) for record in records]


def _poisoned() -> dict[str, Any]:
    record = copy.deepcopy(message(STREAM)["Records"][0])
    record["eventID"] = "poisoned"
    record["dynamodb"]["NewImage"]["data"] = {"S": "not what a version 1 writes"}
    return record


def _changes(world: World) -> Message:
    return {"Records": _stream()}


def _more_than_one_call_takes(world: World) -> Message:
    return {"Records": _stream(rounds=3)}


def _poisoned_between_good_ones(world: World) -> Message:
    return {"Records": [*_stream(), _poisoned(), *_stream(rounds=2)[len(_stream()) :]]}


def _nothing_to_announce(world: World) -> Message:
    return {"Records": [r for r in _stream() if r["dynamodb"]["NewImage"]["kind"]["S"] not in {"Asset", "Version"}]}


RELAY = Scenario("relay", _changes)
SEEDS = (_changes, _more_than_one_call_takes, _poisoned_between_good_ones)
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("relay", seed) for seed in SEEDS], ids=[seed.__name__.strip("_") for seed in SEEDS]
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_batch_delivered_three_times_announces_the_same_events_under_the_same_ids(scenario: Scenario) -> None:
    check_redelivery(scenario)


@every_scenario
def test_two_runs_of_one_batch_at_once_announce_the_same_events(scenario: Scenario) -> None:
    check_twins(scenario)


def test_every_change_that_somebody_acts_upon_is_announced_once() -> None:
    with stage(RELAY) as on:
        assert _types(on.state["published"]) == EVENTS_IN_STREAM


def test_more_events_than_one_call_takes_go_out_in_several() -> None:
    with stage(Scenario("relay", _more_than_one_call_takes)) as on:
        assert on.calls == ["eventbridge.PutEvents"] * 3
        assert _types(on.state["published"]) == sorted(EVENTS_IN_STREAM * 3)


def test_changes_that_nobody_acts_upon_make_no_call() -> None:
    with fresh_world() as world:
        assert deliver(world, Scenario("relay", _nothing_to_announce), _nothing_to_announce(world)) == []


def test_records_in_any_order_announce_the_same_events() -> None:
    published = []
    for order in (lambda r: r, lambda r: r[::-1], lambda r: r[5:] + r[:5]):
        with fresh_world() as world:
            deliver(world, RELAY, {"Records": order(_stream())})
            published.append(dict(world.published))
    assert published[0] == published[1] == published[2]


def test_a_poisoned_record_is_kept_whole_and_its_neighbours_are_announced_under_the_same_ids() -> None:
    with fresh_world() as world:
        good = Scenario("relay", _poisoned_between_good_ones)
        batch = good.seed(world)
        deliver(world, good, {"Records": [record for record in batch["Records"] if record["eventID"] != "poisoned"]})
        without = dict(world.published)
        world.published.clear()
        assert world.failures() == []

        deliver(world, good, batch)
        assert world.published == without
        ((reason, body),) = world.failures()
        assert json.loads(body) == _poisoned()
        assert reason.startswith("not_understood: ")


def _without_images(record: dict[str, Any]) -> None:
    del record["dynamodb"]["NewImage"]


def _of_an_unknown_kind(record: dict[str, Any]) -> None:
    record["dynamodb"]["NewImage"]["kind"] = {"S": "Hologram"}


def _with_a_field_from_the_future(record: dict[str, Any]) -> None:
    record["dynamodb"]["NewImage"]["data"]["M"]["mood"] = {"S": "fine"}


def _of_a_deletion(record: dict[str, Any]) -> None:
    record["dynamodb"]["OldImage"] = record["dynamodb"].pop("NewImage")


def _that_is_empty(record: dict[str, Any]) -> None:
    record.clear()


def _with_an_absurd_time(record: dict[str, Any]) -> None:
    record["dynamodb"]["ApproximateCreationDateTime"] = 1e300


def _whose_event_is_too_large(record: dict[str, Any]) -> None:
    """One problem of a quarantined version after the other has a code of its own."""
    inspection = _inspection(record)
    inspection["status"] = {"S": "quarantined"}
    inspection["problems"] = {"L": [_problem(f"{number:02}" + "🎨" * 62) for number in range(20)]}


def _with_a_code_longer_than_an_event_takes(record: dict[str, Any]) -> None:
    inspection = _inspection(record)
    inspection["status"] = {"S": "quarantined"}
    inspection["problems"] = {"L": [_problem("c" * 65)]}


def _inspection(record: dict[str, Any]) -> dict[str, Any]:
    version = next(r for r in _stream() if r["dynamodb"]["NewImage"]["kind"]["S"] == "Version")
    record["dynamodb"] = version["dynamodb"]
    return dict.__getitem__(record["dynamodb"]["NewImage"]["data"]["M"]["inspection"], "M")


def _problem(code: str) -> dict[str, Any]:
    return {"M": {"code": {"S": code}, "field": {"S": "file"}, "message": {"S": "wrong"}}}


POISONS = (
    _without_images,
    _of_an_unknown_kind,
    _with_a_field_from_the_future,
    _of_a_deletion,
    _that_is_empty,
    _with_an_absurd_time,
    _whose_event_is_too_large,
    _with_a_code_longer_than_an_event_takes,
)


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.__name__.strip("_"))
def test_a_record_that_cannot_be_announced_holds_up_nothing(poison: Callable[[dict[str, Any]], None]) -> None:
    record = copy.deepcopy(message(STREAM)["Records"][0])
    poison(record)
    with fresh_world() as world:
        deliver(world, RELAY, {"Records": [*_stream(), record, *_stream(rounds=2)[len(_stream()) :]]})
        assert _types(world.published) == sorted(EVENTS_IN_STREAM * 2)
        ((_, body),) = world.failures()
        assert json.loads(body) == record


def test_an_entry_that_the_bus_refuses_once_is_put_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    _without_pauses(monkeypatch)
    with fresh_world() as world:
        world.answer = _refusing(lambda call, entry: call == 1 and entry["DetailType"] == "RightsChanged")
        calls = deliver(world, RELAY, _changes(world))
        assert calls == ["eventbridge.PutEvents"] * 2
        assert _types(world.published) == EVENTS_IN_STREAM


def test_an_entry_that_the_bus_always_refuses_raises_and_the_batch_comes_again_under_the_same_ids(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _without_pauses(monkeypatch)
    with stage(RELAY) as on:
        world = on.world
        world.answer = _refusing(lambda _, entry: entry["DetailType"] == "AssetVersioned")
        with pytest.raises(Unavailable):
            world.deliver("relay", _changes(world))
        assert "AssetVersioned" not in _types(world.published)

        world.answer = None
        deliver(world, RELAY, _changes(world))
        assert world.published == on.state["published"]


def test_event_ids_are_uuids_of_the_record_and_the_type() -> None:
    with stage(RELAY) as on:
        assert len(on.state["published"]) == len(EVENTS_IN_STREAM)
        assert all(uuid.UUID(id_).version == 5 for id_ in on.state["published"])


def _types(published: dict[str, str]) -> list[str]:
    return sorted(json.loads(entry)["DetailType"] for entry in published.values())


def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = EventBridgeBus.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "sleep", lambda _: None)


def _refusing(refuses: Callable[[int, dict[str, Any]], bool]) -> Callable[[Callable[[], Any], str, Any], Any]:
    """Stand in for PutEvents: entries are refused by the number of the call and what they are."""
    call = 0

    def answer(forward: Callable[[], Any], name: str, request: Any) -> Any:
        nonlocal call
        if name != "eventbridge.PutEvents":
            return forward()
        call += 1
        entries = json.loads(request.body)["Entries"]
        results = [
            {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
            if refuses(call, entry)
            else {"EventId": str(uuid.uuid4())}
            for entry in entries
        ]
        failed = sum("ErrorCode" in result for result in results)
        body = json.dumps({"FailedEntryCount": failed, "Entries": results}).encode()
        return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.1"}, MockRawResponse(body))

    return answer
