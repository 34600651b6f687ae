"""Write blocks into an AVIF: two more items, listed in its `meta` box and described by it, behind everything else.

Sources: ISO/IEC 14496-12 (2022), 4.2, 8.11.3, 8.11.6 and 8.11.12; ISO/IEC 23008-12 (2022), annex A.
"""

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from assetwire.media.inscribe.blocks import Blocks
from assetwire.media.inscribe.tags import structure
from assetwire.media.metadata.blocks import Malformed

_MOST_BOXES, _MOST_EXTENTS = 10_000, 10_000
_RDF = b"application/rdf+xml"


class _Box(NamedTuple):
    kind: bytes
    content: memoryview
    start: int
    """Where it begins in the data that it was read from, its head included."""


class _Located(NamedTuple):
    """Where one item stands."""

    item: int
    method: int
    """0: offsets count from the file's beginning, 1: from that of the box `idat`."""
    reference: int
    extents: tuple[tuple[int, int], ...]
    """Offset and length of each part."""


def avif(data: bytes, blocks: Blocks) -> Sequence[bytes | memoryview]:
    """Return the pieces of an AVIF with EXIF and XMP behind its pixels.

    Raises:
        Malformed: it is no AVIF, or of a variant that no encoder of ours writes.
    """
    view = memoryview(data)
    meta = next((box for box in _boxes(view) if box.kind == b"meta"), None)
    if data[4:8] != b"ftyp" or meta is None:
        raise Malformed("not an AVIF")
    end = meta.start + 8 + len(meta.content)
    inside = {box.kind: box.content for box in _boxes(meta.content[4:])}
    if not {b"pitm", b"iloc", b"iinf"} <= inside.keys():
        raise Malformed("an AVIF without items")
    located = list(_locations(inside[b"iloc"]))
    first = 1 + max((place.item for place in located), default=0)
    items = [(b"mime", blocks.xmp)]
    if blocks.exif:
        items.insert(0, (b"Exif", bytes(4) + structure(blocks.exif)))
    numbered = [(first + place, kind, content) for place, (kind, content) in enumerate(items)]
    growth = len(_meta(meta.content, inside, located, numbered, after=end, growth=0, at=0)) - (end - meta.start)
    described = _meta(meta.content, inside, located, numbered, after=end, growth=growth, at=len(data) + growth + 8)
    stored = _box(b"mdat", b"".join(content for _, content in items))
    return [view[: meta.start], described, view[end:], stored]


def _meta(
    content: memoryview,
    inside: dict[bytes, memoryview],
    located: Sequence[_Located],
    added: Sequence[tuple[int, bytes, bytes]],
    *,
    after: int,
    growth: int,
    at: int,
) -> bytes:
    """Return the box `meta` with more items, whose content begins at `at`; what stood behind it moved by `growth`."""
    places = [_moved(place, after=after, growth=growth) for place in located]
    for item, _, stored in added:
        places.append(_Located(item, 0, 0, ((at, len(stored)),)))
        at += len(stored)
    primary = _primary(inside[b"pitm"])
    written = {
        b"iloc": _box(b"iloc", _written(places)),
        b"iinf": _box(b"iinf", _listed(inside[b"iinf"], added)),
        b"iref": _box(b"iref", _described(inside.get(b"iref"), added, primary)),
    }
    boxes = [written.pop(box.kind, b"") or _box(box.kind, box.content) for box in _boxes(content[4:])]
    return _box(b"meta", b"".join((bytes(content[:4]), *boxes, *written.values())))


def _boxes(data: memoryview) -> Iterator[_Box]:
    at = 0
    for _ in range(_MOST_BOXES):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 0:  # up to the end
            length = len(data) - at
        if length < 8 or at + length > len(data):
            raise Malformed("a box that does not fit")
        yield _Box(bytes(data[at + 4 : at + 8]), data[at + 8 : at + length], at)
        at += length


def _box(kind: bytes, content: bytes | memoryview) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + bytes(content)


def _primary(content: memoryview) -> int:
    return int.from_bytes(content[4:6] if content[0] == 0 else content[4:8], "big")


def _locations(content: memoryview) -> Iterator[_Located]:
    version = content[0]
    offsets, lengths, bases, indices = content[4] >> 4, content[4] & 15, content[5] >> 4, content[5] & 15
    at = 6

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > len(content):
            raise Malformed("the list of items' places is cut off")
        return int.from_bytes(content[at - size : at], "big")

    wide = 4 if version == 2 else 2
    for _ in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version else 0
        reference, base = number(2), number(bases)
        extents = []
        for _ in range(min(number(2), _MOST_EXTENTS)):
            number(indices if version else 0)
            extents.append((base + number(offsets), number(lengths)))
        yield _Located(item, method, reference, tuple(extents))


def _moved(place: _Located, *, after: int, growth: int) -> _Located:
    if place.method != 0:
        return place
    moved = ((offset + growth if offset >= after else offset, length) for offset, length in place.extents)
    return place._replace(extents=tuple(moved))


def _written(places: Sequence[_Located]) -> bytes:
    """Return the list of places in version 1: offsets and lengths of four bytes, no base."""
    listed = b"\1\0\0\0\x44\0" + struct.pack(">H", len(places))
    for place in places:
        listed += struct.pack(">HHHH", place.item, place.method, place.reference, len(place.extents))
        listed += b"".join(struct.pack(">II", *extent) for extent in place.extents)
    return listed


def _listed(content: memoryview, added: Sequence[tuple[int, bytes, bytes]]) -> bytes:
    """Return the list of items with more of them."""
    wide = 2 if content[0] == 0 else 4
    count = int.from_bytes(content[4 : 4 + wide], "big") + len(added)
    entries = bytes(content[4 + wide :])
    for item, kind, _ in added:
        type_ = kind + b"\0" + (_RDF + b"\0" if kind == b"mime" else b"")
        entries += _box(b"infe", b"\2\0\0\0" + struct.pack(">HH", item, 0) + type_)
    return bytes(content[:4]) + count.to_bytes(wide, "big") + entries


def _described(content: memoryview | None, added: Sequence[tuple[int, bytes, bytes]], primary: int) -> bytes:
    """Return the list of references with more of them: each added item describes the primary one."""
    known = bytes(content) if content is not None else bytes(4)
    if known[0] != 0:
        raise Malformed("references of more items than we write")
    return known + b"".join(_box(b"cdsc", struct.pack(">HHH", item, 1, primary)) for item, _, _ in added)
