"""Jobs over many assets: each once, whatever dies, is doubled or changes meanwhile."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from assetwire.domain import ids
from assetwire.domain.asset import Asset, AssetStatus, UploadRecord
from assetwire.domain.due import Due, DueKind
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.errors import Conflict, Unavailable
from assetwire.domain.job import Job, JobState
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.rules import RuleKind
from assetwire.ports.rules import Changed
from assetwire.services import jobs
from assetwire.services.job_control import cancel, resume
from assetwire.services.jobs import Advanced, advance
from assetwire.services.judging import Judge
from assetwire.services.metadata import edit_metadata, start_edit
from assetwire.services.revalidation import judging_works
from assetwire.services.rules import put_rule
from assetwire.services.selection import Selection
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW

ASSETS = 250


class Works:
    """A Catalog full of shoes, and the worker of its jobs."""

    def __init__(self, catalog: FakeCatalog | None = None, *, assets: int = ASSETS) -> None:
        self.catalog = catalog or FakeCatalog()
        self.judge = Judge(self.catalog)
        self.template(headline={"max_length": 100})
        for number in range(assets):
            self.asset(number)
        self.catalog.changes.clear()

    def asset(self, number: int, *, headline: str | None = None) -> str:
        says = {"headline": FieldValue(value=headline or "x" * (number % 20 + 1), source=Origin.XMP)}
        version = some.version(f"{number}.jpg", number)
        inspection = version.inspection.model_copy(update={"metadata": Metadata(fields=says)})
        version = version.model_copy(update={"inspection": inspection})
        asset = Asset.of(version, now=version.upload.uploaded_at).model_copy(update={"category": "shoes"})
        note = UploadRecord(upload=version.upload, asset_id=asset.asset_id)
        self.catalog.record(note, version=version, asset=asset)
        return asset.asset_id

    def template(self, **fields: Any) -> Job:
        body = json.dumps({"name": "shoes", "fields": fields})
        change = put_rule(RuleKind.TEMPLATE, "shoes", body, store=self.catalog, judge=self.judge, now=NOW).change
        assert change is not None
        return self.catalog.job(str(change.job_id))

    def run(self, job_id: str, goes_on: Callable[[], bool] = lambda: True, judge: Judge | None = None) -> Advanced:
        known = {"agenda": self.catalog, "catalog": self.catalog, "progress": self.catalog}
        works = judging_works(catalog=self.catalog, judge=judge or Judge(self.catalog), now=NOW)
        return advance(job_id, goes_on=goes_on, works=works, now=NOW, **known)

    def refused(self) -> int:
        found = [record for record in self.catalog.records.values() if isinstance(record, Asset)]
        return sum(asset.status is AssetStatus.QUARANTINED for asset in found)

    def writes(self) -> Counter[str]:
        """Return how often each asset was written."""
        return Counter(new.asset_id for _, new in self.catalog.changes if isinstance(new, Asset))


def times(number: int) -> Callable[[], bool]:
    """Return what says `number` times that there is time left."""
    left: Iterator[bool] = iter([True] * number)
    return lambda: next(left, False)


@pytest.fixture
def works() -> Works:
    return Works()


def test_a_change_of_a_template_judges_each_of_its_assets_once(works: Works) -> None:
    job = works.template(headline={"max_length": 10})
    works.catalog.changes.clear()
    assert works.run(job.job_id) == Advanced(JobState.DONE, ASSETS, works.refused())
    assert works.refused() == sum(number % 20 >= 10 for number in range(ASSETS))
    assert set(works.writes().values()) == {1}
    done = works.catalog.job(job.job_id)
    assert (done.total, done.failed, done.due) == (ASSETS, 0, None)


def test_a_rule_that_is_taken_back_accepts_them_again(works: Works) -> None:
    works.run(works.template(headline={"max_length": 10}).job_id)
    works.run(works.template(headline={"max_length": 100}).job_id)
    assert works.refused() == 0


def test_assets_of_other_categories_are_not_looked_at(works: Works) -> None:
    other = works.asset(999, headline="y" * 50)
    works.catalog.save_asset(works.catalog.asset(other).judged(works.catalog.versions(other), now=NOW, category="hats"))
    works.run(works.template(headline={"max_length": 10}).job_id)
    assert works.catalog.asset(other).status is AssetStatus.ACCEPTED


def test_a_job_that_is_cancelled_while_it_runs_stops_there_and_once_resumed_does_the_rest(works: Works) -> None:
    job = works.template(headline={"max_length": 10})
    works.catalog.changes.clear()
    pages = iter([lambda: None, lambda: cancel(job.job_id, by="ada", agenda=works.catalog, now=NOW)])

    def goes_on() -> bool:
        next(pages)()
        return True

    assert works.run(job.job_id, goes_on).lost
    stopped = works.catalog.job(job.job_id)
    assert (stopped.state, stopped.done) == (JobState.CANCELLED, 100)
    assert works.run(job.job_id).state is JobState.CANCELLED  # a message that comes late
    resume(job.job_id, by="ada", may_set_rights=True, agenda=works.catalog, now=NOW)
    assert works.run(job.job_id) == Advanced(JobState.DONE, ASSETS, works.refused())
    assert set(works.writes().values()) == {1}


def test_a_run_out_of_time_says_how_far_it_is_and_is_due_at_once(works: Works) -> None:
    job = works.template(headline={"max_length": 10})
    assert works.run(job.job_id, times(1)).done == 100
    stopped = works.catalog.job(job.job_id)
    assert (stopped.state, stopped.done, stopped.total) == (JobState.RUNNING, 100, ASSETS)
    assert stopped.due == Due(kind=DueKind.JOB, at=NOW)
    works.catalog.changes.clear()
    assert works.run(job.job_id).done == ASSETS
    assert len(works.writes()) < works.refused()


class Mortal(FakeCatalog):
    """A Catalog whose caller dies before, or right after, its write of this number; and may be overtaken before it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.dies_at: tuple[int, str] | None = None
        self.first: dict[int, Callable[[], Any]] = {}

    def advance(self, *args: Any) -> None:
        self.writes += 1
        number = self.writes
        if number in self.first:
            self.first.pop(number)()
        if self.dies_at == (number, "before"):
            raise Unavailable("died before")
        super().advance(*args)
        if self.dies_at == (number, "after"):
            raise Unavailable("died after")


def _steps(assets: int) -> int:
    works = Works(Mortal(), assets=assets)
    works.run(works.template(headline={"max_length": 10}).job_id)
    assert isinstance(works.catalog, Mortal)
    return works.catalog.writes


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_dies_at_any_write_is_gone_on_with_and_each_asset_is_done_once(when: str) -> None:
    for number in range(1, _steps(120) + 1):
        catalog = Mortal()
        works = Works(catalog, assets=120)
        job = works.template(headline={"max_length": 10})
        catalog.changes.clear()
        catalog.dies_at = (number, when)
        with pytest.raises(Unavailable):
            works.run(job.job_id)
        assert works.run(job.job_id).done == 120
        done = catalog.job(job.job_id)
        assert (done.state, done.done, done.changed) == (JobState.DONE, 120, works.refused()), number
        assert set(works.writes().values()) == {1}, number


def test_a_run_that_is_overtaken_by_another_stops_and_each_asset_is_done_once() -> None:
    for number in range(1, _steps(120) + 1):
        catalog = Mortal()
        works = Works(catalog, assets=120)
        job = works.template(headline={"max_length": 10})
        catalog.changes.clear()
        catalog.first = {number: lambda works=works, job=job: works.run(job.job_id)}  # type: ignore[misc]
        ran = works.run(job.job_id)
        assert ran.lost or ran.state is JobState.DONE, number
        assert catalog.job(job.job_id).changed == works.refused() == sum(works.writes().values())


def test_an_asset_that_somebody_edits_meanwhile_keeps_the_edit_and_is_judged_with_it() -> None:
    for number in range(1, _steps(60) + 1):
        catalog = Mortal()
        works = Works(catalog, assets=60)
        job = works.template(headline={"max_length": 10})
        asset_id = some.asset_id("19.jpg")  # one that the template refuses

        def edit(works: Works = works, asset_id: str = asset_id) -> None:
            change = MetadataEdit(set={"headline": "short", "city": "Rome"})
            edit_metadata(asset_id, change, may_set_rights=True, catalog=works.catalog, judge=works.judge, now=NOW)

        catalog.first = {number: edit}
        assert works.run(job.job_id).state is JobState.DONE
        asset = catalog.asset(asset_id)
        assert (asset.status, asset.fields["city"].value) == (AssetStatus.ACCEPTED, "Rome"), number


def test_rules_that_change_while_a_job_runs_are_those_that_count_in_the_end() -> None:
    for number in range(1, _steps(60) + 1):
        catalog = Mortal()
        works = Works(catalog, assets=60)
        job = works.template(headline={"max_length": 10})
        later: list[str] = []
        catalog.first = {
            number: lambda works=works, later=later: later.append(works.template(headline={"max_length": 5}).job_id)
        }  # type: ignore[misc]
        works.run(job.job_id)
        works.run(later[0])
        assert works.refused() == sum(n % 20 >= 5 for n in range(60)), number


def test_an_answer_that_is_lost_after_the_write_does_not_stop_the_run() -> None:
    catalog = Mortal()
    works = Works(catalog, assets=60)
    job = works.template(headline={"max_length": 10})

    def conflicting(*args: Any) -> None:
        FakeCatalog.advance(catalog, *args)
        raise Conflict("a retried write meets its own first attempt")

    catalog.advance = conflicting  # type: ignore[method-assign]
    assert works.run(job.job_id).done == 60


def test_a_job_of_many_edits_changes_each_asset_once(works: Works) -> None:
    chosen = Selection(category="shoes")
    edit = MetadataEdit(set={"city": "Rome"}, clear=("headline",))
    job = start_edit(
        chosen, edit, may_set_rights=True, by="ada", token="t", agenda=works.catalog, judge=works.judge, now=NOW
    )
    works.catalog.changes.clear()
    assert works.run(job.job_id) == Advanced(JobState.DONE, ASSETS, ASSETS)
    assert set(works.writes().values()) == {1}
    asset = works.catalog.asset(some.asset_id("7.jpg"))
    assert (asset.fields["city"].value, asset.edits["city"].by, "headline" in asset.fields) == ("Rome", "ada", False)


def test_a_job_over_a_query_that_its_own_changes_empty_misses_nothing(works: Works) -> None:
    works.run(works.template(headline={"max_length": 10}).job_id)
    refused = works.refused()
    chosen = Selection(status=AssetStatus.QUARANTINED, problem="too_long")
    edit = MetadataEdit(set={"headline": "short"})
    job = start_edit(chosen, edit, may_set_rights=True, token="t", agenda=works.catalog, judge=works.judge, now=NOW)
    assert works.run(job.job_id).changed == refused
    assert works.refused() == 0


def test_listed_assets_that_are_not_there_are_counted_as_failed(works: Works) -> None:
    chosen = Selection(asset_ids=(some.asset_id("1.jpg"), some.asset_id("missing.jpg"), some.asset_id("2.jpg")))
    edit = MetadataEdit(set={"city": "Rome"})
    job = start_edit(chosen, edit, may_set_rights=True, token="t", agenda=works.catalog, judge=works.judge, now=NOW)
    works.run(job.job_id)
    done = works.catalog.job(job.job_id)
    assert (done.done, done.changed, done.failed, done.total) == (2, 2, 1, 3)


def test_a_step_stays_within_what_a_transaction_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    works = Works(assets=40)
    steps: list[tuple[int, int]] = []
    advance_ = works.catalog.advance

    def noted(job: Job, changed: Changed) -> None:
        steps.append((len(changed.assets), sum(map(len, changed))))
        advance_(job, changed)

    works.catalog.advance = noted  # type: ignore[method-assign]
    monkeypatch.setattr(jobs, "MOST_BYTES", 4000)
    works.run(works.template(headline={"max_length": 0}).job_id)
    assert works.refused() == 40
    assert max(assets for assets, _ in steps) < 10
    monkeypatch.undo()
    steps.clear()
    works.run(works.template(headline={"max_length": 100}).job_id)
    assert max(assets for assets, _ in steps) == 10


def test_a_job_that_cannot_be_understood_fails_and_says_so(works: Works) -> None:
    job = Job.started(ids.job_id("x"), "edit_metadata", {"selection": {"colour": "red"}}, by="", now=NOW)
    works.catalog.save(job)
    assert works.run(job.job_id).state is JobState.FAILED
    failed = works.catalog.job(job.job_id)
    assert failed.message
    assert failed.due is None


@pytest.mark.parametrize("kind", ["revalidate", "of_another_function"])
def test_a_job_that_has_ended_or_is_another_functions_is_left_alone(works: Works, kind: str) -> None:
    state = JobState.DONE if kind == "revalidate" else JobState.RUNNING
    job = Job.started(ids.job_id("x"), kind, {}, by="", now=NOW).model_copy(update={"state": state})
    works.catalog.save(job)
    works.run(job.job_id)
    assert works.catalog.job(job.job_id) == job
