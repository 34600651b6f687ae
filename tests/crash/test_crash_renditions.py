"""Renditions, stopped anywhere and started again, makes what is missing and records it once."""

from datetime import timedelta
from itertools import permutations

import pytest

from assetwire.domain.asset import Asset, AssetStatus, Edit
from assetwire.domain.delivery import is_shown
from assetwire.domain.events import RenditionsOutdated
from assetwire.domain.inspection import Status
from assetwire.domain.shown import Rendered
from crash.cases import (
    EVERYWHERE,
    NAMES,
    bus_message,
    damaged_picture,
    data_of,
    hint,
    lose,
    picture,
    record_master,
    record_renditions,
    set_rights,
)
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import DELIVERY, NOW, RENDITIONS, Message, World, aws, fresh_world, objects

JOB = "jmb6vtrzkq2yxw4n"


def _first_renditions(world: World) -> Message:
    return hint(record_master(world, picture()))


def _one_rendition_stands(world: World) -> Message:
    asset = record_master(world, picture())
    world.deliver("renditions", hint(asset))
    for other in world.catalog.renditions(asset.asset_id, asset.current_version)[1:]:
        lose(other)
    return hint(asset)


def _everything_stands(world: World) -> Message:
    asset = record_master(world, picture())
    world.deliver("renditions", hint(asset))
    return hint(asset)


def _made_by_an_older_profile(world: World) -> Message:
    asset = record_master(world, picture())
    record_renditions(world, asset, content="older")
    return hint(asset)


def _damaged_master(world: World) -> Message:
    return hint(record_master(world, damaged_picture()))


def _damaged_master_after_a_good_one(world: World) -> Message:
    record_master(world, picture())
    return hint(record_master(world, damaged_picture(), minute=1))


def _superseded(world: World, *, days: int) -> Asset:
    """Record an asset whose renditions of another digest were superseded so many days ago."""
    asset = record_master(world, picture())
    old = record_renditions(world, asset, content="older")
    world.deliver("renditions", hint(asset))
    past = NOW - timedelta(days=days)
    world.catalog.save_renditions([each.model_copy(update={"superseded_at": past}) for each in old])
    return asset


def _a_grace_period_ends(world: World) -> Message:
    return hint(_superseded(world, days=7))


def _a_file_was_lost_and_somebody_asks(world: World) -> Message:
    asset = record_master(world, picture())
    world.deliver("renditions", hint(asset))
    aws("s3").delete_object(Bucket=RENDITIONS, Key=min(objects(RENDITIONS)))
    asked = world.catalog.asset(asset.asset_id).with_asked(rendering=JOB, now=NOW)
    world.catalog.save_asset(asked)
    return bus_message(RenditionsOutdated(event_id="e", occurred_at=NOW, asset_id=asset.asset_id, job_id=JOB))


SEEDS = (
    _first_renditions,
    _a_grace_period_ends,
    _a_file_was_lost_and_somebody_asks,
    _one_rendition_stands,
    _everything_stands,
    _made_by_an_older_profile,
    _damaged_master,
)
RENDER = Scenario("renditions", _first_renditions)
FALL_BACK = Scenario("renditions", _damaged_master_after_a_good_one, announced=True)
"""The good version becomes current again, which is announced by AssetVersioned, and rendered."""
every_scenario = pytest.mark.parametrize(
    "scenario",
    [*(Scenario("renditions", seed) for seed in SEEDS), FALL_BACK],
    ids=lambda scenario: scenario.seed.__name__.strip("_"),
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@pytest.mark.parametrize("scenario", [RENDER, FALL_BACK], ids=["first_renditions", "damaged_master_after_a_good_one"])
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


def test_an_undisturbed_run_stores_what_it_records() -> None:
    with fresh_world() as world:
        asset = record_master(world, picture())
        deliver(world, RENDER, hint(asset))
        stored = objects(RENDITIONS)
        recorded = world.catalog.renditions(asset.asset_id, asset.current_version)
        assert {r.name for r in recorded} == NAMES
        assert {r.key: r.etag for r in recorded} == stored
        assert {(r.width, r.height) for r in recorded} == {(64, 48)}
        rendered = world.catalog.asset(asset.asset_id).rendered
        assert rendered == Rendered(version_id=asset.current_version, outputs={r.name: r.digest for r in recorded})


def test_what_stands_already_is_not_made_again() -> None:
    with stage(Scenario("renditions", _one_rendition_stands)) as on:
        assert on.calls.count("s3.PutObject") == len(NAMES) - 1
    with stage(Scenario("renditions", _everything_stands)) as on:
        assert set(on.calls) == {"dynamodb.GetItem", "dynamodb.Query", "s3.ListObjectsV2"}


def test_what_is_superseded_is_noted_first_and_goes_when_its_grace_period_ends() -> None:
    with fresh_world() as world:
        asset = _superseded(world, days=6)
        before = set(objects(RENDITIONS))
        deliver(world, RENDER, hint(asset))
        assert set(objects(RENDITIONS)) == before
        assert world.catalog.asset(asset.asset_id).tidy_at == NOW + timedelta(days=1)
    with fresh_world() as world:
        asset = _superseded(world, days=7)
        deliver(world, RENDER, hint(asset))
        assert len(objects(RENDITIONS)) == len(NAMES) < len(before)
        assert {r.key for r in world.catalog.renditions(asset.asset_id)} == set(objects(RENDITIONS))
        assert world.catalog.asset(asset.asset_id).tidy_at is None


def check_taking_back_while_it_is_removed() -> None:
    """Take a text back, whose renditions are being removed, at every point of the run that removes them."""
    with stage(Scenario("renditions", _a_text_was_changed_long_ago)) as on:
        assert "s3.DeleteObjects" in on.calls
        for number in range(1, len(on.calls) + 1):
            on.rewind()

            def take_back() -> None:
                asset_id = objects_of_asset()
                asset = on.world.catalog.asset(asset_id)
                on.world.catalog.save_asset(asset.judged(on.world.catalog.versions(asset_id), now=NOW, edits={}))
                on.world.deliver("renditions", hint(asset))

            deliver(on.world, RENDER, on.message, before={number: take_back})
            asset = on.world.catalog.asset(objects_of_asset())
            shown = {r.key: r.etag for r in on.world.catalog.renditions(asset.asset_id) if is_shown(r, asset)}
            assert asset.rendered.outputs.keys() == NAMES
            assert len(shown) == len(NAMES), f"taken back before call {number}: recorded"
            assert shown.items() <= objects(RENDITIONS).items(), f"taken back before call {number}: stored"


def objects_of_asset() -> str:
    """Return the id of the asset whose renditions stand in the bucket."""
    (asset_id,) = {key.split("/")[0] for key in objects(RENDITIONS)}
    return asset_id


def _a_text_was_changed_long_ago(world: World) -> Message:
    asset = record_master(world, picture())
    world.deliver("renditions", hint(asset))
    asset = world.catalog.asset(asset.asset_id)
    edits = {"credit_line": Edit(value="Studio", at=NOW)}
    world.catalog.save_asset(asset.judged(world.catalog.versions(asset.asset_id), now=NOW, edits=edits))
    world.deliver("renditions", hint(asset))
    old = [each for each in world.catalog.renditions(asset.asset_id) if each.superseded_at is not None]
    past = NOW - timedelta(days=7)
    world.catalog.save_renditions([each.model_copy(update={"superseded_at": past}) for each in old])
    return hint(asset)


def test_what_is_taken_back_while_it_is_removed_stands_in_the_end() -> None:
    check_taking_back_while_it_is_removed()


def test_running_everything_again_writes_nothing_at_all() -> None:
    with fresh_world() as world:
        assets = [record_master(world, picture(shade), key=f"{shade}.png") for shade in range(5)]
        for asset in assets:
            set_rights(world, asset.asset_id, EVERYWHERE)
            for function in ("renditions", "enforce"):
                world.deliver(function, hint(asset))
        assert len(objects(DELIVERY)) == len(assets) * len(NAMES)
        calls = [
            call for asset in assets for function in ("renditions", "enforce")
            for call in world.deliver(function, hint(asset))[1]
        ]  # fmt: skip
        assert set(calls) == {"dynamodb.GetItem", "dynamodb.Query", "s3.ListObjectsV2"}


def test_a_master_whose_pixels_are_damaged_is_quarantined_and_nothing_raises() -> None:
    with fresh_world() as world:
        message = _damaged_master(world)
        deliver(world, RENDER, message)
        (asset,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Asset")
        (version,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Version")
        assert asset["status"] == version["inspection"]["status"] == "quarantined"
        assert [problem["code"] for problem in version["inspection"]["problems"]] == ["undecodable"]
        assert objects(RENDITIONS) == {}


def test_the_version_before_stands_in_for_a_damaged_master() -> None:
    with fresh_world() as world:
        good = record_master(world, picture())
        bad = record_master(world, damaged_picture(), minute=1)
        deliver(world, RENDER, hint(bad))
        asset = world.catalog.asset(good.asset_id)
        assert asset.status is AssetStatus.ACCEPTED
        assert asset.current_version == good.current_version
        assert world.catalog.version(bad.asset_id, bad.current_version).inspection.status is Status.QUARANTINED


def test_events_of_several_versions_in_any_order_render_the_current_one_alone() -> None:
    states = []
    for order in permutations(range(3)):
        with fresh_world() as world:
            assets = [record_master(world, picture(shade), minute=shade) for shade in range(3)]
            for number in order:
                deliver(world, RENDER, hint(assets[number]))
            assert {key.split("/")[1] for key in objects(RENDITIONS)} == {assets[2].current_version}
            states.append(world.state())
    assert all(state == states[0] for state in states)


def test_a_version_that_comes_while_another_is_rendered_is_rendered_by_its_own_event() -> None:
    with stage(RENDER) as on:
        for number in range(1, len(on.calls) + 1):
            on.rewind()
            later: list[Asset] = []

            def upload(into: list[Asset] = later) -> None:
                into.append(record_master(on.world, picture(2), minute=1))

            deliver(on.world, RENDER, on.message, before={number: upload})
            deliver(on.world, RENDER, hint(later[0]))
            asset = on.world.catalog.asset(later[0].asset_id)
            made = on.world.catalog.renditions(asset.asset_id, asset.current_version)
            outputs = {rendition.name: rendition.digest for rendition in made}
            assert outputs.keys() == NAMES, number
            assert asset.rendered == Rendered(version_id=later[0].current_version, outputs=outputs), number
