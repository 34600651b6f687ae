"""PIM is told all that it is to know by runs that are stopped anywhere, repeated or doubled."""

from collections.abc import Iterator
from typing import Any

import pytest

from assetwire.adapters.catalog.associations import DynamoAssociations
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.webhook_receiver import WebhookReceiver
from assetwire.domain.associations import lists_of
from assetwire.domain.events import LinksReordered
from assetwire.domain.link import Arrangement
from crash.cases import bus_message, offer, picture, record_master
from crash.harness import Crash
from crash.world import NOW, REGION, TABLE, Message, World, fresh_world
from fakes.pim import FakePim

MESSAGE = LinksReordered(event_id="e", occurred_at=NOW, sku="S-1", role="hero", market="any")


@pytest.fixture
def world() -> Iterator[World]:
    with fresh_world() as found:
        yield found


@pytest.fixture
def pim(monkeypatch: pytest.MonkeyPatch) -> FakePim:
    pim = FakePim()
    monkeypatch.setattr(WebhookReceiver, "send", lambda _self, *said: pim.send(*said))
    return pim


def _changed(world: World) -> Message:
    """Have PIM know two heroes, and the list hold one of them alone."""
    one, two = (record_master(world, picture(number), key=f"{number}.jpg") for number in (1, 90))
    offer("S-1", one, two)
    world.deliver("notify", bus_message(MESSAGE))
    products = DynamoProducts(TABLE, region=REGION)
    order = products.media("S-1").orders[0]
    shorter = order.model_copy(update={"assets": order.assets[:1], "revision": order.revision + 1})
    products.arrange(Arrangement(shorter, (), (order,)))
    return bus_message(MESSAGE)


def _require_agreement(pim: FakePim) -> None:
    lists = lists_of(DynamoProducts(TABLE, region=REGION).media("S-1"))
    told = DynamoAssociations(TABLE, region=REGION).told("S-1")
    assert told is not None
    assert (pim.lists("S-1"), told.acknowledged, told.unsure) == (lists, lists, ())


def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(world: World, pim: FakePim) -> None:
    message = _changed(world)
    rewind = world.remember()
    _, calls = world.deliver("notify", message)
    for number in range(1, len(calls) + 1):
        for when in ("before", "after"):
            rewind()

            def stop(at: str, call: int, _name: str, *, when: str = when, number: int = number) -> None:
                if (at, call) == (when, number):
                    raise Crash

            with pytest.raises(Crash):
                world.deliver("notify", message, interrupt=stop)
            result, _ = world.deliver("notify", message)
            assert result == {"batchItemFailures": []}
            _require_agreement(pim)


@pytest.mark.parametrize("taken", [True, False])
def test_a_run_stopped_as_pim_takes_it_is_made_good_by_the_next(
    world: World, pim: FakePim, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    message = _changed(world)

    def die(_self: object, *said: Any) -> None:
        if taken:
            pim.send(*said)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(WebhookReceiver, "send", die)
        with pytest.raises(Crash):
            world.deliver("notify", message)
    world.deliver("notify", message)
    _require_agreement(pim)


def test_two_runs_at_once_and_three_deliveries_leave_what_one_leaves(world: World, pim: FakePim) -> None:
    message = _changed(world)
    rewind = world.remember()
    _, calls = world.deliver("notify", message)
    for number in range(1, len(calls) + 1):
        rewind()

        def twin(at: str, call: int, _name: str, *, number: int = number) -> None:
            if (at, call) == ("before", number):
                world.deliver("notify", message)

        world.deliver("notify", message, interrupt=twin)
        for _ in range(2):
            world.deliver("notify", message)
        _require_agreement(pim)


def test_what_pim_does_not_take_waits_and_is_reported_and_the_others_are_told(world: World, pim: FakePim) -> None:
    message = _changed(world)
    record = message["Records"][0]
    bad = {**record, "messageId": "bad", "body": "{}"}
    other = {**record, "messageId": "good"}
    pim.down = True
    result, calls = world.deliver("notify", {"Records": [other, bad]})
    assert {each["itemIdentifier"] for each in result["batchItemFailures"]} == {"bad", "good"}
    assert "sqs.ChangeMessageVisibility" in calls
    pim.down = False
    result, _ = world.deliver("notify", {"Records": [record, bad, other]})
    assert result == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    _require_agreement(pim)
