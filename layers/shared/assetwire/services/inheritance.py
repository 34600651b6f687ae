"""Inheritance: bring what a collection allows to all of its members, some at a time, from where it stopped.

Each turn reads the collection anew, and is written only while that is as it was read, together with the job's next
state. So a run that dies in between has done nothing, one that is doubled loses and stops, and of two changes that
follow fast upon each other the later one is what every member has in the end, whichever job comes by last.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from assetwire.domain import ids
from assetwire.domain.asset import Asset
from assetwire.domain.collection import INHERITANCE, Collection, Membership, following, follows
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import Conflict, PermanentError
from assetwire.domain.job import Job, JobState
from assetwire.ports import Agenda, Catalog
from assetwire.ports.collections import Collections, Turn
from assetwire.services.conflicts import decided
from assetwire.services.jobs import Advanced, Lost, written
from assetwire.services.members import AT_ONCE, ATTEMPTS, MOST_BYTES, read_each


def job_of(collection: Collection, *cause: str, total: int | None = None, by: str, now: datetime) -> Job:
    """Return the job that brings a collection to its members as it is from this revision on."""
    job_id = ids.job_id(INHERITANCE, collection.collection_id, str(collection.revision), *cause)
    request = {"cause": collection.title, "collection_id": collection.collection_id}
    return Job.started(job_id, INHERITANCE, request, by=by, now=now).model_copy(update={"total": total})


def mend(asset: Asset, cause: str, *, collections: Collections, agenda: Agenda, now: datetime) -> list[Job]:
    """Start a job for each collection that an asset does not follow, unless the same cause did already."""
    if not asset.collections:
        return []
    started = []
    for collection in collections.collections_named(asset.collections):
        if not follows(asset, collection):
            job = job_of(collection, cause, by="assetwire", now=now)
            try:
                agenda.save(job)
            except Conflict:
                continue
            started.append(job)
    return started


def spread(
    job: Job,
    *,
    goes_on: Callable[[], bool],
    agenda: Agenda,
    catalog: Catalog,
    collections: Collections,
    now: datetime,
) -> Advanced:
    """Take a job further while `goes_on` says that there is time; what is left is due at once again.

    Raises:
        Conflict: others kept changing the collection or its members; the message comes again.
        Unavailable: the Catalog did not answer; the message comes again, or the job is woken again.
    """
    if job.state is not JobState.RUNNING:
        return Advanced(job.state, job.done, job.changed)
    run = _Run(agenda=agenda, catalog=catalog, collections=collections, now=now)
    try:
        job = run.to_the_end(job, goes_on)
    except Lost:
        return Advanced(job.state, job.done, job.changed, lost=True)
    return Advanced(job.state, job.done, job.changed)


class _Run:
    def __init__(self, *, agenda: Agenda, catalog: Catalog, collections: Collections, now: datetime) -> None:
        self._agenda, self._catalog, self._collections, self._now = agenda, catalog, collections, now

    def to_the_end(self, job: Job, goes_on: Callable[[], bool]) -> Job:
        try:
            if job.total is None:
                total = self._collections.count_members(job.request["collection_id"])
                job = self._saved(job, job.progressed(now=self._now, total=total))
            while goes_on():
                job = decided(partial(self._stepped, job), attempts=ATTEMPTS)
                if job.state is not JobState.RUNNING:
                    return job
        except PermanentError as error:  # there is no such collection: the same again at every waking
            message = error.message[:500]
            return self._saved(job, job.progressed(now=self._now, state=JobState.FAILED, message=message))
        return self._saved(job, job.progressed(now=self._now, due=Due(kind=DueKind.JOB, at=self._now)))

    def _stepped(self, job: Job) -> Job:
        """Bring the next members to what their collection is now; return the job after them."""
        collection = self._collections.collection(job.request["collection_id"])
        notes = self._collections.members(collection.collection_id, limit=AT_ONCE, after=job.cursor)
        found = read_each([note.asset_id for note in notes], catalog=self._catalog)
        assets: list[Asset] = []
        taken: list[Membership] = []
        size = 0
        for note in notes:
            asset = found[note.asset_id]
            after = following(asset, collection, now=self._now) if isinstance(asset, Asset) else asset
            if isinstance(after, Asset) and after is not asset:
                size += len(after.model_dump_json())
                if assets and size > MOST_BYTES:
                    break
                assets.append(after)
            taken.append(note)
        known = [note for note in taken if isinstance(found[note.asset_id], Asset)]
        at_the_end = len(notes) < AT_ONCE and len(taken) == len(notes)
        done, failed = job.done + len(known), job.failed + len(taken) - len(known)
        after_them = job.progressed(
            now=self._now,
            cursor=taken[-1].asset_id if taken else job.cursor,
            done=done,
            changed=job.changed + len(assets),
            failed=failed,
            state=JobState.DONE if at_the_end else JobState.RUNNING,
            total=done + failed if at_the_end else job.total,
        )
        left = known if collection.deleted is not None else []
        return self._saved(job, after_them, Turn(assets=assets, left=left), of=collection)

    def _saved(self, old: Job, new: Job, turn: Turn | None = None, *, of: Collection | None = None) -> Job:
        """Write a job's next state, with what its turn changed.

        Raises:
            Conflict: the collection or a member moved, and the turn is to be thought of anew.
        """

        def write() -> None:
            if turn is not None and of is not None and (turn.assets or turn.left):
                self._collections.take(turn._replace(job=new), of=of)
            else:
                self._agenda.save(new)

        return written(write, old, new, agenda=self._agenda)
