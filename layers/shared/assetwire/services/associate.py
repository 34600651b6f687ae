"""Associate: keep assets linked to the products that they show, and knowing whether a published one is among them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from assetwire.domain.errors import NotFound
from assetwire.ports import Catalog
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from assetwire.ports.worklist import Worklist
from assetwire.services.conflicts import decided
from assetwire.services.matching import match_asset, match_product


def associate(
    sku: str | None,
    asset_id: str | None,
    *,
    products: Products,
    catalog: Catalog,
    matches: Matches,
    worklist: Worklist,
    clock: Callable[[], datetime],
) -> int:
    """Follow a change of a product, of an asset, or, if both are named, of a link; return how many assets changed.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing the same; the message must come again.
    """
    use: dict[str, Any] = {"products": products, "catalog": catalog, "clock": clock}
    match: dict[str, Any] = {"products": products, "assets": catalog, "matches": matches, "clock": clock}
    match["worklist"] = worklist
    changed = 0
    if asset_id is not None:
        changed += match_asset(asset_id, **match)
        changed += sku is not None and follow_links(asset_id, **use)
    elif sku is not None:
        changed += match_product(sku, **match)
        changed += follow_product(sku, **use)
    return changed


def follow_product(sku: str, *, products: Products, catalog: Catalog, clock: Callable[[], datetime]) -> int:
    """Follow the publication of a product to the assets that show it; return how many changed.

    Raises:
        Conflict: others kept changing one of them.
    """
    try:
        links = products.media(sku).links
    except NotFound:
        return 0
    assets = dict.fromkeys(link.asset_id for link in links if link.is_confirmed)
    return sum(follow_links(asset_id, products=products, catalog=catalog, clock=clock) for asset_id in assets)


def follow_links(asset_id: str, *, products: Products, catalog: Catalog, clock: Callable[[], datetime]) -> bool:
    """Make an asset know whether a published product shows it; tell whether that changed.

    It is looked at again after each write: what was unpublished between the reading of the products and the write had
    an event of its own, which found the asset as it was before.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing it.
    """

    def attempt() -> bool:
        asset = catalog.asset(asset_id)
        known = asset.with_product_use(shows_published=_shows_published(asset_id, products=products), now=clock())
        if asset.is_gone or known is asset:
            return False
        catalog.save_asset(known)
        return True

    changed = False
    while decided(attempt):
        changed = True
    return changed


def _shows_published(asset_id: str, *, products: Products) -> bool:
    skus = {link.sku for link in products.links_of(asset_id) if link.is_confirmed}
    return any(product.is_published for product in products.products_named(sorted(skus)))
