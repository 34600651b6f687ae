"""The Catalog in memory, with the conditions of the real one, and an index that can be made to lag."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.asset import Asset, AssetStatus, Blob, UploadRecord, Version
from assetwire.domain.collection import Collection as AssetCollection
from assetwire.domain.collection import CollectionChange, Membership
from assetwire.domain.declaration import Declaration, Slot, Standing, slots_of
from assetwire.domain.drop import Drop, Members
from assetwire.domain.due import DueKind
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.history import AssetChange
from assetwire.domain.job import Job
from assetwire.domain.near_duplicates import Likeness
from assetwire.domain.outbox import Record
from assetwire.domain.purge import Purge, PurgesInProgress
from assetwire.domain.rendition import Rendition
from assetwire.domain.rules import Rulebook, RuleChange, RuleKind, RuleText
from assetwire.domain.sidecar import names_of
from assetwire.domain.source import Belonging, Named, Source
from assetwire.domain.work import WorkItem
from assetwire.ports import JobPage, Page, Position, Waiting
from assetwire.ports.rules import Changed
from assetwire.ports.similarity import Neighbours
from fakes.worklist import FakeWorklist

Key = tuple[str, ...]
_Kind = TypeVar("_Kind", Asset, Job, WorkItem, Purge)
Revised = (
    Asset | Job | WorkItem | Rulebook | Declaration | Drop | AppliedSpecs | AssetCollection | Purge | PurgesInProgress
)


class FakeCatalog(FakeWorklist):
    """Records by key; `changes` is its stream: every write's record before and after."""

    def __init__(self, *, stale_index: bool = False) -> None:
        self.records: dict[Key, Record] = {}
        self.changes: list[tuple[Record | None, Record | None]] = []
        self._index: dict[Key, Record] = {}
        self._stale_index = stale_index

    def catch_up(self) -> None:
        """Let the listing index see all writes so far."""
        self._index = dict(self.records)

    # --- reads ---

    def asset(self, asset_id: str) -> Asset:
        asset = self.records.get(("asset", asset_id))
        if not isinstance(asset, Asset):
            raise NotFound(f"no asset {asset_id}", code="asset_not_found")
        return asset

    def assets_named(self, asset_ids: Sequence[str]) -> list[Asset]:
        found = (self.records.get(("asset", asset_id)) for asset_id in asset_ids)
        return [asset for asset in found if isinstance(asset, Asset)]

    def version(self, asset_id: str, version_id: str) -> Version:
        version = self.records.get(("version", asset_id, version_id))
        if not isinstance(version, Version):
            raise NotFound(f"no version {version_id}", code="version_not_found")
        return version

    def versions(self, asset_id: str) -> list[Version]:
        found = (r for r in self.records.values() if isinstance(r, Version) and r.asset_id == asset_id)
        return sorted(found, key=lambda v: v.upload.order)

    def renditions(self, asset_id: str, version_id: str | None = None) -> list[Rendition]:
        found = (r for r in self.records.values() if isinstance(r, Rendition) and r.asset_id == asset_id)
        mine = (r for r in found if version_id is None or r.version_id == version_id)
        return sorted(mine, key=lambda r: (r.version_id, r.name, r.digest))

    def upload(self, bucket: str, key: str, s3_version: str) -> UploadRecord | None:
        found = self.records.get(("upload", bucket, key, s3_version))
        return found if isinstance(found, UploadRecord) else None

    def source(self, bucket: str, key: str) -> Source | None:
        found = self.records.get(("source", bucket, key))
        return found if isinstance(found, Source) else None

    def blob(self, sha256: str) -> Blob | None:
        found = self.records.get(("blob", sha256))
        return found if isinstance(found, Blob) else None

    def sources(self, asset_id: str) -> list[Source]:
        mine = [r for r in self.records.values() if isinstance(r, Belonging) and r.asset_id == asset_id]
        return [Source(bucket=each.bucket, key=each.key, asset_id=asset_id) for each in mine]

    def uploads(self, asset_id: str) -> list[UploadRecord]:
        return [r for r in self.records.values() if isinstance(r, UploadRecord) and r.asset_id == asset_id]

    def assets(self, statuses: Sequence[AssetStatus], *, limit: int, after: Position | None) -> Page:
        page = self._page([a for a in self._indexed(Asset) if a.status in statuses], limit, after)
        return page._replace(assets=[asset for asset in page.assets if asset.status in statuses])

    def assets_of(self, category: str, *, limit: int, after: Position | None) -> Page:
        page = self._page([a for a in self._indexed(Asset) if a.category == category], limit, after)
        return page._replace(assets=[asset for asset in page.assets if asset.category == category])

    def _page(self, listed: list[Asset], limit: int, after: Position | None) -> Page:
        shown, more = _first([Position(a.created_at, a.asset_id) for a in listed], limit, after)
        return Page([self.asset(entry.item_id) for entry in shown], more)

    def _indexed(self, kind: type[_Kind]) -> list[_Kind]:
        return [record for record in self._index.values() if isinstance(record, kind)]

    # --- what is due, and jobs ---

    def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Waiting]:
        listed = [r for r in self._index.values() if isinstance(r, Waiting) and _is_due(r, kind, at)]
        listed.sort(key=lambda r: r.due.at if r.due else at)
        read = [self.records[key_of(record)] for record in listed[:limit]]
        yield from [r for r in read if isinstance(r, Waiting) and _is_due(r, kind, at)]

    def save(self, record: Revised) -> None:
        self._require_unchanged(record)
        self._write(record)

    def job(self, job_id: str) -> Job:
        job = self.records.get(("job", job_id))
        if not isinstance(job, Job):
            raise NotFound(f"no job {job_id}", code="job_not_found")
        return job

    def jobs(self, *, limit: int, after: Position | None) -> JobPage:
        shown, more = _first([Position(job.created_at, job.job_id) for job in self._indexed(Job)], limit, after)
        return JobPage([self.job(entry.item_id) for entry in shown], more)

    # --- templates and vocabularies, and jobs that step through assets ---

    def rulebook(self) -> Rulebook:
        found = self.records.get(("rulebook",))
        return found if isinstance(found, Rulebook) else Rulebook()

    def text(self, kind: RuleKind, name: str, version: int) -> RuleText | None:
        found = self.records.get(("rule", kind.value, name, str(version)))
        return found if isinstance(found, RuleText) else None

    def change_log(self, kind: RuleKind, name: str, *, limit: int, before: int | None) -> list[RuleChange]:
        found = [r for r in self.records.values() if isinstance(r, RuleChange) and (r.kind, r.name) == (kind, name)]
        older = [change for change in found if before is None or change.version < before]
        return sorted(older, key=lambda change: -change.version)[:limit]

    def change_rule(self, rulebook: Rulebook, text: RuleText, change: RuleChange, job: Job | None) -> None:
        new: list[Record] = [text, change, *([job] if job else [])]
        self._require_unchanged(rulebook)
        if any(key_of(record) in self.records for record in new):
            raise Conflict("changing a rule: a record exists by now")
        self._write(rulebook, *new)

    def count_of(self, category: str) -> int:
        return sum(asset.category == category for asset in self._indexed(Asset))

    def count_with(self, status: AssetStatus) -> int:
        return sum(asset.status is status for asset in self._indexed(Asset))

    def advance(self, job: Job, changed: Changed) -> None:
        for record in (job, *changed.assets):
            self._require_unchanged(record)
        self._write(job, *changed.assets, *changed.versions, *changed.changes)

    # --- specs ---

    def applied(self) -> AppliedSpecs | None:
        found = self.records.get(("specs",))
        return found if isinstance(found, AppliedSpecs) else None

    def apply(self, applied: AppliedSpecs, job: Job) -> None:
        for record in (applied, job):
            self._require_unchanged(record)
        self._write(applied, job)

    # --- the index of near-duplicates ---

    def add(self, likenesses: Sequence[Likeness]) -> None:
        self._write(*(each for each in likenesses if self.records.get(key_of(each)) != each))

    def neighbours(self, likenesses: Sequence[Likeness], *, limit: int) -> Neighbours:
        found: list[Likeness] = []
        cut = 0
        for likeness in likenesses:
            stand = sorted(key for key in self.records if key[:2] == ("likeness", likeness.band))
            if len(stand) > limit:
                cut += 1
                mine, half = key_of(likeness), limit // 2
                stand = [key for key in stand if key > mine][:half] + [key for key in stand if key < mine][-half:]
            found += [record for record in map(self.records.get, stand) if isinstance(record, Likeness)]
        return Neighbours(found, cut)

    # --- writes: all conditions are judged before anything is written ---

    def record(
        self,
        upload: UploadRecord,
        *,
        source: Source | None = None,
        blob: Blob | None = None,
        version: Version | None = None,
        asset: Asset | None = None,
        work: Sequence[WorkItem] = (),
        standing: Standing | None = None,
        gone: Collection[str] = (),
        change: AssetChange | None = None,
    ) -> None:
        new: list[Record] = [upload, *(each for each in (version, *work, change) if each is not None)]
        if source is not None:
            new.append(Belonging(asset_id=source.asset_id, bucket=source.bucket, key=source.key))
        inherited = [value for value in (source, blob) if value is not None]
        before = [self.records.get(key_of(value)) for value in inherited]
        owned = any(isinstance(old, Source | Blob) and old.asset_id not in gone for old in before)
        if owned or any(key_of(value) in self.records for value in new):
            raise Conflict("recording an upload: a record exists by now")
        new += inherited
        if asset is not None:
            self._require_unchanged(asset)
            new.append(asset)
        elif ("asset", upload.asset_id) in self.records and self.asset(upload.asset_id).is_gone:
            raise Conflict("recording an upload: its asset is being deleted")
        if standing is not None:
            new += self._settled(standing)
        if source is not None and len(names_of(source.key)) > 1:
            new.append(Named(bucket=source.bucket, stem=names_of(source.key)[1], key=source.key))
        self._write(*new)

    def save_asset(self, asset: Asset, *, versions: Sequence[Version] = (), change: AssetChange | None = None) -> None:
        self._require_unchanged(asset)
        if any(key_of(version) not in self.records for version in versions):
            raise Conflict("saving an asset: there is no such version")
        self._write(asset, *versions, *([] if change is None else [change]))

    def changes_of(self, asset_id: str) -> list[AssetChange]:
        found = [r for r in self.records.values() if isinstance(r, AssetChange) and r.asset_id == asset_id]
        return sorted(found, key=lambda change: -change.revision)

    # --- declarations and drops ---

    def standing(self, bucket: str, key: str) -> Standing:
        return Standing(bucket, key, tuple(self.declaration(bucket, slot) for slot in slots_of(key)))

    def declaration(self, bucket: str, slot: Slot) -> Declaration | None:
        found = self.records.get(("declaration", bucket, slot.name, slot.origin.value))
        return found if isinstance(found, Declaration) else None

    def declare(self, declaration: Declaration) -> None:
        self._require_unchanged(declaration)
        self._write(declaration)

    def retract(self, declaration: Declaration) -> None:
        if self.records.get(key_of(declaration)) == declaration:
            self.changes.append((declaration, None))
            del self.records[key_of(declaration)]

    def masters_named(self, bucket: str, name: str) -> list[str]:
        known = [record for record in self.records.values() if isinstance(record, Source) and record.bucket == bucket]
        return sorted(record.key for record in known if name in names_of(record.key))

    def settle(
        self,
        standing: Standing,
        *,
        asset: Asset | None = None,
        versions: Sequence[Version] = (),
        work: Sequence[WorkItem] = (),
        change: AssetChange | None = None,
    ) -> None:
        new: list[Record] = [*self._settled(standing), *versions, *work, *([] if change is None else [change])]
        if any(key_of(item) in self.records for item in work):
            raise Conflict("settling declarations: a work item exists by now")
        if asset is not None:
            self._require_unchanged(asset)
            new.append(asset)
        self._write(*new)

    def _settled(self, standing: Standing) -> list[Record]:
        if standing.declarations != self.standing(standing.bucket, standing.key).declarations:
            raise Conflict("settling declarations: something else is declared by now")
        return [after for _, before, after in standing.known() if after is not None and after is not before]

    def drop(self, drop_id: str) -> Drop | None:
        found = self.records.get(("drop", drop_id))
        return found if isinstance(found, Drop) else None

    def save_drop(self, drop: Drop) -> None:
        self._require_unchanged(drop)
        self._write(drop)

    def members(self, drop_id: str, page: int) -> Members | None:
        found = self.records.get(("members", drop_id, str(page)))
        return found if isinstance(found, Members) else None

    def save_members(self, members: Members) -> None:
        if key_of(members) not in self.records:
            self._write(members)

    def save_renditions(self, renditions: Sequence[Rendition]) -> None:
        self._write(*renditions)

    def remove_renditions(self, renditions: Sequence[Rendition]) -> None:
        self._remove([key for key in map(key_of, renditions) if key in self.records])

    def forget(self, asset_id: str) -> None:
        gone = Version | Rendition | Blob | Likeness | Membership
        self._remove([k for k, r in self.records.items() if isinstance(r, gone) and r.asset_id == asset_id])

    def _remove(self, keys: Sequence[Key]) -> None:
        for key in keys:
            self.changes.append((self.records.pop(key), None))
        if not self._stale_index:
            self.catch_up()

    def _require_unchanged(self, record: Revised) -> None:
        stored = self.records.get(key_of(record))
        revision = stored.revision if isinstance(stored, Revised) else -1
        if record.revision != revision + 1:
            raise Conflict(f"{key_of(record)}: its revision moved to {revision}")

    def _write(self, *records: Record) -> None:
        for record in records:
            self.changes.append((self.records.get(key_of(record)), record))
            self.records[key_of(record)] = record
        if not self._stale_index:
            self.catch_up()


class InterruptedCatalog(FakeCatalog):
    """Lets somebody act right before an asset is saved."""

    def __init__(self) -> None:
        super().__init__()
        self.before_save: list[Callable[[], object]] = []

    def save_asset(self, *args: Any, **values: Any) -> None:
        if self.before_save:
            self.before_save.pop(0)()
        super().save_asset(*args, **values)


def _first(entries: list[Position], limit: int, after: Position | None) -> tuple[list[Position], Position | None]:
    entries = sorted((entry for entry in entries if after is None or entry < after), reverse=True)
    shown = entries[:limit]
    return shown, shown[-1] if entries[limit:] else None


def _is_due(record: Waiting, kind: DueKind, at: datetime) -> bool:
    return record.due is not None and record.due.kind is kind and record.due.at <= at


_KEYS: dict[type[Record], Callable[[Any], Key]] = {
    Asset: lambda record: ("asset", record.asset_id),
    Version: lambda record: ("version", record.asset_id, record.version_id),
    Rendition: lambda record: ("rendition", record.asset_id, record.version_id, record.name, record.digest),
    AssetChange: lambda record: ("change", record.asset_id, str(record.revision)),
    Purge: lambda record: ("purge", record.asset_id),
    PurgesInProgress: lambda _: ("purges in progress",),
    Blob: lambda record: ("blob", record.sha256),
    Source: lambda record: ("source", record.bucket, record.key),
    Belonging: lambda record: ("belonging", record.asset_id, record.bucket, record.key),
    UploadRecord: lambda record: ("upload", record.upload.bucket, record.upload.key, record.upload.s3_version),
    WorkItem: lambda record: ("work", record.work_id),
    Job: lambda record: ("job", record.job_id),
    Likeness: lambda record: ("likeness", record.band, record.place, record.asset_id, record.version_id),
    AppliedSpecs: lambda _: ("specs",),
    Rulebook: lambda _: ("rulebook",),
    RuleText: lambda record: ("rule", record.kind.value, record.name, str(record.version)),
    RuleChange: lambda record: ("rule change", record.kind.value, record.name, str(record.version)),
    Named: lambda record: ("named", record.bucket, record.stem, record.key),
    Declaration: lambda record: ("declaration", record.bucket, record.name, record.origin.value),
    Drop: lambda record: ("drop", record.drop_id),
    Members: lambda record: ("members", record.drop_id, str(record.page)),
    AssetCollection: lambda record: ("collection", record.collection_id),
    Membership: lambda record: ("membership", record.collection_id, record.asset_id),
    CollectionChange: lambda record: ("collection change", record.collection_id, str(record.revision)),
}


def key_of(record: Record) -> Key:
    return _KEYS[type(record)](record)
