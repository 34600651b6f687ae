"""What PIM was told of which assets show a product, and what it is still to be told.

A delta names whole lists, and is numbered: whoever takes the delta with the highest number last has the truth, whatever
was lost, doubled or late before it. What is noted before a delta is sent is which lists it is about: until somebody
acknowledges one, each next delta is about them too, since nobody knows whether they arrived.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from assetwire.domain.ids import AssetId
from assetwire.domain.link import LONGEST_LIST, LinkRole
from assetwire.domain.model import Instant, Value
from assetwire.domain.product import ProductMedia
from assetwire.domain.sku import Sku

CHANGED = "assetwire.associations.changed"
"""The type of a delta."""
_FIRST_WAIT, _LONGEST_WAIT = 30, 3600
"""Seconds."""
_Assets = Annotated[tuple[AssetId, ...], Field(max_length=LONGEST_LIST)]
Lists = dict[str, tuple[str, ...]]
"""Lists that are not empty, by `<role>/<market>`."""


class Associations(Value):
    """What was told of one product; `revision` counts its changes."""

    sku: Sku
    acknowledged: dict[str, _Assets] = Field(default_factory=dict)
    """The lists as PIM last took them."""
    unsure: tuple[str, ...] = ()
    """Lists of which PIM may know something else: of a delta that nobody acknowledged, or that is asked for."""
    sequence: int = 0
    """The number of the last delta that was begun."""
    asked: int = 0
    """How often somebody asked that PIM be told."""
    at: Instant
    revision: int = 0

    def outdated(self, lists: Lists) -> tuple[str, ...]:
        """Return the lists that PIM is to be told of, now that they are these; sorted."""
        keys = self.acknowledged.keys() | lists.keys()
        differing = (key for key in keys if self.acknowledged.get(key, ()) != lists.get(key, ()))
        return tuple(sorted({*differing, *self.unsure}))

    def begun(self, keys: tuple[str, ...], *, now: datetime) -> "Associations":
        """Return this as it is noted before a delta about these lists is sent."""
        return self._with(unsure=keys, sequence=self.sequence + 1, at=now)

    def taken(self, lists: Lists, *, now: datetime) -> "Associations":
        """Return this once its delta is acknowledged."""
        kept = {key: assets for key, assets in self.acknowledged.items() if key not in self.unsure}
        told = {key: lists[key] for key in self.unsure if key in lists}
        return self._with(acknowledged=kept | told, unsure=(), at=now)

    def asked_for(self, keys: Iterable[str], *, now: datetime) -> "Associations":
        """Return this with lists of which PIM is to be told whatever it took."""
        return self._with(unsure=tuple(sorted({*self.unsure, *keys})), asked=self.asked + 1, at=now)

    def delta(self, lists: Lists) -> dict[str, Any]:
        """Return what a begun delta says, as JSON: each list whole, and what it gains and loses."""
        told = []
        for key in self.unsure:
            role, _, market = key.partition("/")
            had, has = self.acknowledged.get(key, ()), lists.get(key, ())
            change = {"bound": [a for a in has if a not in had], "unbound": [a for a in had if a not in has]}
            told.append({"role": role, "market": market, "assets": list(has), **change})
        said = {"sku": self.sku, "sequence": self.sequence, "lists": told}
        return {"type": CHANGED, "timestamp": self.at.isoformat().replace("+00:00", "Z"), "data": said}

    def _with(self, **fields: Any) -> "Associations":
        return self.model_copy(update=fields | {"revision": self.revision + 1})


def seconds_after(times: int) -> int:
    """Return how long what was told so many times in vain waits: twice as long each time, up to an hour."""
    return int(min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (min(times, 20) - 1)))


def nothing_told(sku: str, *, now: datetime) -> Associations:
    """Return what was told of a product of which nothing ever was; it is written at revision 0."""
    return Associations(sku=sku, at=now, revision=-1)


def lists_of(media: ProductMedia | None) -> Lists:
    """Return a product's own lists that hold anything; a deleted product, or none, has none."""
    if media is None or media.product.is_deleted:
        return {}
    return {list_key(order.role, order.market): order.assets for order in media.orders if order.assets}


def list_key(role: LinkRole, market: str) -> str:
    """Return what a list is called among those of its product."""
    return f"{role.value}/{market}"
