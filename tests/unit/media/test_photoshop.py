"""Photoshop documents: the flattened picture is what was written, however it is stored, and however large it is."""

import itertools
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageCms

from assetwire.domain.errors import Undecodable
from assetwire.media import scaling
from assetwire.media.photoshop import flattened, read_document
from assetwire.media.picture import picture_of_size
from fakes.pictures import mean_difference, scenery

SIZE = (120, 80)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
MODES = {"L": 1, "RGB": 3, "CMYK": 4}


def packed(row: bytes) -> bytes:
    """Pack a row as PackBits: runs, and what is between them. Source: TIFF 6.0, section 9."""
    found = b""
    for value, run in itertools.groupby(row):
        length = len(list(run))
        while length:
            part = min(length, 128)
            found += bytes((257 - part if part > 1 else 0, value))
            length -= part
    return found


def document(
    image: Image.Image,
    *,
    large: bool = False,
    pack: bool = True,
    bits: int = 8,
    layers: int | None = None,
    profile: bytes = b"",
    selection: Image.Image | None = None,
) -> bytes:
    """Return a document with this flattened picture; `layers` is the count that it declares, `selection` one channel.

    Source: Adobe Photoshop File Formats Specification (2019).
    """
    planes = [*image.split(), *([selection] if selection else [])]
    if image.mode == "CMYK":
        planes[:4] = [plane.point(lambda value: 255 - value) for plane in planes[:4]]
    mode = MODES[image.mode.removesuffix("A")]
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 2 if large else 1, len(planes), *image.size[::-1], bits, mode)
    resource = b"8BIM" + struct.pack(">HHI", 1039, 0, len(profile)) + profile + b"\0" * (len(profile) % 2)
    resources = resource if profile else b""
    wide = "Q" if large else "I"
    info = struct.pack(f">{wide}h", 2, layers) if layers is not None else b""
    sections = struct.pack(">II", 0, len(resources)) + resources + struct.pack(f">{wide}", len(info)) + info
    rows = []
    for plane in planes:
        data = plane.tobytes()
        lines = [data[at : at + image.width] for at in range(0, len(data), image.width)]
        rows += [bytes(itertools.chain.from_iterable((v, 77) for v in line)) if bits == 16 else line for line in lines]
    if not pack:
        return head + sections + b"\0\0" + b"".join(rows)
    shrunk = [packed(row) for row in rows]
    lengths = b"".join(struct.pack(">I" if large else ">H", len(row)) for row in shrunk)
    return head + sections + b"\0\1" + lengths + b"".join(shrunk)


def seen(file: Path, data: bytes, *, longest_edge: int = 120, mode: str = "RGB") -> Image.Image:
    file.write_bytes(data)
    found = flattened(file, longest_edge=longest_edge)
    return Image.frombytes(mode, (found.width, found.height), bytes(found.write_to_memory()))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("options", [{}, {"pack": False}, {"large": True}, {"bits": 16}, {"bits": 16, "pack": False}])
def test_every_sample_is_read_as_it_was_written(tmp_path: Path, mode: str, options: dict[str, Any]) -> None:
    image = scenery(*SIZE).convert(mode)
    assert seen(tmp_path / "a", document(image, **options), mode=mode).tobytes() == image.tobytes()


@pytest.mark.parametrize("edge", [60, 41, 30, 20])
def test_it_is_shrunk_while_it_is_read_and_no_smaller_than_asked_for(tmp_path: Path, edge: int) -> None:
    image = scenery(480, 320)
    found = seen(tmp_path / "a", document(image), longest_edge=edge)
    assert edge <= max(found.size) < 480
    assert mean_difference(found, image.reduce(480 // found.width)) < 0.1


def test_strips_are_joined_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.media.photoshop._STRIP", 480 * 7)
    image = scenery(480, 320)
    whole, shrunk = (seen(tmp_path / "a", document(image), longest_edge=edge) for edge in (480, 70))
    assert whole.tobytes() == image.tobytes()
    assert mean_difference(shrunk, image.reduce(480 // shrunk.width)) < 0.1


def test_what_does_not_fit_into_memory_goes_through_a_file_and_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = scenery(*SIZE)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(scaling, "IN_MEMORY", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    assert seen(tmp_path / "a", document(image)).tobytes() == image.tobytes()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_profile_goes_along(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(document(scenery(*SIZE), profile=PROFILE))
    assert flattened(tmp_path / "a", longest_edge=120).get("icc-profile-data") == PROFILE


class TestTransparency:
    SELECTION = Image.linear_gradient("L").resize(SIZE)

    def test_it_is_read_where_the_count_of_layers_says_so(self, tmp_path: Path) -> None:
        image = scenery(*SIZE).convert("RGBA")
        image.putalpha(self.SELECTION)
        assert seen(tmp_path / "a", document(image, layers=-1), mode="RGBA").tobytes() == image.tobytes()

    @pytest.mark.parametrize("layers", [None, 1, 0])
    def test_a_saved_selection_is_none(self, tmp_path: Path, layers: int | None) -> None:
        image = scenery(*SIZE)
        data = document(image, layers=layers, selection=self.SELECTION)
        assert seen(tmp_path / "a", data).tobytes() == image.tobytes()

    def test_inks_may_be_transparent_too(self, tmp_path: Path) -> None:
        image = scenery(*SIZE).convert("CMYK")
        (tmp_path / "a").write_bytes(document(image, layers=-1, selection=self.SELECTION))
        found = flattened(tmp_path / "a", longest_edge=120)
        assert (found.bands, found.interpretation, found.hasalpha()) == (5, "cmyk", True)
        assert bytes(found.extract_band(0, n=4).write_to_memory()) == image.tobytes()
        assert bytes(found.extract_band(4).write_to_memory()) == self.SELECTION.tobytes()


def test_inks_become_the_colours_that_they_print(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(document(Image.new("CMYK", (40, 40), (0, 255, 255, 0))))
    found = picture_of_size(tmp_path / "a", "image/vnd.adobe.photoshop", width=20, height=20)
    red, green, blue = found.getpoint(10, 10)
    assert red > 2 * max(green, blue)


class TestDamage:
    @pytest.mark.parametrize("pack", [True, False])
    def test_what_is_cut_off_is_undecodable(self, tmp_path: Path, pack: bool) -> None:
        data = document(scenery(*SIZE), pack=pack)
        for length in (10, 30, 44, len(data) // 2, len(data) - 1):
            with pytest.raises((Undecodable, ValueError)):
                seen(tmp_path / "a", data[:length])

    def test_rows_that_claim_to_be_longer_than_rows_can_be_are_not_read(self, tmp_path: Path) -> None:
        data = bytearray(document(Image.new("L", (4, 4))))
        at = data.index(b"\0\1", 26)
        data[at + 2 : at + 4] = b"\xff\xff"
        with pytest.raises(Undecodable, match="longer than rows"):
            seen(tmp_path / "a", bytes(data) + b"\0" * 70_000)

    def test_another_packing_is_named(self, tmp_path: Path) -> None:
        data = bytearray(document(Image.new("L", (4, 4)), pack=False))
        data[-17] = 2
        with pytest.raises(Undecodable, match="packed in a way"):
            seen(tmp_path / "a", bytes(data))

    def test_resources_that_never_end_do(self, tmp_path: Path) -> None:
        empty = b"8BIM" + struct.pack(">HHI", 1005, 0, 0)
        data = document(Image.new("L", (4, 4)))
        data = data[:30] + struct.pack(">I", len(empty) * 9_000) + empty * 9_000 + data[34:]
        (tmp_path / "a").write_bytes(data)
        assert read_document(tmp_path / "a").width == 4
