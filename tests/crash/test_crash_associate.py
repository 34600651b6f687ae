"""Products that go and come, under runs that are stopped anywhere, repeated, doubled or out of order."""

from itertools import permutations

import pytest

from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain.asset import Asset
from assetwire.domain.events import (
    Event,
    LinkConfirmed,
    LinkRemoved,
    ProductChanged,
    ProductPublished,
    ProductUnpublished,
)
from assetwire.domain.link import Arrangement, LinkOrigin, LinkState
from assetwire.domain.product import ProductFacts, ProductStatus, ProductTexts
from assetwire.domain.product_use import ProductUse
from assetwire.domain.work import Queue, WorkState
from assetwire.services.products import delete_product, put_product
from crash.cases import bus_message, offer, picture, record_master
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins
from crash.world import NOW, REGION, TABLE, Message, World, fresh_world

PUBLISHED, UNPUBLISHED = (ProductFacts(status=status) for status in ProductStatus)


def _message(kind: type[Event], sku: str, asset: Asset | None = None) -> Message:
    about = {} if asset is None else {"asset_id": asset.asset_id, "role": "hero", "market": "any"}
    return bus_message(kind(event_id=f"{kind.__name__} {sku}", occurred_at=NOW, sku=sku, **about))


class Shop:
    """Products in the world's table, and what becomes of them."""

    def __init__(self) -> None:
        self._products = DynamoProducts(TABLE, region=REGION)

    def tell(self, sku: str, facts: ProductFacts) -> None:
        self._products.save(self._products.product(sku).saying(facts, now=NOW))

    def delete(self, sku: str) -> None:
        delete_product(sku, products=self._products, now=NOW)

    def unlink(self, sku: str) -> None:
        media = self._products.media(sku)
        removed = (link.now_is(LinkState.REMOVED, origin=LinkOrigin.PIM, by="pim", now=NOW) for link in media.links)
        empty = media.orders[0].model_copy(update={"assets": (), "revision": media.orders[0].revision + 1})
        self._products.arrange(Arrangement(empty, tuple(removed)))


def _live(world: World) -> tuple[Asset, Asset]:
    """Two assets of the product S-1, the first one of S-2 as well; both know that they are live."""
    one, two = record_master(world, picture()), record_master(world, picture(90), key="blue.jpg")
    offer("S-1", one, two)
    offer("S-2", one)
    world.deliver("associate", _message(ProductPublished, "S-1"))
    return one, two


def _published(world: World) -> Message:
    one, two = record_master(world, picture()), record_master(world, picture(90), key="blue.jpg")
    offer("S-1", one, two)
    return _message(ProductPublished, "S-1")


def _unpublished(world: World) -> Message:
    shop = Shop()
    _live(world)
    shop.tell("S-1", UNPUBLISHED)
    return _message(ProductUnpublished, "S-1")


def _deleted(world: World) -> Message:
    _live(world)
    Shop().delete("S-1")
    return _message(ProductChanged, "S-1")


def _the_last_link_removed(world: World) -> Message:
    shop = Shop()
    _, two = _live(world)
    shop.unlink("S-1")
    return _message(LinkRemoved, "S-1", two)


def _the_last_variant_unpublished(world: World) -> Message:
    """An asset of a parent that is not offered, which its variant alone showed."""
    products = DynamoProducts(TABLE, region=REGION)
    one = record_master(world, picture())
    offer("S", one)
    products.save(products.product("S").saying(UNPUBLISHED, now=NOW))
    facts = PUBLISHED.model_copy(update={"parent": "S"})
    put_product("S-1", facts, products=products, now=NOW)
    world.deliver("associate", _message(ProductChanged, "S-1"))
    assert world.catalog.asset(one.asset_id).product_use is ProductUse.LIVE
    put_product("S-1", facts.model_copy(update={"status": UNPUBLISHED.status}), products=products, now=NOW)
    return _message(ProductChanged, "S-1")


NAMED = PUBLISHED.model_copy(update={"texts": {"de": ProductTexts(name="Schuh")}})


def _an_alt_text_is_wanted(world: World) -> Message:
    """The picture is in use already: what is left to do is to ask."""
    one = record_master(world, picture())
    offer("S-1", one)
    world.deliver("associate", _message(ProductPublished, "S-1"))
    Shop().tell("S-1", NAMED)
    return _message(ProductChanged, "S-1")


def _an_alt_text_was_written(world: World) -> Message:
    world.deliver("associate", _an_alt_text_is_wanted(world))
    texts = {"de": ProductTexts(name="Schuh", alt_text="Ein Schuh")}
    Shop().tell("S-1", NAMED.model_copy(update={"texts": texts}))
    return _message(ProductChanged, "S-1")


SCENARIOS = [
    Scenario("associate", seed)
    for seed in (
        *(_published, _unpublished, _deleted, _the_last_link_removed, _the_last_variant_unpublished),
        *(_an_alt_text_is_wanted, _an_alt_text_was_written),
    )
]
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.seed.__name__.strip("_"))


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_three_deliveries_leave_what_one_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@every_scenario
def test_two_runs_at_once_leave_what_one_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


def test_only_what_no_other_published_product_shows_ends() -> None:
    with fresh_world() as world:
        shop = Shop()
        assets = _live(world)
        shop.tell("S-1", UNPUBLISHED)
        world.deliver("associate", _message(ProductUnpublished, "S-1"))
        found = [world.catalog.asset(asset.asset_id) for asset in assets]
        assert [(a.product_use, a.generation) for a in found] == [(ProductUse.LIVE, 1), (ProductUse.ENDED, 2)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_out_of_order_leave_an_asset_as_its_products_are(order: tuple[int, ...]) -> None:
    with fresh_world() as world:
        shop = Shop()
        one, _ = _live(world)
        shop.tell("S-1", UNPUBLISHED)
        shop.tell("S-2", UNPUBLISHED)
        shop.tell("S-1", PUBLISHED)
        messages = [
            _message(ProductUnpublished, "S-1"),
            _message(ProductUnpublished, "S-2"),
            _message(LinkConfirmed, "S-1", one),
        ]
        for number in order:
            world.deliver("associate", messages[number])
        asset = world.catalog.asset(one.asset_id)
        assert (asset.product_use, asset.generation) == (ProductUse.LIVE, 1)


def test_a_missing_alt_text_is_one_question_that_its_answer_settles() -> None:
    with fresh_world() as world:
        worklist = DynamoWorklist(TABLE, region=REGION)
        world.deliver("associate", _an_alt_text_was_written(world))
        assert worklist.items([Queue.ALT_TEXT], WorkState.OPEN, limit=9, after=None).items == []
        (settled,) = worklist.items([Queue.ALT_TEXT], WorkState.CLOSED, limit=9, after=None).items
        assert (settled.evidence["missing"], settled.resolution) == (["de"], "settled")
