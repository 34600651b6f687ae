"""Looks at a PIM, under runs that are stopped anywhere, repeated or doubled."""

import json
from contextlib import suppress
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from assetwire.adapters import web
from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.feeds import DynamoFeeds
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.events import ItemDue
from assetwire.services.reconcile_products import start_reconciliation
from crash.cases import bus_message
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins
from crash.world import NOW, REGION, TABLE, Message, World, aws, fresh_world
from fakes.akeneo import CREDENTIALS, URL, AkeneoDouble

PIM = AkeneoDouble(NOW)


@pytest.fixture(autouse=True)
def _pim(monkeypatch: pytest.MonkeyPatch) -> None:
    PIM.__init__(NOW)  # type: ignore[misc]
    monkeypatch.setattr(web, "ask", PIM.ask)


def _look(world: World, *, full: bool = False) -> Message:
    """Start a look, and return the message by which its function hears of it."""
    with suppress(ClientError):  # an earlier look of the same world made it
        connection = json.dumps({"akeneo": {"url": URL, **CREDENTIALS}})
        aws("secretsmanager").create_secret(Name="pims", SecretString=connection)
    place = {"region": REGION}
    job = start_reconciliation(
        "akeneo",
        full=full,
        by="me",
        feeds=DynamoFeeds(TABLE, **place),
        agenda=DynamoAgenda(TABLE, **place),
        now=NOW,
    )
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job.job_id, kind="products"))


def _first(world: World) -> Message:
    PIM.model("shoes", "Schuhe")
    for number in range(3):
        PIM.put(f"S-{number}", f"Schuh {number}", parent="shoes" if number else None)
    return _look(world)


def _changes(world: World) -> Message:
    world.deliver("reconcile_products", _first(world))
    PIM.now = NOW + timedelta(hours=1)
    PIM.put("S-1", "Stiefel", enabled=False)
    return _look(world)


def _deletions(world: World) -> Message:
    world.deliver("reconcile_products", _first(world))
    PIM.now = NOW + timedelta(hours=1)
    PIM.remove("S-1")
    PIM.put("S-9", "Neu")
    return _look(world, full=True)


every_scenario = pytest.mark.parametrize(
    "scenario",
    [Scenario("reconcile_products", seed) for seed in (_first, _changes, _deletions)],
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


def test_products_are_as_the_pim_has_them() -> None:
    with fresh_world() as world:
        result, _ = world.deliver("reconcile_products", _deletions(world))
        assert not result["batchItemFailures"]
        found = DynamoProducts(TABLE, region=REGION).products_named(["shoes", "S-0", "S-1", "S-2", "S-9"])
        assert {each.sku: each.is_deleted for each in found} == {
            "shoes": False,
            "S-0": False,
            "S-1": True,
            "S-2": False,
            "S-9": False,
        }
