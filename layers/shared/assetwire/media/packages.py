"""Which office format a package is: a ZIP by its members' names, an OLE file by its streams'; reads are bounded."""

import struct
from collections.abc import Iterator
from typing import IO

_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEMBERS = {  # the main part of each package. Source: ECMA-376 part 1, 11.3.10, 12.3.23, 13.3.6
    "word/document.xml": f"{_OFFICE}.wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}.spreadsheetml.sheet",
    "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "ppt/presentation.xml": f"{_OFFICE}.presentationml.presentation",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OPEN_DOCUMENTS = frozenset({"text", "spreadsheet", "presentation", "graphics"})
ENCRYPTED_OFFICE = "application/x-ole-encrypted-package"
"""An office package behind a password: an OLE file around what cannot be read."""
_STREAMS = (  # the more telling first. Source: MS-OFFCRYPTO 2.3.4.4, MS-DOC 2.1, MS-XLS 2.1.2, MS-PPT 2.1.2
    ("EncryptedPackage", ENCRYPTED_OFFICE),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_END_OF_DIRECTORY = b"PK\x05\x06"
_DIRECTORY_BYTES = 1024**2
"""Bytes of a ZIP's directory that are read: an office package has a few dozen members."""


def zip_type(opened: IO[bytes]) -> str | None:
    """Return the media type of an office package in a ZIP; None for any other ZIP."""
    names = set(_names(opened))
    if "[Content_Types].xml" in names:
        return next((media_type for member, media_type in _MEMBERS.items() if member in names), None)
    return _open_document(opened) if "mimetype" in names else None


def _names(opened: IO[bytes]) -> Iterator[str]:
    """Return the names in a ZIP's central directory, as far as it is read. Source: APPNOTE.TXT 4.3.12, 4.3.16."""
    size = opened.seek(0, 2)
    opened.seek(max(0, size - 65_536 - 22))
    tail = opened.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        return
    length, offset = struct.unpack_from("<II", tail, at + 12)
    opened.seek(min(offset, size))
    directory = opened.read(min(length, _DIRECTORY_BYTES))
    at = 0
    while directory[at : at + 4] == b"PK\x01\x02" and len(directory) >= at + 46:
        name, extra, comment = struct.unpack_from("<HHH", directory, at + 28)
        yield directory[at + 46 : at + 46 + name].decode("utf-8", "replace")
        at += 46 + name + extra + comment


def _open_document(opened: IO[bytes]) -> str | None:
    """Return an OpenDocument's type, which stands first and uncompressed. Source: OpenDocument 1.3 part 2, 3.3."""
    opened.seek(0)
    first = opened.read(200)
    if first[30:38] != b"mimetype" or first[8:10] != b"\0\0":
        return None
    size = min(int.from_bytes(first[18:22], "little"), 100)
    skipped = 38 + int.from_bytes(first[28:30], "little")
    media_type = first[skipped : skipped + size].decode("ascii", "replace")
    known = media_type.removeprefix(_OPEN_DOCUMENT).removesuffix("-template") in _OPEN_DOCUMENTS
    return media_type if known and media_type.startswith(_OPEN_DOCUMENT) else None


def ole_type(opened: IO[bytes], head: bytes) -> str | None:
    """Return the media type of an old office document by the streams in its first directory sectors; None for others.

    Source: MS-CFB 2.2 (header), 2.6.1 (directory entry).
    """
    if len(head) < 512:
        return None
    sector = 512 << 3 * (head[30] == 12)  # of 4096 bytes in version 4
    first = int.from_bytes(head[48:52], "little")
    opened.seek(min((first + 1) * sector, opened.seek(0, 2)))
    entries = opened.read(64 * 128)
    names = set()
    for at in range(0, len(entries) - 127, 128):
        length = min(int.from_bytes(entries[at + 64 : at + 66], "little"), 64)
        names.add(entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace"))
    return next((media_type for stream, media_type in _STREAMS if stream in names), None)
