"""Hostile files: each ends accepted or refused with a reason, in bounded time and memory."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.inspection import Inspection, Status
from assetwire.media import inspect as inspecting
from assetwire.media.examine import examine
from assetwire.media.inspect import inspect
from assetwire.media.sandbox import Ending, Run
from fakes.hostile import hostile, jpeg_with, nested_uses, polyglots, progressive_jpeg_of
from fakes.masters import encoded, film, picture

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

FILES = list(hostile())
LIMITS = {"maximum_bytes": 10**9, "maximum_pixels": 400_000_000}
SECONDS = 5.0
PEAK = 768 * 1024**2


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Return the list that every run of the sandbox is added to."""
    seen: list[Run] = []
    sandbox = inspecting._sandbox

    def run(task: str, arguments: dict[str, Any], **limits: Any) -> Run:
        seen.append(type(sandbox).run(sandbox, task, arguments, **limits))
        return seen[-1]

    monkeypatch.setattr(sandbox, "run", run)
    return seen


def examined(folder: Path, data: bytes, **limits: Any) -> Inspection:
    (folder / "master").write_bytes(data)
    return inspect(folder / "master", sha256="0", size=len(data), **({"seconds": SECONDS} | LIMITS | limits))


@pytest.mark.parametrize("name", [name for name, _ in FILES])
def test_it_ends_with_an_answer(tmp_path: Path, runs: list[Run], name: str) -> None:
    started = time.monotonic()
    found = examined(tmp_path, dict(FILES)[name])
    assert time.monotonic() - started < 10
    assert (found.status is Status.ACCEPTED) is (found.problems == ())
    assert all(problem.code and problem.message for problem in found.problems)
    assert str(tmp_path) not in found.model_dump_json()
    for run in runs:
        assert run.ending is Ending.FINISHED, "limits are checked before anything is decoded"
        assert run.peak_bytes < PEAK


@pytest.mark.parametrize(("name", "media_type", "data"), list(polyglots()), ids=lambda value: str(value)[:20])
def test_what_stands_first_counts_and_what_follows_is_noted(
    tmp_path: Path, name: str, media_type: str, data: bytes
) -> None:
    found = examined(tmp_path, data)
    assert (found.status, found.media_type) == (Status.ACCEPTED, media_type)
    assert "trailing_data" in [warning.code for warning in found.warnings]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("png: 65,536 pixels wide", {"edge_too_long"}),
        ("png: 4.1 gigapixels", {"too_many_pixels"}),
        ("jpeg: 230 bytes for 400 megapixels", {"decompression_bomb"}),
        ("jpeg: 230 bytes for 100 megapixels", {"decompression_bomb"}),
        ("gif: 20,000 frames for ever", {"too_many_frames"}),
        ("pdf: 100,000 pages", {"too_many_pages"}),
        ("svg: billion laughs", {"entities_refused"}),
        ("tiff: rows without end", {"decompression_bomb"}),
        ("png: zTXt bomb", set()),
        ("xmp: billion laughs", set()),
        ("exif: offset past the end", set()),
    ],
)
def test_its_reason_is_the_right_one(tmp_path: Path, name: str, codes: set[str]) -> None:
    assert {problem.code for problem in examined(tmp_path, dict(FILES)[name]).problems} == codes


def test_a_jpeg_of_230_bytes_would_cost_much_and_costs_nothing(tmp_path: Path, runs: list[Run]) -> None:
    data = progressive_jpeg_of(8_000, 8_000)
    assert len(data) < 300
    examined(tmp_path, data)
    assert runs[0].seconds < 3
    assert runs[0].peak_bytes < 200 * 1024**2


def test_references_that_double_thirty_times_are_counted_and_not_followed(tmp_path: Path, runs: list[Run]) -> None:
    assert examined(tmp_path, nested_uses(30)).status is Status.QUARANTINED
    assert runs[0].peak_bytes < 200 * 1024**2


def truncations() -> Iterator[tuple[str, bytes]]:
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP"):
        yield kind, encoded(picture(16, 12), kind)


@pytest.mark.parametrize(
    ("kind", "data"), list(truncations()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_no_length_of_a_file_is_too_short_to_be_answered(tmp_path: Path, kind: str, data: bytes) -> None:
    for kept in range(1, len(data), max(1, len(data) // 24)):
        found = examined(tmp_path, data[:kept])
        assert (found.status is Status.ACCEPTED) is (found.problems == ())


def test_a_film_with_damage_anywhere_is_answered(tmp_path: Path) -> None:
    data = film(tmp_path / "film.mp4", seconds=0.4)
    for at in range(0, len(data), len(data) // 16):
        found = examined(tmp_path, data[:at] + b"\xff" * 64 + data[at + 64 :])
        assert (found.status is Status.ACCEPTED) is (found.problems == ())


FACTS: dict[str, Any] = {
    "facts": {
        "kind": "image",
        "media_type": "image/jpeg",
        "width": 60,
        "height": 40,
        "technical": {"orientation": 1},
        "private": {},
    }
}


@pytest.mark.parametrize(("seconds", "pixels", "barcodes"), [(7.0, 6.5, 4.5), (35.0, 30.5, 4.5), (2.0, 6.5, 4.5)])
def test_who_gives_more_time_gives_it_to_every_stage_that_a_file_may_be_refused_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, pixels: float, barcodes: float
) -> None:
    (tmp_path / "master").write_bytes(encoded(picture()))
    asked: dict[str, Any] = {}

    def run(_task: str, arguments: dict[str, Any], **_: Any) -> Run:
        asked.update(arguments)
        return Run([FACTS, {"checked": True}], Ending.FINISHED, "barcodes", 1.0, 1)

    monkeypatch.setattr(inspecting._sandbox, "run", run)
    examined(tmp_path, encoded(picture()), seconds=seconds)
    stages = {report["stage"]: report["seconds"] for report in examine(**asked) if "stage" in report}
    assert (stages["pixels"], stages["barcodes"]) == (pytest.approx(pixels), barcodes)


class TestChild:
    """What a child's end means to the master that it looked at."""

    def answered(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *runs: Run) -> Inspection:
        left = list(runs)
        monkeypatch.setattr(inspecting._sandbox, "run", lambda *_, **__: left.pop(0))
        return examined(tmp_path, encoded(picture()))

    @pytest.mark.parametrize("ending", [Ending.CRASHED, Ending.TOO_SLOW, Ending.TOO_MUCH_MEMORY])
    def test_before_the_pixels_were_checked_it_is_the_reason_of_a_refusal(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ending: Ending
    ) -> None:
        found = self.answered(monkeypatch, tmp_path, Run([FACTS], ending, "pixels", 1.0, 1))
        assert ([p.code for p in found.problems], found.width) == ([ending.value], 60)

    def test_afterwards_it_costs_its_stage(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        reports = [FACTS, {"checked": True}]
        found = self.answered(monkeypatch, tmp_path, Run(reports, Ending.CRASHED, "barcodes", 1.0, 1))
        assert (found.status, [w.code for w in found.warnings]) == (Status.ACCEPTED, ["barcodes_lost"])

    def test_a_crash_over_the_metadata_costs_the_metadata(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        first = Run([FACTS], Ending.CRASHED, "metadata", 1.0, 1)
        second = Run([FACTS, {"checked": True}], Ending.FINISHED, "barcodes", 1.0, 1)
        found = self.answered(monkeypatch, tmp_path, first, second)
        assert (found.status, [w.code for w in found.warnings]) == (Status.ACCEPTED, ["metadata_lost"])

    def test_a_child_that_ends_well_without_a_result_accepts_nothing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        found = self.answered(monkeypatch, tmp_path, Run([FACTS], Ending.FINISHED, "pixels", 1.0, 1))
        assert [p.code for p in found.problems] == ["undecodable"]


def test_a_damaged_field_costs_the_field(tmp_path: Path) -> None:
    found = examined(tmp_path, jpeg_with(b"Exif\0\0II*\0\x08\0\0\0\xff\xff"))
    assert (found.status, found.width) == (Status.ACCEPTED, 60)
    assert found.warnings != ()


def test_no_process_is_left_over(tmp_path: Path) -> None:
    before = children(os.getpid())
    examined(tmp_path, encoded(picture()))
    server = inspecting._sandbox._server
    assert server is not None
    assert children(server.process.pid) == set()
    assert children(os.getpid()) - before <= {server.process.pid}


def children(pid: int) -> set[int]:
    """Return a process's children, those that nobody has waited for included."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
