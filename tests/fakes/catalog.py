"""The Catalog in memory, with the conditions of the real one, and an index that can be made to lag."""

from collections.abc import Sequence

from assetwire.domain.asset import Asset, Blob, Source, UploadRecord, Version
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.inspection import Status
from assetwire.domain.outbox import Record
from assetwire.domain.rendition import Rendition
from assetwire.ports import Page, Position

Key = tuple[str, ...]


class FakeCatalog:
    """Records by key; `changes` is its stream: every write's record before and after."""

    def __init__(self, *, stale_index: bool = False) -> None:
        self.records: dict[Key, Record] = {}
        self.changes: list[tuple[Record | None, Record]] = []
        self._index: dict[Key, Asset] = {}
        self._stale_index = stale_index

    def catch_up(self) -> None:
        """Let the listing index see all writes so far."""
        self._index = {key: record for key, record in self.records.items() if isinstance(record, Asset)}

    # --- reads ---

    def asset(self, asset_id: str) -> Asset:
        asset = self.records.get(("asset", asset_id))
        if not isinstance(asset, Asset):
            raise NotFound(f"no asset {asset_id}", code="asset_not_found")
        return asset

    def version(self, asset_id: str, version_id: str) -> Version:
        version = self.records.get(("version", asset_id, version_id))
        if not isinstance(version, Version):
            raise NotFound(f"no version {version_id}", code="version_not_found")
        return version

    def versions(self, asset_id: str) -> list[Version]:
        found = (r for r in self.records.values() if isinstance(r, Version) and r.asset_id == asset_id)
        return sorted(found, key=lambda v: v.upload.order)

    def renditions(self, asset_id: str, version_id: str) -> list[Rendition]:
        found = (r for r in self.records.values() if isinstance(r, Rendition))
        mine = (r for r in found if (r.asset_id, r.version_id) == (asset_id, version_id))
        return sorted(mine, key=lambda r: r.name)

    def upload(self, bucket: str, key: str, s3_version: str) -> UploadRecord | None:
        found = self.records.get(("upload", bucket, key, s3_version))
        return found if isinstance(found, UploadRecord) else None

    def source(self, bucket: str, key: str) -> Source | None:
        found = self.records.get(("source", bucket, key))
        return found if isinstance(found, Source) else None

    def blob(self, sha256: str) -> Blob | None:
        found = self.records.get(("blob", sha256))
        return found if isinstance(found, Blob) else None

    def assets(self, statuses: Sequence[Status], *, limit: int, after: Position | None) -> Page:
        listed = (asset for asset in self._index.values() if asset.status in statuses)
        entries = sorted((Position(asset.created_at, asset.asset_id) for asset in listed), reverse=True)
        if after is not None:
            entries = [entry for entry in entries if entry < after]
        shown = entries[:limit]
        read = [self.asset(entry.asset_id) for entry in shown]
        return Page([asset for asset in read if asset.status in statuses], shown[-1] if entries[limit:] else None)

    # --- writes: all conditions are judged before anything is written ---

    def record(
        self,
        upload: UploadRecord,
        *,
        source: Source | None = None,
        blob: Blob | None = None,
        version: Version | None = None,
        asset: Asset | None = None,
    ) -> None:
        new = [upload, *(value for value in (source, blob, version) if value is not None)]
        if any(key_of(value) in self.records for value in new):
            raise Conflict("recording an upload: a record exists by now")
        if asset is not None:
            self._require_unchanged(asset)
            new.append(asset)
        self._write(*new)

    def save_asset(self, asset: Asset, *, version: Version | None = None) -> None:
        self._require_unchanged(asset)
        if version is None:
            self._write(asset)
            return
        if key_of(version) not in self.records:
            raise Conflict("saving an asset: there is no such version")
        self._write(asset, version)

    def save_rendition(self, rendition: Rendition) -> None:
        self._write(rendition)

    def _require_unchanged(self, asset: Asset) -> None:
        stored = self.records.get(key_of(asset))
        revision = stored.revision if isinstance(stored, Asset) else -1
        if asset.revision != revision + 1:
            raise Conflict(f"asset {asset.asset_id}: its revision moved to {revision}")

    def _write(self, *records: Record) -> None:
        for record in records:
            self.changes.append((self.records.get(key_of(record)), record))
            self.records[key_of(record)] = record
        if not self._stale_index:
            self.catch_up()


def key_of(record: Record) -> Key:
    match record:
        case Asset():
            return "asset", record.asset_id
        case Version():
            return "version", record.asset_id, record.version_id
        case Rendition():
            return "rendition", record.asset_id, record.version_id, record.name
        case Blob():
            return "blob", record.sha256
        case Source():
            return "source", record.bucket, record.key
        case UploadRecord():
            return "upload", record.upload.bucket, record.upload.key, record.upload.s3_version
