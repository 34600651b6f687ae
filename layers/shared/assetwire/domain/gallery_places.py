"""Which asset stands where in a gallery: on a page role by role, in a channel slot by slot."""

from collections.abc import Iterator
from typing import NamedTuple

from assetwire.domain.imagery import Imagery
from assetwire.domain.link import LinkRole
from assetwire.domain.media_spec import Edition, MediaSpec

_SHOWN_AS: dict[str, tuple[LinkRole, ...]] = {
    "main": (LinkRole.HERO,),
    "gallery": (LinkRole.ALTERNATE, LinkRole.DETAIL, LinkRole.LIFESTYLE),
    "swatch": (LinkRole.SWATCH,),
}
"""Role of a channel's slots → what the assets in them are to the product, in this order."""


class Place(NamedTuple):
    """A place of a gallery, and the asset that is to stand there."""

    slot: str
    """The role on a page; the channel's own name in a channel; empty where the channel has none left."""
    role: LinkRole
    position: int
    """Among the assets of the role, from 1."""
    asset_id: str
    lender: str | None = None
    """The product from which it is inherited; None if it is the product's own."""
    rendition: str | None = None
    """The one file that the slot takes; None on a page, which takes all that there are for the web."""


def places_of_page(imagery: Imagery, market: str) -> Iterator[Place]:
    """Yield the places of a page: role by role, each in its own order."""
    for role in LinkRole:
        for position, shown in enumerate(imagery.shown(role, market), 1):
            yield Place(role.value, role, position, *shown)


def places_of_channel(imagery: Imagery, market: str, spec: MediaSpec, edition: Edition) -> Iterator[Place]:
    """Yield the places of a channel in the order of its slots, and after them what finds no slot."""
    waiting = {slot_role: list(_ordered(imagery, market, roles)) for slot_role, roles in _SHOWN_AS.items()}
    for slot in edition.slots:
        queue = waiting.get(slot.role, [])
        room = len(queue) if slot.most is None else slot.most
        rendition = spec.output(edition, slot).name
        for place in queue[:room]:
            yield place._replace(slot=slot.name, rendition=rendition)
        del queue[:room]
    for queue in waiting.values():
        yield from queue


def _ordered(imagery: Imagery, market: str, roles: tuple[LinkRole, ...]) -> Iterator[Place]:
    for role in roles:
        for position, shown in enumerate(imagery.shown(role, market), 1):
            yield Place("", role, position, *shown)
