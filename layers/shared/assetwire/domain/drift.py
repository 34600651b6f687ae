"""Drift: where PIM's view of which assets show a product, and ours, are two."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from assetwire.domain.associations import Lists, list_key
from assetwire.domain.ids import AssetId
from assetwire.domain.link import ANY_MARKET, LONGEST_LIST, LinkRole, LinkState, Market, Place
from assetwire.domain.model import Value
from assetwire.domain.product import ProductMedia
from assetwire.domain.sku import Sku

MOST_PRODUCTS = 50
"""Products of one page: each is one query."""


class DriftKind(StrEnum):
    """What differs."""

    UNKNOWN_PRODUCT = "unknown_product"
    """PIM tells of a product that is not here."""
    UNKNOWN_ASSET = "unknown_asset"
    """PIM lists an asset that there is not."""
    MISSING_IN_PIM = "missing_in_pim"
    """An asset stands on our list, and not on PIM's."""
    MISSING_HERE = "missing_here"
    """An asset stands on PIM's list, and nothing is known here of it there."""
    STATE = "state"
    """An asset stands on PIM's list, and here it is proposed, rejected or removed."""
    ORDER = "order"
    """The same assets stand in another order."""


class Repair(StrEnum):
    """Whose view is to count."""

    OURS = "ours"
    """PIM is told of each list that differs, whatever it took before."""
    THEIRS = "theirs"
    """Our lists become PIM's, except what a person decided, and assets that there are not."""


class PimList(Value):
    """A list as PIM has it."""

    role: LinkRole
    market: Market = ANY_MARKET
    assets: Annotated[tuple[AssetId, ...], Field(max_length=LONGEST_LIST)] = ()


class PimView(Value):
    """What PIM has of a product: all its lists, one that is not named is empty; null: what it took from us last."""

    sku: Sku
    lists: Annotated[tuple[PimList, ...], Field(max_length=1000)] | None = None


class Difference(Value):
    """One difference: of a list, of an asset on it, or of the whole product."""

    kind: DriftKind
    role: LinkRole | None = None
    market: str | None = None
    asset_id: AssetId | None = None
    state: LinkState | None = None
    """What the link is here, where `kind` is `state`."""
    by: str = ""
    """Who decided that."""


def lists_in(view: PimView, acknowledged: Lists) -> Lists:
    """Return PIM's lists that hold anything: those that it names, else those that it took last."""
    if view.lists is None:
        return dict(acknowledged)
    return {list_key(each.role, each.market): each.assets for each in view.lists if each.assets}


def differences(sku: str, media: ProductMedia | None, theirs: Lists, there: Collection[str]) -> list[Difference]:
    """Return where PIM's lists of a product differ from ours; `there` are the assets that there are."""
    if media is None or media.product.is_deleted:
        return [Difference(kind=DriftKind.UNKNOWN_PRODUCT)] if theirs else []
    ours = {list_key(order.role, order.market): order.assets for order in media.orders if order.assets}
    found: list[Difference] = []
    for key in sorted(ours.keys() | theirs.keys()):
        found += _of_list(place_of(sku, key), media, ours.get(key, ()), theirs.get(key, ()), there)
    return found


def place_of(sku: str, key: str) -> Place:
    """Return where a list stands that is called so."""
    role, _, market = key.partition("/")
    return Place(sku, LinkRole(role), market)


def _of_list(
    place: Place,
    media: ProductMedia,
    ours: tuple[str, ...],
    theirs: tuple[str, ...],
    there: Collection[str],
) -> list[Difference]:
    where: dict[str, Any] = {"role": place.role, "market": place.market}
    links = {link.asset_id: link for link in media.links_at(place)}
    found = [Difference(kind=DriftKind.MISSING_IN_PIM, asset_id=each, **where) for each in ours if each not in theirs]
    for each in dict.fromkeys(theirs):
        if each in ours:
            continue
        if each not in there:
            found.append(Difference(kind=DriftKind.UNKNOWN_ASSET, asset_id=each, **where))
        elif each in links:
            said = {"state": links[each].state, "by": links[each].by}
            found.append(Difference(kind=DriftKind.STATE, asset_id=each, **said, **where))
        else:
            found.append(Difference(kind=DriftKind.MISSING_HERE, asset_id=each, **where))
    if [each for each in ours if each in theirs] != [each for each in dict.fromkeys(theirs) if each in ours]:
        found.append(Difference(kind=DriftKind.ORDER, **where))
    return found
