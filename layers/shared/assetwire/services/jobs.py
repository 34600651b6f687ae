"""Jobs over many assets: some steps further from where they stopped, each asset once, however often they are begun.

A step writes the job's next state together with all that it changed, in one transaction: a run that dies in between has
done nothing, and one that is doubled loses against the other and stops.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Version
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import Conflict, NotFound, PermanentError
from assetwire.domain.history import AssetChange, change_between
from assetwire.domain.job import Job, JobState
from assetwire.ports import Agenda, Catalog
from assetwire.ports.rules import Changed, Progress
from assetwire.services.selection import Selection, Step, walk

PAGE = 100
MOST_ASSETS, MOST_WRITES, MOST_BYTES = 10, 90, 2_000_000
"""What one transaction changes at the most: assets, records, and bytes of them as JSON.

Source: DynamoDB quotas, 100 actions and 4 MB a transaction.
"""
_ATTEMPTS = 8
_NOTHING = Changed()


class Advanced(NamedTuple):
    """How far a run came; `lost` if another run of the same job goes on in its place."""

    state: JobState
    done: int
    changed: int
    lost: bool = False


class Doing(Protocol):
    """What a job does with the assets of one step; made anew for each, so that it sees the world as it is then."""

    def after(self, asset: Asset) -> tuple[Asset, Sequence[Version]]:
        """Return an asset as the job makes it, with those of its versions that changed; the asset itself if all stays.

        Raises:
            PermanentError: it is not understood.
        """
        ...

    def written(self, assets: Sequence[Asset]) -> None:
        """Hear that these assets were written as `after` made them."""
        ...


class Work(Protocol):
    """A kind of job: which assets it walks over, and what it does with each."""

    def selections(self, request: dict[str, Any]) -> list[Selection]:
        """Return the assets that a job of this request walks over, one selection after the other."""
        ...

    def step(self, job: Job) -> Doing:
        """Return what the next step of a job does."""
        ...


class Lost(Exception):
    """Another run advanced the job."""


def written(write: Callable[[], None], old: Job, new: Job, *, agenda: Agenda) -> Job:
    """Write a job's next state, by a call that may be told of a conflict, and return it.

    Raises:
        Lost: another run advanced the job.
        Conflict: something else that was to be written with it moved.
    """
    try:
        write()
    except Conflict:
        stored = agenda.job(old.job_id)
        if stored == new:  # it was written, and only the answer was lost
            return new
        if stored.revision != old.revision:
            raise Lost from None
        raise
    return new


class _Step:
    """What one transaction is to write: the outcome of the first so many steps of a page."""

    def __init__(self, job: Job) -> None:
        self.steps: list[Step] = []
        self.assets: list[Asset] = []
        self.versions: list[Version] = []
        self.changes: list[AssetChange] = []
        self.failed = 0
        self._bytes = 0
        self._cause = {"by": job.by, "reason": f"job {job.job_id}"}

    def takes(self, before: Asset, asset: Asset, versions: Sequence[Version]) -> bool:
        """Tell whether there is room for one more asset, and take it if so; one alone always has."""
        change = change_between(before, asset, **self._cause)
        changes = [] if change is None else [change]
        records = (asset, *versions, *changes)
        size = sum(len(record.model_dump_json()) for record in records)
        writes = len(self.assets) + len(self.versions) + len(self.changes) + len(records)
        full = len(self.assets) == MOST_ASSETS or writes > MOST_WRITES or self._bytes + size > MOST_BYTES
        if self.assets and full:
            return False
        self.assets.append(asset)
        self.versions.extend(versions)
        self.changes.extend(changes)
        self._bytes += size
        return True


def start_job(
    kind: str, request: dict[str, Any], *, total: int | None = None, by: str, token: str, agenda: Agenda, now: datetime
) -> Job:
    """Start a job; the same token and request again is the same job."""
    job_id = ids.job_id(kind, token, json.dumps(request, sort_keys=True))
    job = Job.started(job_id, kind, request, by=by, now=now).model_copy(update={"total": total})
    try:
        agenda.save(job)
    except Conflict:
        return agenda.job(job_id)
    return job


def advance(
    job_id: str,
    *,
    goes_on: Callable[[], bool],
    agenda: Agenda,
    catalog: Catalog,
    progress: Progress,
    works: Mapping[str, Work],
    now: datetime,
) -> Advanced:
    """Take a job further while `goes_on` says that there is time; what is left is due at once again.

    Raises:
        NotFound: there is no such job.
        Unavailable: the Catalog did not answer; the message comes again, or the job is woken again.
    """
    job = agenda.job(job_id)
    if job.state is not JobState.RUNNING or job.kind not in works:
        return Advanced(job.state, job.done, job.changed)
    run = _Run(works[job.kind], agenda=agenda, catalog=catalog, progress=progress, now=now)
    try:
        job = run.to_the_end(job, goes_on)
    except Lost:
        return Advanced(job.state, job.done, job.changed, lost=True)
    return Advanced(job.state, job.done, job.changed)


class _Run:
    def __init__(self, work: Work, *, agenda: Agenda, catalog: Catalog, progress: Progress, now: datetime) -> None:
        self._work, self._now = work, now
        self._agenda, self._catalog, self._progress = agenda, catalog, progress

    def to_the_end(self, job: Job, goes_on: Callable[[], bool]) -> Job:
        try:
            selections = self._work.selections(job.request)
            if job.total is None and all(selection.is_listing for selection in selections):
                total = sum(self._count(selection) for selection in selections)
                job = self._save(job, job.progressed(now=self._now, total=total))
            while goes_on():
                page = walk(selections, job.cursor, limit=PAGE, catalog=self._catalog)
                waiting = page.steps
                while waiting:
                    job, taken = self._stepped(job, waiting)
                    waiting = waiting[taken:]
                job = self._ended(job, page.cursor)
                if job.state is not JobState.RUNNING:
                    return job
        except (PermanentError, ValueError) as error:  # the same again at every waking: somebody has to look
            return self._save(job, job.progressed(now=self._now, state=JobState.FAILED, message=str(error)[:500]))
        return self._save(job, job.progressed(now=self._now, due=Due(kind=DueKind.JOB, at=self._now)))

    def _count(self, selection: Selection) -> int:
        if selection.category is not None:
            return self._progress.count_of(selection.category)
        return 0 if selection.status is None else self._progress.count_with(selection.status)

    def _ended(self, job: Job, cursor: str | None) -> Job:
        """Go on after the page, past what a filter dropped at its end, or end the job."""
        if cursor is None:
            total = job.total if job.total is None else job.done + job.failed
            return self._save(job, job.progressed(now=self._now, state=JobState.DONE, total=total))
        return job if cursor == job.cursor else self._save(job, job.progressed(now=self._now, cursor=cursor))

    def _stepped(self, job: Job, waiting: list[Step]) -> tuple[Job, int]:
        """Do the first so many steps that one transaction holds; return the job after them, and how many they were."""
        for _ in range(_ATTEMPTS):
            doing = self._work.step(job)
            step = self._step(job, doing, waiting)
            after = job.progressed(
                now=self._now,
                cursor=step.steps[-1].cursor,
                done=job.done + len(step.steps) - step.failed,
                changed=job.changed + len(step.assets),
                failed=job.failed + step.failed,
            )
            try:
                job = self._save(job, after, Changed(step.assets, step.versions, step.changes))
            except Conflict:  # one of the assets moved: look at them again
                waiting = [each._replace(asset=self._again(each.asset_id)) for each in waiting]
                continue
            doing.written(step.assets)
            return job, len(step.steps)
        raise Conflict(f"others kept changing the assets of job {job.job_id}")

    def _step(self, job: Job, doing: Doing, waiting: list[Step]) -> _Step:
        step = _Step(job)
        for each in waiting:
            after = self._after(doing, each.asset)
            if after is None or len(after[1]) >= MOST_WRITES:
                step.failed += 1
            elif each.asset is not None and after[0] is not each.asset and not step.takes(each.asset, *after):
                break
            step.steps.append(each)
        return step

    def _after(self, doing: Doing, asset: Asset | None) -> tuple[Asset, Sequence[Version]] | None:
        """Return an asset as the job makes it; None where there is no asset, or it is not understood."""
        if asset is None:
            return None
        try:
            return doing.after(asset)
        except PermanentError:
            return None

    def _again(self, asset_id: str) -> Asset | None:
        try:
            asset = self._catalog.asset(asset_id)
        except NotFound:
            return None
        return None if asset.is_gone else asset

    def _save(self, old: Job, new: Job, changed: Changed = _NOTHING) -> Job:
        return written(lambda: self._progress.advance(new, changed), old, new, agenda=self._agenda)
