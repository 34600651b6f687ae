"""From a change of a product or a link to the events that announce it."""

from collections.abc import Callable
from typing import Any

from assetwire.domain.associations import Associations
from assetwire.domain.events import (
    AssociationsWanted,
    Event,
    LinkConfirmed,
    LinkRemoved,
    LinksReordered,
    ProductChanged,
    ProductPublished,
    ProductUnpublished,
)
from assetwire.domain.link import Link, MediaOrder
from assetwire.domain.product import Product
from assetwire.domain.variant import Variant

Cause = Callable[[type[Event]], dict[str, Any]]
"""Gives the id and the moment of an event of this kind."""


def of_product(cause: Cause, old: Product | None, new: Product) -> list[Event]:
    """Return the events of a product; they say that something changed, and whether it is offered."""
    events: list[Event] = []
    if old is None or (old.facts, old.is_deleted) != (new.facts, new.is_deleted):
        events.append(ProductChanged(**cause(ProductChanged), sku=new.sku))
    was_published = old is not None and old.is_published
    if new.is_published and not was_published:
        events.append(ProductPublished(**cause(ProductPublished), sku=new.sku))
    if was_published and not new.is_published:
        events.append(ProductUnpublished(**cause(ProductUnpublished), sku=new.sku))
    return events


def of_variant_gone(cause: Cause, old: Variant) -> list[Event]:
    """Return the event of a product that a variant left: what it lent to that one is not shown by it any more."""
    return [ProductChanged(**cause(ProductChanged), sku=old.parent)]


def of_link(cause: Cause, old: Link | None, new: Link) -> list[Event]:
    """Return the events of a link: it began to count, or ceased to."""
    was_confirmed = old is not None and old.is_confirmed
    if new.is_confirmed == was_confirmed:
        return []
    kind = LinkConfirmed if new.is_confirmed else LinkRemoved
    return [kind(**cause(kind), sku=new.sku, asset_id=new.asset_id, role=new.role.value, market=new.market)]


def of_associations(cause: Cause, old: Associations | None, new: Associations) -> list[Event]:
    """Return the event that somebody wants PIM to be told; what it was told is announced by nobody."""
    if new.asked == (0 if old is None else old.asked):
        return []
    return [AssociationsWanted(**cause(AssociationsWanted), sku=new.sku)]


def of_order(cause: Cause, new: MediaOrder) -> list[Event]:
    """Return the event of a list: each write of one changes it."""
    return [LinksReordered(**cause(LinksReordered), sku=new.sku, role=new.role.value, market=new.market)]
