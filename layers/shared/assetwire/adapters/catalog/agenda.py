"""The Agenda port: what is due, through the sparse due index, and jobs, which are due again and again."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import ByDue, Listing, Table, translated
from assetwire.domain.asset import Asset
from assetwire.domain.due import DueKind
from assetwire.domain.errors import NotFound, NotUnderstood
from assetwire.domain.job import Job
from assetwire.domain.purge import Purge
from assetwire.domain.work import WorkItem
from assetwire.ports import JobPage, Position, Waiting


class DynamoAgenda:
    """What is due in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Waiting]:
        """Read each partition of the due index up to this moment, and then the records that it names."""
        found: list[tuple[str, tuple[str, str]]] = []
        for shard in keys.due_shards(kind.value):
            with translated(f"reading what is due of {kind}"):
                bound = ByDue.due_at <= keys.due_at(at)
                answer = self._table.items.by_due.query(shard, bound, limit=limit, page_size=limit)
                found.extend((str(item.due_at), (str(item.pk), str(item.sk))) for item in answer)
        wanted = [key for _, key in sorted(found)[:limit]]
        broken: list[NotUnderstood] = []
        purges = self._table.each(Purge, [key for key in wanted if key[1] == keys.PURGE])
        of_assets = [key for key in wanted if key[0].startswith("ASSET#") and key[1] == keys.META]
        assets = self._table.each(Asset, of_assets)
        jobs = self._table.each(Job, [key for key in wanted if key[0].startswith("JOB#")])
        work = self._table.each(WorkItem, [key for key in wanted if key[0].startswith("WORK#")])
        for record in chain[Waiting | NotUnderstood](assets, purges, jobs, work):
            if isinstance(record, NotUnderstood):
                broken.append(record)
            elif record.due is not None and record.due.kind is kind and record.due.at <= at:
                yield record
        if broken:
            raise broken[0]

    def save(self, record: Waiting) -> None:
        """Replace a record, if its revision is the one before."""
        self._table.save(record)

    def job(self, job_id: str) -> Job:
        """Return a job, read consistently."""
        job = self._table.find(Job, keys.job(job_id))
        if job is None:
            raise NotFound(f"no job {job_id}", code="job_not_found")
        return job

    def jobs(self, *, limit: int, after: Position | None) -> JobPage:
        """Read the newest jobs that the listing index names."""
        bound = None if after is None else Listing.listing_order < keys.listing_order(*after)
        found = self._table.page(self._table.items.by_listing, keys.listings(keys.JOBS), bound, limit=limit)
        jobs = self._table.many(Job, [(pk, keys.META) for _, pk in found[:limit]])
        more = len(found) > limit and bool(jobs)
        return JobPage(jobs, Position(jobs[-1].created_at, jobs[-1].job_id) if more else None)
