"""The Histories port: one item a change, beside its asset."""

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.history import AssetChange


class DynamoHistories:
    """Histories of assets in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def changes(self, asset_id: str, *, limit: int, before: int | None) -> list[AssetChange]:
        """Read the changes of an asset from the last one on."""
        partition, prefix = keys.asset_change(asset_id, None)
        sort_key = self._table.items.sk
        older = None if before is None else keys.asset_change(asset_id, before - 1)[1]
        bound = sort_key.startswith(prefix) if older is None else sort_key.between(prefix, older)
        return self._table.part(AssetChange, partition, bound, limit=limit, ascending=False)
