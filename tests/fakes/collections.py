"""Collections in memory, beside the assets of a Catalog in memory."""

from collections.abc import Sequence

from assetwire.domain.collection import Collection, CollectionChange, Membership
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.job import Job
from assetwire.domain.outbox import Record
from assetwire.ports import Position
from assetwire.ports.collections import CollectionPage, Turn
from fakes.catalog import FakeCatalog, key_of
from fakes.interleaving import step


class FakeCollections:
    """Collections in the records of a Catalog; each call may be where another task goes on."""

    def __init__(self, catalog: FakeCatalog) -> None:
        self._catalog = catalog

    def collection(self, collection_id: str) -> Collection:
        step()
        found = self._catalog.records.get(("collection", collection_id))
        if not isinstance(found, Collection):
            raise NotFound(f"no collection {collection_id}", code="collection_not_found")
        return found

    def collections_named(self, collection_ids: Sequence[str]) -> list[Collection]:
        found = (self._catalog.records.get(("collection", each)) for each in collection_ids)
        return [each for each in found if isinstance(each, Collection)]

    def collections(self, *, limit: int, after: Position | None) -> CollectionPage:
        found = [r for r in self._catalog.records.values() if isinstance(r, Collection) and r.deleted is None]
        places = sorted((Position(each.created_at, each.collection_id) for each in found), reverse=True)
        listed = [place for place in places if after is None or place < after]
        shown = [self.collection(place.item_id) for place in listed[:limit]]
        return CollectionPage(shown, listed[limit - 1] if listed[limit:] else None)

    def changes_of(self, collection_id: str, *, limit: int, before: int | None) -> list[CollectionChange]:
        found = [r for r in self._catalog.records.values() if isinstance(r, CollectionChange)]
        mine = [each for each in found if each.collection_id == collection_id]
        older = [each for each in mine if before is None or each.revision < before]
        return sorted(older, key=lambda each: -each.revision)[:limit]

    def change(self, collection: Collection, change: CollectionChange, job: Job | None = None) -> None:
        step()
        self._catalog._require_unchanged(collection)
        new: list[Record] = [change, *([job] if job else [])]
        if any(key_of(record) in self._catalog.records for record in new):
            raise Conflict("changing a collection: a record exists by now")
        self._catalog._write(collection, *new)

    def members(self, collection_id: str, *, limit: int, after: str | None = None) -> list[Membership]:
        step()
        found = [r for r in self._catalog.records.values() if isinstance(r, Membership)]
        mine = sorted((each for each in found if each.collection_id == collection_id), key=lambda each: each.asset_id)
        return [each for each in mine if after is None or each.asset_id > after][:limit]

    def count_members(self, collection_id: str) -> int:
        return len(self.members(collection_id, limit=1_000_000))

    def take(self, turn: Turn, *, of: Collection) -> None:
        step()
        stored = self._catalog.records.get(key_of(of))
        if not isinstance(stored, Collection) or stored.revision != of.revision:
            raise Conflict("changing members: the revision of their collection moved")
        for record in (*turn.assets, *([turn.job] if turn.job else [])):
            self._catalog._require_unchanged(record)
        self._catalog._write(*turn.assets, *turn.joined, *turn.changes, *([turn.job] if turn.job else []))
        self._catalog._remove([key for key in map(key_of, turn.left) if key in self._catalog.records])
