"""Refresh: ask for the renditions of those assets that want others than they have, over the whole Catalog or of some.

Nothing is rendered here, and nothing is read but the assets themselves: what is marked has an event of its own, which
`renditions` follows. So a spec that changes costs a walk, and the renditions that it touches.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assetwire.domain import ids
from assetwire.domain.applied_specs import apply_book
from assetwire.domain.asset import Asset, AssetStatus, Version
from assetwire.domain.errors import Conflict
from assetwire.domain.job import Job
from assetwire.domain.outputs import is_incomplete, is_outdated
from assetwire.domain.spec_book import SpecBook
from assetwire.ports import Agenda
from assetwire.ports.specs import SpecStore
from assetwire.services.jobs import Doing, start_job
from assetwire.services.selection import Selection

REFRESH_RENDITIONS = "refresh_renditions"
"""The kind of the job that asks for outdated renditions."""


def start_refresh(asset_ids: Sequence[str], *, recall: bool, by: str, token: str, agenda: Agenda, now: datetime) -> Job:
    """Start a job that asks for the outdated renditions of these assets, or of all if none is named.

    With `recall`, also of those whose masters are in cold storage; else these follow when they are recalled.
    """
    request: dict[str, Any] = {"asset_ids": list(asset_ids)} if asset_ids else {}
    request |= {"recall": True} if recall else {}
    total = len(asset_ids) or None
    return start_job(REFRESH_RENDITIONS, request, total=total, by=by, token=token, agenda=agenda, now=now)


def apply_specs(*, book: SpecBook, store: SpecStore, now: datetime) -> Job | None:
    """Start a refresh of everything if other specs hold than were applied last; return it, or None if all is as it was.

    Called again and again, it starts one for each change: of the code's specs, and at each moment that they name.
    """
    known = store.applied()
    applied = apply_book(book, known, now=now)
    if applied is None:
        return None
    cause = f"specs {book.digest}"
    job_id = ids.job_id(REFRESH_RENDITIONS, cause, str(applied.revision))
    job = Job.started(job_id, REFRESH_RENDITIONS, {"cause": cause}, by="assetwire", now=now)
    try:
        store.apply(applied, job)
    except Conflict:
        return None  # another call was first
    return job


class Refresh:
    """The work of a refresh, by the specs of a book."""

    def __init__(self, book: SpecBook, *, now: datetime) -> None:
        self._book, self._now = book, now

    def selections(self, request: dict[str, Any]) -> list[Selection]:
        """Return the named assets, or all that are accepted: others are rendered once they are."""
        if request.get("asset_ids"):
            return [Selection(asset_ids=request["asset_ids"])]
        return [Selection(status=AssetStatus.ACCEPTED)]

    def step(self, job: Job) -> Doing:
        """Return what the next step does."""
        return _Step(job, self._book, self._now)


class _Step:
    def __init__(self, job: Job, book: SpecBook, now: datetime) -> None:
        self._job, self._book, self._now = job, book, now

    def after(self, asset: Asset) -> tuple[Asset, Sequence[Version]]:
        wants = is_outdated(asset, book=self._book, at=self._now) or is_incomplete(asset)
        if asset.status is not AssetStatus.ACCEPTED or not wants:
            return asset, ()
        if asset.is_archived and not self._job.request.get("recall"):
            return asset, ()
        return asset.with_asked(rendering=self._job.job_id, now=self._now), ()

    def written(self, assets: Sequence[Asset]) -> None:
        """Nothing follows: the assets' own changes are announced."""
