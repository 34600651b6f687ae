"""Jobs as people watch and steer them: list, cancel, resume."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.collection import INHERITANCE
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.errors import Refused
from assetwire.domain.job import Job, JobState
from assetwire.ports import Agenda
from assetwire.services.conflicts import decided
from assetwire.services.cursors import cursor_of, position_of
from assetwire.services.metadata import EDIT_METADATA, require_permitted


class JobListing(NamedTuple):
    """A page of jobs, newest first, each without what was asked for but its cause; None after the last page."""

    jobs: list[dict[str, Any]]
    next_cursor: str | None


def list_jobs(*, limit: int, cursor: str | None, agenda: Agenda) -> JobListing:
    """Return one page of the jobs.

    A request may name a thousand assets: it is left out, and read job by job.

    Raises:
        InvalidRequest: the cursor is not one of a listing's.
    """
    page = agenda.jobs(limit=limit, after=position_of(cursor))
    return JobListing([_brief(job) for job in page.jobs], cursor_of(page.next))


def _brief(job: Job) -> dict[str, Any]:
    cause = {name: value for name, value in job.request.items() if name == "cause"}
    return job.model_dump(mode="json") | {"request": cause}


def cancel(job_id: str, *, by: str, agenda: Agenda, now: datetime) -> Job:
    """Stop a job after the step that it is at: what it did stands. A cancelled job is cancelled once.

    Raises:
        NotFound: there is no such job.
        Refused: it ended by itself (`job_ended`), or brings rights to all members of a collection (`rights_reach_all`).
        Conflict: it kept advancing.
    """

    def step(job: Job) -> Job:
        if job.state is JobState.CANCELLED:
            return job
        if job.state is not JobState.RUNNING:
            raise Refused(f"job {job_id} is {job.state} already", code="job_ended")
        if job.kind == INHERITANCE:
            said = "what a collection allows reaches all of its members, or some would be shown where it does not"
            raise Refused(said, code="rights_reach_all")
        return job.progressed(now=now, state=JobState.CANCELLED, message=f"cancelled by {by}")

    return _changed(job_id, step, agenda=agenda)


def resume(job_id: str, *, by: str, may_set_rights: bool, agenda: Agenda, now: datetime) -> Job:
    """Let a job that failed or was cancelled go on from where it stopped. A running job is left alone.

    Raises:
        NotFound: there is no such job.
        Refused: it is done (`job_ended`).
        NotPermitted: it edits fields that limit rights, and whoever resumes it may not set any.
        Conflict: others kept changing it.
    """

    def step(job: Job) -> Job:
        if job.kind == EDIT_METADATA:
            require_permitted(MetadataEdit.model_validate(job.request["edit"]), by=by, may_set_rights=may_set_rights)
        if job.state is JobState.DONE:
            raise Refused(f"job {job_id} is done", code="job_ended")
        return job if job.state is JobState.RUNNING else job.resumed(by=by, now=now)

    return _changed(job_id, step, agenda=agenda)


def _changed(job_id: str, step: Callable[[Job], Job], *, agenda: Agenda) -> Job:
    def attempt() -> Job:
        job = agenda.job(job_id)
        after = step(job)
        if after is not job:
            agenda.save(after)
        return after

    return decided(attempt)
