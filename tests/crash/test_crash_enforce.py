"""Enforce, stopped anywhere and started again, leaves in delivery, and at the edge, exactly what may be seen.

The edge is that of `crash.world`: a viewer asks for everything after every call, so whatever stood in delivery for a
moment is cached until a purge that CloudFront has not made before.
"""

from collections.abc import Callable
from itertools import permutations

import pytest

from assetwire.domain.asset import Asset
from assetwire.domain.events import RenditionsReady, RightsChanged
from assetwire.domain.inspection import Problem
from assetwire.domain.rights import Rights
from crash.cases import (
    EVERYWHERE,
    GERMANY,
    NOBODY,
    RECORDED,
    bus_message,
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
    crash_once,
    deliver,
    points_of,
    require_that_viewers_get_what_stands,
    stage,
)
from crash.world import DELIVERY, NOW, Message, World, aws, fresh_world, objects


def _first_delivery(world: World) -> Message:
    asset = record_master(world, picture())
    record_renditions(world, asset)
    return _rights_changed(world, asset.asset_id, EVERYWHERE)


def _narrowed(world: World) -> Message:
    return _rights_changed(world, delivered_asset(world).asset_id, GERMANY)


def _withdrawn(world: World) -> Message:
    return _rights_changed(world, delivered_asset(world).asset_id, NOBODY)


def _another_version(world: World) -> Message:
    delivered_asset(world)
    asset = record_master(world, picture(2), minute=1)
    record_renditions(world, asset)
    return hint(asset)


def _another_version_without_renditions_yet(world: World) -> Message:
    delivered_asset(world)
    return hint(record_master(world, picture(2), minute=1))


def _refused(world: World) -> Message:
    """Quarantine the one version that there is, as renditions does with a damaged master."""
    asset = delivered_asset(world)
    problem = Problem(code="undecodable", field="file", message="damaged")
    refused = world.catalog.version(asset.asset_id, asset.current_version).refused(problem)
    world.catalog.save_asset(asset.judged([refused], now=NOW), versions=[refused])
    return hint(asset)


def _refused_with_an_older_one_in_its_place(world: World) -> Message:
    """Quarantine what is shown, and render the version before it again before enforce hears of either."""
    first = delivered_asset(world)
    asset = record_master(world, picture(2), minute=1)
    record_renditions(world, asset)
    deliver(world, Scenario("enforce", _another_version), hint(asset))
    problem = Problem(code="undecodable", field="file", message="damaged")
    refused = world.catalog.version(asset.asset_id, asset.current_version).refused(problem)
    left = world.catalog.version(asset.asset_id, first.current_version)
    world.catalog.save_asset(world.catalog.asset(asset.asset_id).judged([left, refused], now=NOW), versions=[refused])
    asset = world.catalog.asset(asset.asset_id)
    record_renditions(world, asset)
    return hint(asset)


def _rendered_anew(world: World) -> Message:
    """Render the same version under the same names into other bytes: a new profile, or a new renderer."""
    asset = delivered_asset(world)
    record_renditions(world, asset, content="second")
    return hint(asset)


def _some_renditions_more(world: World) -> Message:
    asset = delivered_asset(world)
    aws("s3").delete_object(Bucket=DELIVERY, Key=f"{asset.asset_id}/g1/{asset.current_version}/{next(iter(RECORDED))}")
    world.edge = objects(DELIVERY)
    return hint(asset)


def _nothing_to_do(world: World) -> Message:
    return hint(delivered_asset(world))


SEEDS = (
    _first_delivery,
    _narrowed,
    _withdrawn,
    _another_version,
    _another_version_without_renditions_yet,
    _refused,
    _refused_with_an_older_one_in_its_place,
    _rendered_anew,
    _some_renditions_more,
    _nothing_to_do,
)
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("enforce", seed) for seed in SEEDS], ids=[seed.__name__.strip("_") for seed in SEEDS]
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_run_stopped_anywhere_is_made_good_though_the_purge_waits_until_the_end(scenario: Scenario) -> None:
    check_crash_points(scenario._replace(purge_waits=True))


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@pytest.mark.parametrize("seed", [_narrowed, _another_version, _rendered_anew])
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(seed: Callable[[World], Message]) -> None:
    check_twins(Scenario("enforce", seed))


@pytest.mark.parametrize(
    ("seed", "generation", "number"),
    [
        (_first_delivery, 1, 0),
        (_narrowed, 2, 0),
        (_another_version, 1, 1),
        (_another_version_without_renditions_yet, 1, 0),
        (_refused_with_an_older_one_in_its_place, 2, 0),
        (_rendered_anew, 1, 0),
        (_some_renditions_more, 1, 0),
    ],
)
def test_what_may_be_seen_stands_under_its_generation_and_version(
    seed: Callable[[World], Message], generation: int, number: int
) -> None:
    with fresh_world() as world:
        deliver(world, Scenario("enforce", seed), seed(world))
        (asset_id,) = {item["data"]["M"]["asset_id"]["S"] for item in world.items() if item["kind"]["S"] == "Asset"}
        version_id = world.catalog.versions(asset_id)[number].version_id
        recorded = {r.name: r.etag for r in world.catalog.renditions(asset_id, version_id)}
        wanted = {f"{asset_id}/g{generation}/{version_id}/{name}": recorded[name] for name in RECORDED}
        assert objects(DELIVERY) == world.edge == wanted


@pytest.mark.parametrize("seed", [_another_version, _rendered_anew])
def test_between_any_two_calls_of_a_replacement_everything_stands_that_a_url_is_minted_for(
    seed: Callable[[World], Message],
) -> None:
    check_what_is_minted_stands(Scenario("enforce", seed))


@pytest.mark.parametrize("seed", [_withdrawn, _refused])
def test_what_may_not_be_seen_is_gone_from_delivery_and_from_the_edge(seed: Callable[[World], Message]) -> None:
    with fresh_world() as world:
        message = seed(world)
        assert len(world.edge) == len(RECORDED)
        deliver(world, Scenario("enforce", seed), message)
        assert objects(DELIVERY) == world.edge == {}
        assert world.purges


@pytest.mark.parametrize("seed", [_first_delivery, _narrowed, _nothing_to_do])
def test_a_withdrawal_between_any_two_calls_leaves_nothing_to_be_seen(seed: Callable[[World], Message]) -> None:
    check_withdrawal_between_calls(Scenario("enforce", seed))


@pytest.mark.parametrize("seed", [_first_delivery, _another_version])
def test_a_withdrawal_enforced_between_any_two_calls_leaves_nothing_to_be_seen(
    seed: Callable[[World], Message],
) -> None:
    """The withdrawal's own run begins and ends while the slow one stands still."""
    scenario = Scenario("enforce", seed)
    with stage(scenario) as on:
        for number in range(1, len(on.calls) + 1):
            on.rewind()
            overtaking = {number: lambda: deliver(on.world, scenario, _withdraw(on.world))}
            deliver(on.world, scenario, on.message, before=overtaking)
            assert objects(DELIVERY) == on.world.edge == {}, on.point("before", number)


def test_two_slow_runs_overtaken_by_a_withdrawal_leave_nothing_to_be_seen() -> None:
    """Two runs read the asset while it may be seen, and copy after it was withdrawn and that was enforced."""
    scenario = Scenario("enforce", _first_delivery)
    with stage(scenario) as on:
        first_copy = on.calls.index("s3.CopyObject") + 1

        def withdrawal() -> None:
            deliver(on.world, scenario, _withdraw(on.world))

        def second_slow_run() -> None:
            deliver(on.world, scenario, on.message, before={first_copy: withdrawal})

        deliver(on.world, scenario, on.message, before={first_copy: second_slow_run})
        assert objects(DELIVERY) == {}
        assert on.world.edge == {}


def test_a_slow_run_overtaken_by_a_withdrawal_and_then_stopped_anywhere_is_made_good_by_the_next() -> None:
    scenario = Scenario("enforce", _first_delivery)
    with stage(scenario) as on:
        first_copy = on.calls.index("s3.CopyObject") + 1
        overtaking = {first_copy: lambda: deliver(on.world, scenario, _withdraw(on.world))}
        overtaken = deliver(on.world, scenario, on.message, before=overtaking)
        for number in range(first_copy, len(overtaken) + 1):
            on.rewind()
            crash_once(on.world, scenario, on.message, "after", number, before=overtaking)
            deliver(on.world, scenario, on.message)
            where = f"crash after call {number}/{len(overtaken)} {overtaken[number - 1]}"
            assert objects(DELIVERY) == {}, where
            assert on.world.edge == {}, f"{where}: at the edge"


def test_events_in_any_order_leave_the_same() -> None:
    states = []
    for order in permutations(range(3)):
        with fresh_world() as world:
            asset = record_master(world, picture())
            record_renditions(world, asset)
            changed = set_rights(world, asset.asset_id, EVERYWHERE)
            cause = {"event_id": "e", "occurred_at": NOW, "asset_id": asset.asset_id}
            messages = [
                hint(asset),
                bus_message(RenditionsReady(**cause, version_id=asset.current_version, spec_digest="first")),
                bus_message(RightsChanged(**cause, generation=changed.generation, narrowed=False)),
            ]
            for number in order:
                deliver(world, Scenario("enforce", _first_delivery), messages[number])
            states.append(world.state())
            require_that_viewers_get_what_stands(states[-1])
    assert all(state == states[0] for state in states)


def check_withdrawal_between_calls(scenario: Scenario) -> None:
    """Withdraw the asset at every point of a run: the run itself must notice, unless that is past its last call."""
    with stage(scenario) as on:
        for when, number in points_of(on.calls):
            on.rewind()
            where = f"withdrawn {on.point(when, number)}"
            withdrawals: list[Message] = []

            def withdraw(
                *now: object, point: tuple[str, int] = (when, number), into: list[Message] = withdrawals
            ) -> None:
                if now[:2] == point and not into:
                    into.append(_withdraw(on.world))

            result, _ = on.world.deliver(scenario.function, on.message, interrupt=withdraw)
            assert withdrawals, where
            assert result["batchItemFailures"] == [], where
            if (when, number) != ("after", len(on.calls)):
                assert objects(DELIVERY) == {}, f"{where}: after the run itself"
                assert on.world.edge == {}, f"{where}: at the edge, after the run itself"
            deliver(on.world, scenario, withdrawals[0])
            assert objects(DELIVERY) == {}, where
            assert on.world.edge == {}, f"{where}: at the edge"


def check_what_is_minted_stands(scenario: Scenario) -> None:
    """Look between any two calls, and after a run that stops there, for every file that the record names."""
    with stage(scenario) as on:
        for when, number in points_of(on.calls):
            on.rewind()
            crash_once(on.world, scenario, on.message, when, number)
            delivered = _asset(on.world).delivered
            assert delivered is not None
            assert set(delivered.renditions) == set(RECORDED)
            prefix = f"{_asset(on.world).asset_id}/g{delivered.generation}"
            named = {f"{prefix}/{delivered.version_of(name)}/{name}" for name in delivered.renditions}
            assert named <= objects(DELIVERY).keys(), on.point(when, number)


def _asset(world: World) -> Asset:
    (asset_id,) = {item["data"]["M"]["asset_id"]["S"] for item in world.items() if item["kind"]["S"] == "Asset"}
    return world.catalog.asset(asset_id)


def _withdraw(world: World) -> Message:
    return _rights_changed(world, _asset(world).asset_id, NOBODY)


def _rights_changed(world: World, asset_id: str, rights: Rights) -> Message:
    before = world.catalog.asset(asset_id)
    after = set_rights(world, asset_id, rights)
    return bus_message(
        RightsChanged(
            event_id="e",
            occurred_at=NOW,
            asset_id=asset_id,
            generation=after.generation,
            narrowed=after.generation != before.generation,
        )
    )
