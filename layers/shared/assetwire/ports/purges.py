"""The ports of purges: what caches must forget, how much of that is in progress, and the caches themselves."""

from collections.abc import Collection, Sequence
from typing import Protocol

from assetwire.domain.purge import Purge, PurgesInProgress, Quota


class Purges(Protocol):
    """What caches must forget of each asset."""

    def purge(self, asset_id: str) -> Purge | None:
        """Return what caches must, or once had to, forget of an asset, read consistently."""
        ...

    def purges_of(self, asset_ids: Collection[str]) -> list[Purge]:
        """Return that of many assets, read consistently; those that never had any are left out."""
        ...

    def save_purge(self, purge: Purge) -> None:
        """Replace a purge that was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def in_progress(self) -> PurgesInProgress:
        """Return what CloudFront was told of late, read consistently."""
        ...

    def save_in_progress(self, known: PurgesInProgress) -> None:
        """Replace that.

        Raises:
            Conflict: its revision moved.
        """
        ...


class Edge(Protocol):
    """The caches in front of the delivery bucket."""

    @property
    def quota(self) -> Quota:
        """How many assets may be purged at once."""
        ...

    def purge(self, asset_ids: Sequence[str]) -> None:
        """Make the caches forget everything that they hold of these assets, by one call.

        Raises:
            Unavailable: too much is in progress, or the caches were not reached.
        """
        ...
