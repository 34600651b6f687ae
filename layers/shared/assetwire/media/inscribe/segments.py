"""Write blocks into a JPEG's segments and into a GIF's extensions.

Sources: ITU-T T.81 annex B; CIPA DC-008-2023, 4.7; XMP specification part 3 (2020), 1.1.3 and 1.1.2; GIF89a.
"""

from collections.abc import Sequence

from assetwire.media.inscribe.blocks import Blocks
from assetwire.media.inscribe.datasets import resources
from assetwire.media.inscribe.tags import structure
from assetwire.media.metadata.blocks import Malformed

_APP0, _APP1, _APP13 = 0xE0, 0xE1, 0xED
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\0"
"""Where a program enters that steps through XMP as if it were sub-blocks, it comes out at their end."""


def jpeg(data: bytes, blocks: Blocks) -> Sequence[bytes | memoryview]:
    """Return the pieces of a JPEG with EXIF, IIM and XMP before everything but JFIF's own segment.

    Raises:
        Malformed: it is no JPEG.
    """
    if data[:2] != b"\xff\xd8":
        raise Malformed("not a JPEG")
    at = 2
    while data[at : at + 2] == bytes((0xFF, _APP0)):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    written = []
    if blocks.exif:
        written.append(_segment(_APP1, b"Exif\0\0" + structure(blocks.exif)))
    if blocks.iim:
        written.append(_segment(_APP13, b"Photoshop 3.0\0" + resources(blocks.iim)))
    written.append(_segment(_APP1, _XMP + blocks.xmp))
    return [memoryview(data)[:at], *written, memoryview(data)[at:]]


def _segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2, "big") + content


def gif(data: bytes, blocks: Blocks) -> Sequence[bytes | memoryview]:
    """Return the pieces of a GIF with XMP behind its last frame: the only block that GIF has a place for.

    Raises:
        Malformed: it is no GIF, or does not end as one.
    """
    if data[:6] not in (b"GIF87a", b"GIF89a") or data[-1:] != b";":
        raise Malformed("not a GIF")
    extension = b"\x21\xff\x0bXMP DataXMP" + blocks.xmp + _TRAILER
    return [b"GIF89a", memoryview(data)[6:-1], extension, b";"]  # 87a has no extensions
