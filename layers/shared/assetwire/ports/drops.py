"""What services need to unpack drops, and to write down what became of them."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from assetwire.domain.drop import Drop, Members
from assetwire.domain.expansion import Entry, Member


class Unpacked(NamedTuple):
    """A member that was written to a local file."""

    sha256: str
    bytes: int


class OpenArchive(Protocol):
    """An archive whose directory was read."""

    @property
    def directory_at(self) -> int:
        """Where in the file the directory begins, in bytes."""
        ...

    def entries(self) -> Sequence[Entry]:
        """Return what the archive declares of each member, in the order of its directory."""
        ...

    def unpack(self, member: Member, to: Path) -> Unpacked:
        """Write one member to a local file, with bounded memory.

        Raises:
            Undecodable: it is damaged, or not what it declares.
        """
        ...


class ArchiveOpener(Protocol):
    """Opens archives."""

    def __call__(self, file: Path) -> AbstractContextManager[OpenArchive]:
        """Open a local file.

        Raises:
            Undecodable: it is no archive, or damaged.
        """
        ...


class Drops(Protocol):
    """What became of archives and manifests."""

    def drop(self, drop_id: str) -> Drop | None:
        """Return a drop, read consistently, if it is known."""
        ...

    def save_drop(self, drop: Drop) -> None:
        """Replace a drop that was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def members(self, drop_id: str, page: int) -> Members | None:
        """Return one page of a drop's members, read consistently, if it is written."""
        ...

    def save_members(self, members: Members) -> None:
        """Write a page of a drop's members; a second time changes nothing."""
        ...
