"""The picker: assets that a person may choose for a product, found by what they have to do with it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.caching import media_type_of
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest, NotFound
from assetwire.domain.evidence import gtin_name
from assetwire.domain.gtin import gtin14
from assetwire.domain.ids import AssetId
from assetwire.domain.link import Link
from assetwire.domain.rights import checked_usage
from assetwire.domain.territories import TERRITORIES
from assetwire.domain.url_terms import rights_end
from assetwire.ports import Catalog
from assetwire.ports.collections import Collections
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from assetwire.ports.similarity import SimilarityIndex
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.cursors import cursor_of, number_of, position_of
from assetwire.services.near_duplicates import similar_to
from assetwire.services.signed_url import SignedUrl, WantedUrl

_THUMBNAIL = "thumb-256.jpg"
THUMBNAIL_SECONDS = 900
"""How long a thumbnail's URL lives: as long as somebody looks at a page of them."""
LARGEST_PAGE = 50
"""Assets of a page: each is one look-up of its links."""
_MOST_NAMES = 10
"""Names of a product at which assets are looked for: each is one query."""
_MOST_PRODUCTS = 5
"""Products of one GTIN whose assets are shown: each is one query."""


class Wanted(NamedTuple):
    """What is looked for, by one of these, or the newest by none; for which viewers; which page of it."""

    territory: str
    usage: str
    sku: str | None = None
    gtin: str | None = None
    job: str | None = None
    similar: AssetId | None = None
    limit: int = 20
    cursor: str | None = None


class Ports(NamedTuple):
    """Where things are looked for, and what signs URLs."""

    catalog: Catalog
    products: Products
    matches: Matches
    collections: Collections
    likenesses: SimilarityIndex
    sign: Callable[[Sequence[WantedUrl]], list[SignedUrl | AssetwireError]]


class Candidates(NamedTuple):
    """Assets of a page, in order, why each is there, and the cursor of the next page."""

    why: dict[AssetId, dict[str, Any]]
    cursor: str | None
    read: tuple[Asset, ...] = ()
    """Those that were read already."""


def pick(wanted: Wanted, *, ports: Ports, now: datetime) -> dict[str, Any]:
    """Return a page of assets that these viewers may be shown, as JSON: thumbnail, size, links, why it is there.

    A page looks at `limit` assets and no more, so it may hold fewer than that: `next_cursor` alone says whether there
    are more. It reads them at once, and the links of each that is shown by one query.

    Raises:
        InvalidRequest: more than one thing is named to look by (`several_sources`), it is none, or the cursor is none;
            the territory or the usage is none (`invalid_territory`, `unknown_usage`).
        NotFound: there is no such product, collection or asset.
    """
    territory, usage = wanted.territory.upper(), checked_usage(wanted.usage)
    if territory not in TERRITORIES:
        raise InvalidRequest(f"{territory!r} is no ISO 3166-1 alpha-2 code", code="invalid_territory")
    found = _candidates(wanted, ports=ports)
    known = {asset.asset_id: asset for asset in found.read}
    known |= assets_by_id((each for each in found.why if each not in known), assets=ports.catalog)
    shown = [known[each] for each in found.why if each in known and _may_be_shown(known[each], territory, usage, now)]
    urls = [WantedUrl(asset.asset_id, _thumbnail(asset), (territory,), usage, THUMBNAIL_SECONDS) for asset in shown]
    signed = ports.sign(urls)
    entries = [
        _entry(asset, found.why[asset.asset_id], url, ports.products.links_of(asset.asset_id))
        for asset, url in zip(shown, signed, strict=True)
        if not isinstance(url, Denied)  # their rights ended in this very moment
    ]
    return {"territory": territory, "usage": wanted.usage, "assets": entries, "next_cursor": found.cursor}


def _thumbnail(asset: Asset) -> str:
    """Return the name of the file that stands for an asset: its thumbnail, else its smallest picture in delivery."""
    delivered = asset.delivered
    if delivered is None or _THUMBNAIL in delivered.renditions:
        return _THUMBNAIL
    pictures = [name for name in delivered.renditions if media_type_of(name).startswith("image/")]
    return min(pictures, key=lambda name: delivered.sizes.get(name, (0, 0)), default=_THUMBNAIL)


def _may_be_shown(asset: Asset, territory: str, usage: str, now: datetime) -> bool:
    try:
        rights_end(asset, (territory,), usage, now)
    except Denied:
        return False
    return not asset.is_gone


def _candidates(wanted: Wanted, *, ports: Ports) -> Candidates:
    sources = {"sku": wanted.sku, "gtin": wanted.gtin, "job": wanted.job, "similar": wanted.similar}
    named = [name for name, value in sources.items() if value is not None]
    if len(named) > 1:
        raise InvalidRequest(f"name one of {', '.join(named)}", code="several_sources")
    if wanted.sku is not None:
        return _page(_of_products([wanted.sku], ports=ports), wanted)
    if wanted.gtin is not None:
        return _page(_of_gtin(wanted.gtin, ports=ports), wanted)
    if wanted.similar is not None:
        near = similar_to(wanted.similar, index=ports.likenesses, catalog=ports.catalog).similar
        why = {each.asset.asset_id: {"found_by": "similar", "distance": each.distance} for each in near}
        return _page(why, wanted, read=[each.asset for each in near])
    if wanted.job is not None:
        return _of_job(wanted.job, wanted, ports=ports)
    page = ports.catalog.assets([AssetStatus.ACCEPTED], limit=wanted.limit, after=position_of(wanted.cursor))
    why = {asset.asset_id: {"found_by": "recent"} for asset in page.assets}
    return Candidates(why, cursor_of(page.next), tuple(page.assets))


def _of_products(skus: Iterable[str], *, ports: Ports) -> dict[AssetId, dict[str, Any]]:
    """Return the assets that are linked to products, in whichever state, and those whose evidence names them."""
    found: dict[AssetId, dict[str, Any]] = {}
    for sku in skus:
        media = ports.products.media(sku)
        if media.product.is_deleted:
            raise NotFound(f"no product {sku!r}", code="product_not_found")
        listed = [asset_id for order in media.orders for asset_id in order.assets]
        linked = [link.asset_id for link in media.links]
        for each in dict.fromkeys((*listed, *linked)):
            found.setdefault(each, {"found_by": "linked"})
        for each in ports.matches.assets_at(media.product.names[:_MOST_NAMES]):
            found.setdefault(each, {"found_by": "named"})
    return found


def _of_gtin(number: str, *, ports: Ports) -> dict[AssetId, dict[str, Any]]:
    normal = gtin14(number)
    if normal is None:
        raise InvalidRequest(f"{number[:32]!r} is no GTIN", code="invalid_gtin")
    name = gtin_name(normal)
    there = {product.sku: product for product in ports.products.products_named(ports.matches.skus_at([name])[name])}
    skus = [sku for sku, product in there.items() if name in product.names][:_MOST_PRODUCTS]
    named = {each: {"found_by": "named"} for each in ports.matches.assets_at([name])}
    return named | _of_products(skus, ports=ports)


def _of_job(collection_id: str, wanted: Wanted, *, ports: Ports) -> Candidates:
    if ports.collections.collection(collection_id).deleted is not None:
        raise NotFound(f"no collection {collection_id}", code="collection_not_found")
    members = ports.collections.members(collection_id, limit=wanted.limit + 1, after=wanted.cursor)
    page = members[: wanted.limit]
    cursor = page[-1].asset_id if len(members) > wanted.limit else None
    return Candidates({note.asset_id: {"found_by": "job"} for note in page}, cursor)


def _page(why: dict[AssetId, dict[str, Any]], wanted: Wanted, *, read: Sequence[Asset] = ()) -> Candidates:
    start = number_of(wanted.cursor, of="the picker") or 0
    end = start + wanted.limit
    every = list(why)
    shown = every[start:end]
    known = tuple(asset for asset in read if asset.asset_id in shown)
    return Candidates({each: why[each] for each in shown}, str(end) if every[end:] else None, known)


def _entry(asset: Asset, why: dict[str, Any], url: SignedUrl | AssetwireError, links: Sequence[Link]) -> dict[str, Any]:
    thumbnail = None
    if isinstance(url, SignedUrl):
        thumbnail = {"url": url.url, "expires_at": url.expires_at.isoformat().replace("+00:00", "Z")}
    read = asset.inspection
    facts = {
        "asset_id": asset.asset_id,
        "file_name": asset.file_name,
        "status": asset.status.value,
        "kind": None if read.kind is None else read.kind.value,
        "category": asset.category,
        "width": read.width,
        "height": read.height,
        "created_at": asset.created_at.isoformat().replace("+00:00", "Z"),
    }
    told = [
        link.model_dump(mode="json", include={"sku", "role", "market", "state", "origin", "scope"}) for link in links
    ]
    return facts | why | {"thumbnail": thumbnail, "links": told}
