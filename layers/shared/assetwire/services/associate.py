"""Associate: keep assets linked to the products that they show, knowing whether a published one is among them, and
people asked for the alt texts that nobody wrote."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from assetwire.domain.errors import NotFound
from assetwire.domain.imagery import in_use
from assetwire.domain.product import ProductMedia
from assetwire.domain.product_use import ProductUse
from assetwire.ports import Catalog
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from assetwire.ports.worklist import Worklist
from assetwire.services.alt_texts import follow_alt_texts
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.conflicts import decided
from assetwire.services.families import read_family
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
    """Follow a change of a product, of an asset, or, if both are named, of a link; return how many things changed.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing the same; the message must come again.
    """
    use: dict[str, Any] = {"products": products, "catalog": catalog, "clock": clock}
    match: dict[str, Any] = {"products": products, "assets": catalog, "matches": matches, "clock": clock}
    match["worklist"] = worklist
    changed = 0
    if asset_id is not None:
        changed += match_asset(asset_id, sku=sku, **match)
        changed += sku is not None and follow(sku, asset_id, **use)
    elif sku is not None and (media := _media(sku, products=products)) is not None:
        # What matching changes of its links has events of its own, which are followed: one reading is enough.
        changed += match_product(media, **match) + follow_product(media, **use)
    ports: dict[str, Any] = {"products": products, "assets": catalog, "worklist": worklist, "clock": clock}
    return changed + follow_alt_texts(sku, asset_id, **ports)


def follow(
    sku: str, asset_id: str | None, *, products: Products, catalog: Catalog, clock: Callable[[], datetime]
) -> int:
    """Make assets know whether a published product shows them, after a change of a product, or of a link of it.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing one of them.
    """
    ports: dict[str, Any] = {"products": products, "catalog": catalog, "clock": clock}
    media = _media(sku, products=products)
    if asset_id is None:
        return 0 if media is None else follow_product(media, **ports)
    if media is None:
        return follow_links(asset_id, **ports)
    is_linked = any(link.is_confirmed and link.asset_id == asset_id for link in media.links)
    changed = follow_links(asset_id, beside=sku if is_linked else None, **ports)
    family = read_family(media, products=products)
    return changed + (_follow_family(family, **ports) if len(family) > 1 else 0)


def follow_product(media: ProductMedia, *, products: Products, catalog: Catalog, clock: Callable[[], datetime]) -> int:
    """Follow a change of a product, which was read, to the assets that show it or one of its family; return how many.

    Variants show what their parents and their like lend them, until they have a list of their own: so a change of one
    may begin or end the use of any asset of the family. Those that know it already are not looked at again.

    Raises:
        Conflict: others kept changing one of them.
    """
    family = read_family(media, products=products)
    return _follow_family(family, products=products, catalog=catalog, clock=clock)


def _media(sku: str, *, products: Products) -> ProductMedia | None:
    try:
        return products.media(sku)
    except NotFound:
        return None


def _follow_family(
    family: Mapping[str, ProductMedia], *, products: Products, catalog: Catalog, clock: Callable[[], datetime]
) -> int:
    used = in_use(family)
    links = (link for media in family.values() for link in media.links if link.is_confirmed)
    concerned = assets_by_id((link.asset_id for link in links), assets=catalog)
    wrong = [each for each, asset in concerned.items() if (each in used) != (asset.product_use is ProductUse.LIVE)]
    return sum(follow_links(asset_id, products=products, catalog=catalog, clock=clock) for asset_id in wrong)


def follow_links(
    asset_id: str,
    *,
    beside: str | None = None,
    products: Products,
    catalog: Catalog,
    clock: Callable[[], datetime],
) -> bool:
    """Make an asset know whether a published product shows it; tell whether that changed.

    It is linked to the product `beside`, if one is named: no index may find that link yet.

    It is looked at again after each write: what was unpublished between the reading of the products and the write had
    an event of its own, which found the asset as it was before.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing it.
    """

    def attempt() -> bool:
        asset = catalog.asset(asset_id)
        shows_published = _shows_published(asset_id, beside, products=products)
        known = asset.with_product_use(shows_published=shows_published, now=clock())
        if asset.is_gone or known is asset:
            return False
        catalog.save_asset(known)
        return True

    changed = False
    while decided(attempt):
        changed = True
    return changed


def _shows_published(asset_id: str, beside: str | None, *, products: Products) -> bool:
    """Tell whether a published product shows an asset: one that it is linked to, or one to which that lends it."""
    skus = {link.sku for link in products.links_of(asset_id) if link.is_confirmed} | ({beside} if beside else set())
    known = products.products_named(sorted(skus))
    if any(product.is_published for product in known):
        return True
    seen: set[str] = set()
    for product in known:
        if product.sku not in seen:
            family = read_family(products.media(product.sku), products=products)
            seen |= family.keys()
            if asset_id in in_use(family):
                return True
    return False
