"""Purge, stopped anywhere and started again, leaves caches that hold nothing old, and no purge that was forgotten.

The edge is that of `crash.world`; here `purge` runs only when it is told, on what enforce left for it.
"""

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from assetwire.adapters.catalog.purges import DynamoPurges
from assetwire.adapters.catalog.revocations import DynamoRevocations
from assetwire.domain.purge import Purge, Urgency
from assetwire.services.purge import want_purge
from crash import purging
from crash.cases import (
    GERMANY,
    NOBODY,
    RECORDED,
    delivered_asset,
    hint,
    picture,
    record_master,
    record_renditions,
    set_rights,
)
from crash.harness import (
    Scenario,
    check_crash_points,
    check_redelivery,
    check_twins,
    deliver,
    points_of,
    require_that_viewers_get_what_stands,
    stage,
)
from crash.world import DELIVERY, NOW, REGION, TABLE, Message, World, fresh_world, objects

OTHER_KEY = "supplier-b/IMG 4711 (1)+.png"


def _enforced(world: World, message: Message) -> Message:
    """Let enforce run, and return what `purge` hears of it."""
    world.purges_follow = False
    deliver(world, Scenario("enforce", _narrowed), message)
    return purging.message_of(purging.wanted_of(world.items()))


def _narrowed(world: World) -> Message:
    return _enforced(world, hint(set_rights(world, delivered_asset(world).asset_id, GERMANY)))


def _withdrawn(world: World) -> Message:
    return _enforced(world, hint(set_rights(world, delivered_asset(world).asset_id, NOBODY)))


def _rendered_anew(world: World) -> Message:
    asset = delivered_asset(world)
    record_renditions(world, asset, content="second")
    return _enforced(world, hint(asset))


def _two_assets(world: World) -> Message:
    _withdrawn(world)
    other = record_master(world, picture(2), key=OTHER_KEY)
    record_renditions(world, other)
    set_rights(world, other.asset_id, GERMANY)
    deliver(world, Scenario("enforce", _narrowed), hint(other))
    return _enforced(world, hint(set_rights(world, other.asset_id, NOBODY)))


def _nothing_to_do(world: World) -> Message:
    message = _withdrawn(world)
    deliver(world, Scenario("purge", _withdrawn), message)
    return message


SEEDS = (_narrowed, _withdrawn, _rendered_anew, _two_assets, _nothing_to_do)
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("purge", seed) for seed in SEEDS], ids=[seed.__name__.strip("_") for seed in SEEDS]
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@pytest.mark.parametrize("seed", [_narrowed, _two_assets])
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(seed: Callable[[World], Message]) -> None:
    check_twins(Scenario("purge", seed))


def test_many_assets_are_purged_by_one_call_and_each_revocation_is_told() -> None:
    with fresh_world() as world:
        message = _two_assets(world)
        calls = deliver(world, Scenario("purge", _two_assets), message)
        assert calls.count("cloudfront.CreateInvalidation") == 1
        assert objects(DELIVERY) == world.edge == {}
        for asset_id in {item.removeprefix("#asset:") for item, _ in world.purges}:
            (noted,) = DynamoRevocations(TABLE, region=REGION).of(asset_id)
            assert noted.purged_at == NOW


def test_what_is_wanted_between_any_two_calls_is_purged_then_or_stays_pending() -> None:
    """Whoever is overtaken by a want must not take it for done: what was cached before that is still there."""
    check_want_between_calls(Scenario("purge", _narrowed))


def test_a_withdrawal_between_any_two_calls_ends_with_empty_caches() -> None:
    scenario = Scenario("purge", _narrowed)
    with stage(scenario) as on:
        for when, number in points_of(on.calls):
            on.rewind()
            on.world.purges_follow = False
            withdrawn: list[Message] = []

            def withdraw(*now: Any, point: tuple[str, int] = (when, number), into: list[Message] = withdrawn) -> None:
                if now[:2] == point and not into:
                    (asset_id,) = {purge.asset_id for purge in _purges(on.world)}
                    into.append(_enforced(on.world, hint(set_rights(on.world, asset_id, NOBODY))))

            on.world.deliver("purge", on.message, interrupt=withdraw)
            deliver(on.world, scenario, withdrawn[0])
            assert objects(DELIVERY) == on.world.edge == {}, on.point(when, number)
            assert not any(purge.is_pending for purge in _purges(on.world))


def test_messages_in_any_order_leave_the_same() -> None:
    states = []
    for order in permutations(range(3)):
        with fresh_world() as world:
            asset = delivered_asset(world)
            messages = [_enforced(world, hint(set_rights(world, asset.asset_id, GERMANY)))]
            record_renditions(world, asset, content="second")
            messages.append(_enforced(world, hint(asset)))
            messages.append(_enforced(world, hint(set_rights(world, asset.asset_id, NOBODY))))
            for number in order:
                deliver(world, Scenario("purge", _narrowed), messages[number])
            states.append(world.state())
            require_that_viewers_get_what_stands(states[-1])
    assert all(state == states[0] for state in states)


def check_want_between_calls(scenario: Scenario) -> None:
    """Let caches take something old, and want a purge for it, at every point of a run."""
    with stage(scenario) as on:
        for when, number in points_of(on.calls):
            on.rewind()
            wanted: list[Purge] = []

            def want(*now: Any, point: tuple[str, int] = (when, number), into: list[Purge] = wanted) -> None:
                if now[:2] == point and not into:
                    (purge,) = _purges(on.world)
                    on.world.edge[f"{purge.asset_id}/g1/old/{next(iter(RECORDED))}"] = "old"
                    about = {"generation": 2, "urgency": Urgency.URGENT, "clock": lambda: NOW}
                    want_purge(purge.asset_id, **about, purges=DynamoPurges(TABLE, region=REGION))  # type: ignore[arg-type]
                    into.append(purge)

            on.world.deliver(scenario.function, on.message, interrupt=want)
            assert wanted, on.point(when, number)
            on.world.purge()
            require_that_viewers_get_what_stands(on.world.state())
            assert not any(purge.is_pending for purge in _purges(on.world))


def _purges(world: World) -> list[Purge]:
    found = DynamoPurges(TABLE, region=REGION)
    ids = {item["pk"]["S"].removeprefix("ASSET#") for item in world.items() if item["kind"]["S"] == "Purge"}
    return found.purges_of(ids)
