"""Deliveries of webhooks, under runs that are stopped anywhere, repeated, doubled or out of order."""

from itertools import permutations

import pytest

from assetwire.adapters.catalog.matches import DynamoMatches
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.webhook import Form
from crash.cases import message
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins
from crash.world import EVENTS, REGION, TABLE, Message, World, fresh_world
from fakes import webhooks
from fakes.webhooks import cloud_event, encoded, platform_event

BATCH = {"content-type": "application/cloudevents-batch+json"}


def _message(*events: dict[str, object]) -> Message:
    batch = message("sqs_asset_accepted.json")
    batch["Records"][0]["body"] = webhooks.delivery(encoded(events), **BATCH).model_dump_json()
    return batch


def _new(_world: World) -> Message:
    return _message(cloud_event("S-1"), cloud_event("S-2", parent="S-1", gtins=[]))


def _changed(world: World) -> Message:
    world.deliver("mirror", _new(world))
    changed = cloud_event("S-1", minutes=1, gtins=["4006381333931"], aliases=["M-1"])
    return _message(changed, cloud_event("S-2", minutes=2, gone=True), cloud_event("S-2", minutes=1))


def _come_back(world: World) -> Message:
    world.deliver("mirror", _message(cloud_event("S-1", minutes=1, gone=True)))
    return _message(cloud_event("S-1", minutes=2), cloud_event("S-1", minutes=0))


def _hint(what: str, **data: object) -> Message:
    batch = message("sqs_asset_accepted.json")
    body = encoded(platform_event(what, **data))
    batch["Records"][0]["body"] = webhooks.delivery(body, Form.AKENEO_PLATFORM).model_dump_json()
    return batch


def _hinted(_world: World) -> Message:
    return _hint("product.updated", product={"uuid": "u"})


def _hinted_while_a_look_goes_on(world: World) -> Message:
    world.deliver("mirror", _hinted(world))
    return _hint("product-model.updated", product_model={"code": "shoes"})


def _gone_by_uuid(world: World) -> Message:
    batch = message("sqs_asset_accepted.json")
    body = (EVENTS / "akeneo" / "product_updated.json").read_bytes()
    batch["Records"][0]["body"] = webhooks.delivery(body, Form.AKENEO).model_dump_json()
    world.deliver("mirror", batch)
    return _hint("product.deleted", product={"uuid": "1fd20ad8-ef95-49d7-a581-fb9f8ac0c5ad"})


every_scenario = pytest.mark.parametrize(
    "scenario",
    [
        Scenario("mirror", seed)
        for seed in (
            *(_new, _changed, _come_back),
            *(_hinted, _hinted_while_a_look_goes_on, _gone_by_uuid),
        )
    ],
    ids=lambda scenario: scenario.seed.__name__.strip("_"),
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_three_deliveries_leave_what_one_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@every_scenario
def test_two_runs_at_once_leave_what_one_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_deliveries_out_of_order_and_doubled_leave_the_newest_word(order: tuple[int, ...]) -> None:
    said = [cloud_event("S-1"), cloud_event("S-1", minutes=1, gone=True), cloud_event("S-1", minutes=2, aliases=["M"])]
    with fresh_world() as world:
        for number in (*order, *order):
            result, _ = world.deliver("mirror", _message(said[number]))
            assert not result["batchItemFailures"]
        product = DynamoProducts(TABLE, region=REGION).product("S-1")
        assert (product.facts.aliases, product.is_deleted) == (("M",), False)
        names = DynamoMatches(TABLE, region=REGION).skus_at(["sku:s-1", "sku:m"])
        assert names == {"sku:s-1": ("S-1",), "sku:m": ("S-1",)}
