"""PNG: an orientation counts wherever its chunk stands, in the facts and in the picture."""

import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from assetwire.media.engine import read_header, shrink
from assetwire.media.png_chunks import animation, late_orientation
from assetwire.media.readers import raster
from fakes.masters import encoded, picture


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a PNG's chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def exif(orientation: int) -> bytes:
    """Return an EXIF block of this orientation."""
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes().removeprefix(b"Exif\0\0")


def with_late(png: bytes, data: bytes) -> bytes:
    """Return a PNG with an eXIf chunk behind its pixels."""
    return png[:-12] + chunk(b"eXIf", data) + png[-12:]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_orientation_behind_the_pixels_turns_facts_and_picture_as_one_before_them(
    tmp_path: Path, orientation: int
) -> None:
    image = Image.effect_noise((6, 4), 90).resize((900, 600)).convert("RGB")
    before = Image.Exif()
    before[0x0112] = orientation
    (tmp_path / "early").write_bytes(encoded(image, "PNG", exif=before))
    (tmp_path / "late").write_bytes(with_late(encoded(image, "PNG"), exif(orientation)))
    early, late = (raster.read(tmp_path / name, "image/png") for name in ("early", "late"))
    assert (late.width, late.height) == ((900, 600) if orientation < 5 else (600, 900))
    assert late.technical == early.technical
    for box in ((300, 200), (200, 300)):
        size = {"size": "force"}
        assert (shrink(tmp_path / "late", *box, **size) - shrink(tmp_path / "early", *box, **size)).abs().max() < 24


@pytest.mark.parametrize("data", [b"", b"MM\0*", b"II*\0\xff\xff\xff\xff", exif(1)[:-9], exif(77), b"x" * 2_000_000])
def test_what_is_no_orientation_turns_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "master").write_bytes(with_late(encoded(picture(), "PNG"), data))
    assert late_orientation(tmp_path / "master") == 1
    assert read_header(tmp_path / "master").width == 60


def test_the_first_chunk_counts_and_one_before_the_pixels_is_left_to_the_decoder(tmp_path: Path) -> None:
    png = encoded(picture(), "PNG")
    (tmp_path / "master").write_bytes(with_late(png[:33] + chunk(b"eXIf", exif(1)) + png[33:], exif(6)))
    assert late_orientation(tmp_path / "master") == 1


@pytest.mark.parametrize("kept", [0, 7, 8, 20, 40, 60])
def test_a_png_that_is_cut_off_has_one_frame_and_stands_as_it_is(tmp_path: Path, kept: int) -> None:
    (tmp_path / "master").write_bytes(encoded(picture(), "PNG")[:kept])
    assert animation(tmp_path / "master") == (1, None)
    assert late_orientation(tmp_path / "master") == 1


def test_other_formats_are_not_walked(tmp_path: Path) -> None:
    (tmp_path / "master").write_bytes(encoded(picture()) + with_late(encoded(picture(), "PNG"), exif(6)))
    assert late_orientation(tmp_path / "master") == 1


def control(number: int, numerator: int, denominator: int) -> bytes:
    """Return the chunk that says how long a frame is shown."""
    return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 60, 40, 0, 0, numerator, denominator, 0, 0))


@pytest.mark.parametrize(
    ("delays", "seconds"),
    [(((1, 4), (1, 2)), 0.75), (((50, 0), (1, 2)), 1.0), (((0, 100), (0, 100)), None)],
)
def test_one_round_of_an_animation_lasts_as_long_as_its_frames(
    tmp_path: Path, delays: tuple[tuple[int, int], ...], seconds: float | None
) -> None:
    png = encoded(picture(), "PNG")
    later = b"".join(control(number, *delay) for number, delay in enumerate(delays[1:], start=1))
    head = png[:33] + chunk(b"acTL", struct.pack(">II", len(delays), 0)) + control(0, *delays[0])
    (tmp_path / "master").write_bytes(head + png[33:-12] + later + png[-12:])
    assert animation(tmp_path / "master") == (len(delays), seconds)
    assert raster.read(tmp_path / "master", "image/png").duration_seconds == seconds


def test_a_control_without_an_animation_is_none(tmp_path: Path) -> None:
    png = encoded(picture(), "PNG")
    (tmp_path / "master").write_bytes(png[:33] + control(0, 1, 4) + png[33:])
    assert animation(tmp_path / "master") == (1, None)
