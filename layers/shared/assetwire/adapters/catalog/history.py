"""The Histories port: one item a change, beside its asset."""

from functools import partial

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.history import AssetChange


class DynamoHistories:
    """Histories of assets in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def changes(self, asset_id: str, *, limit: int, before: int | None) -> list[AssetChange]:
        """Read the changes of an asset from the last one on."""
        return self._table.newest(AssetChange, partial(keys.asset_change, asset_id), limit=limit, before=before)
