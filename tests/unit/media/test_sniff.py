"""Sniff: what a file is by its content, where a look at its first bytes alone would be wrong."""

import gzip
import struct
from pathlib import Path

import pytest

from assetwire.media.sniff import sniff


def media_type(folder: Path, data: bytes) -> str | None:
    """Return what these bytes are known as."""
    (folder / "master").write_bytes(data)
    known = sniff(folder / "master")
    return known and known.media_type


def brands(major: bytes, *others: bytes) -> bytes:
    """Return the first box of an ISO base media file."""
    body = major + bytes(4) + b"".join(others)
    return struct.pack(">I4s", 8 + len(body), b"ftyp") + body


def tiff(*entries: tuple[int, int, int]) -> bytes:
    """Return a TIFF's header and first directory of these tags, types and values."""
    directory = b"".join(
        struct.pack("<HHI", tag, kind, 1) + value.to_bytes(4, "little") for tag, kind, value in entries
    )
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + directory + bytes(4)


@pytest.mark.parametrize(
    ("major", "others", "expected"),
    [
        (b"mif1", (b"mif1", b"avif", b"miaf"), "image/avif"),
        (b"mif1", (b"heic", b"mif1"), "image/heic"),
        (b"msf1", (b"avis",), "image/avif"),
        (b"mif1", (b"miaf", b"MiHB"), "image/heif"),
        (b"heic", (b"mif1", b"heic"), "image/heic"),
        (b"isom", (b"mif1", b"avc1"), "video/mp4"),
    ],
)
def test_a_picture_whose_first_brand_leaves_its_codec_open_is_what_its_other_brands_say(
    tmp_path: Path, major: bytes, others: tuple[bytes, ...], expected: str
) -> None:
    assert media_type(tmp_path, brands(major, *others) + bytes(64)) == expected


class TestRawPictures:
    """Cameras' raw files, of which a TIFF reader would see the thumbnail alone."""

    def test_a_tiff_that_begins_with_the_thumbnail_of_what_stands_below_is_a_raw_picture(self, tmp_path: Path) -> None:
        assert media_type(tmp_path, tiff((254, 4, 1), (256, 4, 160), (330, 4, 400))) == "image/x-dcraw"

    def test_a_tiff_with_smaller_copies_below_is_a_tiff(self, tmp_path: Path) -> None:
        assert media_type(tmp_path, tiff((254, 4, 0), (256, 4, 6000), (330, 4, 400))) == "image/tiff"

    def test_a_tiff_that_is_a_thumbnail_of_nothing_is_a_tiff(self, tmp_path: Path) -> None:
        assert media_type(tmp_path, tiff((254, 4, 1), (256, 4, 160))) == "image/tiff"

    @pytest.mark.parametrize(
        ("head", "expected"),
        [
            (b"FUJIFILMCCD-RAW 0201FF389501", "image/x-fuji-raf"),
            (b"IIU\0\x18\0\0\0\x88\xe7\x74\xd8", "image/x-panasonic-rw2"),
            (b"IIRO\x08\0\0\0", "image/x-olympus-orf"),
            (b"II\x1a\0\0\0HEAPCCDR", "image/x-canon-crw"),
            (b"FOVb\0\0\2\0", "image/x-sigma-x3f"),
            (b"\0MRM\0\0\x0a\x0c\0PRD", "image/x-minolta-mrw"),
        ],
    )
    def test_raw_formats_of_their_own_are_named(self, tmp_path: Path, head: bytes, expected: str) -> None:
        assert media_type(tmp_path, head + bytes(64)) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"FLV\x01\x05\0\0\0\x09", "video/x-flv"),
        (b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel", "video/x-ms-asf"),
    ],
)
def test_films_that_are_not_read_are_named(tmp_path: Path, head: bytes, expected: str) -> None:
    assert media_type(tmp_path, head + bytes(64)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b" " * 1_000_000 + b"<svg/>", "application/gzip"),
        (b"a letter", "application/gzip"),
    ],
)
def test_a_compressed_file_is_a_drawing_where_one_begins_in_it(tmp_path: Path, content: bytes, expected: str) -> None:
    assert media_type(tmp_path, gzip.compress(content)) == expected


def test_what_only_begins_like_a_compressed_file_breaks_nothing(tmp_path: Path) -> None:
    assert media_type(tmp_path, b"\x1f\x8b\x08\xff" + b"\xff" * 99) == "application/gzip"
