"""A scripted shoot: whatever comes first, and however often, the links are those that its script says."""

from itertools import pairwise

import pytest
from oracles.shoot import Item, Photo, Shoot, Statement, deliveries, shoot

from assetwire.domain import evidence, matching
from assetwire.domain.evidence import Claim, Witness
from assetwire.domain.inspection import Identifier
from assetwire.domain.link import LinkState
from assetwire.domain.product import ProductFacts, ProductStatus
from assetwire.domain.work import Queue, WorkState
from assetwire.services.matching import match_asset, match_product
from assetwire.services.products import put_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

_CONFIDENCE = {"manifest": 0.95, "xmp": 0.9, "barcode": 0.97}


class House:
    """A catalogue and a mirror of products, in memory, to which things come."""

    def __init__(self) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()

    def take_item(self, item: Item) -> None:
        _put(self, item)
        ports = {"assets": self.catalog, "products": self.products, "matches": self.products}
        match_product(item.sku, **ports, worklist=self.catalog, clock=lambda: NOW)  # type: ignore[arg-type]

    def take_photo(self, photo: Photo) -> None:
        asset = some.asset(
            photo.name, inspection=some.inspection(identifiers=tuple(map(_identifier, photo.statements)))
        )
        if ("asset", asset.asset_id) not in self.catalog.records:
            self.catalog.save(asset)
        ports = {"assets": self.catalog, "products": self.products, "matches": self.products}
        match_asset(asset.asset_id, **ports, worklist=self.catalog, clock=lambda: NOW)  # type: ignore[arg-type]

    def links(self, photo: Photo, state: LinkState) -> frozenset[str]:
        links = self.products.links_of(some.asset_id(photo.name))
        return frozenset(link.sku for link in links if link.state is state)

    def asked(self, photo: Photo) -> int:
        """Return how many open questions there are about a photograph."""
        items, _ = self.catalog.items([Queue.LINK_REVIEW], WorkState.OPEN, limit=10**6, after=None)
        return sum(item.asset_id == some.asset_id(photo.name) for item in items)


def _identifier(said: Statement) -> Identifier:
    gtin = said.value if said.kind == "gtin" else None
    confidence = _CONFIDENCE[said.who]
    return Identifier(kind=said.kind, value=said.value, source=said.who, where="", confidence=confidence, gtin=gtin)


def played(script: Shoot, seed: int) -> House:
    house = House()
    for what, number in deliveries(script, seed):
        if what == "item":
            house.take_item(script.items[number])
        else:
            house.take_photo(script.photos[number])
    return house


@pytest.mark.parametrize("seed", range(50))
def test_the_links_are_those_of_the_script_whatever_came_first(seed: int) -> None:
    script = shoot(seed, products=12, photos=36)
    house = played(script, seed)
    for photo in script.photos:
        found = (house.links(photo, LinkState.CONFIRMED), house.links(photo, LinkState.PROPOSED))
        assert found == (photo.confirmed, photo.proposed), photo


def test_what_waits_for_somebody_is_asked_once_and_nothing_else() -> None:
    script = shoot(3, products=12, photos=36)
    house = played(script, 3)
    for photo in script.photos:
        assert house.asked(photo) == bool(photo.proposed), photo


def test_lists_hold_what_counts_in_the_order_of_the_files_names() -> None:
    script = shoot(4, products=4, photos=40)
    house = played(script, 4)
    for item in script.items:
        media = house.products.media(item.sku)
        counting = {link.asset_id for link in media.links if link.is_confirmed}
        assert {each for order in media.orders for each in order.assets} == counting
        names = {some.asset_id(photo.name): photo.name.casefold() for photo in script.photos}
        for order in media.orders:
            assert all(names[one] <= names[other] for one, other in pairwise(order.assets))


def test_what_is_settled_writes_nothing() -> None:
    script = shoot(5, products=6, photos=18)
    house = played(script, 5)
    before = house.products.writes
    for photo in script.photos:
        house.take_photo(photo)
    for item in script.items:
        house.take_item(item)
    assert house.products.writes == before


def _right(script: Shoot, house: House) -> bool:
    return all(
        (house.links(photo, LinkState.CONFIRMED), house.links(photo, LinkState.PROPOSED))
        == (photo.confirmed, photo.proposed)
        for photo in script.photos
    )


class TestMutants:
    """What is broken on purpose turns the script red."""

    script = shoot(7, products=12, photos=60)

    def is_red(self) -> bool:
        return not _right(self.script, played(self.script, 7))

    def test_nothing_is_broken(self) -> None:
        assert not self.is_red()

    def test_a_products_event_that_is_dropped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(House, "take_item", _put)
        assert self.is_red()

    def test_an_assets_event_that_is_dropped(self, monkeypatch: pytest.MonkeyPatch) -> None:
        take, left_out = House.take_photo, self.script.photos[0].name
        monkeypatch.setattr(House, "take_photo", lambda h, p: None if p.name == left_out else take(h, p))
        assert self.is_red() == bool(self.script.photos[0].confirmed | self.script.photos[0].proposed)

    def test_a_file_name_that_beats_a_barcode(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ranks = {"filename": Witness.DECLARED, "barcode": Witness.BARCODE, "manifest": Witness.DECLARED}
        monkeypatch.setattr(evidence, "_WITNESSES", ranks)
        assert self.is_red()

    def test_a_file_name_that_is_believed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Claim, "is_certain", property(lambda claim: claim.confidence >= 0.2))
        monkeypatch.setattr(evidence, "_WITNESSES", {"filename": Witness.BARCODE, "manifest": Witness.DECLARED})
        assert self.is_red()

    def test_a_contradiction_that_is_not_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(matching, "combinations", lambda *_: [])
        assert self.is_red()

    def test_a_parent_that_is_taken_for_another_product_than_its_variant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(matching, "_refined", lambda skus, _: frozenset(skus))
        assert self.is_red()

    def test_a_name_that_is_noted_after_products_were_looked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeProducts, "note_names", lambda *_: None)
        assert self.is_red()


def _put(house: House, item: Item) -> None:
    facts = ProductFacts(status=ProductStatus.PUBLISHED, gtins=(item.gtin,), parent=item.parent)
    put_product(item.sku, facts, products=house.products, now=NOW)
