"""What services need to write declarations down, to judge by them, and to read sidecars."""

from collections.abc import Sequence
from typing import Any, Protocol

from assetwire.domain.asset import Asset, Version
from assetwire.domain.declaration import Declaration, Slot, Standing
from assetwire.domain.history import AssetChange
from assetwire.domain.inspection import Problem
from assetwire.domain.work import WorkItem


class Declarations(Protocol):
    """What is said of masters beside their bytes."""

    def standing(self, bucket: str, key: str) -> Standing:
        """Return what stands about one master, read consistently."""
        ...

    def declaration(self, bucket: str, slot: Slot) -> Declaration | None:
        """Return what is declared under a name, read consistently."""
        ...

    def declare(self, declaration: Declaration) -> None:
        """Write a declaration in place of the one that was read at the revision before.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def retract(self, declaration: Declaration) -> None:
        """Delete a declaration as it was read; one that changed or is gone by now is left.

        Whoever declares in its place meanwhile says it to whoever comes next.
        """
        ...

    def masters_named(self, bucket: str, name: str) -> list[str]:
        """Return the keys of the known masters for which a sidecar of this name speaks, read consistently."""
        ...

    def settle(
        self,
        standing: Standing,
        *,
        asset: Asset | None = None,
        versions: Sequence[Version] = (),
        work: Sequence[WorkItem] = (),
        change: AssetChange | None = None,
    ) -> None:
        """Note that what stands is known to the master's asset, and write what it changes, all or nothing.

        Raises:
            Conflict: something else is declared by now, or the asset's revision moved, or a work item exists.
        """
        ...


class SidecarSays(Protocol):
    """Fields in the shapes of `FIELDS`, and what could not be read."""

    @property
    def fields(self) -> dict[str, Any]:
        """Metadata by IPTC's names."""
        ...

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is wrong with it."""
        ...


class SidecarReader(Protocol):
    """Reads the XMP of a sidecar."""

    def __call__(self, data: bytes) -> SidecarSays:
        """Return what it says; nothing in it raises, what is wrong is in `warnings`."""
        ...
