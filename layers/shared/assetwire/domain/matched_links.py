"""From what evidence comes to, to the links of an asset: what people and PIM decided stays as they decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.evidence import Claim
from assetwire.domain.link import (
    ANY_MARKET,
    Arrangement,
    Link,
    LinkState,
    Place,
)
from assetwire.domain.matching import Judgement, Match, role_of
from assetwire.domain.product import ProductMedia
from assetwire.domain.relisting import relisted

_BY = "assetwire"
_MOST_SAID = 10
"""Claims that one link tells of as its evidence."""


class Wish(NamedTuple):
    """What evidence would have of one product: a link that counts, or one that waits for somebody."""

    match: Match
    state: LinkState


def wishes_of(judgement: Judgement, links: Sequence[Link], *, evidence: str) -> dict[str, Wish]:
    """Return what evidence may have, by SKU, beside the links that the asset has.

    - Where people or PIM confirmed it for a product, evidence has nothing to add there; for other products it confirms
      nothing, and only what is certain is worth a question.
    - What they rejected or removed is never confirmed by evidence again, and proposed again only by other evidence.
    """
    decided = [link for link in links if not link.origin.is_evidence]
    wishes = {match.sku: Wish(match, LinkState.CONFIRMED) for match in judgement.confirmed}
    if any(link.is_confirmed for link in decided):
        wishes = {sku: Wish(wish.match, LinkState.PROPOSED) for sku, wish in wishes.items()}
    else:
        wishes |= {match.sku: Wish(match, LinkState.PROPOSED) for match in judgement.proposed}
    for link in decided:
        if link.is_confirmed or not link.refused:
            wishes.pop(link.sku, None)
    for link in links:
        if link.sku in wishes and evidence in link.refused:
            del wishes[link.sku]
        elif link.sku in wishes and link.refused:
            wishes[link.sku] = Wish(wishes[link.sku].match, LinkState.PROPOSED)
    return wishes


def arrangements(
    asset: Asset, media: ProductMedia, wish: Wish | None, *, evidence: str, now: datetime
) -> list[Arrangement]:
    """Return what brings a product's links of an asset to what evidence wishes; none if they are that already."""
    role = role_of(asset)
    own = [link for link in media.links if link.asset_id == asset.asset_id and link.origin.is_evidence]
    found: list[Arrangement] = []
    for link in own:
        stays = wish is not None and (link.role, link.market) == (role, ANY_MARKET)
        if not stays and link.state in {LinkState.CONFIRMED, LinkState.PROPOSED}:
            gone = link.now_is(LinkState.REMOVED, origin=link.origin, by=_BY, now=now)
            found.append(relisted(media, gone, by=_BY, now=now))
    if wish is not None:
        place = Place(media.product.sku, role)
        known = next((link for link in media.links_at(place) if link.asset_id == asset.asset_id), None)
        if known is None or known.origin.is_evidence or not known.is_confirmed:
            wanted = _link(known, asset, place, wish, evidence=evidence, now=now)
            if wanted is not None:
                found.append(relisted(media, wanted, by=_BY, now=now))
    return found


def _link(known: Link | None, asset: Asset, place: Place, wish: Wish, *, evidence: str, now: datetime) -> Link | None:
    """Return the link as evidence wishes it; None if it is so already."""
    match = wish.match
    said: dict[str, Any] = {"digest": evidence, "claims": [_said(claim) for claim in match.claims[:_MOST_SAID]]}
    fields = {
        "state": wish.state,
        "origin": match.origin,
        "confidence": match.confidence,
        "evidence": said,
        "rank": rank_of(asset),
    }
    if known is None:
        return Link(**place._asdict(), asset_id=asset.asset_id, by=_BY, at=now, created_at=now, **fields)
    if all(getattr(known, name) == value for name, value in fields.items()):
        return None
    return known.model_copy(update={**fields, "by": _BY, "at": now, "revision": known.revision + 1})


def rank_of(asset: Asset) -> str:
    """Return where an asset stands among those that nobody placed: by its file's name, whatever came first."""
    return f"{asset.file_name.casefold()}\0{asset.asset_id}"


def _said(claim: Claim) -> dict[str, Any]:
    """Return what somebody who looks at a link is told of a claim."""
    what = claim.identifier
    return {"source": what.source, "kind": what.kind, "value": what.value, "where": what.where[:200]}
