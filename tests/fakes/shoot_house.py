"""A house to which a scripted shoot comes: PIM tells, photographs arrive, people decide, and every event is followed.

Each event that a write causes comes twice, in any order among everything else, and the index of links is late.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import Any

from oracles.shoot import CONFIRMED, PROPOSED, Item, Link, Photo, Shoot, Statement, Telling, deliveries

from assetwire.domain import gs1, identifiers
from assetwire.domain.asset import Asset
from assetwire.domain.errors import NotFound
from assetwire.domain.events import Event
from assetwire.domain.file_names import named
from assetwire.domain.inspection import Identifier, Kind
from assetwire.domain.link import Link as MadeLink
from assetwire.domain.link import LinkOrigin, LinkRole
from assetwire.domain.link_operations import LinkOperation
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.product import ProductFacts, ProductStatus
from assetwire.domain.product_change import ProductChange
from assetwire.domain.product_feed import Told
from assetwire.domain.review import Step
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.services.associate import associate
from assetwire.services.bulk_links import Asked, change_links
from assetwire.services.products import follow
from assetwire.services.review import Decision, Reviewing, Wanted, decide
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.reviews import FakeReviews
from fakes.some import NOW

HEARD = frozenset(
    "AssetAccepted AssetDeleted AssetVersioned LinkConfirmed LinkRemoved MetadataChanged ProductChanged".split()
)
"""The events that `associate` listens to, as the template has them."""
_BARCODE = 0.97
Heard = tuple[str | None, str | None]
"""The SKU and the asset of an event, as `associate` is told of them."""


class House:
    """A catalogue and a mirror of products, in memory, to which things come."""

    def __init__(self, script: Shoot, seed: int) -> None:
        self.script = script
        self.products, self.catalog = FakeProducts(), FakeCatalog(stale_index=True)
        self.decided: list[int] = []
        """The photographs about which people did what they would, in that order."""
        self.followed = 0
        """Events that were followed."""
        self._bus: list[Heard] = []
        self._late: list[tuple[str, str]] = []
        self._dice = random.Random(seed)  # noqa: S311
        self._seen = [0, 0]

    # --- what comes ---

    def play(self, seed: int) -> None:
        """Let everything come, each twice, in an order that the seed gives; then follow all events that are left."""
        for delivery in deliveries(self.script, seed):
            self.take(*delivery)
            pace = self._dice.choice([0.0, 0.7, 1.0])
            while self._bus and self._dice.random() < pace:
                self.follow_one()
        self.settle()

    def settle(self) -> None:
        """Follow every event, and let people come who could not decide before, until nobody has anything to do."""
        waiting = True
        while waiting:
            while self._bus:
                self.follow_one()
            waiting = False
            for number, photo in enumerate(self.script.photos):
                if photo.visit is not None and number not in self.decided:
                    waiting |= self.visit(number)

    def take(self, kind: str, number: int, telling: int) -> None:
        """Take a delivery."""
        match kind:
            case "item":
                self.tell(self.script.items[number], telling)
            case "photo":
                self.take_photo(self.script.photos[number], number)
            case _:
                self.visit(number)
        self._hear()

    def tell(self, item: Item, telling: int) -> None:
        """Have PIM say what it said of a product at one time."""
        at = NOW + timedelta(minutes=telling)
        told = Told(source="pim", ref=f"product:{item.sku}", changed_at=at, seen_at=at)
        said = item.tellings[telling]
        facts = self._facts(item, said) if said.there else None
        follow([ProductChange(item.sku, facts, told)], products=self.products, now=NOW)

    @staticmethod
    def _facts(item: Item, said: Telling) -> ProductFacts:
        status = ProductStatus.PUBLISHED if said.offered else ProductStatus.UNPUBLISHED
        texts: dict[str, Any] = {"parent": item.parent, "attributes": item.attributes}
        return ProductFacts(status=status, gtins=said.numbers, aliases=said.aliases, **texts)

    def take_photo(self, photo: Photo, number: int) -> None:
        """Take a photograph, and what a manifest says of it; it comes again, and nothing is new."""
        asset = self._asset(photo)
        if ("asset", asset.asset_id) not in self.catalog.records:
            self.catalog.save(asset)
        elif "AssetAccepted" in HEARD:
            self._bus.append((None, asset.asset_id))
        if number in self.decided:
            self._say_afterwards(photo)

    def _say_afterwards(self, photo: Photo) -> None:
        asset = self.catalog.asset(some.asset_id(photo.name))
        said = _by_manifest(photo.name, photo.afterwards)
        if photo.afterwards and asset.declared != said:
            self.catalog.save_asset(asset.with_declared(declared=said, now=NOW))

    def visit(self, number: int) -> bool:
        """Let a person do what they would about a photograph; tell whether things were as that takes."""
        photo = self.script.photos[number]
        if photo.visit is None or number in self.decided or not self._is_ready(photo):
            return False
        try:
            if photo.visit.does in {"bind", "remove"}:
                self._operate(photo, number)
            else:
                self._answer(photo)
        except NotFound:  # a product that is not there, for now
            return False
        self.decided.append(number)
        self._say_afterwards(photo)
        self._hear()
        return True

    def _is_ready(self, photo: Photo) -> bool:
        visit, asset_id = photo.visit, some.asset_id(photo.name)
        if visit is None or ("asset", asset_id) not in self.catalog.records:
            return False
        if visit.sku and not any(product.sku == visit.sku for product in self.products.products_named([visit.sku])):
            return False
        standing = {sku: link.state for sku, link in self.links(photo).items() if link.state in {CONFIRMED, PROPOSED}}
        return visit.does == "bind" or standing == visit.before

    def _answer(self, photo: Photo) -> None:
        visit = photo.visit
        assert visit is not None
        match = self.products.match(some.asset_id(photo.name))
        assert match is not None
        assert match.work_id is not None
        said: dict[str, Any] = {"skus": (visit.sku,)} if visit.does == "confirm" else {}
        said |= {"links": (Wanted(visit.sku),)} if visit.does == "correct" else {}
        reviews = FakeReviews(self.catalog, self.products)
        ports = Reviewing(self.catalog, reviews, self.products, self.catalog)
        decide(Decision(match.work_id, Step(visit.does), **said), by="anna", ports=ports, now=NOW)

    def _operate(self, photo: Photo, number: int) -> None:
        visit = photo.visit
        assert visit is not None
        place = {"sku": visit.sku, "role": LinkRole(photo.role), "asset_id": some.asset_id(photo.name)}
        does = {"op": "bind", "position": 1} if visit.does == "bind" else {"op": "unbind"}
        asked = Asked({0: LinkOperation(**place, **does)}, f"request {number}", "", LinkOrigin.PERSON, "anna")
        ports: Any = {"products": self.products, "assets": self.catalog, "requests": self.products}
        outcome = change_links(asked, **ports, clock=lambda: NOW)[0]
        assert outcome.effect == "applied", outcome

    def _asset(self, photo: Photo) -> Asset:
        fields = {"product_in_image": FieldValue(value=[*_in_image(photo)], source=Origin.XMP)}
        found = [*identifiers.of_fields(fields), *_in_bars(photo)]
        kind = Kind.VIDEO if photo.name.endswith(".mp4") else Kind.IMAGE
        inspection = named(some.inspection(identifiers=tuple(found), kind=kind), photo.name.rpartition("/")[2])
        filed = {"category": photo.category} if photo.category else {}
        declared = _by_manifest(photo.name, photo.statements)
        return some.asset(photo.name, inspection=inspection, declared=declared, **filed)

    # --- events ---

    def _hear(self) -> None:
        """Put the events of what was written on the bus, each twice; new links stand in no index for a while."""
        for number, source in enumerate((self.products, self.catalog)):
            changes: list[Any] = source.changes  # type: ignore[attr-defined]
            for place in range(self._seen[number], len(changes)):
                before, after = changes[place]
                if before is None and isinstance(after, MadeLink):
                    self.products.hidden.add((after.sku, after.asset_id))
                    self._late.append((after.sku, after.asset_id))
                for event in events_of(Change(f"{number}-{place}", NOW, before, after)):
                    if event.type in HEARD:
                        self._bus += [_concerned(event)] * 2
            self._seen[number] = len(changes)

    def follow_one(self) -> None:
        """Follow any event that waits; meanwhile the index may catch up with the oldest link that it does not know."""
        at = self._dice.randrange(len(self._bus))
        self._bus[at], self._bus[-1] = self._bus[-1], self._bus[at]
        self.hear(self._bus.pop())
        self.followed += 1
        while self._late and (self._dice.random() < 0.5 or len(self._late) > 20):
            self.products.hidden.discard(self._late.pop(0))
        self._hear()

    def hear(self, heard: Heard) -> None:
        """Follow an event, as the function does."""
        ports: Any = {"products": self.products, "catalog": self.catalog, "matches": self.products}
        associate(*heard, **ports, worklist=self.catalog, clock=lambda: NOW)

    # --- what came of it ---

    def links(self, photo: Photo) -> dict[str, Link]:
        """Return a photograph's links by SKU, as the script has them."""
        found = self.products.all_links_of(some.asset_id(photo.name))
        return {link.sku: Link(link.state.value, not link.origin.is_evidence) for link in found}

    def questions(self) -> dict[str | None, list[WorkItem]]:
        """Return the open questions by their asset."""
        self.catalog.catch_up()
        items, _ = self.catalog.items([Queue.LINK_REVIEW], WorkState.OPEN, limit=10**6, after=None)
        found: dict[str | None, list[WorkItem]] = {}
        for item in items:
            found.setdefault(item.asset_id, []).append(item)
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {some.asset_id(photo.name): photo.name for photo in self.script.photos}

    def differences(self) -> Iterator[str]:
        """Yield what is otherwise than the script says: links, roles, lists, and what people are asked."""
        questions = self.questions()
        for photo in self.script.photos:
            found, asset_id = self.links(photo), some.asset_id(photo.name)
            passed = {sku for sku, link in found.items() if link == Link("removed") and sku in photo.passing}
            if {sku: link for sku, link in found.items() if sku not in passed} != photo.links:
                yield f"{photo.name} is linked {found}, not {photo.links}"
            kept = [link for link in self.products.all_links_of(asset_id) if link.sku in photo.links]
            if roles := {link.role.value for link in kept} - {photo.role}:
                yield f"{photo.name} is {roles}, not {photo.role}"
            asked = [
                frozenset(one["sku"] for one in item.evidence["suggestions"]) for item in questions.get(asset_id, [])
            ]
            if asked != ([photo.has(PROPOSED)] if photo.has(PROPOSED) else []):
                yield f"of {photo.name} it is asked {asked}, not {photo.has(PROPOSED)}"
        for change in self.products.all_changes():
            if change.before == change.after:
                yield f"the history says nothing: {change}"
        lists = {
            (order.sku, order.role.value): [self._names[each] for each in order.assets]
            for order in self.products.all_lists()
            if order.assets
        }
        wanted = self.script.lists(self.decided)
        for place in sorted({*lists, *wanted}):
            if lists.get(place) != wanted.get(place):
                yield f"the list {place} is {lists.get(place)}, not {wanted.get(place)}"

    def wrong(self) -> int:
        """Return how many links are confirmed that must not be: the worst that can happen."""
        return sum(
            link.state == CONFIRMED and photo.links.get(sku) != link
            for photo in self.script.photos
            for sku, link in self.links(photo).items()
        )


def played(script: Shoot, seed: int) -> House:
    """Return a house to which a shoot came, in an order that the seed gives."""
    house = House(script, seed)
    house.play(seed)
    return house


def _concerned(event: Event) -> Heard:
    return getattr(event, "sku", None), getattr(event, "asset_id", None)


def _said_by(who: str, statements: tuple[Statement, ...], kind: str) -> tuple[str, ...]:
    return tuple(each.value for each in statements if (each.who, each.kind) == (who, kind))


def _by_manifest(name: str, statements: tuple[Statement, ...]) -> tuple[Identifier, ...]:
    said = {f"{kind}s": _said_by("manifest", statements, kind) for kind in ("sku", "gtin")}
    return some.declaration(name, **said).identifiers(name)


def _in_image(photo: Photo) -> Iterator[dict[str, str]]:
    yield from ({"ProductGTIN": value} for value in _said_by("xmp", photo.statements, "gtin"))
    yield from ({"ProductId": value} for value in _said_by("xmp", photo.statements, "sku"))


def _in_bars(photo: Photo) -> Iterator[Identifier]:
    """Yield what barcodes in the picture say: a plain number, or GS1's element string."""
    where: dict[str, Any] = {"source": "barcode", "where": "", "confidence": _BARCODE}
    for value in _said_by("barcode", photo.statements, "gtin"):
        read = identifiers.of_elements(gs1.elements(value), **where) or (identifiers.of_number(value, **where),)
        yield from (each for each in read if each is not None)
