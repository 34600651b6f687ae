"""Histories of assets and of links as callers of the API see them."""

from assetwire.domain.history import AssetChange
from assetwire.ports import AssetReader
from assetwire.ports.history import Histories, LinkChangesPage, LinkHistories
from assetwire.ports.products import Products
from assetwire.services.cursors import ChangePage, cursor_at, number_of, numbered_page, place_at


def read_history(
    asset_id: str, *, limit: int, cursor: str | None = None, assets: AssetReader, histories: Histories
) -> ChangePage[AssetChange]:
    """Return who changed what of an asset, newest first.

    Raises:
        NotFound: there is no such asset.
        InvalidRequest: the cursor is not one of a history's (`invalid_cursor`).
    """
    before = number_of(cursor, of="a history")
    assets.asset(asset_id)
    return numbered_page(
        lambda most: histories.changes(asset_id, limit=most, before=before), lambda change: change.revision, limit=limit
    )


def links_of_product(
    sku: str, *, limit: int, cursor: str | None, products: Products, histories: LinkHistories
) -> LinkChangesPage:
    """Return what was changed of a product's links and lists, newest first.

    Raises:
        NotFound: there is no such product.
        InvalidRequest: the cursor is not one of a history's (`invalid_cursor`).
    """
    before = place_at(cursor, of="a history")
    products.product(sku)
    return _page(histories.of_product(sku, limit=limit, before=before))


def links_of_asset(
    asset_id: str, *, limit: int, cursor: str | None, assets: AssetReader, histories: LinkHistories
) -> LinkChangesPage:
    """Return what was changed of an asset's links, newest first; reorderings of lists stand with their products.

    Raises:
        NotFound: there is no such asset.
        InvalidRequest: the cursor is not one of a history's (`invalid_cursor`).
    """
    before = place_at(cursor, of="a history")
    assets.asset(asset_id)
    return _page(histories.of_asset(asset_id, limit=limit, before=before))


def _page(found: LinkChangesPage) -> LinkChangesPage:
    return LinkChangesPage(found.changes, found.next and cursor_at(found.next))
