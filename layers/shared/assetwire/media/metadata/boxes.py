"""Find the blocks in boxes and chunks: HEIF and AVIF, JPEG 2000, MP4 and QuickTime, RIFF (WebP, WAV), ID3.

Sources: ISO/IEC 14496-12 (2022), 4.2 and 8.11; ISO/IEC 23008-12, annex A; ISO/IEC 15444-1, annex I; XMP specification
part 3 (2020); ID3v2.3.0 and 2.4.0, 3 and 4.27.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from assetwire.media.metadata.blocks import LARGEST_BLOCK, Blocks, Malformed, Source

_MOST_ITEMS, _MOST_EXTENTS = 2_000, 64
_UUID_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_UUID_EXIF = b"JpgTiffExif->JP2"
_UUID_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")


class _Box(NamedTuple):
    kind: bytes
    at: int
    """Where the content begins."""
    length: int
    """Bytes of the content."""


def _boxes(source: Source, at: int, end: int) -> Iterator[_Box]:
    while at + 8 <= end and len(head := source.at(at, 16)) >= 8:
        size, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1 and len(head) == 16:
            size, header = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < header:
            raise Malformed("a box shorter than its header")
        yield _Box(kind, at + header, min(size, end - at) - header)
        at += size


def heif(source: Source, blocks: Blocks) -> None:
    """Take the items of HEIF and AVIF that are EXIF or XMP, and the first colour profile."""
    for box in _boxes(source, 0, source.size):
        if box.kind == b"meta":
            _items(source, box, blocks)


def _items(source: Source, meta: _Box, blocks: Blocks) -> None:
    inside = {box.kind: box for box in _boxes(source, meta.at + 4, meta.at + meta.length)}
    if b"iprp" in inside:
        _properties(source, inside[b"iprp"], blocks)
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    wanted = dict(_wanted(source, inside[b"iinf"]))
    data_at = inside[b"idat"].at if b"idat" in inside else None
    for item, extents in _places(source, inside[b"iloc"], data_at, frozenset(wanted)):
        data = b"".join(source.whole(at, length) for at, length in extents)
        if len(data) > LARGEST_BLOCK:
            raise Malformed("an item larger than any that is read")
        if wanted[item] == b"Exif":
            start = 4 + int.from_bytes(data[:4], "big")
            blocks.exif.append(data[start:] if start < len(data) else data[4:])
        else:
            blocks.xmp.append(data)


def _properties(source: Source, box: _Box, blocks: Blocks) -> None:
    for container in _boxes(source, box.at, box.at + box.length):
        if container.kind != b"ipco":
            continue
        for each in _boxes(source, container.at, container.at + container.length):
            if each.kind == b"colr" and source.at(each.at, 4) in (b"prof", b"rICC"):
                blocks.icc.append(source.whole(each.at + 4, each.length - 4))
                return


def _wanted(source: Source, box: _Box) -> Iterator[tuple[int, bytes]]:
    version = source.whole(box.at, 1)[0]
    start = box.at + (6 if version == 0 else 8)
    for number, entry in enumerate(_boxes(source, start, box.at + box.length)):
        if number >= _MOST_ITEMS:
            return
        if entry.kind != b"infe":
            continue
        data = source.at(entry.at, min(entry.length, 400))
        if len(data) < 12 or data[0] not in (2, 3):
            continue
        wide = 4 if data[0] == 3 else 2
        item = int.from_bytes(data[4 : 4 + wide], "big")
        kind, rest = data[6 + wide : 10 + wide], data[10 + wide :]
        if kind == b"Exif":
            yield item, kind
        elif kind == b"mime" and rest.split(b"\0")[1:2] == [b"application/rdf+xml"]:
            yield item, b"xmp"


def _places(
    source: Source, box: _Box, data_at: int | None, wanted: frozenset[int]
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield the wanted items with the places and lengths of their parts."""
    data = source.at(box.at, box.length)
    version, sizes = data[0], struct.unpack_from(">H", data, 4)[0]
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    at = 6

    def number(size: int) -> int:
        nonlocal at
        if at + size > len(data):
            raise Malformed("the list of items' places is cut off")
        at += size
        return int.from_bytes(data[at - size : at], "big")

    for _ in range(min(number(4 if version == 2 else 2), _MOST_ITEMS)):
        item = number(4 if version == 2 else 2)
        method = number(2) & 15 if version in (1, 2) else 0
        number(2)
        base = number(base_size)
        extents: list[tuple[int, int]] = []
        for _ in range(number(2)):
            if version in (1, 2):
                number(index_size)
            offset, length = number(offset_size), number(length_size)
            if len(extents) < _MOST_EXTENTS:
                extents.append((base + offset, length))
        if item in wanted and method in (0, 1):
            start = data_at or 0 if method == 1 else 0
            yield item, [(start + offset, length or source.size - offset) for offset, length in extents]


def jpeg_2000(source: Source, blocks: Blocks) -> None:
    """Take the UUID boxes of JPEG 2000, the boxes of JPEG XL, and the colour profile."""
    for box in _boxes(source, 0, source.size):
        if box.kind == b"jp2h":
            for inner in _boxes(source, box.at, box.at + box.length):
                if inner.kind == b"colr" and source.at(inner.at, 1) in (b"\2", b"\3"):
                    blocks.icc.append(source.whole(inner.at + 3, inner.length - 3))
        elif box.kind == b"uuid":
            _uuid(source, box, blocks)
        elif box.kind == b"xml ":
            blocks.xmp.append(source.at(box.at, box.length))
        elif box.kind == b"Exif":
            data = source.at(box.at, box.length)
            blocks.exif.append(data[4 + int.from_bytes(data[:4], "big") :])


def _uuid(source: Source, box: _Box, blocks: Blocks) -> None:
    kind = source.at(box.at, 16)
    targets = {_UUID_XMP: blocks.xmp, _UUID_EXIF: blocks.exif, _UUID_IPTC: blocks.iptc}
    if kind in targets:
        targets[kind].append(source.whole(box.at + 16, box.length - 16))


def movie(source: Source, blocks: Blocks) -> None:
    """Take the XMP of MP4 (a UUID box) and of QuickTime (user data of the movie)."""
    for box in _boxes(source, 0, source.size):
        if box.kind == b"uuid":
            _uuid(source, box, blocks)
        elif box.kind == b"moov":
            for inner in _boxes(source, box.at, box.at + box.length):
                if inner.kind == b"uuid":
                    _uuid(source, inner, blocks)
                elif inner.kind == b"udta":
                    for each in _boxes(source, inner.at, inner.at + inner.length):
                        if each.kind == b"XMP_":
                            blocks.xmp.append(source.at(each.at, each.length))


def riff(source: Source, blocks: Blocks) -> None:
    """Take the chunks of WebP (`EXIF`, `XMP `, `ICCP`) and of WAV and AVI (`_PMX`)."""
    targets = {b"EXIF": blocks.exif, b"XMP ": blocks.xmp, b"_PMX": blocks.xmp, b"ICCP": blocks.icc}
    at = 12
    while len(head := source.at(at, 8)) == 8:
        size = int.from_bytes(head[4:8], "little")
        if head[:4] in targets:
            data = source.at(at + 8, size)
            targets[head[:4]].append(data.removeprefix(b"Exif\0\0") if head[:4] == b"EXIF" else data)
        at += 8 + size + size % 2


def id3(source: Source, blocks: Blocks) -> None:
    """Take the XMP of an MP3: a private frame of its ID3v2 tag."""
    head = source.at(0, 10)
    if head[:3] != b"ID3" or head[3] not in (3, 4):
        return
    size, unsynchronised = _seven_bits(head[6:10]), bool(head[5] & 0x80)
    at, end = 10, 10 + size
    if head[5] & 0x40:  # the extended header counts itself in version 4 only
        extended = source.whole(10, 4)
        at += _seven_bits(extended) if head[3] == 4 else 4 + int.from_bytes(extended, "big")
    while at + 10 <= end and (frame := source.at(at, 10))[:4].isalnum() and len(frame) == 10:
        length = _seven_bits(frame[4:8]) if head[3] == 4 else int.from_bytes(frame[4:8], "big")
        if frame[:4] == b"PRIV" and source.at(at + 10, 4) == b"XMP\0":
            data = source.at(at + 14, length - 4)
            blocks.xmp.append(data.replace(b"\xff\0", b"\xff") if unsynchronised else data)
        at += 10 + length


def _seven_bits(data: bytes) -> int:
    return sum((byte & 0x7F) << 7 * (len(data) - 1 - place) for place, byte in enumerate(data))
