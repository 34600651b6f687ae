"""The LinkHistories port: changes beside their product, found by asset through the index of categories."""

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import ByCategory, Table, key_of, translated
from assetwire.domain.link_history import LinkChange
from assetwire.ports.history import LinkChangesPage


class DynamoLinkHistories:
    """Histories of links in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def of_product(self, sku: str, *, limit: int, before: str | None) -> LinkChangesPage:
        """Read the end of the product's changes, or what is before a place."""
        partition, prefix = keys.link_changes(sku)
        sort_key = self._table.items.sk
        place = None if before is None else keys.key_in(before)[1]
        bound = sort_key.startswith(prefix) if place is None else sort_key.between(prefix, place)
        found = self._table.part(LinkChange, partition, bound, limit=limit + 2, ascending=False)
        return self._page([change for change in found if key_of(change)[1] != place], limit)

    def of_asset(self, asset_id: str, *, limit: int, before: str | None) -> LinkChangesPage:
        """Read the end of the index's partition, or what is before a place, and the changes that it names."""
        bound = None if before is None else ByCategory.listing_order < before
        with translated("reading the history of an asset's links"):
            answer = self._table.items.by_category.query(
                keys.links_listing(asset_id), bound, scan_index_forward=False, limit=limit + 1, page_size=limit + 1
            )
            named = [(str(item.pk), str(item.sk)) for item in answer]
        return self._page(self._table.many(LinkChange, named), limit)

    def _page(self, found: list[LinkChange], limit: int) -> LinkChangesPage:
        shown = found[:limit]
        return LinkChangesPage(shown, keys.change_order(shown[-1].at, key_of(shown[-1])) if found[limit:] else None)
