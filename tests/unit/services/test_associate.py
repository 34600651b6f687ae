"""Assets know whether a published product shows them; the end of that ends every URL."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from assetwire.domain.asset import Asset, Deletion
from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, LinkState
from assetwire.domain.product import ProductStatus
from assetwire.domain.product_use import ProductUse
from assetwire.domain.revocation import Cause
from assetwire.services.associate import associate, follow, follow_links
from assetwire.services.products import delete_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

SHOE = some.asset_id()


class House:
    """The asset `shoe.jpg`, and products that show it."""

    def __init__(self, *skus: str) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        self.catalog.save(some.asset())
        for sku in skus:
            self.products.save(some.product(sku))
            self.products.arrange(Arrangement(some.media_order("shoe.jpg", sku=sku), (some.link(sku=sku),)))
        self.clock: Callable[[], datetime] = lambda: NOW

    def publish(self, sku: str, status: ProductStatus) -> None:
        product = self.products.product(sku)
        facts = product.facts.model_copy(update={"status": status})
        self.products.save(product.saying(facts, now=NOW))

    def unpublish(self, sku: str) -> None:
        self.publish(sku, ProductStatus.UNPUBLISHED)

    def follow(self, sku: str) -> int:
        return follow(sku, None, products=self.products, catalog=self.catalog, clock=self.clock)

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(SHOE)


def test_a_published_product_makes_its_assets_live() -> None:
    house = House("S-1")
    assert house.follow("S-1") == 1
    assert (house.asset.product_use, house.asset.generation) == (ProductUse.LIVE, 1)
    assert house.follow("S-1") == 0


def test_the_last_product_to_go_ends_every_url() -> None:
    house = House("S-1", "S-2")
    house.follow("S-1")
    house.unpublish("S-1")
    assert house.follow("S-1") == 0
    house.unpublish("S-2")
    assert house.follow("S-2") == 1
    asset = house.asset
    assert (asset.product_use, asset.generation) == (ProductUse.ENDED, 2)
    assert asset.narrowing is not None
    assert asset.narrowing.cause is Cause.PRODUCT_UNPUBLISHED
    assert house.follow("S-2") == house.follow("S-1") == 0


def test_a_product_that_comes_back_ends_nothing() -> None:
    house = House("S-1")
    house.follow("S-1")
    house.unpublish("S-1")
    house.follow("S-1")
    house.publish("S-1", ProductStatus.PUBLISHED)
    assert house.follow("S-1") == 1
    assert (house.asset.product_use, house.asset.generation) == (ProductUse.LIVE, 2)


def test_a_product_that_is_deleted_ends_what_unpublishing_ends_and_comes_back_with_its_links() -> None:
    house = House("S-1")
    house.follow("S-1")
    delete_product("S-1", products=house.products, now=NOW)
    assert house.follow("S-1") == 1
    assert (house.asset.product_use, house.asset.generation) == (ProductUse.ENDED, 2)
    house.publish("S-1", ProductStatus.PUBLISHED)
    assert house.follow("S-1") == 1
    assert (house.asset.product_use, house.asset.generation) == (ProductUse.LIVE, 2)


def test_a_product_that_was_never_published_ends_nothing() -> None:
    house = House("S-1")
    house.unpublish("S-1")
    assert house.follow("S-1") == 0
    assert house.asset.product_use is ProductUse.NEVER


def test_a_link_that_is_removed_counts_as_a_product_that_goes() -> None:
    house = House("S-1")
    house.follow("S-1")
    gone = some.link().now_is(LinkState.REMOVED, origin=LinkOrigin.PERSON, by="me", now=NOW)
    house.products.arrange(Arrangement(some.media_order(revision=1), (gone,)))
    assert follow_links(SHOE, products=house.products, catalog=house.catalog, clock=house.clock)
    assert house.asset.generation == 2


def test_a_link_that_the_index_does_not_know_yet_is_found_by_its_own_event() -> None:
    house = House("S-1")
    house.products.hidden.add(("S-1", SHOE))
    assert house.follow("S-1") == 0
    house.products.hidden.clear()
    assert house.follow("S-1") == 1


def test_the_event_of_a_link_finds_it_before_the_index_does() -> None:
    house = House("S-1")
    house.products.hidden.add(("S-1", SHOE))
    assert follow("S-1", SHOE, products=house.products, catalog=house.catalog, clock=house.clock) == 1
    assert house.asset.product_use is ProductUse.LIVE
    assert follow("S-1", SHOE, products=house.products, catalog=house.catalog, clock=house.clock) == 0


def test_the_event_of_a_product_reads_it_once_for_its_links_and_once_for_its_texts() -> None:
    house, read = House("S-1"), list[str]()
    media = house.products.media
    house.products.media = lambda sku: read.append(sku) or media(sku)  # type: ignore[method-assign, func-returns-value]
    ports: dict[str, Any] = {"products": house.products, "catalog": house.catalog, "matches": house.products}
    assert associate("S-1", None, **ports, worklist=house.catalog, clock=house.clock) >= 1
    assert house.asset.product_use is ProductUse.LIVE
    assert read == ["S-1", "S-1"]


def test_a_product_that_goes_while_an_asset_is_written_is_noticed() -> None:
    house = House("S-1")

    def clock() -> datetime:
        if house.products.product("S-1").is_published:
            house.unpublish("S-1")
        return NOW

    house.clock = clock
    house.follow("S-1")
    assert (house.asset.product_use, house.asset.generation) == (ProductUse.ENDED, 2)


def test_an_asset_whose_deletion_has_begun_is_left_alone() -> None:
    house = House("S-1")
    deletion = Deletion(by="me", at=NOW, reason="old", due_at=NOW, begun_at=NOW)
    house.catalog.save(house.asset.with_life(deletion=deletion, now=NOW))
    assert house.follow("S-1") == 0


def test_a_product_that_nobody_knows_changes_nothing() -> None:
    assert House().follow("S-9") == 0


def test_roles_of_one_product_are_one_use() -> None:
    house = House("S-1")
    swatch = some.link(role=LinkRole.SWATCH)
    house.products.arrange(Arrangement(some.media_order("shoe.jpg", role=LinkRole.SWATCH), (swatch,)))
    assert house.follow("S-1") == 1
