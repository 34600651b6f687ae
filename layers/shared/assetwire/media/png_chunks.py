"""The chunks of a PNG: what stands in them that libvips does not look for."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHUNKS = 200_000
"""Chunks that are walked at the most: a picture of 1 GB has some 130,000 of 8 KB."""
_LARGEST_EXIF = 1024**2
"""Bytes of an EXIF block at the most: a thumbnail included, it has some ten thousand."""


class Chunk(NamedTuple):
    """One chunk, of which the header alone was read."""

    kind: bytes
    bytes: int
    at: int
    """Where its content begins."""


def frames(file: Path) -> int:
    """Return how many frames an APNG declares, before its first pixels. Source: PNG 3rd edition, 11.3.6.1 "acTL"."""
    with file.open("rb") as opened:
        for chunk in _chunks(opened):
            if chunk.kind == b"IDAT":
                return 1
            if chunk.kind == b"acTL":
                opened.seek(chunk.at)
                return max(1, int.from_bytes(opened.read(4), "big"))
    return 1


def late_orientation(file: Path) -> int:
    """Return the EXIF orientation that stands behind the pixels of a PNG, 1 to 8; 1 if none does, or it is no PNG.

    libvips reads what stands before them. Source: PNG 3rd edition, 11.3.4.5 "eXIf", which tools put behind them, too.
    """
    is_behind = False
    with file.open("rb") as opened:
        for chunk in _chunks(opened):
            is_behind = is_behind or chunk.kind == b"IDAT"
            if chunk.kind == b"eXIf":
                opened.seek(chunk.at)
                return _orientation(opened.read(chunk.bytes)) if is_behind and chunk.bytes <= _LARGEST_EXIF else 1
    return 1


def _chunks(opened: IO[bytes]) -> Iterator[Chunk]:
    """Yield the chunks of a PNG, as far as there are whole headers; nothing of any other file."""
    if opened.read(8) != _SIGNATURE:
        return
    at = 8
    for _ in range(_CHUNKS):
        opened.seek(at)
        head = opened.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        yield Chunk(head[4:], length, at + 8)
        at += 12 + length


def _orientation(exif: bytes) -> int:
    from assetwire.media.metadata.blocks import Malformed  # noqa: PLC0415  for the few files that have it there
    from assetwire.media.metadata.exif import read_exif  # noqa: PLC0415  as above

    try:
        return int(read_exif(exif).technical.get("orientation", 1))
    except Malformed:
        return 1
