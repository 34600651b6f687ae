"""ZIP files made by hand, so that they can say what no honest tool would write."""

import struct
import zlib
from typing import NamedTuple

DEFLATED = 8
UNIX = 3


class Made(NamedTuple):
    """A member as it is to be written; None takes what is true."""

    name: bytes
    data: bytes = b""
    method: int = DEFLATED
    flags: int = 0x800
    system: int = UNIX
    attributes: int = 0
    size: int | None = None
    """As declared."""
    crc: int | None = None
    offset: int | None = None
    """Where the directory says that it stands."""
    raw: bytes | None = None
    """Its content as compressed already."""
    extra: bytes = b""
    local_name: bytes | None = None


def made_zip(*members: Made, comment: bytes = b"", prefix: bytes = b"", directory_bytes: int | None = None) -> bytes:
    """Return a ZIP file of these members."""
    body, directory = bytearray(prefix), bytearray()
    for member in members:
        raw = member.raw if member.raw is not None else _packed(member)
        size = len(member.data) if member.size is None else member.size
        crc = zlib.crc32(member.data) if member.crc is None else member.crc
        offset = len(body) - len(prefix) if member.offset is None else member.offset
        head = struct.pack("<HHHHIII", member.flags, member.method, 0, 0x5A21, crc, len(raw), size)
        local = member.name if member.local_name is None else member.local_name
        body += b"PK\3\4" + struct.pack("<H", 20) + head + struct.pack("<HH", len(local), 0) + local + raw
        directory += b"PK\1\2" + struct.pack("<BBH", 20, member.system, 20) + head
        directory += struct.pack("<HHHHHII", len(member.name), len(member.extra), 0, 0, 0, member.attributes, offset)
        directory += member.name + member.extra
    end = struct.pack(
        "<HHHHIIH",
        *(0, 0, len(members) & 0xFFFF, len(members) & 0xFFFF),
        len(directory) if directory_bytes is None else directory_bytes,
        len(body) - len(prefix),
        len(comment),
    )
    return bytes(body + directory) + b"PK\5\6" + end + comment


def honest_zip(files: dict[str, bytes]) -> bytes:
    """Return a ZIP file of these files, by name."""
    return made_zip(*(Made(name.encode(), data) for name, data in files.items()))


def _packed(member: Made) -> bytes:
    if member.method != DEFLATED:
        return member.data
    deflate = zlib.compressobj(9, wbits=-15)
    return deflate.compress(member.data) + deflate.flush()
