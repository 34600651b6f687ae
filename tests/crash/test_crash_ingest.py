"""Ingest, stopped anywhere and started again, in any order, records every upload once and whole."""

import hashlib
import re
from collections.abc import Callable
from itertools import permutations

import pytest

from crash.cases import (
    KEY,
    Put,
    damaged_picture,
    data_of,
    picture,
    put_master,
    record_master,
    restored_message,
    s3_message,
)
from crash.cold import move_to_the_cold, vault
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deaths, deliver, stage
from crash.world import MASTERS, Message, State, World, aws, fresh_world


def _new_asset(world: World) -> Message:
    return s3_message(put_master(picture()))


def _new_version(world: World) -> Message:
    record_master(world, picture(1))
    return s3_message(put_master(picture(2), minute=1))


def _older_version(world: World) -> Message:
    older = put_master(picture(2), minute=0)
    record_master(world, picture(1), minute=1)
    return s3_message(older)


def _known_bytes_under_the_same_key(world: World) -> Message:
    record_master(world, picture(1))
    record_master(world, picture(2), minute=1)
    return s3_message(put_master(picture(1), minute=2))


def _known_bytes_under_another_key(world: World) -> Message:
    record_master(world, picture(1))
    return s3_message(put_master(picture(1), key="supplier-b/IMG_4711.png", minute=1))


def _no_image(world: World) -> Message:
    return s3_message(put_master(b"%PDF-1.7 is no image"))


def _damaged(world: World) -> Message:
    record_master(world, picture(1))
    return s3_message(put_master(damaged_picture(), minute=1))


def _announced_without_a_version(world: World) -> Message:
    return s3_message(put_master(picture()), with_version=False)


def _deleted_since(world: World) -> Message:
    put = put_master(picture())
    aws("s3").delete_object(Bucket=MASTERS, Key=put.key, VersionId=put.s3_version)
    return s3_message(put)


def _put_cold(data: bytes, *, minute: int = 0) -> Put:
    put = put_master(data, minute=minute)
    move_to_the_cold(marked_only=False)
    return put


def _copy_of_a_cold_master(world: World) -> Message:
    """The copy of an older upload comes after a newer one was ingested."""
    put = _put_cold(picture())
    world.deliver("ingest", s3_message(put))
    world.deliver("ingest", s3_message(put_master(picture(2), minute=2)))
    return restored_message(put)


INGEST = Scenario("ingest", _new_asset)
SEEDS = (
    _new_asset,
    _new_version,
    _older_version,
    _known_bytes_under_the_same_key,
    _known_bytes_under_another_key,
    _no_image,
    _damaged,
    _announced_without_a_version,
    _deleted_since,
    _copy_of_a_cold_master,
)
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("ingest", seed) for seed in SEEDS], ids=[seed.__name__.strip("_") for seed in SEEDS]
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@pytest.mark.parametrize(
    "scenario", [Scenario("ingest", seed) for seed in (_new_asset, _known_bytes_under_another_key)]
)
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


def test_an_undisturbed_run_records_upload_source_blob_version_and_asset() -> None:
    with stage(INGEST) as on:
        items = on.state["items"]
    assert sorted(key.split("#")[0] + re.findall(r" [A-Z]{4,}(?=#|$)", key)[-1] for key in items) == [
        "ASSET META",
        "ASSET SOURCE",
        "ASSET VERSION",
        "SHA256 META",
        "SOURCE META",
        "SOURCE NAMED",
        "SOURCE UPLOAD",
    ]
    assert f"SOURCE#{MASTERS}/{KEY} META" in items


def test_a_damaged_master_is_recorded_as_a_quarantined_version() -> None:
    with stage(Scenario("ingest", _damaged)) as on:
        state = on.state
    assert sum('"quarantined"' in item for key, item in state["items"].items() if " VERSION#" in key) == 1
    (asset,) = _assets(state)
    assert '"accepted"' in asset


def _three_uploads_of_one_key(world: World) -> list[Message]:
    """A → B → A under one key: three versions, two blobs, and the last upload is current."""
    return [s3_message(put_master(picture(shade), minute=minute)) for minute, shade in enumerate((1, 2, 1))]


def _three_uploads_within_a_second(world: World) -> list[Message]:
    """S3's sequencer alone tells which is the last."""
    puts = [(put_master(picture(shade)), sequencer) for shade, sequencer in ((1, "0A"), (2, "0B"), (3, "0A1"))]
    return [s3_message(put._replace(sequencer=sequencer)) for put, sequencer in puts]


@pytest.mark.parametrize(
    ("uploads", "current", "blobs"), [(_three_uploads_of_one_key, 1, 2), (_three_uploads_within_a_second, 2, 3)]
)
def test_uploads_of_one_key_leave_the_same_in_every_order_and_with_doubles(
    uploads: Callable[[World], list[Message]], current: int, blobs: int
) -> None:
    with fresh_world() as world:
        messages = uploads(world)
        rewind = world.remember()
        states = []
        for order in [*permutations(range(3)), (2, 0, 2, 1, 0, 1, 2)]:
            rewind()
            for number in order:
                deliver(world, INGEST, messages[number])
            states.append(world.state())
            assert states[-1] == states[0], f"order {order}"
    kinds = [key.split(" ")[1].split("#")[0] for key in states[0]["items"] if key.startswith("ASSET#")]
    assert sorted(kinds) == ["META", "SOURCE", "VERSION", "VERSION", "VERSION"]
    assert sum(key.startswith("SHA256#") for key in states[0]["items"]) == blobs
    (asset,) = _assets(states[0])
    assert hashlib.sha256(picture(current)).hexdigest() in asset


def test_the_same_bytes_under_two_keys_are_one_asset_with_two_sources_whichever_comes_first() -> None:
    """The key that is processed first gives the asset its id and its version, so the two orders differ in names only.

    Which key wins is a race by nature (both uploads are new); what must hold is that there is one winner, that the
    other is its second source, and that the outcomes are mirror images of each other.
    """
    keys = ("a/one.png", "b/two.png")

    def final(order: tuple[int, ...]) -> list[tuple[str, object]]:
        with fresh_world() as world:
            uploads = [put_master(picture(), key=key) for key in keys]
            for number in order:
                deliver(world, INGEST, s3_message(uploads[number]))
            return _by_role(world, winner=keys[order[0]], other=keys[order[1]])

    first, second = final((0, 1)), final((1, 0))
    assert first == second
    assert [kind for kind, _ in first] == [
        "Asset",
        "Belonging",
        "Belonging",
        "Blob",
        "Named",
        "Named",
        "Source",
        "Source",
        "UploadRecord",
        "UploadRecord",
        "Version",
    ]


def _first_of_two_keys(world: World) -> Message:
    return s3_message(put_master(picture(), key="a/one.png"))


def test_two_keys_with_the_same_bytes_at_once_are_one_asset_with_two_sources() -> None:
    with stage(Scenario("ingest", _first_of_two_keys)) as on:
        for number in range(1, len(on.calls) + 1):
            on.rewind()
            other = s3_message(put_master(picture(), key="b/two.png"))
            deliver(on.world, INGEST, on.message, before={number: lambda m=other: deliver(on.world, INGEST, m)})
            kinds = sorted(item["kind"]["S"] for item in on.world.items())
            twice = ("Belonging", "Named", "Source", "UploadRecord")
            assert kinds == sorted(["Asset", "Blob", "Version", *twice, *twice]), number
            ids = {data_of(item)["asset_id"] for item in on.world.items() if item["kind"]["S"] != "Named"}
            assert len(ids) == 1, number


def test_two_uploads_of_one_key_at_once_are_two_versions_of_one_asset() -> None:
    states = []
    with stage(INGEST) as on:
        other = s3_message(put_master(picture(2), minute=2))
        rewind = on.world.remember()
        for number in range(1, len(on.calls) + 1):
            rewind()
            deliver(on.world, INGEST, on.message, before={number: lambda: deliver(on.world, INGEST, other)})
            states.append(on.world.state())
    assert sum(" VERSION#" in key for key in states[0]["items"]) == 2
    assert all(state == states[0] for state in states)


def test_a_master_that_came_into_the_cold_is_shown_to_people_and_recorded_once_its_copy_came() -> None:
    with fresh_world() as world:
        put = _put_cold(picture())
        deliver(world, INGEST, s3_message(put))
        (item,) = world.items()
        assert (item["kind"]["S"], data_of(item)["state"], data_of(item)["queue"]) == (
            "WorkItem",
            "open",
            "cold_master",
        )
        assert all(
            facts.startswith("GLACIER") and "2026" in facts for facts in vault().values()
        )  # a copy was asked for
        deliver(world, INGEST, restored_message(put))
        (asset,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Asset")
        (item,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "WorkItem")
        assert (asset["status"], item["state"], item["resolution"]) == ("accepted", "closed", "recalled")
        assert asset["current_order"].startswith("2026-11-20T09:30:00|")


def test_a_run_over_a_cold_master_that_dies_anywhere_is_made_good_by_the_next_and_by_its_copy() -> None:
    states, puts = [], list[Put]()

    def into_the_cold(world: World) -> Message:
        puts.append(_put_cold(picture()))
        return s3_message(puts[0])

    with stage(Scenario("ingest", into_the_cold)) as on:
        for death in deaths(on):
            death.back()
            deliver(on.world, INGEST, on.message)
            deliver(on.world, INGEST, restored_message(puts[0]))
            states.append(on.world.state())
    assert len(states) == 3  # before the item, after it, and after the copy was asked for
    assert all(state == states[0] for state in states)


def _assets(state: State) -> list[str]:
    return [item for key, item in state["items"].items() if key.startswith("ASSET#") and key.endswith(" META")]


def _by_role(world: World, *, winner: str, other: str) -> list[tuple[str, object]]:
    """Return kind and content of every item, with what follows from the winner's key written as a role."""
    versions = {key: aws("s3").head_object(Bucket=MASTERS, Key=key)["VersionId"] for key in (winner, other)}
    (asset,) = (data_of(item) for item in world.items() if item["kind"]["S"] == "Asset")
    roles = {
        winner: "WINNER",
        other: "OTHER",
        winner.rsplit(".", 1)[0]: "WINNER'S STEM",
        other.rsplit(".", 1)[0]: "OTHER'S STEM",
        winner.rsplit("/", 1)[-1]: "WINNER'S NAME",
        versions[winner]: "WINNER'S UPLOAD",
        versions[other]: "OTHER'S UPLOAD",
        asset["asset_id"]: "ASSET",
        asset["current_version"]: "VERSION",
    }

    def renamed(value: object) -> object:
        match value:
            case dict():
                return {name: renamed(each) for name, each in value.items() if name != "current_order"}
            case list():
                return [renamed(each) for each in value]
            case str():
                return roles.get(value, value)
            case _:
                return value

    return sorted(((item["kind"]["S"], renamed(data_of(item))) for item in world.items()), key=str)
