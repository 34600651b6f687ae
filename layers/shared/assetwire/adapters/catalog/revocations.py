"""The Revocations port: one item a generation, beside its asset."""

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.revocation import Revocation


class DynamoRevocations:
    """Revocations in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def note(self, revocation: Revocation) -> bool:
        """Write it if none stands there; tell whether none did."""
        return self._table.create(revocation)

    def of(self, asset_id: str) -> list[Revocation]:
        """Return all of an asset, the newest first."""
        return self._table.all(Revocation, keys.revocation(asset_id, None))[::-1]
