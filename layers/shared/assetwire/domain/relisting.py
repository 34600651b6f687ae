"""One link of a list changes: where it stands then, and what moves with it."""

from datetime import datetime

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.link import LONGEST_LIST, Arrangement, Link, LinkState, MediaOrder, Place, moment_after
from assetwire.domain.product import ProductMedia


def relisted(media: ProductMedia, changed: Link, *, by: str, now: datetime) -> Arrangement:
    """Return the list of a link with that one changed: what somebody placed keeps its order, the rest follows by rank.

    What somebody confirms without placing it comes behind what is placed. On a full list, what evidence confirms is
    only proposed.

    Raises:
        InvalidRequest: the list is full, and somebody confirms one more (`list_too_long`).
    """
    place = Place(changed.sku, changed.role, changed.market)
    before = media.order(place)
    stood = (*(() if before is None else (before,)), *media.links_at(place))
    now = moment_after(now, stood)
    changed = changed.model_copy(update={"at": now})
    links = {link.asset_id: link for link in media.links_at(place)} | {changed.asset_id: changed}
    counting = {asset_id: link for asset_id, link in links.items() if link.is_confirmed}
    order = () if before is None else before.assets
    placed = [each for each in order if each in counting and not counting[each].origin.is_evidence]
    if changed.is_confirmed and not changed.origin.is_evidence and changed.asset_id not in placed:
        placed.append(changed.asset_id)
    ranked = sorted((link for each, link in counting.items() if each not in placed), key=lambda link: link.rank)
    assets = (*placed, *(link.asset_id for link in ranked))
    if len(assets) > LONGEST_LIST:
        if not changed.origin.is_evidence:
            raise InvalidRequest(f"a list holds at most {LONGEST_LIST} assets", code="list_too_long")
        changed = changed.model_copy(update={"state": LinkState.PROPOSED})
        assets = tuple(each for each in assets if each != changed.asset_id)
    if assets == order:
        return Arrangement(None, (changed,), stood)
    revision = 0 if before is None else before.revision + 1
    arranged = MediaOrder(**place._asdict(), assets=assets, by=by, at=now, revision=revision)
    return Arrangement(arranged, (changed,), stood)
