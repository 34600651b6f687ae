"""Families of products in memory: written as PIM and people write them, and every event followed."""

from collections.abc import Iterator, Sequence
from typing import Any

from assetwire.domain.events import Event
from assetwire.domain.link import Arrangement, Link, LinkOrigin, LinkRole, LinkState, MediaOrder, Place
from assetwire.domain.outbox import Change, Record, events_of
from assetwire.domain.product import ProductFacts, ProductStatus
from assetwire.domain.product_use import ProductUse
from assetwire.services.associate import follow
from assetwire.services.links import arrange
from assetwire.services.products import put_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW


class FamilyHouse:
    """Products, assets and what follows from their events; nothing is followed until `settle`."""

    def __init__(self, *pictures: str) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        for name in pictures:
            self.catalog.save(some.asset(name))
        self._seen: dict[tuple[str, ...], Record] = {}
        self._queue: list[Event] = []

    def put(self, sku: str, *, published: bool = True, **facts: Any) -> None:
        """Write what PIM says of a product."""
        status = ProductStatus.PUBLISHED if published else ProductStatus.UNPUBLISHED
        put_product(sku, ProductFacts(status=status, **facts), products=self.products, now=NOW)
        self.notice()

    def arrange(
        self, sku: str, *pictures: str, role: LinkRole = LinkRole.HERO, market: str = "any", **asked: Any
    ) -> MediaOrder:
        """Make a list these pictures; `scopes` by their names."""
        if "scopes" in asked:
            asked["scopes"] = {some.asset_id(name): scope for name, scope in asked["scopes"].items()}
        whom = {"origin": LinkOrigin.PERSON, "by": "me", "now": NOW} | asked
        assets = [some.asset_id(name) for name in pictures]
        order = arrange(Place(sku, role, market), assets, **whom, products=self.products, catalog=self.catalog)
        self.notice()
        return order

    def find(self, sku: str, *pictures: str, origin: LinkOrigin = LinkOrigin.BARCODE) -> None:
        """Make a list of heroes these pictures, as evidence says."""
        self.arrange(sku, *pictures, origin=origin, by="assetwire")

    def put_list(self, order: MediaOrder, links: Sequence[Link]) -> None:
        """Write a new list with its links, as they are."""
        self.products.arrange(Arrangement(order, tuple(links)))
        self.notice()

    def refuse(self, sku: str, picture: str) -> None:
        """Have a person say that a picture does not show a product."""
        link = some.link(picture, sku, LinkRole.DETAIL, origin=LinkOrigin.PERSON, state=LinkState.REJECTED)
        self.products.put_link(link)
        self.notice()

    def settle(self) -> None:
        """Follow every event, and those that come of it, until there are no more."""
        while self._queue:
            event = self._queue.pop(0)
            sku, asset_id = getattr(event, "sku", None), getattr(event, "asset_id", None)
            if sku is not None:
                follow(sku, asset_id, products=self.products, catalog=self.catalog, clock=lambda: NOW)
            self.notice()

    def live(self) -> set[str]:
        """Return the ids of the assets that know that a published product shows them."""
        assets = [value for (kind, _), value in self.catalog.records.items() if kind == "asset"]
        return {asset.asset_id for asset in assets if asset.product_use is ProductUse.LIVE}

    def notice(self) -> None:
        """Queue the events of what changed, as the relay would."""
        now = dict(self.products.records())
        for key in (*now, *(self._seen.keys() - now.keys())):
            old, new = self._seen.get(key), now.get(key)
            if old != new:
                self._queue += _followed(events_of(Change("-".join(map(str, key)), NOW, old, new)))
        self._seen = now


def _followed(events: list[Event]) -> Iterator[Event]:
    """Yield those that `associate` listens to."""
    heard = {"ProductChanged", "LinkConfirmed", "LinkRemoved"}
    yield from (event for event in events if event.type in heard)
