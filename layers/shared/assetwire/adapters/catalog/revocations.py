"""The Revocations port: one item a generation, beside its asset."""

from contextlib import suppress
from datetime import datetime

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table, translated
from assetwire.domain.errors import Conflict
from assetwire.domain.revocation import Revocation


class DynamoRevocations:
    """Revocations in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def note(self, revocation: Revocation) -> bool:
        """Write it if none stands there; tell whether none did."""
        return self._table.create(revocation)

    def purged(self, asset_id: str, generation: int, *, at: datetime) -> None:
        """Set `purged_at` if it is not set."""
        self._set("purged_at", asset_id, generation, at)

    def restored(self, asset_id: str, generation: int, *, at: datetime) -> None:
        """Set `restored_at` if it is not set."""
        self._set("restored_at", asset_id, generation, at)

    def of(self, asset_id: str) -> list[Revocation]:
        """Return all of an asset, the newest first."""
        return self._table.all(Revocation, keys.revocation(asset_id, None))[::-1]

    def _set(self, field: str, asset_id: str, generation: int, at: datetime) -> None:
        item = self._table.items(*keys.revocation(asset_id, generation))
        place = self._table.items.data[field]
        value = at.isoformat().replace("+00:00", "Z")
        with suppress(Conflict), translated(f"noting {field} of {asset_id}"):
            item.update(actions=[place.set(value)], condition=self._table.items.pk.exists() & place.does_not_exist())
