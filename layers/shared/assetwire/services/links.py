"""Links: which assets show a product, in which role, market and order."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.attributes import Attributes
from assetwire.domain.errors import Conflict, InvalidRequest
from assetwire.domain.link import LONGEST_LIST, LinkOrigin, MediaOrder, Place, arranged
from assetwire.ports import AssetReader
from assetwire.ports.products import Products
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.conflicts import decided
from assetwire.services.products import require_there


class Precondition(NamedTuple):
    """What a caller knows of a list: its revision, or that there is none; neither asks for nothing."""

    revision: int | None = None
    is_new: bool = False


_NOTHING_KNOWN = Precondition()


def arrange(
    place: Place,
    assets: Sequence[str],
    *,
    origin: LinkOrigin,
    by: str,
    scopes: Mapping[str, Attributes] | None = None,
    only_if: Precondition = _NOTHING_KNOWN,
    products: Products,
    catalog: AssetReader,
    now: datetime,
) -> MediaOrder:
    """Make a list exactly these assets, in this order, and return it: binds, reorders and unbinds in one step.

    An empty list in a market of its own lets the one for any market count there again.

    Raises:
        NotFound: there is no such product.
        InvalidRequest: an asset is not there, or its deletion has begun (`unknown_asset`); one is named twice
            (`duplicate_asset`); the list is too long (`list_too_long`), or too much of it changes at once
            (`too_many_changes`).
        Refused: PIM lists what a person took away there, or rejected (`person_decided`).
        Conflict: the list is not as the caller knows it (`revision`), or others kept changing it.
    """
    if len(assets) > LONGEST_LIST:
        raise InvalidRequest(f"a list holds at most {LONGEST_LIST} assets", code="list_too_long")
    _require_there(assets, catalog=catalog)

    def attempt() -> MediaOrder:
        media = products.media(place.sku)
        require_there(media.product)
        before = media.order(place)
        _require(only_if, before)
        standing = before or MediaOrder(**place._asdict(), by=by, at=now)
        whom: Any = {"origin": origin, "by": by, "scopes": scopes, "now": now}
        found = arranged(place, before, media.links_at(place), tuple(assets), **whom)
        if found is None:
            return standing
        products.arrange(found)
        return found.order or standing

    return decided(attempt)


def _require(known: Precondition, order: MediaOrder | None) -> None:
    if known.is_new and order is not None:
        raise Conflict(f"there is a list, at revision {order.revision}", code="revision")
    if known.revision is not None and (order is None or order.revision != known.revision):
        there = "there is no list" if order is None else f"the list is at revision {order.revision}"
        raise Conflict(f"{there}, not at {known.revision}", code="revision")


def _require_there(assets: Sequence[str], *, catalog: AssetReader) -> None:
    there = assets_by_id(assets, assets=catalog)
    missing = [asset_id for asset_id in dict.fromkeys(assets) if asset_id not in there or there[asset_id].is_gone]
    if missing:
        problems = tuple({"code": "unknown_asset", "field": "assets", "message": each} for each in missing)
        raise InvalidRequest(f"no asset {', '.join(missing[:5])}", code="unknown_asset", problems=problems)
