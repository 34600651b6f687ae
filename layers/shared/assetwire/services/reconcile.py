"""Reconcile: compare the renditions bucket and the delivery bucket with the Catalog, and ask for what differs.

A purge that is late differs as well.

Nothing is repaired here: an asset of which something is lost or left over is marked, and `renditions` or `enforce`,
which alone write these buckets, bring it to what the Catalog says. For a member that does not follow its collection the
job is started that brings its rights to all members.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from assetwire.domain.asset import Asset, AssetStatus, Version
from assetwire.domain.delivery import correction, desired_delivery, everything_of
from assetwire.domain.job import Job
from assetwire.domain.outputs import is_outdated
from assetwire.domain.rendition import Rendition
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.upkeep import needed_by, standing, upkeep
from assetwire.ports import Agenda, Catalog, DeliveryStore, RenditionStore
from assetwire.ports.collections import Collections
from assetwire.ports.purges import Purges
from assetwire.services.inheritance import mend
from assetwire.services.jobs import Doing, start_job
from assetwire.services.selection import Selection

RECONCILE = "reconcile"
"""The kind of the job that compares the buckets with the Catalog."""
_STATUSES = (AssetStatus.ACCEPTED, AssetStatus.QUARANTINED, AssetStatus.WITHDRAWN)


def start_reconcile(asset_ids: Sequence[str], *, by: str, token: str, agenda: Agenda, now: datetime) -> Job:
    """Start a job that compares what stands of these assets with the Catalog, or of all if none is named."""
    request: dict[str, Any] = {"asset_ids": list(asset_ids)} if asset_ids else {}
    total = len(asset_ids) or None
    return start_job(RECONCILE, request, total=total, by=by, token=token, agenda=agenda, now=now)


class Reconcile:
    """The work of a reconciliation: one query, two listings and one read an asset."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        renditions: RenditionStore,
        delivery: DeliveryStore,
        collections: Collections,
        agenda: Agenda,
        purges: Purges,
        book: SpecBook,
        grace: timedelta,
        now: datetime,
    ) -> None:
        self._catalog, self._renditions, self._delivery = catalog, renditions, delivery
        self._collections, self._agenda = collections, agenda
        self._purges, self._book, self._grace, self._now = purges, book, grace, now

    def selections(self, request: dict[str, Any]) -> list[Selection]:
        """Return the named assets, or all that are not deleted."""
        if request.get("asset_ids"):
            return [Selection(asset_ids=request["asset_ids"])]
        return [Selection(status=status) for status in _STATUSES]

    def step(self, job: Job) -> Doing:
        """Return what the next step does."""
        return _Step(job, self)

    def asked(self, asset: Asset, job_id: str) -> Asset:
        """Return an asset with the job's question, if anything of it differs."""
        mend(asset, job_id, collections=self._collections, agenda=self._agenda, now=self._now)
        recorded = self._catalog.renditions(asset.asset_id)
        if asset.status is AssetStatus.ACCEPTED and self._renditions_differ(asset, recorded):
            return asset.with_asked(rendering=job_id, now=self._now)  # its answer brings enforce along
        if self._delivery_differs(asset, recorded) or self._purge_is_late(asset):
            return asset.with_asked(delivery=job_id, now=self._now)
        return asset

    def _purge_is_late(self, asset: Asset) -> bool:
        purge = self._purges.purge(asset.asset_id)
        return purge is not None and purge.is_late(self._now)

    def _renditions_differ(self, asset: Asset, recorded: Sequence[Rendition]) -> bool:
        needed = needed_by(asset.rendered) | needed_by(asset.transcoded)
        present = self._renditions.present(f"{asset.asset_id}/")
        if not needed <= standing(recorded, present):
            return True
        if asset.is_archived:
            return False  # what else there is to do waits for its masters
        done = [r for r in recorded if not r.made or asset.transcoding is None]  # the rest is still worked on
        known = {rendition.key for rendition in recorded}
        todo = upkeep(needed, done, present, grace=self._grace, at=self._now, others=known)
        return bool(todo.keys or todo.noted) or is_outdated(asset, book=self._book, at=self._now)

    def _delivery_differs(self, asset: Asset, recorded: list[Rendition]) -> bool:
        wanted = desired_delivery(asset, recorded, at=self._now)
        todo = correction(self._delivery.present(everything_of(asset.asset_id)), wanted, asset.delivered)
        return bool(todo.remove or todo.copy or todo.superseded) or (asset.delivered or wanted.record) != wanted.record


class _Step:
    def __init__(self, job: Job, work: Reconcile) -> None:
        self._job, self._work = job, work

    def after(self, asset: Asset) -> tuple[Asset, Sequence[Version]]:
        return self._work.asked(asset, self._job.job_id), ()

    def written(self, assets: Sequence[Asset]) -> None:
        """Nothing follows: the assets' own changes are announced."""
