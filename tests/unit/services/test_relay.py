"""Relay: every change is announced, or kept for a person; none is swallowed."""

from typing import Any

import pytest

from assetwire.domain.errors import NotUnderstood, Unavailable
from assetwire.domain.inspection import Problem
from assetwire.domain.outbox import Change, Record
from assetwire.services.relay import relay
from fakes import some
from fakes.messages import FakeBus, FakeFailures
from fakes.some import NOW

VERSION = some.version()
TOO_LARGE = VERSION.model_copy(update={"inspection": some.inspection().model_copy(update={"sha256": "0" * 9000})})
LONG_CODE = some.version(accepted=False).refused(Problem(code="x" * 65, field="file", message=""))


def stream(*records: Record | None) -> list[dict[str, Any]]:
    """Return stream records of new items, as this test's decoder reads them; None is one that it does not know."""
    return [{"eventID": f"r{n}", "new": record} for n, record in enumerate(records)]


def decode(record: dict[str, Any]) -> Change:
    if record["new"] is None:
        raise NotUnderstood("of a later version")
    return Change(record["eventID"], NOW, None, record["new"])


class World:
    """A bus and a failure queue, and the relay before them."""

    def __init__(self) -> None:
        self.bus = FakeBus()
        self.failures = FakeFailures()

    def relay(self, records: list[dict[str, Any]]) -> int:
        return relay(records, decode=decode, bus=self.bus, failures=self.failures)

    @property
    def heard(self) -> list[str]:
        return [event.type for event in self.bus.published]


@pytest.fixture
def world() -> World:
    return World()


def test_changes_are_announced_in_order(world: World) -> None:
    other = some.version("other.jpg")
    assert world.relay(stream(VERSION, some.asset(), some.rendition(VERSION), other)) == 3
    assert world.heard == ["AssetIngested", "AssetAccepted", "AssetIngested"]
    assert world.failures.kept == []


def test_changes_that_nobody_waits_for_call_nobody(world: World) -> None:
    world.bus.down = True
    assert world.relay(stream(some.rendition(VERSION))) == 0
    assert world.relay([]) == 0


def test_the_same_batch_twice_has_the_same_ids(world: World) -> None:
    for _ in range(2):
        world.relay(stream(VERSION, some.asset()))
    ids = [event.event_id for event in world.bus.published]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("spoilt", [None, TOO_LARGE, LONG_CODE], ids=["unknown", "too_large", "long_code"])
def test_what_is_not_understood_is_kept_whole_and_holds_up_nothing(world: World, spoilt: Record | None) -> None:
    records = stream(VERSION, spoilt, some.asset())
    assert world.relay(records) == 2
    assert world.heard == ["AssetIngested", "AssetAccepted"]
    ((kept, reason),) = world.failures.kept
    assert kept is records[1]
    assert reason


def test_the_reason_names_what_was_wrong(world: World) -> None:
    world.relay(stream(None, TOO_LARGE))
    assert [reason.split(":")[0] for _, reason in world.failures.kept] == ["not_understood", "too_large"]


def test_of_a_record_with_one_event_too_large_none_is_announced(world: World) -> None:
    refused = TOO_LARGE.refused(Problem(code="undecodable", field="file", message=""))
    assert world.relay(stream(refused)) == 0
    assert world.bus.published == []
    assert len(world.failures.kept) == 1


def test_a_bus_that_is_down_raises_so_that_the_batch_comes_again(world: World) -> None:
    world.bus.down = True
    with pytest.raises(Unavailable):
        world.relay(stream(VERSION))
    world.bus.down = False
    world.relay(stream(VERSION))
    assert world.heard == ["AssetIngested"]


def test_a_failure_queue_that_is_down_raises_before_anything_is_announced(world: World) -> None:
    world.failures.down = True
    with pytest.raises(Unavailable):
        world.relay(stream(VERSION, None))
    assert world.bus.published == []


def test_a_record_that_breaks_our_own_code_is_kept_whole_too_and_holds_up_nothing(world: World) -> None:
    def broken(record: dict[str, Any]) -> Change:
        if record is records[0]:
            raise ZeroDivisionError
        return decode(record)

    records = stream(VERSION, VERSION)
    assert relay(records, decode=broken, bus=world.bus, failures=world.failures) == 1
    ((kept, reason),) = world.failures.kept
    assert kept is records[0]
    assert reason.startswith("ZeroDivisionError")
