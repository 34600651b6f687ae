"""Jobs are listed page by page, stopped where they are, and go on from there."""

import base64
import json
from datetime import timedelta

import pytest

from assetwire.domain import ids
from assetwire.domain.collection import INHERITANCE
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import InvalidRequest, NotFound, Refused
from assetwire.domain.job import Job, JobState
from assetwire.domain.outbox import Change, events_of
from assetwire.services.job_control import cancel, list_jobs, resume
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW

LATER = NOW + timedelta(hours=1)


def job(number: int = 1, **fields: object) -> Job:
    request = {"cause": f"change {number}", "selection": {"asset_ids": ["a" * 26] * 1000}}
    known = {"job_id": ids.job_id(str(number)), "created_at": NOW + timedelta(minutes=number), "request": request}
    return some.job(**(known | fields))


def catalog_with(*jobs: Job) -> FakeCatalog:
    catalog = FakeCatalog()
    for each in jobs:
        catalog.save(each)
    catalog.changes.clear()
    return catalog


def announced(catalog: FakeCatalog) -> list[str]:
    changes = enumerate(catalog.changes)
    return [event.type for n, (old, new) in changes for event in events_of(Change(str(n), LATER, old, new))]


def test_jobs_are_listed_page_by_page_newest_first_with_nothing_of_their_request_but_its_cause() -> None:
    catalog = catalog_with(*map(job, range(5)))
    causes, cursor = [], None
    while True:
        page = list_jobs(limit=2, cursor=cursor, agenda=catalog)
        causes += [each["request"] for each in page.jobs]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert causes == [{"cause": f"change {number}"} for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("item_id", ["\ud800", "", "x" * 65, "a#b"])
def test_a_cursor_that_names_nothing_that_is_listed_is_refused(item_id: str) -> None:
    text = json.dumps(["2026-01-01T00:00:00+00:00", item_id])
    cursor = base64.urlsafe_b64encode(text.encode()).decode()
    with pytest.raises(InvalidRequest) as error:
        list_jobs(limit=2, cursor=cursor, agenda=FakeCatalog())
    assert error.value.code == "invalid_cursor"


def test_a_running_job_is_cancelled_once_and_due_no_more() -> None:
    running = job(done=7, cursor="x", due=Due(kind=DueKind.JOB, at=NOW))
    catalog = catalog_with(running)
    for by in ("ada", "bob"):
        stopped = cancel(running.job_id, by=by, agenda=catalog, now=LATER)
        assert (stopped.state, stopped.due, stopped.done) == (JobState.CANCELLED, None, 7)
        assert stopped.message == "cancelled by ada"
    assert announced(catalog) == []


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED])
def test_a_job_that_stopped_goes_on_where_it_was_and_is_announced_at_once(state: JobState) -> None:
    stopped = job(state=state, done=7, cursor="x", message="why", due=None)
    catalog = catalog_with(stopped)
    for _ in range(2):
        going = resume(stopped.job_id, by="ada", may_set_rights=True, agenda=catalog, now=LATER)
        assert (going.state, going.cursor, going.done) == (JobState.RUNNING, "x", 7)
        assert (going.by, going.message) == ("ada", f"resumed by ada, after {stopped.by}")
        assert going.due == Due(kind=DueKind.JOB, at=LATER)
    assert announced(catalog) == ["ItemDue"]


def test_what_has_ended_is_neither_cancelled_nor_resumed() -> None:
    done, failed = job(1, state=JobState.DONE, due=None), job(2, state=JobState.FAILED, due=None)
    catalog = catalog_with(done, failed)
    for call in (
        lambda: cancel(done.job_id, by="ada", agenda=catalog, now=LATER),
        lambda: cancel(failed.job_id, by="ada", agenda=catalog, now=LATER),
        lambda: resume(done.job_id, by="ada", may_set_rights=True, agenda=catalog, now=LATER),
    ):
        with pytest.raises(Refused) as error:
            call()
        assert error.value.code == "job_ended"
    with pytest.raises(NotFound):
        cancel(ids.job_id("none"), by="ada", agenda=catalog, now=LATER)
    assert catalog.changes == []


def test_a_job_that_brings_rights_to_all_members_of_a_collection_is_not_cancelled() -> None:
    running = job(kind=INHERITANCE)
    with pytest.raises(Refused) as error:
        cancel(running.job_id, by="ada", agenda=catalog_with(running), now=LATER)
    assert error.value.code == "rights_reach_all"
