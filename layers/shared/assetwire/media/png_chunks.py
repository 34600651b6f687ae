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


class Animation(NamedTuple):
    """What an APNG says of itself; any other PNG has one frame and no duration."""

    frames: int
    seconds: float | None
    """Of one round, where its frames say how long they are shown."""


def animation(file: Path) -> Animation:
    """Return how many frames a PNG declares before its first pixels, and how long they last.

    Source: PNG 3rd edition, 11.3.6.1 "acTL", 11.3.6.2 "fcTL".
    """
    frames, seconds = 0, 0.0
    with file.open("rb") as opened:
        for chunk in _chunks(opened):
            if chunk.kind == b"IDAT" and not frames:
                break
            if chunk.kind == b"acTL" and not frames:
                frames = max(1, int.from_bytes(_content(opened, chunk, 4), "big"))
            elif chunk.kind == b"fcTL":
                delay = _content(opened, chunk, 24)[20:]
                seconds += int.from_bytes(delay[:2], "big") / (int.from_bytes(delay[2:], "big") or 100)
    return Animation(frames, round(seconds, 3) or None) if frames > 1 else Animation(1, None)


def late_orientation(file: Path) -> int:
    """Return the EXIF orientation that stands behind the pixels of a PNG, 1 to 8; 1 if none does, or it is no PNG.

    libvips reads what stands before them. Source: PNG 3rd edition, 11.3.4.5 "eXIf", which tools put behind them, too.
    """
    is_behind = False
    with file.open("rb") as opened:
        for chunk in _chunks(opened):
            is_behind = is_behind or chunk.kind == b"IDAT"
            if chunk.kind == b"eXIf":
                is_read = is_behind and chunk.bytes <= _LARGEST_EXIF
                return _orientation(_content(opened, chunk, chunk.bytes)) if is_read else 1
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


def _content(opened: IO[bytes], chunk: Chunk, length: int) -> bytes:
    opened.seek(chunk.at)
    return opened.read(length)


def _orientation(exif: bytes) -> int:
    from assetwire.media.metadata.blocks import Malformed  # noqa: PLC0415  for the few files that have it there
    from assetwire.media.metadata.exif import read_exif  # noqa: PLC0415  as above

    try:
        return int(read_exif(exif).technical.get("orientation", 1))
    except Malformed:
        return 1
