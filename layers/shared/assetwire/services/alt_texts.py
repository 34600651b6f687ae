"""Alt texts: have people asked for those that nobody wrote, of every picture that a published product shows."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.alt_text_work import alt_text_work_id, followed, unsaid
from assetwire.domain.errors import NotFound
from assetwire.domain.product import Product, ProductMedia
from assetwire.ports import AssetReader
from assetwire.ports.products import Products
from assetwire.ports.worklist import Worklist
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.conflicts import decided


class _Shown(NamedTuple):
    """A picture and a product that it is, or was, linked to; whether it is seen by that."""

    product: Product
    asset_id: str
    is_seen: bool


def follow_alt_texts(
    sku: str | None,
    asset_id: str | None,
    *,
    products: Products,
    assets: AssetReader,
    worklist: Worklist,
    clock: Callable[[], datetime],
) -> int:
    """Follow a change of a product, of an asset, or, if both are named, of a link; return how many items changed.

    A product concerns all pictures that were ever linked to it, and those of the product that it is a variant of,
    which it shows where it has none. Reads are a few for a hundred pictures.

    Raises:
        Conflict: others kept changing the same; the message must come again.
    """

    def attempt() -> int:
        concerned = list(_concerned(sku, asset_id, products=products))
        known = assets_by_id((each.asset_id for each in concerned if each.is_seen), assets=assets)
        ids = [alt_text_work_id(each.asset_id, each.product.sku) for each in concerned]
        items = {item.work_id: item for item in worklist.items_named(ids)}
        changed = 0
        for each, work_id in zip(concerned, ids, strict=True):
            asset, before = known.get(each.asset_id), items.get(work_id)
            missing = unsaid(each.product, asset) if each.is_seen else ()
            item = followed(before, asset=asset, sku=each.product.sku, missing=missing, now=clock())
            if item is not None:
                worklist.save(item)
                changed += 1
        return changed

    return decided(attempt)


def _concerned(sku: str | None, asset_id: str | None, *, products: Products) -> Iterator[_Shown]:
    if sku is None:
        if asset_id is not None:
            yield from _of_asset(asset_id, products=products)
        return
    media = _media(sku, products=products)
    if media is None:
        return
    yield from _of_media(media, asset_id)
    parent = media.product.facts.parent
    lender = None if asset_id is not None or parent is None else _media(parent, products=products)
    if lender is not None:
        yield from _of_media(lender, None)


def _of_media(media: ProductMedia, asset_id: str | None) -> Iterator[_Shown]:
    """Yield the pictures of a product, or the one that is named."""
    counting = {link.asset_id for link in media.links if link.is_confirmed} if _is_seen(media) else set()
    every = dict.fromkeys(link.asset_id for link in media.links)
    for each in every if asset_id is None else (asset_id,):
        yield _Shown(media.product, each, each in counting)


def _of_asset(asset_id: str, *, products: Products) -> Iterator[_Shown]:
    """Yield the products that a picture is linked to; those that are not offered may have variants that are."""
    links = products.links_of(asset_id)
    counting = {link.sku for link in links if link.is_confirmed}
    for product in products.products_named(sorted({link.sku for link in links})):
        is_seen = product.sku in counting and product.is_published
        if product.sku in counting and not is_seen:
            media = _media(product.sku, products=products)
            is_seen = media is not None and _is_seen(media)
        yield _Shown(product, asset_id, is_seen)


def _is_seen(media: ProductMedia) -> bool:
    return media.product.is_published or any(variant.is_published for variant in media.variants)


def _media(sku: str, *, products: Products) -> ProductMedia | None:
    try:
        return products.media(sku)
    except NotFound:
        return None
