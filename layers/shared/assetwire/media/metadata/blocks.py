"""The raw blocks of metadata in one file, and a bounded way to read them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from assetwire.domain.inspection import Problem

LARGEST_BLOCK = 4 * 1024**2
"""Bytes of one block at the most. Adobe's histories reach about 1 MB; a larger block is not read."""
_BUDGET = 48 * 1024**2
"""Bytes that are read of one file at the most, all blocks and headers together."""
_STEPS = 400_000
"""Headers that are read of one file at the most: a PNG of 3 GB has about that many chunks of 8 KiB."""
_PAGE = 4096


class Malformed(ValueError):
    """A block contradicts its format."""


class Exhausted(Malformed):
    """A file asks for more reading than it is worth."""


class Source:
    """A file that is read at offsets, a bounded number of bytes in all."""

    def __init__(self, file: Path) -> None:
        self._file: BinaryIO = file.open("rb", buffering=0)
        self._page = b""
        self._page_at = 0
        self._left = _BUDGET
        self._steps = _STEPS
        self.size = self._file.seek(0, 2)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at an offset, fewer where the file ends.

        Raises:
            Malformed: the block is larger than any that is read.
            Exhausted: the file has been read enough.
        """
        if offset < 0 or length < 0 or offset >= self.size:
            return b""
        self._steps -= 1
        if self._steps < 0:
            raise Exhausted("the file has more parts than are read")
        if length > LARGEST_BLOCK:
            raise Malformed(f"a block of {length} bytes is larger than {LARGEST_BLOCK}")
        if length > _PAGE // 2:
            return self._read(offset, min(length, self.size - offset))
        start = offset - self._page_at
        if not (start >= 0 and (start + length <= len(self._page) or self._page_at + len(self._page) == self.size)):
            self._page, self._page_at, start = self._read(offset, _PAGE), offset, 0
        return self._page[start : start + length]

    def whole(self, offset: int, length: int) -> bytes:
        """Return exactly these bytes.

        Raises:
            Malformed: the file ends before, or the block is larger than any that is read.
        """
        data = self.at(offset, length)
        if len(data) != length:
            raise Malformed("the file ends within a block")
        return data

    def _read(self, offset: int, length: int) -> bytes:
        self._left -= length
        if self._left < 0:
            raise Exhausted("the file's metadata is spread over more bytes than are read")
        self._file.seek(offset)
        pieces = []
        while length > 0 and (piece := self._file.read(length)):
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)


class Memory(Source):
    """A block that is read in the same way as a file."""

    def __init__(self, data: bytes) -> None:  # no file stands behind it
        self._data = data
        self._steps = _STEPS
        self.size = len(data)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave: there is nothing to close."""

    def at(self, offset: int, length: int) -> bytes:
        """Return the bytes at an offset, fewer where the block ends."""
        self._steps -= 1
        if self._steps < 0:
            raise Exhausted("the block has more parts than are read")
        return self._data[offset : offset + length] if offset >= 0 and length >= 0 else b""


@dataclass
class Blocks:
    """What a walker found: raw blocks, in the order of the file, and what was wrong on the way."""

    exif: list[bytes] = field(default_factory=list)
    """TIFF structures: `II*` or `MM*` first."""
    iptc: list[bytes] = field(default_factory=list)
    """Streams of IIM datasets; the first counts."""
    xmp: list[bytes] = field(default_factory=list)
    """Packets; the first is the file's own."""
    extended_xmp: dict[str, bytes] = field(default_factory=dict)
    """Assembled parts of a JPEG's extended XMP by their GUID."""
    icc: list[bytes] = field(default_factory=list)
    digest: bytes | None = None
    """MD5 of the IIM that the XMP was synchronised with: Photoshop's resource 0x0425."""
    text: dict[str, object] = field(default_factory=dict)
    """Plain tags of the container by the names of `FIELDS`."""
    warnings: list[Problem] = field(default_factory=list)

    def warn(self, code: str, message: str, at: str = "metadata") -> None:
        """Note what was wrong with a part of the file; at most 32 such notes are kept."""
        if len(self.warnings) < 32:
            self.warnings.append(Problem(code=code, field=at, message=message[:200]))


def resources(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Go through Photoshop's image resources: number and content.

    Source: Adobe Photoshop File Formats Specification, Image Resource Blocks.

    Raises:
        Malformed: a resource ends beyond the block.
    """
    at, end = 0, len(data)
    while at + 12 <= end:
        if data[at : at + 4] not in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"):
            if not data[at:].strip(b"\0"):
                return
            raise Malformed("not an image resource")
        number = int.from_bytes(data[at + 4 : at + 6], "big")
        name = data[at + 6] + 1
        at += 6 + name + name % 2
        size = int.from_bytes(data[at : at + 4], "big")
        at += 4
        if at + size > end:
            raise Malformed("an image resource ends beyond its block")
        yield number, data[at : at + size]
        at += size + size % 2


def take_resources(data: bytes, blocks: Blocks) -> None:
    """Sort Photoshop's image resources into blocks; damage costs what follows it."""
    try:
        for number, content in resources(data):
            match number:
                case 0x0404:
                    blocks.iptc.append(content)
                case 0x040F:
                    blocks.icc.append(content)
                case 0x0422:
                    blocks.exif.append(content)
                case 0x0424:
                    blocks.xmp.append(content)
                case 0x0425 if len(content) == 16 and any(content):
                    blocks.digest = content
    except Malformed as error:
        blocks.warn("malformed_iptc", str(error), "iptc")
