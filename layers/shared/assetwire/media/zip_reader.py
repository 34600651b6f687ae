"""Reads ZIP drops from a local file: the directory within bounds, then one member after the other as a stream.

`zipfile` reads what the archive declares; here what it declares is bounded before, and what comes out is counted.
"""

import hashlib
import os
import struct
import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from assetwire.domain.errors import Undecodable
from assetwire.domain.expansion import Entry, Member
from assetwire.ports.drops import Unpacked

_PIECE = 1024 * 1024
"""Bytes of a member that are in memory at a time."""
_LARGEST_READ = 8 * 1024 * 1024
"""Bytes that are read from the archive at once at the most: its directory, 10,000 members with 838 bytes each.

As objects, the smallest members of such a directory hold about 110 MB.
"""
_UTF8_NAME = 0x800

# What zipfile and zlib raise of a damaged or hostile archive; each is a fact about the archive, none a fault of ours.
_DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
    TypeError,
)


class _Bounded:
    """A file of which no more than some mebibytes are read at once, whatever the archive asks for."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            size = os.fstat(self._file.fileno()).st_size - self._file.tell()
        if size > _LARGEST_READ:
            raise zipfile.BadZipFile(f"a directory of {size} bytes")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()


class Archive:
    """An open ZIP file; use it as a context."""

    def __init__(self, file: Path) -> None:
        """Read the archive's directory.

        Raises:
            Undecodable: it is no ZIP file, or damaged.
        """
        self._file = file.open("rb")
        try:
            self._zip = zipfile.ZipFile(_Bounded(self._file))
        except _DAMAGED as error:
            self._file.close()
            raise Undecodable(f"not a ZIP file, or damaged: {error}"[:300], code="damaged_archive") from error
        self._infos = self._zip.infolist()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._file.close()

    @property
    def directory_at(self) -> int:
        """Where in the file the directory begins, in bytes."""
        return self._zip.start_dir

    def entries(self) -> list[Entry]:
        """Return what the archive declares of each member, in the order of its directory."""
        return [
            Entry(
                name=_name(info),
                compressed=info.compress_size,
                bytes=info.file_size,
                offset=info.header_offset,
                method=info.compress_type,
                flags=info.flag_bits,
                system=info.create_system,
                attributes=info.external_attr,
                raw_name_bytes=_raw_length(info),
            )
            for info in self._infos
        ]

    def unpack(self, member: Member, to: Path) -> Unpacked:
        """Write one member to a local file, a mebibyte at a time, and hash it on the way.

        Raises:
            Undecodable: it is damaged (`damaged_member`), or not of the size that it declares (`lying_size`).
        """
        info, digest, size = self._infos[member.number], hashlib.sha256(), 0
        try:
            with self._zip.open(info) as source, to.open("wb") as out:
                while piece := source.read(_PIECE):
                    size += len(piece)
                    if size > info.file_size:  # zipfile stops there by itself; were that to change, this is the bound
                        raise Undecodable("more comes out than the member declares", code="lying_size")
                    digest.update(piece)
                    out.write(piece)
        except _DAMAGED as error:
            raise Undecodable(f"the member is damaged: {error}"[:300], code="damaged_member") from error
        if size != info.file_size:
            raise Undecodable(f"{size} bytes come out, not {info.file_size}", code="lying_size")
        return Unpacked(digest.hexdigest(), size)


def _name(info: zipfile.ZipInfo) -> str:
    """Return a member's name as stored; UTF-8 without its flag, as macOS writes it, is read as UTF-8.

    `filename` would end at the first null character, and hide what follows.
    """
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME or name.isascii():
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _raw_length(info: zipfile.ZipInfo) -> int:
    encoding = "utf-8" if info.flag_bits & _UTF8_NAME else "cp437"
    return len(info.orig_filename.encode(encoding, errors="replace"))
