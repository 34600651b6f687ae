"""What specs mean for one master: which files, how large, in which order, and how long they take."""

from typing import Any

import pytest

from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.metadata import Metadata
from assetwire.domain.transcode_plan import (
    FilmTask,
    PageTask,
    bytes_at_most,
    has_transcodes,
    seconds_needed,
    square_size,
    wanted_transcodes,
)
from fakes import some


def video(width: int = 1920, height: int = 1080, seconds: float | None = 60.0, **technical: Any) -> Inspection:
    return some.inspection(
        kind=Kind.VIDEO,
        media_type="video/mp4",
        width=width,
        height=height,
        duration_seconds=seconds,
        metadata=Metadata(technical={"frame_rate": 25.0, **technical}),
    )


def audio(seconds: float | None = 60.0) -> Inspection:
    return some.inspection(kind=Kind.AUDIO, media_type="audio/wav", width=None, height=None, duration_seconds=seconds)


def document(pages: int) -> Inspection:
    return some.inspection(kind=Kind.DOCUMENT, media_type="application/pdf", width=595, height=842, pages=pages)


def sizes(inspection: Inspection, ending: str = ".mp4") -> dict[str, tuple[int, int]]:
    films = (each for each in wanted_transcodes(inspection) if each.name.startswith("video-"))
    return {each.name: each.task.size for each in films if isinstance(each.task, FilmTask) and ending in each.name}


def test_a_large_film_is_made_in_every_size_its_shorter_edge_deciding() -> None:
    wide = {"video-480.mp4": (854, 480), "video-720.mp4": (1280, 720), "video-1080.mp4": (1920, 1080)}
    assert sizes(video(3840, 2160)) == wide
    assert sizes(video(2160, 3840)) == {name: (height, width) for name, (width, height) in wide.items()}


@pytest.mark.parametrize(
    ("size", "made"),
    [
        ((640, 360), {"video-480.mp4": (640, 360)}),
        ((854, 480), {"video-480.mp4": (854, 480)}),
        ((1000, 500), {"video-480.mp4": (960, 480), "video-720.mp4": (1000, 500)}),
        ((101, 75), {"video-480.mp4": (100, 76)}),
        ((16, 16), {"video-480.mp4": (16, 16)}),
        ((12, 12), {}),
        ((20_000, 100), {}),
    ],
)
def test_nothing_is_enlarged_sizes_are_even_and_the_last_step_carries_the_film_at_its_own(
    size: tuple[int, int], made: dict[str, tuple[int, int]]
) -> None:
    assert sizes(video(*size)) == made


def test_av1_is_left_out_where_its_encoder_takes_no_film_so_small() -> None:
    assert sizes(video(62, 62), ".webm") == {}
    assert sizes(video(64, 64), ".webm") == {"video-480.webm": (64, 64)}


@pytest.mark.parametrize(
    ("size", "technical", "seen"),
    [
        ((1440, 1080), {"pixel_aspect_ratio": "4:3"}, (1440, 810)),
        ((720, 576), {"pixel_aspect_ratio": "16:15"}, (720, 540)),
        ((720, 480), {"pixel_aspect_ratio": "8:9"}, (640, 480)),
        ((1080, 1440), {"pixel_aspect_ratio": "4:3", "rotation": 90}, (810, 1440)),
        ((1440, 1080), {"pixel_aspect_ratio": "0:1"}, (1440, 1080)),
        ((1440, 1080), {"pixel_aspect_ratio": "100:1"}, (1440, 1080)),
        ((1440, 1080), {"pixel_aspect_ratio": "wide"}, (1440, 1080)),
    ],
)
def test_pixels_are_made_square_by_shrinking(
    size: tuple[int, int], technical: dict[str, Any], seen: tuple[int, int]
) -> None:
    assert square_size(video(*size, **technical)) == seen


def test_what_is_cheap_comes_first() -> None:
    names = [each.name for each in wanted_transcodes(video())]
    assert names[:2] == ["loop-320.webp", "preview-480.mp4"]
    assert names[-1] == "video-1080.mp4"
    costs = [seconds_needed(each, video()) for each in wanted_transcodes(video())]
    assert costs == sorted(costs)


def test_an_excerpt_begins_at_the_beginning_of_a_film_that_is_hardly_longer() -> None:
    def start(inspection: Inspection) -> float:
        (preview,) = (each.task for each in wanted_transcodes(inspection) if each.name == "preview-480.mp4")
        assert isinstance(preview, FilmTask)
        assert preview.take.excerpt is not None
        return preview.take.excerpt.start

    assert (start(video()), start(video(seconds=6.5)), start(video(seconds=None))) == (0.1, 0.0, 0.0)


def test_a_sound_is_made_whole_as_an_excerpt_and_as_peaks() -> None:
    assert {each.name for each in wanted_transcodes(audio())} == {
        *(f"audio-{take}.{kind}" for take in ("full", "preview") for kind in ("mp3", "m4a")),
        "waveform-peaks.json",
    }


def test_the_pages_of_a_document_are_numbered_and_bounded() -> None:
    assert [each.name for each in wanted_transcodes(document(3))] == ["page-001.webp", "page-002.webp", "page-003.webp"]
    tasks = [each.task for each in wanted_transcodes(document(5000))]
    assert [task.page for task in tasks if isinstance(task, PageTask)] == list(range(50))


@pytest.mark.parametrize(
    "inspection",
    [
        some.inspection(),
        some.inspection(kind=Kind.DOCUMENT, media_type="application/msword", width=None, height=None),
        some.inspection(kind=None, media_type=None, width=None, height=None),
    ],
)
def test_nothing_is_made_of_other_masters(inspection: Inspection) -> None:
    assert wanted_transcodes(inspection) == ()
    assert not has_transcodes(inspection.kind, inspection.media_type)


def test_a_film_without_a_size_has_no_films() -> None:
    assert wanted_transcodes(video().model_copy(update={"width": None})) == ()


def test_a_digest_says_what_is_shown_and_what_is_written_inside() -> None:
    first = {each.name: each for each in wanted_transcodes(video())}
    again = {each.name: each for each in wanted_transcodes(video(seconds=61.0))}
    turned = {each.name: each for each in wanted_transcodes(video(1080, 1920))}
    for name, each in first.items():
        assert each.made == again[name].made != turned[name].made
        assert each.digest("x") != each.digest() != each.digest("y")
    peaks = next(each for each in wanted_transcodes(audio()) if each.name == "waveform-peaks.json")
    assert peaks.digest("x") == peaks.digest()


def test_time_and_room_grow_with_the_film_and_shrink_with_processors() -> None:
    (short,) = (each for each in wanted_transcodes(video()) if each.name == "video-1080.mp4")
    assert seconds_needed(short, video(seconds=600)) > 9 * seconds_needed(short, video())
    assert seconds_needed(short, video(), processors=4) < seconds_needed(short, video()) / 3
    assert seconds_needed(short, video(hdr=True)) > seconds_needed(short, video())
    assert bytes_at_most(short, video(seconds=600)) == pytest.approx(10 * bytes_at_most(short, video()), rel=0.2)
    assert seconds_needed(short, video(seconds=None)) < 10
