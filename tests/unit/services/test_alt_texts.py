"""Alt texts that nobody wrote: asked for once a picture and product, and settled by whatever answers it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.asset import Asset, AssetStatus, Edit
from assetwire.domain.inspection import Kind
from assetwire.domain.link import Arrangement, LinkRole, LinkState
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.product import ProductFacts, ProductStatus, ProductTexts
from assetwire.domain.work import SYSTEM, Queue, WorkItem, WorkState
from assetwire.services.alt_texts import follow_alt_texts
from assetwire.services.products import put_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

SHOE = some.asset_id()
NAMED = {"de": ProductTexts(name="Schuh"), "fr-FR": ProductTexts(name="Chaussure")}


@dataclass
class House:
    """The published product S-1 with names in two languages, and the asset `shoe.jpg` that shows it."""

    texts: dict[str, ProductTexts] = field(default_factory=lambda: NAMED)
    status: ProductStatus = ProductStatus.PUBLISHED
    products: FakeProducts = field(default_factory=FakeProducts)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    asset: Asset = field(default_factory=some.asset)

    def __post_init__(self) -> None:
        self.catalog.save(self.asset)
        self.put()
        self.products.arrange(Arrangement(some.media_order("shoe.jpg"), (some.link(),)))

    def put(self, sku: str = "S-1", **changes: Any) -> None:
        facts = {"status": self.status, "texts": self.texts} | changes
        put_product(sku, ProductFacts(**facts), products=self.products, now=NOW)

    def follow(self, sku: str | None = "S-1", asset_id: str | None = None, *, days: int = 0) -> int:
        clock = lambda: NOW + timedelta(days=days)  # noqa: E731
        ports: dict[str, Any] = {"products": self.products, "assets": self.catalog, "worklist": self.catalog}
        return follow_alt_texts(sku, asset_id, **ports, clock=clock)

    def items(self) -> list[WorkItem]:
        return [record for record in self.catalog.records.values() if isinstance(record, WorkItem)]

    def item(self) -> WorkItem:
        (item,) = self.items()
        return item

    def edit(self, **texts: str) -> None:
        """Write an alt text into the asset's metadata."""
        asset = self.catalog.asset(SHOE)
        edit = Edit(value=texts, source="api", by="me", at=NOW)
        self.catalog.save(asset.model_copy(update={"edits": {"alt_text": edit}, "revision": asset.revision + 1}))


@pytest.mark.parametrize(("sku", "asset_id"), [("S-1", None), (None, SHOE), ("S-1", SHOE)])
def test_a_text_that_nobody_wrote_is_asked_for_whatever_changed_and_once(sku: str | None, asset_id: str | None) -> None:
    house = House()
    assert house.follow(sku, asset_id) == 1
    item = house.item()
    assert (item.queue, item.asset_id, item.state) == (Queue.ALT_TEXT, SHOE, WorkState.OPEN)
    assert item.evidence == {"sku": "S-1", "file_name": "shoe.jpg", "missing": ["de", "fr-FR"]}
    assert house.follow("S-1") == house.follow(None, SHOE) == house.follow("S-1", SHOE) == 0
    assert house.item() == item


def test_an_item_tells_which_texts_are_missing_still_and_is_settled_by_the_last() -> None:
    house = House()
    house.follow()
    house.edit(de="Ein Schuh")
    assert house.follow(None, SHOE) == 1
    assert house.item().evidence["missing"] == ["fr-FR"]
    house.put(texts=NAMED | {"fr-FR": ProductTexts(name="Chaussure", alt_text="Une chaussure")})
    assert house.follow("S-1") == 1
    assert (house.item().resolution, house.item().closed_by) == ("settled", SYSTEM)
    assert house.follow("S-1") == house.follow(None, SHOE) == 0


def test_what_settled_is_asked_again_when_a_text_goes_and_announced_again() -> None:
    house = House()
    house.follow()
    house.edit(de="Ein Schuh", fr="Une chaussure")
    house.follow(None, SHOE)
    house.edit(de="Ein Schuh")
    house.catalog.changes.clear()
    assert house.follow(None, SHOE, days=3) == 1
    item = house.item()
    assert (item.state, item.opened_at, item.closed_at, item.level) == (
        WorkState.OPEN,
        NOW + timedelta(days=3),
        None,
        0,
    )
    assert (item.resolution, item.closed_by) == ("", "")
    ((old, new),) = house.catalog.changes
    assert [event.type for event in events_of(Change("1", NOW, old, new))] == ["WorkItemOpened"]


def test_what_a_person_accepted_is_asked_again_only_of_another_language() -> None:
    house = House()
    house.follow()
    house.catalog.save(house.item().closed("accepted", by="anna", now=NOW))
    assert house.follow() == 0
    house.edit(de="Ein Schuh")
    assert house.follow() == 0
    house.put(texts=NAMED | {"es": ProductTexts(name="Zapato")})
    assert house.follow() == 1
    assert house.item().evidence["missing"] == ["es", "fr-FR"]


@pytest.mark.parametrize(
    "asset",
    [
        some.asset(inspection=some.inspection(kind=Kind.VIDEO)),
        some.asset(status=AssetStatus.WITHDRAWN),
        some.asset(accepted=False),
    ],
    ids=["film", "withdrawn", "refused"],
)
def test_what_is_no_picture_in_use_is_not_asked_about(asset: Asset) -> None:
    house = House(asset=asset)
    assert house.follow() == house.follow(None, SHOE) == 0


def test_a_product_that_is_not_offered_asks_nothing_and_settles_what_it_asked() -> None:
    house = House()
    house.follow()
    house.put(status=ProductStatus.UNPUBLISHED)
    assert house.follow() == 1
    assert house.item().resolution == "settled"
    assert house.follow(None, SHOE) == 0


def test_a_product_without_a_name_asks_nothing() -> None:
    house = House(texts={"de": ProductTexts(caption="Der Schuh des Jahres")})
    assert house.follow() == 0


def test_a_removed_link_settles_what_was_asked() -> None:
    house = House()
    house.follow()
    removed = some.link(state=LinkState.REMOVED, revision=1)
    house.products.arrange(Arrangement(some.media_order(revision=1), (removed,)))
    assert house.follow("S-1", SHOE) == 1
    assert house.item().resolution == "settled"


def test_a_picture_of_two_roles_is_asked_about_once_and_of_two_products_twice() -> None:
    house = House()
    swatch = some.link(role=LinkRole.SWATCH)
    house.products.arrange(Arrangement(some.media_order("shoe.jpg", role=LinkRole.SWATCH), (swatch,)))
    house.put("S-2")
    house.products.arrange(Arrangement(some.media_order("shoe.jpg", sku="S-2"), (some.link(sku="S-2"),)))
    assert house.follow(None, SHOE) == 2
    assert {item.evidence["sku"] for item in house.items()} == {"S-1", "S-2"}


def test_a_parent_that_is_not_offered_is_asked_about_while_a_variant_is() -> None:
    house = House(status=ProductStatus.UNPUBLISHED)
    assert house.follow("S-1") == 0
    house.put("V-1", status=ProductStatus.PUBLISHED, parent="S-1")
    assert house.follow("V-1") == 1
    assert house.item().evidence["sku"] == "S-1"
    assert house.follow(None, SHOE) == 0
    house.put("V-1", parent="S-1")
    assert house.follow("V-1") == 1
    assert house.item().resolution == "settled"


def test_of_nothing_there_is_nothing_to_ask() -> None:
    assert House().follow("S-9") == House().follow("S-9", SHOE) == House().follow(None, some.asset_id("x.jpg")) == 0


def test_a_text_in_a_wider_language_or_in_any_is_one() -> None:
    house = House(texts={"de": ProductTexts(alt_text="Ein Schuh"), "de-AT": ProductTexts(name="Schuh")})
    assert house.follow() == 0
    other = House()
    other.edit(**{"x-default": "A shoe"})
    assert other.follow() == 0
