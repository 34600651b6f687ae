"""The history of links: what was changed of them and of their lists, by whom and when; written with it, never again."""

from typing import Any

from pydantic import Field

from assetwire.domain.ids import AssetId
from assetwire.domain.link import Arrangement, Link, LinkRole, Market, MediaOrder
from assetwire.domain.model import Instant, Value
from assetwire.domain.sku import Sku

_TOLD = ("state", "origin", "confidence", "evidence", "refused", "scope")
"""The fields of a link that its history tells."""


class LinkChange(Value):
    """One change of a link, or of a list: what it was and what it is since, only where that differs."""

    sku: Sku
    role: LinkRole
    market: Market
    asset_id: AssetId | None = None
    """Whose link it is; None if it is the list's."""
    revision: int
    """The link's or the list's after it."""
    at: Instant
    by: str
    before: dict[str, Any] = Field(default_factory=dict)
    """Of a link also its `position` on the list, from 1; of a list its `assets`. Empty if there was none."""
    after: dict[str, Any] = Field(default_factory=dict)


def changes_of(arrangement: Arrangement) -> tuple[LinkChange, ...]:
    """Return what an arrangement changes, the list's change first."""
    links = {_place(each): each for each in arrangement.before if isinstance(each, Link)}
    lists = {_place(each): each for each in arrangement.before if isinstance(each, MediaOrder)}
    order = arrangement.order
    found = [] if order is None else [_of_list(lists.get(_place(order)), order)]
    for link in arrangement.links:
        stood = lists.get(_place(link)[:3])
        found.append(_of_link(links.get(_place(link)), link, stood, stood if order is None else order))
    return tuple(found)


def _of_list(before: MediaOrder | None, after: MediaOrder) -> LinkChange:
    old = {} if before is None else {"assets": list(before.assets)}
    return _change(after, None, old, {"assets": list(after.assets)})


def _of_link(before: Link | None, after: Link, stood: MediaOrder | None, stands: MediaOrder | None) -> LinkChange:
    old = {} if before is None else _told(before, stood)
    new = _told(after, stands)
    differs = {name for name in old.keys() | new if old.get(name) != new.get(name)}
    was, now_is = ({name: value for name, value in told.items() if name in differs} for told in (old, new))
    return _change(after, after.asset_id, was, now_is)


def _told(link: Link, order: MediaOrder | None) -> dict[str, Any]:
    said = link.model_dump(mode="json", include=set(_TOLD))
    if link.is_confirmed and order is not None and link.asset_id in order.assets:
        said["position"] = order.assets.index(link.asset_id) + 1
    return said


def _change(
    record: Link | MediaOrder, asset_id: str | None, before: dict[str, Any], after: dict[str, Any]
) -> LinkChange:
    place = {"sku": record.sku, "role": record.role, "market": record.market, "asset_id": asset_id}
    return LinkChange(**place, revision=record.revision, at=record.at, by=record.by, before=before, after=after)


def _place(record: Link | MediaOrder) -> tuple[str, ...]:
    place = (record.sku, record.role.value, record.market)
    return (*place, record.asset_id) if isinstance(record, Link) else place
