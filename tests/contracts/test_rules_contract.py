"""The RuleStore and Progress ports: the fake and DynamoDB answer alike."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.catalog.rules import DynamoProgress, DynamoRules
from assetwire.domain import ids
from assetwire.domain.asset import AssetStatus, UploadRecord
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import Conflict
from assetwire.domain.job import Job
from assetwire.domain.rules import Rulebook, RuleChange, RuleKind, RuleText
from assetwire.ports import JobPage
from assetwire.ports.rules import Changed
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW

TEMPLATE, VOCABULARY = RuleKind.TEMPLATE, RuleKind.VOCABULARY


class Places:
    """The Catalog, its rules, and its jobs."""

    def __init__(self, catalog: Any, agenda: Any, rules: Any, progress: Any) -> None:
        self.catalog, self.agenda, self.rules, self.progress = catalog, agenda, rules, progress

    def asset(self, key: str, **fields: Any) -> Any:
        version = some.version(key)
        asset = some.asset(key).model_copy(update=fields)
        self.catalog.record(UploadRecord(upload=version.upload, asset_id=asset.asset_id), version=version, asset=asset)
        return asset

    def change(self, kind: RuleKind, name: str, version: int, *, job: Job | None = None, book: Any = None) -> Rulebook:
        changed = (book or self.rules.rulebook()).with_version(kind, name, version)
        text = RuleText(kind=kind, name=name, version=version, text=f'{{"name":"{name}"}}')
        entry = RuleChange(kind=kind, name=name, version=version, by="ada", at=NOW, reason="why", changes=("+ a",))
        self.rules.change_rule(changed, text, entry, job)
        return Rulebook.model_validate(changed)


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeCatalog()
        return Places(fake, fake, fake, fake)
    table = request.getfixturevalue("table")
    return Places(*(k(table, region="us-east-1") for k in (DynamoCatalog, DynamoAgenda, DynamoRules, DynamoProgress)))


def job(number: int) -> Job:
    made = some.job(job_id=ids.job_id(str(number)), due=Due(kind=DueKind.JOB, at=NOW))
    return made.model_copy(update={"created_at": NOW + timedelta(minutes=number)})


def test_a_rulebook_that_nobody_wrote_is_empty(places: Places) -> None:
    assert places.rules.rulebook() == Rulebook()
    assert places.rules.text(TEMPLATE, "swatch", 1) is None
    assert places.rules.change_log(TEMPLATE, "swatch", limit=9, before=None) == []


def test_a_change_is_read_back_with_its_job(places: Places) -> None:
    places.change(TEMPLATE, "swatch", 2, job=job(1))
    changed = places.change(VOCABULARY, "swatch", 1)
    assert places.rules.rulebook() == changed
    assert (changed.revision, changed.templates, changed.vocabularies) == (1, {"swatch": 2}, {"swatch": 1})
    assert places.rules.text(TEMPLATE, "swatch", 2).text == '{"name":"swatch"}'
    assert places.agenda.job(ids.job_id("1")) == job(1)


def test_a_change_log_is_newest_first_whatever_the_number_of_digits(places: Places) -> None:
    for version in (9, 10, 11):
        places.change(TEMPLATE, "swatch", version)
    places.change(TEMPLATE, "swatch-2", 1)
    log = places.rules.change_log(TEMPLATE, "swatch", limit=9, before=None)
    assert [(entry.version, entry.by, entry.changes) for entry in log] == [(n, "ada", ("+ a",)) for n in (11, 10, 9)]
    for before, versions in ((None, [11, 10]), (10, [9]), (9, []), (1, [])):
        page = places.rules.change_log(TEMPLATE, "swatch", limit=2, before=before)
        assert [entry.version for entry in page] == versions


def test_a_change_of_a_rulebook_that_moved_writes_nothing(places: Places) -> None:
    book = places.rules.rulebook()
    places.change(TEMPLATE, "swatch", 2)
    with pytest.raises(Conflict):
        places.change(TEMPLATE, "print", 2, job=job(1), book=book)
    assert places.rules.text(TEMPLATE, "print", 2) is None
    assert places.agenda.jobs(limit=9, after=None) == JobPage([], None)


def test_a_version_is_written_once(places: Places) -> None:
    places.change(TEMPLATE, "swatch", 2)
    with pytest.raises(Conflict):
        places.change(TEMPLATE, "swatch", 2)
    assert places.rules.rulebook().revision == 0


def test_assets_are_counted_by_category(places: Places) -> None:
    for number in range(5):
        places.asset(f"{number}.jpg", category="swatch" if number < 3 else "print")
    assert [places.progress.count_of(category) for category in ("swatch", "print", "video")] == [3, 2, 0]


def test_assets_are_counted_by_status(places: Places) -> None:
    for number in range(5):
        places.asset(f"{number}.jpg", status=AssetStatus.QUARANTINED if number < 2 else AssetStatus.ACCEPTED)
    statuses = (AssetStatus.QUARANTINED, AssetStatus.ACCEPTED, AssetStatus.DELETED)
    assert [places.progress.count_with(status) for status in statuses] == [2, 3, 0]


def test_a_step_writes_the_job_and_what_it_changed_together(places: Places) -> None:
    assets = [places.asset(f"{number}.jpg") for number in range(3)]
    places.agenda.save(job(1))
    after = job(1).progressed(now=NOW, done=3, changed=3)
    problems = some.refused_inspection().problems
    versions = [places.catalog.versions(asset.asset_id)[0].judged(problems) for asset in assets]
    judged = [asset.judged([v], now=NOW) for asset, v in zip(assets, versions, strict=True)]
    places.progress.advance(after, Changed(judged, versions))
    assert places.agenda.job(after.job_id) == after
    assert [places.catalog.asset(asset.asset_id) for asset in assets] == judged
    assert [places.catalog.versions(asset.asset_id) for asset in assets] == [[version] for version in versions]


@pytest.mark.parametrize("moved", ["job", "asset"])
def test_a_step_that_was_overtaken_writes_nothing(places: Places, moved: str) -> None:
    asset = places.asset("a.jpg")
    places.agenda.save(job(1))
    if moved == "job":
        places.agenda.save(job(1).progressed(now=NOW, done=1))
    else:
        places.catalog.save_asset(asset.with_rights(some.rights(), now=NOW))
    before = places.agenda.job(job(1).job_id), places.catalog.asset(asset.asset_id)
    with pytest.raises(Conflict):
        places.progress.advance(
            job(1).progressed(now=NOW, done=9), Changed([asset.judged([some.version("a.jpg")], now=NOW)])
        )
    assert (places.agenda.job(job(1).job_id), places.catalog.asset(asset.asset_id)) == before


def test_a_step_that_changed_nothing_still_counts(places: Places) -> None:
    places.agenda.save(job(1))
    places.progress.advance(job(1).progressed(now=NOW, done=9), Changed())
    assert places.agenda.job(job(1).job_id).done == 9
    with pytest.raises(Conflict):
        places.progress.advance(job(1).progressed(now=NOW, done=9), Changed())


def test_jobs_are_listed_newest_first(places: Places) -> None:
    for number in (2, 1, 3):
        places.agenda.save(job(number))
    first = places.agenda.jobs(limit=2, after=None)
    assert [found.job_id for found in first.jobs] == [ids.job_id("3"), ids.job_id("2")]
    rest = places.agenda.jobs(limit=2, after=first.next)
    assert ([found.job_id for found in rest.jobs], rest.next) == ([ids.job_id("1")], None)
