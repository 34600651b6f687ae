"""Revalidate, stopped anywhere and started again, does each asset once and counts it once."""

import json

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.rules import DynamoRules
from assetwire.domain.asset import AssetStatus
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.events import ItemDue
from assetwire.domain.job import JobState
from assetwire.domain.rules import RuleKind
from assetwire.services import jobs
from assetwire.services.judging import Judge
from assetwire.services.metadata import start_edit
from assetwire.services.rules import put_rule
from assetwire.services.selection import Selection
from crash.cases import bus_message, picture, record_master
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import NOW, REGION, TABLE, Message, World, fresh_world

ASSETS = 3


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few assets be several pages of several steps."""
    monkeypatch.setattr(jobs, "MOST_ASSETS", 1)
    monkeypatch.setattr(jobs, "PAGE", 2)


def _template(**fields: object) -> str:
    store = DynamoRules(TABLE, region=REGION)
    body = json.dumps({"name": "default", "fields": fields})
    change = put_rule(RuleKind.TEMPLATE, "default", body, store=store, judge=Judge(store), now=NOW).change
    assert change is not None
    return str(change.job_id)


def _masters(world: World) -> None:
    for number in range(ASSETS):  # every other one is too narrow for the template
        record_master(world, picture(number), key=f"{number}.png", size=(64 + number % 2, 48))


def due(job_id: str) -> Message:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="job", item_id=job_id, kind="job"))


def _a_stricter_template(world: World) -> Message:
    _masters(world)
    return due(_template(headline={"required": True}))


def _a_template_that_asks_nothing_new(world: World) -> Message:
    _masters(world)
    return due(_template(headline={"max_length": 9}))


def _an_edit_of_a_query(world: World) -> Message:
    _a_stricter_template(world)
    world.deliver("revalidate", _last_job(world))
    store = DynamoRules(TABLE, region=REGION)
    job = start_edit(
        Selection(status=AssetStatus.QUARANTINED),
        MetadataEdit(set={"headline": "Dahlie"}),
        may_set_rights=True,
        token="t",
        agenda=DynamoAgenda(TABLE, region=REGION),
        judge=Judge(store),
        now=NOW,
    )
    return due(job.job_id)


def _last_job(world: World) -> Message:
    (job_id,) = (item["pk"]["S"].removeprefix("JOB#") for item in world.items() if item["kind"]["S"] == "Job")
    return due(job_id)


SEEDS = (_a_stricter_template, _a_template_that_asks_nothing_new, _an_edit_of_a_query)
every_scenario = pytest.mark.parametrize(
    "scenario",
    [Scenario("revalidate", seed) for seed in SEEDS],
    ids=lambda scenario: scenario.seed.__name__.strip("_"),
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_gone_on_with_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@pytest.mark.parametrize("scenario", [Scenario("revalidate", _a_stricter_template)], ids=["a_stricter_template"])
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(scenario: Scenario) -> None:
    check_twins(scenario)


def test_an_undisturbed_run_quarantines_what_the_template_refuses_and_an_edit_accepts_it_again() -> None:
    with fresh_world() as world:
        message = _an_edit_of_a_query(world)
        assets = [item for item in world.items() if item["kind"]["S"] == "Asset"]
        assert {item["data"]["M"]["status"]["S"] for item in assets} == {"quarantined"}
        deliver(world, Scenario("revalidate", _an_edit_of_a_query), message)
        assets = [item for item in world.items() if item["kind"]["S"] == "Asset"]
        assert {item["data"]["M"]["status"]["S"] for item in assets} == {"accepted"}
        job_id = json.loads(json.loads(message["Records"][0]["body"])["detail"]["data"]["item_id"].join('""'))
        job = DynamoAgenda(TABLE, region=REGION).job(job_id)
        assert (job.state, job.done, job.changed, job.due) == (JobState.DONE, ASSETS, ASSETS, None)


def test_a_run_that_changes_nothing_writes_no_asset() -> None:
    with stage(Scenario("revalidate", _a_template_that_asks_nothing_new)) as on:
        assert "dynamodb.TransactWriteItems" not in on.calls
