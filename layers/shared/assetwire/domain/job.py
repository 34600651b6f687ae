"""Work over many assets that goes on in the background, a page at a time, from where it stopped."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from assetwire.domain.due import Due, DueKind
from assetwire.domain.model import Instant, Value

JOB_ID = r"^j[a-z2-7]{15}$"
JobId = Annotated[str, StringConstraints(pattern=JOB_ID)]


RECONCILE_PRODUCTS = "reconcile_products"
"""The kind of the job that looks at a PIM: it has a function of its own."""
_DUE_KINDS = {RECONCILE_PRODUCTS: DueKind.PRODUCTS}
"""What of a job is due, where that is not a job as any."""


class JobState(StrEnum):
    """Whether a job goes on."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Somebody stopped it where it was."""


class Job(Value):
    """A job: what was asked for, how far it is, and when it goes on; `cursor` is its own to interpret."""

    job_id: JobId
    kind: str
    request: dict[str, Any] = Field(default_factory=dict)
    state: JobState = JobState.RUNNING
    cursor: str | None = None
    done: int = 0
    changed: int = 0
    failed: int = 0
    total: int | None = None
    message: str = ""
    by: str = ""
    created_at: Instant
    updated_at: Instant
    due: Due | None = None
    revision: int = 0

    @classmethod
    def started(
        cls,
        job_id: str,
        kind: str,
        request: dict[str, Any],
        *,
        by: str,
        now: datetime,
        delay: timedelta = timedelta(),
    ) -> "Job":
        """Return a new job that is due at once, or after a delay."""
        due = Due(kind=_due_kind(kind), at=now + delay)
        return cls(job_id=job_id, kind=kind, request=request, by=by, created_at=now, updated_at=now, due=due)

    def progressed(self, *, now: datetime, **changes: Any) -> "Job":
        """Return this job some steps further; a job that has ended is due no more."""
        changed = self.model_copy(update={**changes, "updated_at": now, "revision": self.revision + 1})
        if changed.state is not JobState.RUNNING:
            return changed.model_copy(update={"due": None})
        return changed

    def resumed(self, *, by: str, now: datetime) -> "Job":
        """Return this job, which failed or was cancelled, due to go on at once from where it stopped.

        What it changes from here on is the doing of whoever resumed it.
        """
        due, message = Due(kind=DueKind.JOB, at=now), f"resumed by {by}, after {self.by}"
        resumed = self.progressed(now=now, state=JobState.RUNNING, message=message, due=due)
        return resumed.model_copy(update={"by": by})

    def waiting(self, time: timedelta, *, now: datetime) -> "Job":
        """Return this job, due to go on after some time."""
        return self.progressed(now=now, due=Due(kind=_due_kind(self.kind), at=now + time))

    def woken(self, now: datetime) -> "Job":
        """Return this job, told to go on."""
        return self.progressed(now=now, due=None if self.due is None else self.due.woken(now))


def _due_kind(kind: str) -> DueKind:
    return _DUE_KINDS.get(kind, DueKind.JOB)
