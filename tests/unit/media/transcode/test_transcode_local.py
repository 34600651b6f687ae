"""The transcoder of this machine: each order in a child with limits, whose end is an answer and never an exception."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.errors import NotFound
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.metadata import Metadata
from assetwire.domain.transcode_plan import Transcode, wanted_transcodes
from assetwire.media.transcode.local import LocalTranscoder
from assetwire.ports.transcoding import Order, Progress, State, TranscodedFile
from fakes import masters, some
from fakes.films import film, greys, sound

pytestmark = pytest.mark.slow  # a child process for each order: part of make test

ROOM = 10**9
INSIDE = Inscription(fields={"copyright_notice": {"x-default": "© Studio"}})


def inspected(file: Path, kind: Kind, media_type: str, **facts: Any) -> Inspection:
    size = {"width": 96, "height": 64} if kind is Kind.VIDEO else {"width": None, "height": None}
    return some.inspection(kind=kind, media_type=media_type, bytes=file.stat().st_size, **(size | facts))


def orders(file: Path, inspection: Inspection) -> dict[str, Order]:
    found = wanted_transcodes(inspection)
    return {each.name: order(each, file, inspection) for each in found}


def order(transcode: Transcode, file: Path, inspection: Inspection) -> Order:
    key = f"{transcode.digest()}/{transcode.name}"
    return Order(transcode, some.upload(), inspection, INSIDE, key, lambda: file, file.parent)


@pytest.fixture
def local() -> LocalTranscoder:
    return LocalTranscoder(longest=600, room=ROOM, left=lambda: 60)


def run(local: LocalTranscoder, wanted: Order) -> tuple[State, TranscodedFile | None]:
    ticket = local.begin(wanted)
    state = local.look(ticket, wanted)
    return state, local.collect(ticket, wanted) if state.progress is Progress.DONE else None


def test_everything_that_is_wanted_of_a_film_is_made_and_described(local: LocalTranscoder, tmp_path: Path) -> None:
    file = film(tmp_path / "a.mp4", tone={})
    wanted = orders(file, inspected(file, Kind.VIDEO, "video/mp4", duration_seconds=1.0))
    assert set(wanted) == {"video-480.mp4", "video-480.webm", "preview-480.mp4", "loop-320.webp"}
    for each in wanted.values():
        state, made = run(local, each)
        assert state == State(Progress.DONE)
        assert made is not None
        assert (made.width, made.height, made.bytes) == (96, 64, made.path.stat().st_size)
        assert made.seconds == pytest.approx(1.0, abs=0.1)
        assert "© Studio".encode() in made.path.read_bytes()


def test_sounds_peaks_and_pages_are_made(local: LocalTranscoder, tmp_path: Path) -> None:
    file = sound(tmp_path / "a.wav", codec="pcm_s16le")
    wanted = orders(file, inspected(file, Kind.AUDIO, "audio/wav", duration_seconds=1.0))
    for name in ("audio-full.mp3", "waveform-peaks.json"):
        state, made = run(local, wanted[name])
        assert made is not None, state
        assert (made.width, made.height) == (0, 0)
    assert json.loads((tmp_path / "waveform-peaks.json").read_text(encoding="ascii"))["length"] > 0

    document = tmp_path / "a.pdf"
    document.write_bytes(masters.pdf(3))
    wanted = orders(document, inspected(document, Kind.DOCUMENT, "application/pdf", pages=3))
    _, made = run(local, wanted["page-003.webp"])
    assert made is not None
    assert (made.width, made.height) == (1067, 1600)


def test_a_made_film_gets_another_inscription_without_being_encoded_again(
    local: LocalTranscoder, tmp_path: Path
) -> None:
    file = film(tmp_path / "a.mp4", tone={})
    wanted = orders(file, inspected(file, Kind.VIDEO, "video/mp4", duration_seconds=1.0))["video-480.mp4"]
    _, made = run(local, wanted)
    assert made is not None
    other = Inscription(fields={"copyright_notice": {"x-default": "© Other"}})
    again = local.label(made.path, wanted.transcode, other, out=tmp_path / "again.mp4")
    assert again is not None
    assert (again.width, again.height, again.seconds) == (made.width, made.height, made.seconds)
    assert greys(again.path) == greys(made.path)
    assert "© Other".encode() in again.path.read_bytes()
    assert "© Studio".encode() not in again.path.read_bytes()
    broken = tmp_path / "broken"
    broken.write_bytes(b"no film")
    assert local.label(broken, wanted.transcode, other, out=tmp_path / "x.mp4") is None


class TestRefusal:
    """What cannot fit is not begun: estimates say so, and nothing is fetched."""

    def test_a_film_that_takes_too_long(self, tmp_path: Path) -> None:
        local = LocalTranscoder(longest=600, room=10**12, left=lambda: 60)
        file = film(tmp_path / "a.mp4", frames=1)
        technical = Metadata(technical={"frame_rate": 30.0})
        long = inspected(
            file, Kind.VIDEO, "video/mp4", width=3840, height=2160, duration_seconds=86_400.0, metadata=technical
        )
        refused = {name: local.refuses(each) for name, each in orders(file, long).items()}
        assert {name for name, problem in refused.items() if problem is None} == {"preview-480.mp4", "loop-320.webp"}
        assert {problem.code for problem in refused.values() if problem} == {"too_long"}

    def test_a_film_for_which_there_is_no_room(self, tmp_path: Path) -> None:
        local = LocalTranscoder(longest=10**6, room=ROOM, left=lambda: 60)
        file = film(tmp_path / "a.mp4", frames=1)
        huge = inspected(file, Kind.VIDEO, "video/mp4", duration_seconds=1.0).model_copy(update={"bytes": ROOM})
        assert {problem.code for problem in map(local.refuses, orders(file, huge).values()) if problem} == {"too_large"}


class TestFailure:
    """A child that fails says why, or its end does."""

    @pytest.fixture
    def wanted(self, tmp_path: Path) -> Order:
        file = film(tmp_path / "a.mp4")
        return orders(file, inspected(file, Kind.VIDEO, "video/mp4", duration_seconds=1.0))["video-480.mp4"]

    def failed(self, local: LocalTranscoder, wanted: Order) -> str:
        state, _ = run(local, wanted)
        assert state.progress is Progress.FAILED
        assert state.problem is not None
        with pytest.raises(NotFound):
            local.collect(wanted.key, wanted)
        return state.problem.code

    def test_what_is_no_film(self, local: LocalTranscoder, tmp_path: Path, wanted: Order) -> None:
        file = tmp_path / "no.mp4"
        file.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
        assert self.failed(local, wanted._replace(master=lambda: file)) == "undecodable"

    def test_a_sound_without_a_film(self, local: LocalTranscoder, tmp_path: Path, wanted: Order) -> None:
        file = sound(tmp_path / "sound.mp4")
        assert self.failed(local, wanted._replace(master=lambda: file)) == "no_film"

    def test_a_file_larger_than_the_room(self, wanted: Order) -> None:
        small = LocalTranscoder(longest=600, room=500, left=lambda: 60)
        assert self.failed(small, wanted) == "too_large"

    def test_an_order_for_which_the_time_is_up(self, tmp_path: Path, wanted: Order) -> None:
        endless = tmp_path / "endless"
        os.mkfifo(endless)  # whoever reads it waits
        local = LocalTranscoder(longest=600, room=ROOM, left=lambda: 0.0)
        assert self.failed(local, wanted._replace(master=lambda: endless)) == "too_slow"
