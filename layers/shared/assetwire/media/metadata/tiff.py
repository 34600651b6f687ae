"""Walk the directories of a TIFF structure: a TIFF or BigTIFF file, or the block that EXIF is.

Only wanted tags are read, each up to a limit; a directory is entered once, so that cycles end.
Source: TIFF 6.0, section 2; EXIF 3.0, section 4.6.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from assetwire.media.metadata.blocks import LARGEST_BLOCK, Malformed, Source

_MOST_ENTRIES = 4096
"""Entries of one directory at the most; real ones have some dozens."""
_MOST_NUMBERS = 16
"""Numbers of one value at the most: no tag that we read has more."""
# Type → bytes of one value and its letter for struct. 13, 16, 17, 18: IFD and BigTIFF's; 129: EXIF 3's UTF-8.
_TYPES = {
    1: (1, "B"),
    2: (1, "s"),
    3: (2, "H"),
    4: (4, "I"),
    5: (8, "II"),
    6: (1, "b"),
    7: (1, "s"),
    8: (2, "h"),
    9: (4, "i"),
    10: (8, "ii"),
    11: (4, "f"),
    12: (8, "d"),
    13: (4, "I"),
    16: (8, "Q"),
    17: (8, "q"),
    18: (8, "Q"),
    129: (1, "s"),
}


class Entry(NamedTuple):
    """One entry of a directory, its value still in the file."""

    type: int
    number: int
    """Of values."""
    offset: int

    @property
    def length(self) -> int:
        """Bytes of the value."""
        return self.number * _TYPES[self.type][0]


class Tiff:
    """A TIFF structure that starts at the beginning of its source."""

    def __init__(self, source: Source) -> None:
        """Read the header.

        Raises:
            Malformed: it is none of a TIFF.
        """
        head = source.at(0, 16)
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            raise Malformed("not a TIFF structure")
        self.order = order
        self._source = source
        self._seen: set[int] = set()
        version = struct.unpack(order + "H", head[2:4])[0]
        self.big = version == 43
        if self.big and len(head) == 16:
            self.first = int(struct.unpack(order + "Q", head[8:16])[0])
        elif version in (42, 0x55, 0x4F52, 0x5352):  # TIFF; Panasonic's and Olympus' raw files
            self.first = int(struct.unpack(order + "I", head[4:8])[0])
        else:
            raise Malformed("not a TIFF structure")

    def directory(self, offset: int) -> dict[int, Entry]:
        """Return the entries of the directory at an offset by their tags; the first of a tag counts.

        Raises:
            Malformed: it lies outside the file, was read before, or has an absurd number of entries.
        """
        if offset in self._seen:
            raise Malformed("a directory points back at itself")
        self._seen.add(offset)
        counted, size = ("Q", 20) if self.big else ("H", 12)
        start = offset + struct.calcsize("<" + counted)
        head = self._source.whole(offset, start - offset)
        (count,) = struct.unpack(self.order + counted, head)
        if count > _MOST_ENTRIES:
            raise Malformed(f"a directory of {count} entries")
        table = self._source.at(start, count * size)
        entries: dict[int, Entry] = {}
        for at, entry in self._entries(table, start, size):
            entries.setdefault(at, entry)
        if not entries and count:
            raise Malformed("a directory lies outside its block")
        return entries

    def _entries(self, table: bytes, start: int, size: int) -> Iterator[tuple[int, Entry]]:
        counts, room = ("Q", 8) if self.big else ("I", 4)
        for at in range(0, len(table) - size + 1, size):
            tag, kind, count = struct.unpack_from(self.order + "HH" + counts, table, at)
            if kind not in _TYPES:
                continue
            inline = at + size - room
            offset = start + inline
            if count * _TYPES[kind][0] > room:
                (offset,) = struct.unpack_from(self.order + counts, table, inline)
            yield tag, Entry(kind, count, offset)

    def raw(self, entry: Entry, most: int = LARGEST_BLOCK) -> bytes:
        """Return the bytes of a value.

        Raises:
            Malformed: it lies outside the file, or is larger than allowed.
        """
        if entry.length > most:
            raise Malformed(f"a value of {entry.length} bytes")
        return self._source.whole(entry.offset, entry.length)

    def numbers(self, entry: Entry) -> list[Any]:
        """Return a value's numbers; rationals as floats, and NaN where they divide by zero.

        Raises:
            Malformed: it lies outside the file, has too many numbers, or none.
        """
        size, letters = _TYPES[entry.type]
        if entry.number > _MOST_NUMBERS or letters == "s":
            raise Malformed("not a number")
        data = self.raw(entry)
        parts = [struct.unpack_from(self.order + letters, data, at) for at in range(0, len(data), size)]
        if len(letters) == 2:
            return [part[0] / part[1] if part[1] else math.nan for part in parts]
        return [part[0] for part in parts]
