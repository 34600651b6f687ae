"""The Purges port: one item an asset, beside it, and one for all that is in progress."""

from collections.abc import Collection

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.purge import Purge, PurgesInProgress


class DynamoPurges:
    """Purges in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def purge(self, asset_id: str) -> Purge | None:
        """Return that of an asset, read consistently."""
        return self._table.find(Purge, keys.purge(asset_id))

    def purges_of(self, asset_ids: Collection[str]) -> list[Purge]:
        """Return those of many assets, in consistent reads of a hundred each."""
        return self._table.many(Purge, [keys.purge(asset_id) for asset_id in sorted(set(asset_ids))])

    def save_purge(self, purge: Purge) -> None:
        """Replace a purge, if its revision is the one before."""
        self._table.save(purge)

    def in_progress(self) -> PurgesInProgress:
        """Return what is in progress, read consistently."""
        return self._table.find(PurgesInProgress, keys.purges_in_progress()) or PurgesInProgress()

    def save_in_progress(self, known: PurgesInProgress) -> None:
        """Replace it, if its revision is the one before."""
        self._table.save(known)
