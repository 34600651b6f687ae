"""The Collections port: a collection, its changes and the notes of its members in one partition."""

from collections.abc import Sequence
from functools import partial

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Listing, Table, key_of, translated
from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, CollectionChange, Membership
from assetwire.domain.errors import NotFound
from assetwire.domain.job import Job
from assetwire.domain.outbox import Record
from assetwire.ports import Position
from assetwire.ports.collections import CollectionPage, Turn


class DynamoCollections:
    """Collections in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def collection(self, collection_id: str) -> Collection:
        """Return a collection, read consistently."""
        found = self._table.find(Collection, keys.collection(collection_id))
        if found is None:
            raise NotFound(f"no collection {collection_id}", code="collection_not_found")
        return found

    def collections_named(self, collection_ids: Sequence[str]) -> list[Collection]:
        """Return those of these collections that there are, read consistently."""
        return self._table.many(Collection, [keys.collection(each) for each in collection_ids])

    def collections(self, *, limit: int, after: Position | None) -> CollectionPage:
        """Read the newest collections that the listing index names."""
        bound = None if after is None else Listing.listing_order < keys.listing_order(*after)
        found = self._table.page(self._table.items.by_listing, keys.listings(keys.COLLECTIONS), bound, limit=limit)
        read = self._table.many(Collection, [(pk, keys.META) for _, pk in found[:limit]])
        more = len(found) > limit and bool(read)
        shown = [each for each in read if each.deleted is None]
        return CollectionPage(shown, Position(read[-1].created_at, read[-1].collection_id) if more else None)

    def changes_of(self, collection_id: str, *, limit: int, before: int | None) -> list[CollectionChange]:
        """Read the changes of a collection from the last one on."""
        key = partial(keys.collection_change, collection_id)
        return self._table.newest(CollectionChange, key, limit=limit, before=before)

    def change(self, collection: Collection, change: CollectionChange, job: Job | None = None) -> None:
        """Write a collection, its change and the job that this causes in one transaction."""
        table = self._table
        with table.transaction(f"changing collection {collection.collection_id}") as transaction:
            transaction.save(table.item_of(collection), condition=table.unchanged(collection))
            new: list[Record] = [change, *([job] if job else [])]
            for record in new:
                transaction.save(table.item_of(record), condition=table.items.pk.does_not_exist())

    def members(self, collection_id: str, *, limit: int, after: str | None = None) -> list[Membership]:
        """Read the notes of members from after one of them on."""
        partition, prefix = keys.membership(collection_id, "")
        sort_key = self._table.items.sk
        last = f"{prefix}~"  # no id has a sign that sorts behind it
        bound = sort_key.startswith(prefix) if after is None else sort_key.between(f"{prefix}{after}!", last)
        return self._table.part(Membership, partition, bound, limit=limit)

    def count_members(self, collection_id: str) -> int:
        """Count the keys of the members."""
        partition, prefix = keys.membership(collection_id, "")
        with translated(f"counting the members of {collection_id}"):
            return self._table.items.count(partition, self._table.items.sk.startswith(prefix), consistent_read=True)

    def take(self, turn: Turn, *, of: Collection) -> None:
        """Write a turn in one transaction, with the condition that the collection is at the revision that was read."""
        table = self._table
        revised: list[Asset | Job] = [*turn.assets, *([turn.job] if turn.job else [])]
        with table.transaction(f"changing members of {of.collection_id}") as transaction:
            as_read = table.items.revision == of.revision
            transaction.condition_check(table.items, *key_of(of), condition=as_read)
            for record in revised:
                transaction.save(table.item_of(record), condition=table.unchanged(record))
            for membership in turn.joined:
                transaction.save(table.item_of(membership))
            for membership in turn.left:
                transaction.delete(table.items(*key_of(membership)))
            for change in turn.changes:
                transaction.save(table.item_of(change), condition=table.items.pk.does_not_exist())
