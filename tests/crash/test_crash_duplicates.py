"""Duplicates on the real adapters: stopped anywhere, in every order of two uploads' calls, the same is found once."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from moto.core.botocore_stubber import BotocoreStubber

from assetwire.domain import near_duplicates
from assetwire.domain.asset import Blob, Version
from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.domain.work import Queue
from assetwire.media import inspect as inspecting
from assetwire.services import ingest as ingesting
from assetwire.services import near_duplicates as reporting
from crash.cases import KEY, data_of, put_master, s3_message
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import Message, World, fresh_world, handler_module, new_process
from fakes.interleaving import every_order, step

HASH = "0123456789abcdef" * 3 + "00000000"
NEAR = "0123456789abcdee" * 3 + "00000000"
OTHER_KEY = "supplier-b/IMG_4711.png"


def _picture(perceptual_hash: str, take: int = 1) -> bytes:
    """Return a master that says what its picture's hash is; `take` makes other bytes."""
    return f"take {take}#{perceptual_hash}".encode()


@pytest.fixture(autouse=True)
def _masters_say_what_they_look_like() -> Iterator[None]:
    """Stand below the inspector: these tests are about what is done with a hash, whatever reads it."""

    def inspect(file: Path, *, sha256: str, size: int, **_: Any) -> Inspection:
        found = file.read_bytes().decode().partition("#")[2] or None
        return Inspection(
            status=Status.ACCEPTED, kind=Kind.IMAGE, media_type="image/png", sha256=sha256, bytes=size,
            width=64, height=48, perceptual_hash=found,
        )  # fmt: skip

    with patch.object(inspecting, "inspect", inspect):
        yield


# --- near-duplicates ---


def _first_picture(world: World) -> Message:
    return s3_message(put_master(_picture(HASH)))


def _near_another(world: World) -> Message:
    world.deliver("ingest", _first_picture(world))
    return s3_message(put_master(_picture(NEAR), key=OTHER_KEY, minute=1))


def _near_three_others(world: World) -> Message:
    for number in range(3):
        world.deliver("ingest", s3_message(put_master(_picture(HASH, number), key=f"{number}.png")))
    return s3_message(put_master(_picture(NEAR), key=OTHER_KEY, minute=1))


def _version_near_another(world: World) -> Message:
    world.deliver("ingest", _first_picture(world))
    world.deliver("ingest", s3_message(put_master(_picture("f" * 48 + "00000000"), key=OTHER_KEY)))
    return s3_message(put_master(_picture(NEAR), key=OTHER_KEY, minute=1))


def _bytes_of_another_asset_as_a_version(world: World) -> Message:
    world.deliver("ingest", _first_picture(world))
    world.deliver("ingest", s3_message(put_master(_picture("f" * 48 + "00000000"), key=OTHER_KEY)))
    return s3_message(put_master(_picture(HASH), key=OTHER_KEY, minute=1))


NEAR_ANOTHER = Scenario("ingest", _near_another)
SEEDS = {
    _first_picture: 0,
    _near_another: 1,
    _near_three_others: 3 + 3,
    _version_near_another: 1,
    _bytes_of_another_asset_as_a_version: 1,
}
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("ingest", seed) for seed in SEEDS], ids=[seed.__name__.strip("_") for seed in SEEDS]
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves() -> None:
    check_twins(NEAR_ANOTHER, at=_turns)


@every_scenario
def test_each_pair_has_its_item_and_each_picture_its_bands(scenario: Scenario) -> None:
    with fresh_world() as world:
        deliver(world, scenario, scenario.seed(world))
        pictures = sum(item["kind"]["S"] == "Version" for item in world.items())
        assert len(_pairs(world)) == SEEDS[scenario.seed]
        assert sum(item["kind"]["S"] == "Likeness" for item in world.items()) == 16 * pictures


def test_two_near_pictures_leave_the_same_in_either_order() -> None:
    with fresh_world() as world:
        messages = _two_near_pictures()
        rewind = world.remember()
        states = []
        for order in ((0, 1), (1, 0), (0, 1, 0), (1, 0, 1, 0)):
            rewind()
            for number in order:
                deliver(world, NEAR_ANOTHER, messages[number])
            states.append(world.state())
    assert all(state == states[0] for state in states)


def test_while_one_stands_still_before_any_of_its_calls_the_other_sees_it_or_is_seen() -> None:
    with stage(Scenario("ingest", _first_picture)) as on:
        other = s3_message(put_master(_picture(NEAR), key=OTHER_KEY, minute=1))
        states, with_it = [], on.world.remember()
        for number in _turns(on.calls):
            with_it()
            deliver(on.world, on.scenario, on.message, before={number: lambda: deliver(on.world, on.scenario, other)})
            assert len(_pairs(on.world)) == 1, on.point("before", number)
            states.append(on.world.state())
    assert all(state == states[0] for state in states)


def test_of_two_uploads_at_once_one_sees_the_other_in_every_order_of_writing_and_reading() -> None:
    assert check_every_order(_two_near_pictures, _one_pair, at=_INDEX) >= 20


# --- exact duplicates ---


def _kinds(world: World) -> list[str]:
    """Return the kinds of the items that say what there is; notes beside them say where to find it."""
    return [item["kind"]["S"] for item in world.items() if item["kind"]["S"] not in {"Belonging", "Named"}]


def test_the_same_bytes_under_two_keys_are_one_blob_in_every_order_of_two_uploads_calls() -> None:
    def one_blob(world: World) -> bool:
        kinds = sorted(_kinds(world))
        return kinds == ["Asset", "Blob", "Source", "Source", "UploadRecord", "UploadRecord", "Version"]

    def uploads() -> list[Message]:
        return [s3_message(put_master(b"the same", key=key)) for key in (KEY, OTHER_KEY)]

    assert check_every_order(uploads, one_blob, at=_BLOB) > 60


def test_the_same_bytes_twice_under_one_key_are_two_versions_and_one_blob_in_every_order() -> None:
    def two_versions(world: World) -> bool:
        kinds = sorted(_kinds(world))
        return kinds == ["Asset", "Blob", "Source", "UploadRecord", "UploadRecord", "Version", "Version"]

    def uploads() -> list[Message]:
        return [s3_message(put_master(b"the same", minute=minute)) for minute in (0, 1)]

    assert check_every_order(uploads, two_versions, at=_SOURCE) > 15


def test_a_b_a_under_one_key_and_a_under_another_are_three_versions_two_blobs_and_two_sources() -> None:
    with fresh_world() as world:
        for minute, (data, key) in enumerate(((b"A", KEY), (b"B", KEY), (b"A", KEY), (b"A", OTHER_KEY))):
            deliver(world, NEAR_ANOTHER, s3_message(put_master(data, key=key, minute=minute)))
        kinds = _kinds(world)
        assert {kind: kinds.count(kind) for kind in ("Asset", "Version", "Blob", "Source")} == {
            "Asset": 1,
            "Version": 3,
            "Blob": 2,
            "Source": 2,
        }
        blobs = {data_of(item)["sha256"] for item in world.items() if item["kind"]["S"] == "Blob"}
        assert blobs == {hashlib.sha256(data).hexdigest() for data in (b"A", b"B")}


# --- faults put in on purpose are found out ---


def _reported(check: Callable[[], object], *, as_: str) -> None:
    with pytest.raises(AssertionError, match=as_):
        check()


def test_a_report_that_reads_before_it_writes_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def mutant(version: Version, *, index: Any, catalog: Any, worklist: Any, now: Any) -> reporting.Reported:
        mine = near_duplicates.likenesses(version)
        found = reporting._near(mine, index=index, catalog=catalog)
        index.add(mine)
        for similar in found.similar:
            near = near_duplicates.Near(similar.likeness, similar.distance)
            worklist.open(near_duplicates.work_item(mine[0], near, now=now))
        return reporting.Reported()

    monkeypatch.setattr(ingesting, "report", mutant)
    _reported(lambda: check_every_order(_two_near_pictures, _one_pair, at=_INDEX), as_="order")
    _reported(
        test_while_one_stands_still_before_any_of_its_calls_the_other_sees_it_or_is_seen,
        as_=r"dynamodb\.(Query|BatchWriteItem)",
    )


def test_an_item_that_is_not_of_the_pair_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = near_duplicates.work_item

    def mutant(mine: Any, near: Any, *, now: Any) -> Any:
        item = real(mine, near, now=now)
        return item.model_copy(update={"work_id": near_duplicates.WorkItem.opened(
            Queue.NEAR_DUPLICATE, mine.asset_id, near.likeness.asset_id, asset_id=mine.asset_id, now=now
        ).work_id})  # fmt: skip

    monkeypatch.setattr(reporting, "work_item", mutant)
    _reported(test_two_near_pictures_leave_the_same_in_either_order, as_="assert False")


def test_a_redelivery_that_does_not_look_again_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def mutant(note: Any, **_: Any) -> Any:
        return ingesting._Recorded(ingesting.Outcome.KNOWN, note.asset_id, None)

    monkeypatch.setattr(ingesting, "_known", mutant)
    _reported(lambda: check_crash_points(NEAR_ANOTHER), as_="items: missing PHASH")


def test_a_blob_that_is_written_whether_or_not_it_is_known_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two uploads each find the bytes unknown: without its condition, either makes an asset of its own."""
    from assetwire.adapters.catalog.repository import DynamoCatalog

    real = DynamoCatalog.record

    def mutant(self: DynamoCatalog, upload: Any, *, blob: Blob | None = None, **rest: Any) -> None:
        real(self, upload, **rest)
        if blob is not None:
            self._table.item_of(blob).save()

    monkeypatch.setattr(DynamoCatalog, "record", mutant)
    name = "test_the_same_bytes_under_two_keys_are_one_blob_in_every_order_of_two_uploads_calls"
    _reported(globals()[name], as_="order")


# --- every order of two uploads' calls ---

_INDEX = re.compile(r"BatchWriteItem|Query .*PHASH#0", re.DOTALL)
"""Before the bands are written, and before the first of the queries: what they read is written in one request."""
_BLOB = re.compile(r"TransactWriteItems|GetItem .*SHA256#", re.DOTALL)
_SOURCE = re.compile(r"TransactWriteItems|GetItem .*SOURCE#.*META", re.DOTALL)
"""Calls that touch what two uploads share; the rest they do in any order to the same effect."""


def check_every_order(
    uploads: Callable[[], list[Message]], holds: Callable[[World], bool], *, at: re.Pattern[str]
) -> int:
    """Ingest uploads at once, in every order of their calls of these kinds; return how many orders there are."""
    with fresh_world() as world, _stepping(at):
        messages = uploads()
        rewind = world.remember()

        def begin() -> list[Callable[[], object]]:
            rewind()
            new_process()
            return [lambda message=message: _ingest(message) for message in messages]

        orders = 0
        for orders in every_order(begin):
            assert holds(world), f"order {orders}"
        return orders


def _ingest(message: Message) -> None:
    failed = handler_module("ingest").handler(message, None)["batchItemFailures"]
    assert not failed, f"the message failed: {failed}"


@contextmanager
def _stepping(at: re.Pattern[str]) -> Iterator[None]:
    """Let the other upload go on right before each call of these kinds."""
    forward = BotocoreStubber.__call__

    def stepping(stub: BotocoreStubber, event_name: str, request: Any, **rest: Any) -> Any:
        body = request.body.decode(errors="replace") if isinstance(request.body, bytes) else str(request.body)
        if at.search(f"{event_name} {body}"):
            step()
        return forward(stub, event_name, request, **rest)

    with patch.object(BotocoreStubber, "__call__", stepping):
        yield


def _turns(calls: list[str]) -> list[int]:
    """Return the numbers of a run's calls, of the bands' queries the first and the last alone.

    They write nothing, and what they read was written before all of them: between two of them nothing is decided.
    """
    bands = [number for number, name in enumerate(calls, 1) if name == "dynamodb.Query"]
    assert len(bands) == 16
    return [number for number in range(1, len(calls) + 1) if number not in bands[1:-1]]


def _two_near_pictures() -> list[Message]:
    return [
        s3_message(put_master(_picture(HASH))),
        s3_message(put_master(_picture(NEAR), key=OTHER_KEY, minute=1)),
    ]


def _pairs(world: World) -> list[Any]:
    items = (data_of(item) for item in world.items() if item["kind"]["S"] == "WorkItem")
    return [item for item in items if item["queue"] == Queue.NEAR_DUPLICATE]


def _one_pair(world: World) -> bool:
    return len(_pairs(world)) == 1
