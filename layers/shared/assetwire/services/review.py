"""Review: people answer what evidence asks, one item or many, each in one write with all that it changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.errors import AssetwireError, Conflict, InvalidRequest, NotFound
from assetwire.domain.link import ANY_MARKET, LinkRole, Place
from assetwire.domain.product import ProductMedia
from assetwire.domain.review import (
    RESOLVED,
    Step,
    place_of,
    places_confirmed,
    proposed_links,
    reviewed,
    suggested_skus,
)
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports import AssetReader
from assetwire.ports.products import ProductMediaReader
from assetwire.ports.reviews import Reviews
from assetwire.ports.worklist import Worklist
from assetwire.services.conflicts import decided
from assetwire.services.worklist import require_unclaimed


class Wanted(NamedTuple):
    """A link that a person wants in place of what is suggested; without a role, the one that the asset has."""

    sku: str
    role: LinkRole | None = None
    market: str | None = None


class Decision(NamedTuple):
    """What a person says of one item: which suggested products it shows, or which links it has instead."""

    work_id: str
    step: Step
    skus: tuple[str, ...] = ()
    links: tuple[Wanted, ...] = ()
    note: str = ""
    if_revision: int | None = None


class Reviewing(NamedTuple):
    """What decisions are made with."""

    worklist: Worklist
    reviews: Reviews
    products: ProductMediaReader
    assets: AssetReader


def decide_all(
    decisions: Sequence[Decision], *, by: str, ports: Reviewing, now: datetime
) -> list[WorkItem | AssetwireError]:
    """Take many decisions, each on its own; return in each one's place its item, or why it was not taken."""
    found: list[WorkItem | AssetwireError] = []
    for decision in decisions:
        try:
            found.append(decide(decision, by=by, ports=ports, now=now))
        except AssetwireError as error:
            found.append(error)
    return found


def decide(decision: Decision, *, by: str, ports: Reviewing, now: datetime) -> WorkItem:
    """Take a decision about suggested links: the links, their lists and the item change together, or not at all.

    The same decision of the same caller twice is one.

    Raises:
        NotFound: there is no such item, or no such product.
        InvalidRequest: the item asks something else (`not_a_link_review`), its asset is gone (`unknown_asset`), or the
            answer is none to what is asked (see `domain.review`).
        Conflict: somebody else has claimed it (`claimed_by_other`), it is closed (`already_closed`), it is not at
            `if_revision` (`revision`), or others kept changing the same.
    """

    def attempt() -> WorkItem:
        item = ports.worklist.item(decision.work_id)
        if item.queue is not Queue.LINK_REVIEW or item.asset_id is None:
            raise InvalidRequest(f"an item of {item.queue} asks for no links", code="not_a_link_review")
        if decision.if_revision not in {None, item.revision}:
            raise Conflict(
                f"work item {item.work_id} is at revision {item.revision}, not {decision.if_revision}", code="revision"
            )
        if item.state is WorkState.CLOSED:
            return _again(decision, item, by=by)
        require_unclaimed(item, by, now=now)
        asset = ports.assets.asset(item.asset_id)
        if asset.is_gone:
            raise InvalidRequest(f"asset {asset.asset_id} is deleted", code="unknown_asset")
        media = _media_of(item, decision, ports.products)
        if decision.step is Step.CONFIRM:
            places = places_confirmed(item, decision.skus, proposed_links(asset, media.values()))
        else:
            places = tuple(place_of(*wanted, asset) for wanted in decision.links)
        _require_there(places, media)
        found = reviewed(item, decision.step, places, asset=asset, media=media, by=by, note=decision.note, now=now)
        ports.reviews.decide(found)
        return found.item

    return decided(attempt)


def _again(decision: Decision, item: WorkItem, *, by: str) -> WorkItem:
    """Return a closed item whose decision this is once more.

    Raises:
        Conflict: it was decided otherwise, or by somebody else (`already_closed`).
    """
    said = (RESOLVED[decision.step].value, decision.note, by)
    if (item.resolution, item.note, item.closed_by) != said or not _makes(decision, item):
        raise Conflict(f"work item {item.work_id} is closed as {item.resolution}", code="already_closed")
    return item


def _makes(decision: Decision, item: WorkItem) -> bool:
    """Tell whether a decision makes the links that an item was answered with."""
    if decision.step is Step.CONFIRM:
        return {link.sku for link in item.linked} == set(decision.skus or suggested_skus(item))
    return len(decision.links) == len(item.linked) and all(
        (wanted.sku, wanted.role or made.role, wanted.market or ANY_MARKET) == (made.sku, made.role, made.market)
        for wanted, made in zip(decision.links, item.linked, strict=True)
    )


def _media_of(item: WorkItem, decision: Decision, products: ProductMediaReader) -> dict[str, ProductMedia]:
    """Return each product that is suggested or wanted, with its links; those that are not there are left out."""
    found: dict[str, ProductMedia] = {}
    for sku in dict.fromkeys((*suggested_skus(item), *decision.skus, *(each.sku for each in decision.links))):
        try:
            found[sku] = products.media(sku)
        except NotFound:
            continue
    return found


def _require_there(places: Sequence[Place], media: dict[str, ProductMedia]) -> None:
    for place in places:
        if place.sku not in media or media[place.sku].product.is_deleted:
            raise NotFound(f"no product {place.sku!r}", code="product_not_found")
