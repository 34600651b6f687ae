"""Review of suggested links: what a person's answer makes of the links, the lists and the question."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.link import ANY_MARKET, Arrangement, Link, LinkOrigin, LinkRole, LinkState, Place
from assetwire.domain.link_history import changes_of
from assetwire.domain.matched_links import rank_of
from assetwire.domain.matching import role_of
from assetwire.domain.product import ProductMedia
from assetwire.domain.relisting import relisted
from assetwire.domain.work import Answer, Linked, Outcome, Resolution, WorkItem

MOST_WRITES = 99
"""Records that one decision writes beside its work item, with all notes: a transaction of DynamoDB's holds 100."""


class Step(StrEnum):
    """What a person says to the links that are suggested."""

    CONFIRM = "confirm"
    """It shows these of the suggested products, and none of the others."""
    REJECT = "reject"
    """It shows none of them."""
    CORRECT = "correct"
    """It shows other products, or these in another role or market, and nothing else of what was suggested."""


RESOLVED = {
    Step.CONFIRM: Resolution.LINKED,
    Step.REJECT: Resolution.NOT_LINKED,
    Step.CORRECT: Resolution.CORRECTED,
}


class Reviewed(NamedTuple):
    """A question that is answered, and what is written with that."""

    item: WorkItem
    arrangements: tuple[Arrangement, ...]


def suggested_skus(item: WorkItem) -> tuple[str, ...]:
    """Return the products that a question is about, as it was asked."""
    return tuple(dict.fromkeys(str(each["sku"]) for each in item.evidence.get("suggestions", ())))


def places_confirmed(item: WorkItem, skus: Sequence[str], proposed: Iterable[Link]) -> tuple[Place, ...]:
    """Return the places at which the suggested products among `skus` are suggested; without any, the only one's.

    Raises:
        InvalidRequest: several are suggested, and none is named (`name_skus`); one is named that is not suggested
            (`not_suggested`).
    """
    known = suggested_skus(item)
    wanted = tuple(dict.fromkeys(skus)) or known
    if not skus and len(known) != 1:
        raise InvalidRequest(f"{len(known)} products are suggested: name which of them it shows", code="name_skus")
    if other := [sku for sku in wanted if sku not in known]:
        raise InvalidRequest(f"{', '.join(other)[:200]} is not suggested: correct the item", code="not_suggested")
    at = {link.sku: Place(link.sku, link.role, link.market) for link in proposed}
    return tuple(at.get(sku) or Place(sku, LinkRole(item.evidence["role"])) for sku in wanted)


def reviewed(
    item: WorkItem,
    step: Step,
    places: Sequence[Place],
    *,
    asset: Asset,
    media: Mapping[str, ProductMedia],
    by: str,
    note: str = "",
    now: datetime,
) -> Reviewed:
    """Return what an answer makes of a question: links at these places, and no other of the suggested ones.

    `media` has every product that is suggested, if it is there, and every one of `places`. What is linked at a place
    already, by whomever, is a person's from then on.

    Raises:
        InvalidRequest: a place is named twice (`duplicate_link`), a list is full (`list_too_long`), or more would
            change than one transaction holds (`too_many_changes`).
    """
    if len(set(places)) != len(places):
        raise InvalidRequest("a link is named twice", code="duplicate_link")
    origin = LinkOrigin.of_caller(by)
    whom: dict[str, Any] = {"origin": origin, "by": by, "now": now}
    found: list[Arrangement] = []
    for place in places:
        link = _link_at(place, asset, media[place.sku])
        if link is None:
            known = {"by": by, "at": now, "created_at": now, "rank": rank_of(asset)}
            link = Link(**place._asdict(), asset_id=asset.asset_id, origin=origin, state=LinkState.CONFIRMED, **known)
        elif link.is_confirmed and not origin.beats(link.origin):
            continue
        else:
            link = link.now_is(LinkState.CONFIRMED, **whom)
        found.append(relisted(media[place.sku], link, by=by, now=now))
    waiting = proposed_links(asset, media.values())
    others = [link for link in waiting if Place(link.sku, link.role, link.market) not in places]
    found += [relisted(media[o.sku], o.now_is(LinkState.REJECTED, **whom), by=by, now=now) for o in others]
    writes = sum(len(each.records) + len(changes_of(each)) for each in found)
    if writes > MOST_WRITES:
        raise InvalidRequest(f"{writes} records would change, at most {MOST_WRITES} may", code="too_many_changes")
    linked = tuple(Linked(**place._asdict()) for place in places)
    said = {"answers": _answers(item, step, places), "linked": linked}
    return Reviewed(item.closed(RESOLVED[step].value, by=by, now=now, note=note, **said), tuple(found))


def proposed_links(asset: Asset, media: Iterable[ProductMedia]) -> tuple[Link, ...]:
    """Return the links of an asset that wait for somebody."""
    links = (link for each in media for link in each.links if link.asset_id == asset.asset_id)
    return tuple(link for link in links if link.state is LinkState.PROPOSED)


def place_of(sku: str, role: LinkRole | None, market: str | None, asset: Asset) -> Place:
    """Return where a link is to be: in the role that the asset has by its kind and name, if none is named."""
    return Place(sku, role or role_of(asset), market or ANY_MARKET)


def _link_at(place: Place, asset: Asset, media: ProductMedia) -> Link | None:
    return next((link for link in media.links_at(place) if link.asset_id == asset.asset_id), None)


def _answers(item: WorkItem, step: Step, places: Sequence[Place]) -> tuple[Answer, ...]:
    """Return what was said to each suggestion, for what is learned of the evidence."""
    shown = {place.sku for place in places}
    found = []
    for each in item.evidence.get("suggestions", ()):
        outcome = Outcome.CORRECTED if step is Step.CORRECT else Outcome.REJECTED
        if step is Step.CONFIRM and each["sku"] in shown:
            outcome = Outcome.CONFIRMED
        found.append(Answer(sku=each["sku"], origin=each["origin"], outcome=outcome))
    return tuple(found)
