"""Declarations and drops in the Catalog's table."""

from collections.abc import Sequence

from pynamodb.transactions import TransactWrite

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.asset import Asset, Version
from assetwire.domain.declaration import Declaration, Slot, Standing, slots_of
from assetwire.domain.drop import Drop, Members
from assetwire.domain.history import AssetChange
from assetwire.domain.source import Named, Source
from assetwire.domain.work import WorkItem


class DynamoDeclarations:
    """What is said of masters beside their bytes, in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def standing(self, bucket: str, key: str) -> Standing:
        """Return what stands about one master, in one consistent read of a batch."""
        wanted = [keys.declaration(bucket, slot.name, slot.origin.value) for slot in slots_of(key)]
        found = {(each.name, each.origin): each for each in self._table.many(Declaration, wanted)}
        return Standing(bucket, key, tuple(found.get(slot) for slot in slots_of(key)))

    def declaration(self, bucket: str, slot: Slot) -> Declaration | None:
        """Return what is declared under a name, read consistently."""
        return self._table.find(Declaration, keys.declaration(bucket, slot.name, slot.origin.value))

    def declare(self, declaration: Declaration) -> None:
        """Write a declaration over the revision before."""
        self._table.save(declaration)

    def retract(self, declaration: Declaration) -> None:
        """Delete a declaration as it was read, under the condition of its revision."""
        self._table.remove_unchanged(declaration)

    def masters_named(self, bucket: str, name: str) -> list[str]:
        """Return the keys of the known masters for which a sidecar of this name speaks."""
        itself = self._table.find(Source, keys.source(bucket, name))
        stems = self._table.all(Named, keys.named(bucket, name, ""))
        return ([name] if itself is not None else []) + [each.key for each in stems]

    def settle(
        self,
        standing: Standing,
        *,
        asset: Asset | None = None,
        versions: Sequence[Version] = (),
        work: Sequence[WorkItem] = (),
        change: AssetChange | None = None,
    ) -> None:
        """Note that what stands is known to the asset, and write what it changes, in one transaction."""
        with self._table.transaction(f"settling what is declared of {standing.key}") as transaction:
            require_standing(transaction, standing, self._table)
            if asset is not None:
                transaction.save(self._table.item_of(asset), condition=self._table.unchanged(asset))
            for version in versions:
                transaction.save(self._table.item_of(version), condition=self._table.items.pk.exists())
            new: list[WorkItem | AssetChange] = [*work, *([] if change is None else [change])]
            for record in new:
                transaction.save(self._table.item_of(record), condition=self._table.items.pk.does_not_exist())


class DynamoDrops:
    """What became of archives and manifests, in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def drop(self, drop_id: str) -> Drop | None:
        """Return a drop, read consistently."""
        return self._table.find(Drop, keys.drop(drop_id))

    def save_drop(self, drop: Drop) -> None:
        """Write a drop over the revision before."""
        self._table.save(drop)

    def members(self, drop_id: str, page: int) -> Members | None:
        """Return one page of a drop's members, read consistently."""
        return self._table.find(Members, keys.members(drop_id, page))

    def save_members(self, members: Members) -> None:
        """Write a page of a drop's members once."""
        self._table.create(members)


def require_standing(transaction: TransactWrite, standing: Standing, table: Table) -> None:
    """Add to a transaction that what stands about a master still does, and that its asset knows it from then on."""
    for slot, before, after in standing.known():
        if before is None:
            place = keys.declaration(standing.bucket, slot.name, slot.origin.value)
            transaction.condition_check(table.items, *place, condition=table.items.pk.does_not_exist())
        elif after is before:
            unchanged = table.items.revision == before.revision
            place = keys.declaration(standing.bucket, slot.name, slot.origin.value)
            transaction.condition_check(table.items, *place, condition=unchanged)
        elif after is not None:
            transaction.save(table.item_of(after), condition=table.unchanged(after))
