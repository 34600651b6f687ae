"""Jobs over renditions, and the clock's look at the specs, stopped anywhere and started again, ask each asset once."""

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.domain.archive import Act, Archive, ArchiveState
from assetwire.domain.events import DeliveryOutdated, ItemDue
from assetwire.services import jobs
from assetwire.services.clock import Swept
from assetwire.services.reconcile import start_reconcile
from assetwire.services.refresh import start_refresh
from crash.cases import EVERYWHERE, bus_message, delivered_asset, picture, record_master, record_renditions, set_rights
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import DELIVERY, NOW, REGION, RENDITIONS, TABLE, Message, World, aws, objects


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each asset be a step of its own, and the clock look at the specs alone: what wakes is others' matter."""
    monkeypatch.setattr(jobs, "MOST_ASSETS", 1)
    monkeypatch.setattr("assetwire.services.clock.sweep", lambda **_: Swept(0, 0))


def _due(job_id: str) -> Message:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job_id, kind="job"))


def _agenda() -> DynamoAgenda:
    return DynamoAgenda(TABLE, region=REGION)


def _a_refresh(world: World) -> Message:
    asset = record_master(world, picture())
    record_renditions(world, asset)  # by other specs than hold
    return _due(start_refresh((asset.asset_id,), recall=False, by="me", token="t", agenda=_agenda(), now=NOW).job_id)


def _a_reconciliation(world: World) -> Message:
    """Nobody told enforce of an asset, which is as rendered as it can be: its masters are in cold storage."""
    asset = record_master(world, picture())
    record_renditions(world, asset)
    asset = set_rights(world, asset.asset_id, EVERYWHERE)
    archive = Archive(state=ArchiveState.ARCHIVED, asked=Act(by="me", at=NOW))
    world.catalog.save_asset(asset.with_life(now=NOW, archive=archive))
    return _due(start_reconcile((asset.asset_id,), by="me", token="t", agenda=_agenda(), now=NOW).job_id)


def _specs_that_were_never_applied(world: World) -> Message:
    record_master(world, picture())
    return {}


def _delivery_asked_for(world: World) -> Message:
    """An object was planted, and a job found it."""
    asset = delivered_asset(world)
    aws("s3").put_object(Bucket=DELIVERY, Key=f"{asset.asset_id}/g1/planted.jpg", Body=b"x")
    job_id = "jmb6vtrzkq2yxw4n"
    world.catalog.save_asset(asset.with_asked(delivery=job_id, now=NOW))
    return bus_message(DeliveryOutdated(event_id="e", occurred_at=NOW, asset_id=asset.asset_id, job_id=job_id))


SCENARIOS = (
    Scenario("revalidate", _a_refresh),
    Scenario("revalidate", _a_reconciliation),
    Scenario("clock", _specs_that_were_never_applied),
    Scenario("enforce", _delivery_asked_for),
)
every_scenario = pytest.mark.parametrize(
    "scenario", SCENARIOS, ids=lambda scenario: f"{scenario.function}_{scenario.seed.__name__.strip('_')}"
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


def test_two_ticks_at_once_start_one_refresh() -> None:
    check_twins(Scenario("clock", _specs_that_were_never_applied))


def test_a_reconciliation_reads_and_asks_and_touches_no_object() -> None:
    with stage(Scenario("revalidate", _a_reconciliation)) as on:
        assert {call for call in on.calls if call.startswith("s3.")} == {"s3.ListObjectsV2"}
        before = objects(RENDITIONS), objects(DELIVERY)
        deliver(on.world, on.scenario, on.message)
        assert (objects(RENDITIONS), objects(DELIVERY)) == before
