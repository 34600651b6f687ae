"""Ingest: read a new master once, and record what it is or why it is refused."""

import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Blob, Source, Upload, UploadRecord, Version
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.file_names import named
from assetwire.domain.inspection import Inspection
from assetwire.domain.rights import Rights
from assetwire.domain.work import WorkItem, rights_conflict
from assetwire.ports import Catalog, Inspector, Masters, SimilarityIndex, Worklist
from assetwire.services.judging import Judge, judge_asset, judge_version
from assetwire.services.near_duplicates import Reported, report

_ATTEMPTS = 8


class Outcome(StrEnum):
    """What became of an upload."""

    NEW_ASSET = "new_asset"
    NEW_VERSION = "new_version"
    NEW_SOURCE = "new_source"
    KNOWN = "known"
    GONE = "gone"


class Ingested(NamedTuple):
    """An upload's outcome, and which near-duplicates it reported; `asset_id` is None if the object was gone."""

    outcome: Outcome
    asset_id: str | None
    reported: Reported = Reported()


def ingest(
    upload: Upload,
    *,
    catalog: Catalog,
    masters: Masters,
    inspector: Inspector,
    index: SimilarityIndex,
    worklist: Worklist,
    maximum_bytes: int,
    judge: Judge,
    now: datetime,
) -> Ingested:
    """Record an upload as a version of its source's asset, as another source of its bytes' asset, or as a new asset.

    Content never raises: a master that is refused becomes a quarantined version. The same upload twice changes nothing.

    Raises:
        Conflict: others kept changing the same records.
    """
    try:
        upload = masters.resolve(upload)
        note = catalog.upload(upload.bucket, upload.key, upload.s3_version)
        found: UploadRecord | _Read = note or _read(
            upload, catalog=catalog, masters=masters, inspector=inspector, maximum_bytes=maximum_bytes
        )
    except NotFound:  # deleted since it was announced: there is nothing left to ingest
        return Ingested(Outcome.GONE, None)
    if isinstance(found, UploadRecord):
        recorded = _known(found, catalog=catalog)
    else:
        recorded = _record_once(upload, found, catalog=catalog, judge=judge, now=now)
    # What follows is done for a known upload as well: whoever recorded it may have come no further.
    if recorded.judge_again:
        judge_asset(recorded.asset_id, catalog=catalog, judge=judge, now=now)
    reported = Reported()
    if recorded.version is not None:
        reported = report(recorded.version, index=index, catalog=catalog, worklist=worklist, now=now)
    return Ingested(recorded.outcome, recorded.asset_id, reported)


class _Read(NamedTuple):
    sha256: str
    inspection: Inspection


class _Recorded(NamedTuple):
    outcome: Outcome
    asset_id: str
    version: Version | None
    """What the upload made, or had made before; None if it is another source."""
    judge_again: bool = False
    """The rules may have changed since it was judged by them."""


def _read(upload: Upload, *, catalog: Catalog, masters: Masters, inspector: Inspector, maximum_bytes: int) -> _Read:
    with tempfile.TemporaryDirectory(prefix="master-") as folder:
        file = Path(folder) / "master"
        fetched = masters.fetch(upload, file, maximum=maximum_bytes)
        known = catalog.blob(fetched.sha256)
        if known is not None:
            return _Read(fetched.sha256, known.inspection)
        return _Read(fetched.sha256, inspector(file, sha256=fetched.sha256, size=fetched.bytes))


def _record_once(upload: Upload, read: _Read, *, catalog: Catalog, judge: Judge, now: datetime) -> _Recorded:
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _record(upload, read, catalog=catalog, judge=judge, now=now)
        except Conflict:
            note = catalog.upload(upload.bucket, upload.key, upload.s3_version)
            if note is not None:
                return _known(note, catalog=catalog)
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _known(note: UploadRecord, *, catalog: Catalog) -> _Recorded:
    version = catalog.version(note.asset_id, note.version_id) if note.version_id else None
    return _Recorded(Outcome.KNOWN, note.asset_id, version, judge_again=True)


def _record(
    upload: Upload, read: _Read, *, catalog: Catalog, judge: Judge, now: datetime, declared: Rights | None = None
) -> _Recorded:
    """Write an upload and what is new with it; rights that are `declared` for known bytes are compared, never taken."""
    source = catalog.source(upload.bucket, upload.key)
    blob = catalog.blob(read.sha256)
    if source is None and blob is not None:
        catalog.record(
            UploadRecord(upload=upload, asset_id=blob.asset_id, version_id=None),
            source=Source(bucket=upload.bucket, key=upload.key, asset_id=blob.asset_id),
            work=_conflicts(catalog.asset(blob.asset_id), declared, upload, now=now) if declared else (),
        )
        return _Recorded(Outcome.NEW_SOURCE, blob.asset_id, None)

    asset_id = source.asset_id if source else ids.asset_id(upload.bucket, upload.key)
    inspection = named(read.inspection, upload.file_name)
    version = Version(asset_id=asset_id, version_id=upload.version_id, upload=upload, inspection=inspection)
    known = catalog.asset(asset_id) if source else None
    draft = known or Asset.of(version, now=now)
    rules = judge.rules(draft.category)
    version = judge_version(draft, version, rules)
    asset = known.with_version(version, now=now) if known else Asset.of(version, now=now)
    elsewhere = catalog.asset(blob.asset_id) if blob is not None and blob.asset_id != asset_id else None
    catalog.record(
        UploadRecord(upload=upload, asset_id=asset_id, version_id=version.version_id),
        source=None if source else Source(bucket=upload.bucket, key=upload.key, asset_id=asset_id),
        blob=None if blob else Blob(sha256=read.sha256, asset_id=asset_id, inspection=read.inspection),
        version=version,
        asset=asset,
        work=_conflicts(elsewhere, asset.rights, upload, now=now) if elsewhere and asset.rights else (),
    )
    outcome = Outcome.NEW_VERSION if source else Outcome.NEW_ASSET
    moved = judge.rules(asset.category).stamp != rules.stamp
    return _Recorded(outcome, asset_id, version, judge_again=moved)


def _conflicts(asset: Asset, rights: Rights, upload: Upload, *, now: datetime) -> tuple[WorkItem, ...]:
    """Return the work item for bytes of this asset that come with other rights, if they do."""
    conflict = rights_conflict(asset, rights, upload, now=now)
    return () if conflict is None else (conflict,)
