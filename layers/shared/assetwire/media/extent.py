"""How far a file reaches by its own account: where it ends too early it is cut off, where it goes on something follows.

Only structure is walked, in bounded steps and by our own code.
"""

import mmap
import re
from collections.abc import Callable
from pathlib import Path

_TAIL = 1024**2
"""Bytes at the end of a document in which its end is looked for."""
_THOROUGHLY = 128 * 1024**2
"""Bytes up to which a file is walked whose every byte must be looked at: what was looked at counts as memory."""
_STEPS = 200_000
"""Chunks, blocks or markers that are walked at the most."""
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


def declared_end(file: Path, media_type: str) -> int | None:
    """Return the offset at which a file of this type should end; None if its format does not say.

    Past the file's size, it is cut off; before, the rest is no part of it. Damage on the way also gives None.
    """
    walk = _WALKS.get(media_type)
    if walk is None or (walk in _THOROUGH and file.stat().st_size > _THOROUGHLY):
        return None
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return walk(data)


def _jpeg(data: mmap.mmap) -> int | None:
    """Markers with lengths, then entropy-coded data up to the next marker. Source: ITU-T T.81, B.1."""
    at = 2
    for _ in range(_STEPS):
        found = _NEXT_MARKER.search(data, at)
        if found is None:
            return None
        marker, at = data[found.start() + 1], found.start() + 2
        if marker == 0xD9:
            return at
        if marker not in {0x01, 0xD8}:
            at += int.from_bytes(data[at : at + 2], "big")
    return None


def _png(data: mmap.mmap) -> int | None:
    at = 8
    for _ in range(_STEPS):
        head = data[at : at + 8]
        if len(head) < 8:
            return None
        at += 12 + int.from_bytes(head[:4], "big")
        if head[4:] == b"IEND":
            return at
    return None


def _gif(data: mmap.mmap) -> int | None:
    """Blocks up to the trailer. Source: GIF89a, appendix A."""
    at = 13 + _colours(data, 10)
    for _ in range(_STEPS):
        kind = data[at : at + 1]
        if kind == b";":
            return at + 1
        if kind == b"!":
            at = _sub_blocks(data, at + 2)
        elif kind == b",":
            at = _sub_blocks(data, at + 11 + _colours(data, at + 9))
        else:
            return None
    return None


def _colours(data: mmap.mmap, at: int) -> int:
    """Return the bytes of the colour table that a packed field announces."""
    packed = data[at] if at < len(data) else 0
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _sub_blocks(data: mmap.mmap, at: int) -> int:
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _riff(data: mmap.mmap) -> int | None:
    """One chunk, padded to an even length; RF64 and unfinished recordings declare none."""
    length = int.from_bytes(data[4:8], "little")
    if data[:4] != b"RIFF" or length in {0, 0xFFFFFFFF, 0x7FFFFFFF}:
        return None
    return 8 + length


def _boxes(data: mmap.mmap) -> int | None:
    """Boxes one after the other; what is no box ends them. Source: ISO/IEC 14496-12, 4.2."""
    at = 0
    for _ in range(_STEPS):
        head = data[at : at + 16]
        if len(head) < 8 or not re.fullmatch(rb"[\w \xa9-]{4}", head[4:8]):
            return at or None
        length = int.from_bytes(head[:4], "big")
        if length == 0:  # up to the end of the file
            return len(data)
        if length == 1 and len(head) == 16:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return at or None
        at += length
        if at >= len(data):
            return at
    return None


def _pdf(data: mmap.mmap) -> int | None:
    """Up to the last end-of-file marker, and the line's end behind it."""
    at = data.rfind(b"%%EOF", max(0, len(data) - _TAIL))
    if at < 0:
        return None
    return at + 5 + len(re.match(rb"[\s\0]*", data[at + 5 : at + 1029])[0])  # type: ignore[index]  # it always matches


def _matroska(data: mmap.mmap) -> int | None:
    """An EBML header, then the segment; a recording may leave its length open. Source: RFC 8794, 4 to 6."""
    header = _element(data, 0)
    return None if header is None else _element(data, header)


def _element(data: mmap.mmap, at: int) -> int | None:
    """Return where an element with an id of four bytes ends; None if it does not say."""
    first = data[at + 4] if at + 4 < len(data) else 0
    if not first:
        return None
    width = 9 - first.bit_length()
    length = int.from_bytes(data[at + 4 : at + 4 + width], "big") & ((1 << 7 * width) - 1)
    return None if length == (1 << 7 * width) - 1 else at + 4 + width + length


_THOROUGH = frozenset((_jpeg, _gif))
_WALKS: dict[str, Callable[[mmap.mmap], int | None]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _riff,
    "image/avif": _boxes,
    "image/heic": _boxes,
    "image/heif": _boxes,
    "image/jp2": _boxes,
    "video/mp4": _boxes,
    "video/quicktime": _boxes,
    "audio/mp4": _boxes,
    "video/webm": _matroska,
    "video/x-matroska": _matroska,
    "audio/wav": _riff,
    "application/pdf": _pdf,
}
