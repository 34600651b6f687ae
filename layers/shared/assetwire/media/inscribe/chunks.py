"""Write blocks into the chunks of PNG and WebP.

Sources: PNG third edition, 5.3, 11.3.3.4 and 11.3.4.5; RFC 9649 (WebP), 2.7; RFC 6386 (VP8), 9.1.
"""

import zlib
from collections.abc import Iterator, Sequence

from assetwire.media.inscribe.blocks import Blocks
from assetwire.media.inscribe.tags import structure
from assetwire.media.metadata.blocks import Malformed

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ALPHA, _EXIF, _XMP = 0x10, 0x08, 0x04
_MOST_CHUNKS = 100_000


def png(data: bytes, blocks: Blocks) -> Sequence[bytes | memoryview]:
    """Return the pieces of a PNG with EXIF and XMP behind its header.

    Raises:
        Malformed: it is no PNG.
    """
    if data[:8] != _SIGNATURE or data[12:16] != b"IHDR":
        raise Malformed("not a PNG")
    written = [_chunk(b"eXIf", structure(blocks.exif))] if blocks.exif else []
    written.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + blocks.xmp))
    at = 8 + 12 + int.from_bytes(data[8:12], "big")
    return [memoryview(data)[:at], *written, memoryview(data)[at:]]


def _chunk(kind: bytes, content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def webp(data: bytes, blocks: Blocks) -> Sequence[bytes | memoryview]:
    """Return the pieces of a WebP in its extended form, with EXIF and XMP behind its pixels.

    Raises:
        Malformed: it is no WebP.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise Malformed("not a WebP")
    chunks = list(_riff(data))
    kind, at, _ = chunks[0] if chunks else (b"", 0, 0)
    if kind == b"VP8X":
        head, rest = bytes(data[at + 8 : at + 18]), memoryview(data)[at + 18 :]
    else:
        head, rest = _extended(data, chunks), memoryview(data)[12:]
    head = bytes((head[0] | _XMP | (_EXIF if blocks.exif else 0), *head[1:]))
    written = _riff_chunk(b"EXIF", structure(blocks.exif)) if blocks.exif else b""
    written += _riff_chunk(b"XMP ", blocks.xmp)
    body = 4 + 18 + len(rest) + len(written)
    return [b"RIFF" + body.to_bytes(4, "little") + b"WEBP", _riff_chunk(b"VP8X", head), rest, written]


def _riff(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each chunk, where it begins, and the length of its content."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], at, length
        at += 8 + length + length % 2


def _riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2)


def _extended(data: bytes, chunks: Sequence[tuple[bytes, int, int]]) -> bytes:
    """Return the content of the chunk that a file in the simple form lacks: flags, then width and height less 1."""
    for kind, at, _ in chunks:
        start = at + 8
        if kind == b"VP8 " and data[start + 3 : start + 6] == b"\x9d\x01\x2a":
            width = int.from_bytes(data[start + 6 : start + 8], "little") & 0x3FFF
            height = int.from_bytes(data[start + 8 : start + 10], "little") & 0x3FFF
            return _head(0, width, height)
        if kind == b"VP8L" and data[start] == 0x2F:
            bits = int.from_bytes(data[start + 1 : start + 5], "little")
            flags = _ALPHA if bits >> 28 & 1 else 0
            return _head(flags, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    raise Malformed("a WebP without a picture")


def _head(flags: int, width: int, height: int) -> bytes:
    return bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
