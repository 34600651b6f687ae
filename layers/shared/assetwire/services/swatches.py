"""Swatches: the looks of a product's family, and the asset that stands for each."""

from typing import NamedTuple

from assetwire.domain.ids import AssetId
from assetwire.domain.imagery import Imagery
from assetwire.domain.link import ANY_MARKET, LinkRole, Place
from assetwire.domain.product import ProductMedia
from assetwire.domain.variant_looks import Look, imagery_rules, looks_of, within
from assetwire.ports.products import ProductMediaReader

MOST_LOOKS = 50
"""Looks that are told of: with `any` and a market of its own, one variant of each is one read of a hundred lists."""


class LookShown(NamedTuple):
    """A look, and the asset that stands for it; None if nothing does."""

    look: Look
    asset_id: AssetId | None
    is_own: bool


def looks_shown(imagery: Imagery, market: str, *, products: ProductMediaReader) -> list[LookShown]:
    """Return the looks among which a product stands, `MOST_LOOKS` at the most, by one read; none if it has no others.

    A swatch is what stands in that role on a variant's list, of the first ones of each look; else on the parent's,
    scoped to what the variants have. Of the product's own look it is what the product shows.
    """
    rules = imagery_rules()
    found = ((each, looks_of(each, rules)) for each in (imagery.own, *imagery.ancestors))
    parent, looks = next(((each, looks) for each, looks in found if len(looks) > 1), (imagery.own, []))
    looks = looks[:MOST_LOOKS]
    if not looks:
        return []
    own = {imagery.own.product.sku, *(each.product.sku for each in imagery.ancestors)}
    asked = [variant.sku for look in looks for variant in look.variants[: MOST_LOOKS // len(looks)]]
    places = [Place(sku, LinkRole.SWATCH, where) for sku in asked for where in dict.fromkeys((market, ANY_MARKET))]
    lists = {(order.sku, order.market): order.assets for order in products.lists(places)}
    shown: list[LookShown] = []
    for look in looks:
        skus = [variant.sku for variant in look.variants]
        is_own = not own.isdisjoint(skus)
        listed = [(lists.get((sku, market)) or lists.get((sku, ANY_MARKET), ())) for sku in skus]
        swatch = next((assets[0] for assets in listed if assets), None) or _scoped(parent, look, market)
        if is_own:
            swatch = next(iter(imagery.assets(LinkRole.SWATCH, market)), swatch)
        shown.append(LookShown(look, swatch, is_own))
    return shown


def _scoped(parent: ProductMedia, look: Look, market: str) -> AssetId | None:
    """Return the first swatch of a parent that is scoped to what the variants of a look have."""
    attributes = parent.product.facts.attributes | look.variants[0].attributes
    where = parent.market_of(LinkRole.SWATCH, market)
    scopes = {
        link.asset_id: link.scope
        for link in parent.links
        if (link.role, link.market) == (LinkRole.SWATCH, where) and link.is_confirmed
    }
    listed = parent.assets(LinkRole.SWATCH, market)
    return next((each for each in listed if scopes.get(each) and within(scopes[each], attributes)), None)
