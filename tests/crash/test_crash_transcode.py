"""Transcode, stopped anywhere and started again, ends as an undisturbed run does, and makes nothing twice."""

from collections.abc import Callable

import pytest

from assetwire.domain.asset import Edit
from assetwire.domain.shown import Rendered
from assetwire.domain.transcoding import Claim, Transcoding
from crash.cases import EVERYWHERE, GERMANY, asset_id_of, data_of, hint, lose, picture, record_master, set_rights
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.media_cases import (
    BOOK,
    FRAME_KEYS,
    SOUND_KEY,
    SOUND_NAMES,
    SPIN_KEY,
    SPIN_NAMES,
    record_sound,
    record_spin,
    tone,
)
from crash.world import DELIVERY, MASTERS, NOW, RENDITIONS, Message, World, aws, fresh_world, objects


@pytest.fixture(autouse=True)
def few_transcodes(few_renditions: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.domain.spec_book.shipped_book", lambda: BOOK)


def _first_run(world: World) -> Message:
    return hint(record_sound(world, tone()))


def _one_file_stands(world: World) -> Message:
    asset = record_sound(world, tone())
    world.deliver("transcode", hint(asset))
    (other,) = (r for r in world.catalog.renditions(asset.asset_id) if r.name == "audio-full.mp3")
    lose(other)
    return hint(asset)


def _everything_stands(world: World) -> Message:
    asset = record_sound(world, tone())
    world.deliver("transcode", hint(asset))
    return hint(asset)


def _other_labels(world: World) -> Message:
    asset = record_sound(world, tone())
    world.deliver("transcode", hint(asset))
    edits = {"title": Edit(value={"x-default": "Interview"}, at=NOW)}
    world.catalog.save_asset(world.catalog.asset(asset.asset_id).with_declared(now=NOW, edits=edits))
    return hint(asset)


def _damaged_master(world: World) -> Message:
    return hint(record_sound(world, tone()[:44]))


def _a_run_died_long_ago(world: World) -> Message:
    asset = record_sound(world, tone())
    claim = Claim(run="another", until=NOW)
    state = Transcoding(version_id=asset.current_version, claim=claim)
    world.catalog.save_asset(asset.with_transcoding(now=NOW, transcoding=state, transcode_at=NOW))
    return hint(asset)


def _spin(world: World, change: Callable[[World], object]) -> Message:
    """Make a spin, and change something of a frame; return the word of that."""
    world.deliver("transcode", hint(record_spin(world)))
    change(world)
    return hint(world.catalog.asset(asset_id_of(FRAME_KEYS[2])))


def _a_frame_was_taken_anew(world: World) -> Message:
    return _spin(world, lambda world: record_master(world, picture(99), key=FRAME_KEYS[2], minute=1))


def _a_frame_may_be_seen_in_one_country_alone(world: World) -> Message:
    return _spin(world, lambda world: set_rights(world, asset_id_of(FRAME_KEYS[2]), GERMANY))


WRITES = {
    "s3.PutObject",
    "dynamodb.PutItem",
    "dynamodb.UpdateItem",
    "dynamodb.TransactWriteItems",
    "dynamodb.BatchWriteItem",
}
SEEDS = (
    _first_run,
    _one_file_stands,
    _everything_stands,
    _other_labels,
    _damaged_master,
    _a_run_died_long_ago,
    _a_frame_was_taken_anew,
    _a_frame_may_be_seen_in_one_country_alone,
)
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("transcode", seed) for seed in SEEDS], ids=lambda scenario: scenario.seed.__name__.strip("_")
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


def writes(calls: list[str]) -> list[int]:
    """Return the numbers of the calls that change something: right before them, what was read may be no longer so."""
    return [number for number, call in enumerate(calls, start=1) if call in WRITES]


@pytest.mark.parametrize("seed", [_one_file_stands, _a_frame_was_taken_anew])
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(seed: Callable[[World], Message]) -> None:
    check_twins(Scenario("transcode", seed), at=writes)


def test_an_undisturbed_run_stores_what_it_records() -> None:
    with fresh_world() as world:
        asset = record_sound(world, tone())
        deliver(world, Scenario("transcode", _first_run), hint(asset))
        recorded = world.catalog.renditions(asset.asset_id, asset.current_version)
        assert {r.name for r in recorded} == SOUND_NAMES
        assert {r.key: r.etag for r in recorded} == objects(RENDITIONS)
        asset = world.catalog.asset(asset.asset_id)
        assert asset.transcoded == Rendered(
            version_id=asset.current_version, outputs={r.name: r.digest for r in recorded}
        )
        assert (asset.transcoding, asset.due) == (None, None)


def test_a_spin_is_shown_with_the_new_take_and_the_rights_of_its_strictest_frame() -> None:
    with fresh_world() as world:
        message = _a_frame_was_taken_anew(world)
        before = set(objects(RENDITIONS))
        deliver(world, Scenario("transcode", _a_frame_was_taken_anew), message)
        new = {key.rpartition("/")[2] for key in set(objects(RENDITIONS)) - before}
        assert new == {"spin-003-32.webp", "spin.json"}
        set_rights(world, asset_id_of(FRAME_KEYS[5]), GERMANY)
        deliver(
            world, Scenario("transcode", _a_frame_was_taken_anew), hint(world.catalog.asset(asset_id_of(FRAME_KEYS[5])))
        )
        spin = world.catalog.asset(asset_id_of(SPIN_KEY))
        assert spin.rights is not None
        assert spin.rights.territories == GERMANY.territories
        world.deliver("enforce", hint(spin))
        assert {key.rpartition("/")[2] for key in objects(DELIVERY)} == SPIN_NAMES


def test_what_stands_already_is_neither_fetched_nor_made_again() -> None:
    with stage(Scenario("transcode", _one_file_stands)) as on:
        assert on.calls.count("s3.PutObject") == 1
    with stage(Scenario("transcode", _everything_stands)) as on:
        assert set(on.calls) == {"dynamodb.GetItem", "dynamodb.Query", "s3.ListObjectsV2"}


def test_other_labels_are_written_without_the_master() -> None:
    with fresh_world() as world:
        message = _other_labels(world)
        (version,) = world.catalog.versions(asset_id_of(SOUND_KEY))
        aws("s3").delete_object(Bucket=MASTERS, Key=SOUND_KEY, VersionId=version.upload.s3_version)
        calls = deliver(world, Scenario("transcode", _other_labels), message)
        assert (calls.count("s3.GetObject"), calls.count("s3.PutObject")) == (1, 1)
        shown = world.catalog.asset(asset_id_of(SOUND_KEY)).transcoded
        new = next(
            key for key in objects(RENDITIONS) if key.endswith(f"/{shown.outputs['audio-full.mp3']}/audio-full.mp3")
        )
        assert b"Interview" in aws("s3").get_object(Bucket=RENDITIONS, Key=new)["Body"].read()


def test_a_sound_that_cannot_be_decoded_stays_accepted_with_a_reason() -> None:
    with fresh_world() as world:
        deliver(world, Scenario("transcode", _damaged_master), _damaged_master(world))
        (asset,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Asset")
        assert asset["status"] == "accepted"
        codes = {name: left["problem"]["code"] for name, left in asset["transcoding"]["left_out"].items()}
        assert codes == dict.fromkeys(SOUND_NAMES, "undecodable")
        assert objects(RENDITIONS) == {}


def test_a_spin_loses_what_it_shows_when_a_frame_goes_out_of_use_and_wins_it_back() -> None:
    with fresh_world() as world:
        spin = record_spin(world)
        for function in ("transcode", "enforce"):
            world.deliver(function, hint(spin))
        assert len(objects(DELIVERY)) == len(SPIN_NAMES)
        frame = world.catalog.asset(asset_id_of(FRAME_KEYS[7]))
        for rights, shown in ((EVERYWHERE.model_copy(update={"usages": ()}), 0), (EVERYWHERE, len(SPIN_NAMES))):
            set_rights(world, frame.asset_id, rights)
            world.deliver("transcode", hint(frame))
            world.deliver("enforce", hint(spin))
            assert len(objects(DELIVERY)) == shown
