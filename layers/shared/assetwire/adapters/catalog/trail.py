"""The Trail port: one caller's changes by an index of callers, everybody's by a partition of the listing a day."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import ByCaller, Listing, Table, key_of, translated
from assetwire.domain.collection import CollectionChange
from assetwire.domain.history import AssetChange
from assetwire.domain.link_history import LinkChange
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.rules import RuleChange
from assetwire.ports.trail import Change, TrailPage

_Kind = type[AssetChange] | type[CollectionChange] | type[RuleChange] | type[ProductRevision] | type[LinkChange]
_KINDS: dict[tuple[str, str], _Kind] = {
    ("ASSET#", ""): AssetChange,
    ("COLLECTION#", ""): CollectionChange,
    ("RULE#", ""): RuleChange,
    ("SKU#", keys.REVISION): ProductRevision,
    ("SKU#", keys.link_changes("")[1]): LinkChange,
}
"""What a change is, by the beginnings of its key."""


class DynamoTrail:
    """The audit trail in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def changes(self, *, by: str | None, starts: datetime, ends: datetime, limit: int, before: str | None) -> TrailPage:
        """Read the indexes from the end on until enough is found, and then the changes that they name."""
        first = keys.change_order(starts)
        last = min(keys.change_order(ends), before) if before else keys.change_order(ends)
        if first >= last:  # a cursor of another range
            return TrailPage([], None)
        places: list[str] = []
        most = limit + 1
        found = self._of_caller(by, first, last, most) if by else self._of_days(starts, ends, first, last, most)
        with translated("reading the trail"):
            for place in found:
                places.append(place)
                if len(places) > limit:
                    break
        changes = self._read([keys.key_in(place) for place in places[:limit]])
        return TrailPage(changes, places[limit - 1] if len(places) > limit else None)

    def _of_caller(self, by: str, first: str, last: str, limit: int) -> Iterator[str]:
        bound = ByCaller.listing_order.between(first, last)
        answer = self._table.items.by_caller.query(by, bound, scan_index_forward=False, page_size=limit)
        return (str(item.listing_order) for item in answer if str(item.listing_order) != last)

    def _of_days(self, starts: datetime, ends: datetime, first: str, last: str, limit: int) -> Iterator[str]:
        day = min(ends.astimezone(UTC), keys.moment_in(last))
        while day.date() >= starts.astimezone(UTC).date():
            bound = Listing.listing_order.between(first, last)
            partition = keys.changes_listing(day)
            answer = self._table.items.by_listing.query(partition, bound, scan_index_forward=False, page_size=limit)
            yield from (str(item.listing_order) for item in answer if str(item.listing_order) != last)
            day -= timedelta(days=1)

    def _read(self, wanted: list[tuple[str, str]]) -> list[Change]:
        read: dict[tuple[str, str], Change] = {}
        for (partition, place), kind in _KINDS.items():
            named = [key for key in wanted if key[0].startswith(partition) and key[1].startswith(place)]
            if named:
                found = self._table.many(kind, named)
                read |= {key_of(change): change for change in found}
        return [read[key] for key in wanted if key in read]
