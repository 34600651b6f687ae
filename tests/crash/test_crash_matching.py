"""Evidence and products that meet, under runs that are stopped anywhere, repeated or doubled."""

import pytest

from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain.asset import Asset
from assetwire.domain.events import ProductChanged
from assetwire.domain.inspection import Identifier
from assetwire.domain.product import ProductFacts, ProductStatus
from assetwire.domain.work import Queue, WorkState
from assetwire.services.products import delete_product, put_product
from crash.cases import bus_message, hint, picture, record_master
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, stage
from crash.world import NOW, REGION, TABLE, Message, World

FACTS = ProductFacts(status=ProductStatus.UNPUBLISHED)


def _said(world: World, *skus: str, source: str = "manifest", confidence: float = 0.95) -> Asset:
    """Record an asset of which a manifest says these SKUs."""
    asset = record_master(world, picture())
    said = tuple(Identifier(kind="sku", value=sku, source=source, confidence=confidence) for sku in skus)
    world.catalog.save_asset(asset.with_declared(declared=said, now=NOW))
    return world.catalog.asset(asset.asset_id)


def _put(*skus: str) -> None:
    for sku in skus:
        put_product(sku, FACTS, products=DynamoProducts(TABLE, region=REGION), now=NOW)


def _certain(world: World) -> Message:
    _put("S-1")
    return hint(_said(world, "S-1"))


def _uncertain(world: World) -> Message:
    _put("S-1", "S-2")
    return hint(_said(world, "S-1", "S-2", confidence=0.6))


def _certain_at_last(world: World) -> Message:
    """What was asked is answered by another manifest: the question is closed, and a name forgotten."""
    _put("S-1", "S-2")
    asset = _said(world, "S-1", "S-2", confidence=0.6)
    world.deliver("associate", hint(asset))
    sure = (Identifier(kind="sku", value="S-1", source="manifest", confidence=0.95),)
    world.catalog.save_asset(world.catalog.asset(asset.asset_id).with_declared(declared=sure, now=NOW))
    return hint(asset)


def _a_product_that_was_waited_for(world: World) -> Message:
    world.deliver("associate", hint(_said(world, "S-1")))
    _put("S-1")
    return bus_message(ProductChanged(event_id="e", occurred_at=NOW, sku="S-1"))


def _asked_again(world: World) -> Message:
    """What was asked is settled as its product goes, and is a question again when that comes back."""
    _put("S-1")
    asset = _said(world, "S-1", confidence=0.6)
    world.deliver("associate", hint(asset))
    delete_product("S-1", products=DynamoProducts(TABLE, region=REGION), now=NOW)
    world.deliver("associate", hint(asset))
    _put("S-1")
    return hint(asset)


SEEDS = (_certain, _uncertain, _certain_at_last, _a_product_that_was_waited_for, _asked_again)
SCENARIOS = [Scenario("associate", seed) for seed in SEEDS]
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


def test_what_was_settled_is_an_open_question_again() -> None:
    with stage(SCENARIOS[-1]) as on:
        on.world.deliver("associate", on.message)
        worklist = DynamoWorklist(TABLE, region=REGION)
        opened = worklist.items([Queue.LINK_REVIEW], WorkState.OPEN, limit=9, after=None).items
        closed = worklist.items([Queue.LINK_REVIEW], WorkState.CLOSED, limit=9, after=None).items
        assert ([item.revision for item in opened], closed) == ([2], [])


def test_a_run_that_finds_everything_as_it_should_be_writes_nothing() -> None:
    with stage(SCENARIOS[0]) as on:
        on.world.deliver("associate", on.message)
        _, calls = on.world.deliver("associate", on.message)
        assert {call.removeprefix("dynamodb.") for call in calls} <= {"GetItem", "BatchGetItem", "Query"}
