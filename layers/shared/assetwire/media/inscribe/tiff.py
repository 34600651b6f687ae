"""Write blocks into a TIFF: its directory is written anew behind everything else, with more entries; pixels stay.

Source: TIFF 6.0, section 2; XMP specification part 3 (2020), 1.1.6; Adobe Photoshop TIFF Technical Notes (2002).
"""

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from assetwire.media.inscribe.blocks import Blocks
from assetwire.media.metadata.blocks import Malformed

_BYTE, _ASCII, _UNDEFINED = 1, 2, 7
_XMP, _IIM = 700, 33723
_MOST_ENTRIES = 1_000
_LARGEST = 2**32 - 1


class _Entry(NamedTuple):
    tag: int
    raw: bytes
    """The twelve bytes of it as they stand in the directory."""


def tiff(file: Path, blocks: Blocks) -> None:
    """Add EXIF's strings, IIM and XMP to the first directory of a TIFF.

    Raises:
        Malformed: it is no TIFF of the order of bytes that our encoder writes, or would outgrow 4 GiB.
    """
    with file.open("r+b") as opened:
        head = opened.read(8)
        if head[:4] != b"II*\0":
            raise Malformed("not a TIFF of less than 4 GiB in little-endian order")
        kept, following = _directory(opened, struct.unpack("<I", head[4:])[0])
        end = opened.seek(0, 2)
        opened.write(b"\0" * (end % 2))
        added = {_XMP: (_BYTE, blocks.xmp)} | {tag: (_ASCII, text) for tag, text in blocks.exif.items()}
        if blocks.iim:
            added[_IIM] = (_UNDEFINED, blocks.iim)  # of LONG, as old files have it, Pillow reads none
        entries = [entry for entry in kept if entry.tag not in added]
        entries += [_Entry(tag, _value(opened, tag, *said)) for tag, said in added.items()]
        start = opened.tell()
        opened.write(struct.pack("<H", len(entries)))
        opened.writelines(entry.raw for entry in sorted(entries))
        opened.write(struct.pack("<I", following))
        if opened.tell() > _LARGEST:
            raise Malformed("a TIFF of more than 4 GiB")
        opened.seek(4)
        opened.write(struct.pack("<I", start))


def _directory(opened: BinaryIO, at: int) -> tuple[list[_Entry], int]:
    """Return the entries of a directory, and where the one behind it begins."""
    opened.seek(at)
    (count,) = struct.unpack("<H", opened.read(2).ljust(2, b"\0"))
    data = opened.read(12 * count + 4)
    if not 0 < count <= _MOST_ENTRIES or len(data) != 12 * count + 4:
        raise Malformed("a TIFF without a directory")
    raws = [data[at : at + 12] for at in range(0, 12 * count, 12)]
    entries = [_Entry(struct.unpack("<H", raw[:2])[0], raw) for raw in raws]
    return entries, struct.unpack("<I", data[-4:])[0]


def _value(opened: BinaryIO, tag: int, type_: int, content: bytes) -> bytes:
    """Write a value at the file's end, on an even offset; return the entry that points to it."""
    if len(content) <= 4:
        return struct.pack("<HHI", tag, type_, len(content)) + content.ljust(4, b"\0")
    at = opened.tell()
    opened.write(content + b"\0" * (len(content) % 2))
    return struct.pack("<HHII", tag, type_, len(content), at)
