"""Rights that begin and end by themselves, under runs that are stopped anywhere and started again, or come in twos."""

from datetime import timedelta

import pytest

from assetwire.domain.rights import Rights, Usage, Window
from crash.cases import delivered_asset, hint, picture, record_master
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, stage
from crash.world import NOW, Message, World

EARLIER = NOW - timedelta(minutes=2)


def _give(world: World, asset_id: str, window: Window) -> None:
    rights = Rights(windows=(window,), territories=("*",), usages=tuple(Usage))
    world.catalog.save_asset(world.catalog.asset(asset_id).with_rights(rights, now=EARLIER))


def _an_end_and_a_beginning(world: World) -> Message:
    """One asset is in delivery and its rights ended a minute ago; another's embargo ends now."""
    _give(world, delivered_asset(world).asset_id, Window(ends=NOW - timedelta(minutes=1)))
    _give(world, record_master(world, picture(90), key="blue.jpg").asset_id, Window(starts=NOW))
    return {}


def _delivery_of_what_expired(world: World) -> Message:
    """What stands in delivery, and in viewers' caches, of an asset that rights_expiry just said has expired."""
    asset = delivered_asset(world)
    _give(world, asset.asset_id, Window(ends=NOW))
    world.deliver("rights_expiry", {})
    return hint(world.catalog.asset(asset.asset_id))


SCENARIOS = (Scenario("rights_expiry", _an_end_and_a_beginning), Scenario("enforce", _delivery_of_what_expired))
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.function)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_three_runs_leave_what_one_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


def test_two_runs_at_once_say_it_once() -> None:
    check_twins(SCENARIOS[0])


def test_what_expired_is_gone_from_delivery_and_from_caches() -> None:
    with stage(SCENARIOS[1]) as on:
        assert (on.state["delivery"], on.state["edge"]) == ({}, {})
