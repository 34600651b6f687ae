"""Ingest: read a new master once, and record what it is or why it is refused."""

import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Blob, Upload, UploadRecord, Version
from assetwire.domain.declaration import Declaration, Standing, changes_to, limits_elsewhere
from assetwire.domain.drop import is_drop
from assetwire.domain.errors import Archived, Conflict, NotFound
from assetwire.domain.file_names import named
from assetwire.domain.history import AssetChange, change_between
from assetwire.domain.inspection import Inspection, Kind, Problem
from assetwire.domain.sidecar import LARGEST_SIDECAR, is_sidecar
from assetwire.domain.source import Source
from assetwire.domain.work import WorkItem, rights_conflict, rights_review
from assetwire.ports import Catalog, Inspector, Masters
from assetwire.ports.declarations import Declarations, SidecarReader
from assetwire.ports.similarity import SimilarityIndex
from assetwire.ports.vault import Vault
from assetwire.ports.worklist import Worklist
from assetwire.services import cold_masters
from assetwire.services.conflicts import decided
from assetwire.services.declarations import DECLARED, declare, dispute
from assetwire.services.judging import Judge, judge_asset, judge_version
from assetwire.services.near_duplicates import Reported, report


class Outcome(StrEnum):
    """What became of an upload."""

    NEW_ASSET = "new_asset"
    NEW_VERSION = "new_version"
    NEW_SOURCE = "new_source"
    KNOWN = "known"
    GONE = "gone"
    SIDECAR = "sidecar"
    """It speaks for masters, and is none."""
    NO_MASTER = "no_master"
    """It is a drop or a manifest: not ours to read."""
    COLD = "cold"
    """It is in cold storage: S3 was asked for a copy, and people were told."""
    NOT_AWAITED = "not_awaited"
    """The copy of a master came that was ingested before, or never announced."""


class Ingested(NamedTuple):
    """An upload's outcome; `asset_id` is None if it is no master, or was gone."""

    outcome: Outcome
    asset_id: str | None
    reported: Reported = Reported()


def ingest(
    upload: Upload,
    *,
    catalog: Catalog,
    masters: Masters,
    inspector: Inspector,
    declarations: Declarations,
    sidecar_reader: SidecarReader,
    judge: Judge,
    index: SimilarityIndex,
    worklist: Worklist,
    vault: Vault,
    maximum_bytes: int,
    now: datetime,
) -> Ingested:
    """Record an upload as a version of its source's asset, as another source of its bytes' asset, or as a new asset.

    Content never raises: a master that is refused becomes a quarantined version. One that came into cold storage is
    recalled, and ingested when its copy came. The same upload twice changes nothing.

    Raises:
        Conflict: others kept changing the same records.
    """
    if is_drop(upload.key):
        return Ingested(Outcome.NO_MASTER, None)
    try:
        upload = masters.resolve(upload)
        if is_sidecar(upload.key):
            said = _read_sidecar(upload, masters=masters, reader=sidecar_reader)
            declare(said, declarations=declarations, catalog=catalog, now=now, judge=judge)
            return Ingested(Outcome.SIDECAR, None)
        note = catalog.upload(upload.bucket, upload.key, upload.s3_version)
        found: UploadRecord | _Read = note or _read(
            upload, catalog=catalog, masters=masters, inspector=inspector, maximum_bytes=maximum_bytes
        )
    except NotFound:  # deleted since it was announced: there is nothing left to ingest
        return Ingested(Outcome.GONE, None)
    except Archived:
        cold_masters.wait_for(upload, vault=vault, worklist=worklist, now=now)
        return Ingested(Outcome.COLD, None)
    if isinstance(found, UploadRecord):
        recorded = _known(found, catalog=catalog)
    else:
        recorded = _record_once(upload, found, catalog=catalog, declarations=declarations, judge=judge, now=now)
    # What follows is done for a known upload as well: whoever recorded it may have come no further.
    if recorded.judge_again:
        judge_asset(recorded.asset_id, catalog=catalog, judge=judge, now=now)
    reported = Reported()
    if recorded.version is not None:
        reported = report(recorded.version, index=index, catalog=catalog, worklist=worklist, now=now)
    return Ingested(recorded.outcome, recorded.asset_id, reported)


def ingest_recalled(upload: Upload, *, masters: Masters, worklist: Worklist, now: datetime, **world: Any) -> Ingested:
    """Ingest a master whose copy came, if it came into cold storage; all others were ingested before they went there.

    Raises:
        Conflict: others kept changing the same records.
    """
    try:
        upload = masters.resolve(upload)
    except NotFound:
        return Ingested(Outcome.GONE, None)
    announced = cold_masters.waited_for(upload, worklist=worklist, now=now)
    if announced is None:
        return Ingested(Outcome.NOT_AWAITED, None)
    ingested = ingest(announced, masters=masters, worklist=worklist, now=now, **world)
    if ingested.outcome is not Outcome.COLD:
        cold_masters.close(announced, worklist=worklist, now=now)
    return ingested


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


def _read_sidecar(upload: Upload, *, masters: Masters, reader: SidecarReader) -> Declaration:
    fields: dict[str, Any] = {}
    problems: tuple[Problem, ...]
    with tempfile.TemporaryDirectory(prefix="sidecar-") as folder:
        file = Path(folder) / "sidecar"
        if masters.fetch(upload, file, maximum=LARGEST_SIDECAR).bytes > LARGEST_SIDECAR:
            message = f"a sidecar has at most {LARGEST_SIDECAR} bytes"
            problems = (Problem(code="too_large", field="sidecar", message=message),)
        else:
            says = reader(file.read_bytes())
            fields, problems = says.fields, says.warnings
    by = f"{upload.key}@{upload.s3_version}"
    return Declaration.of_sidecar(upload.key, fields, problems, bucket=upload.bucket, said_at=upload.uploaded_at, by=by)


def _record_once(
    upload: Upload, read: _Read, *, catalog: Catalog, declarations: Declarations, judge: Judge, now: datetime
) -> _Recorded:
    def attempt() -> _Recorded:
        try:
            return _record(upload, read, catalog=catalog, declarations=declarations, judge=judge, now=now)
        except Conflict:
            note = catalog.upload(upload.bucket, upload.key, upload.s3_version)
            if note is None:
                raise
            return _known(note, catalog=catalog)

    return decided(attempt)


def _known(note: UploadRecord, *, catalog: Catalog) -> _Recorded:
    if note.version_id is None or catalog.asset(note.asset_id).is_gone:
        return _Recorded(Outcome.KNOWN, note.asset_id, None, judge_again=True)
    return _Recorded(Outcome.KNOWN, note.asset_id, catalog.version(note.asset_id, note.version_id), judge_again=True)


def _record(
    upload: Upload, read: _Read, *, catalog: Catalog, declarations: Declarations, judge: Judge, now: datetime
) -> _Recorded:
    """Write an upload, what is new with it, and what is declared of it; all or nothing."""
    standing = declarations.standing(upload.bucket, upload.key)
    source = former = catalog.source(upload.bucket, upload.key)
    blob = catalog.blob(read.sha256)
    # What belonged to an asset that is deleted, or is being deleted, is as if it were not there.
    owners = {found.asset_id for found in (source, blob) if found is not None}
    gone = {asset_id for asset_id in owners if catalog.asset(asset_id).is_gone}
    source = None if source is None or source.asset_id in gone else source
    blob = None if blob is None or blob.asset_id in gone or not _is_shared(read.inspection) else blob
    if source is None and blob is not None:
        known = catalog.asset(blob.asset_id)
        changes = changes_to(known, standing, own=False, now=now)
        changed = known.with_declared(now=now, **changes)
        catalog.record(
            UploadRecord(upload=upload, asset_id=blob.asset_id, version_id=None),
            source=Source(bucket=upload.bucket, key=upload.key, asset_id=blob.asset_id),
            asset=changed if changes else None,
            work=dispute(changed, standing, own=False, now=now),
            standing=standing,
            gone=gone,
            change=_noted(known, changed, standing, upload),
        )
        return _Recorded(Outcome.NEW_SOURCE, blob.asset_id, None, judge_again=bool(changes))

    taken = (upload.s3_version,) if former is not None else ()  # the id of the key's first asset is its tombstone's
    asset_id = source.asset_id if source else ids.asset_id(upload.bucket, upload.key, *taken)
    inspection = named(read.inspection, upload.file_name)
    version = Version(asset_id=asset_id, version_id=upload.version_id, upload=upload, inspection=inspection)
    before = catalog.asset(asset_id) if source else None
    draft = before or Asset.of(version, now=now)
    changes = changes_to(draft, standing, own=True, now=now)
    declared = draft.model_copy(update=changes)
    rules = judge.rules(declared.category)
    version = judge_version(declared, version, rules)
    elsewhere = catalog.asset(blob.asset_id) if blob is not None and blob.asset_id != asset_id else None
    if elsewhere is not None:
        changes |= limits_elsewhere(draft, changes, elsewhere)
    asset = before.with_version(version, now=now, **changes) if before else Asset.of(version, now=now, **changes)
    catalog.record(
        UploadRecord(upload=upload, asset_id=asset_id, version_id=version.version_id),
        source=None if source else Source(bucket=upload.bucket, key=upload.key, asset_id=asset_id),
        blob=_blob(read, asset_id) if blob is None else None,
        version=version,
        asset=asset,
        work=(
            *_questions(version, before, asset, elsewhere, now=now),
            *dispute(asset, standing, own=True, now=now),
        ),
        standing=standing,
        gone=gone,
        change=_noted(before or Asset.of(version, now=now), asset, standing, upload),
    )
    # A change of category or fields concerns all versions; rules may have changed since they were read.
    again = judge.rules(asset.category).stamp != rules.stamp or (before is not None and bool(changes))
    return _Recorded(Outcome.NEW_VERSION if source else Outcome.NEW_ASSET, asset_id, version, judge_again=again)


def _noted(before: Asset, after: Asset, standing: Standing, upload: Upload) -> AssetChange | None:
    """Return what an upload, or what is declared of it, changed of what people decide; None if nothing."""
    if standing.open:
        return change_between(before, after, by=standing.said_by, reason=DECLARED)
    return change_between(before, after, by=f"{upload.key}@{upload.s3_version}", reason="a version came")


def _is_shared(inspection: Inspection) -> bool:
    """Tell whether the same bytes are the same asset: the same manifest in another folder names other frames."""
    return inspection.kind is not Kind.SPIN


def _blob(read: _Read, asset_id: str) -> Blob | None:
    if not _is_shared(read.inspection):
        return None
    return Blob(sha256=read.sha256, asset_id=asset_id, inspection=read.inspection)


def _questions(
    version: Version, before: Asset | None, asset: Asset, elsewhere: Asset | None, *, now: datetime
) -> tuple[WorkItem, ...]:
    """Return what a new version asks people: what its free text means, and which rights its bytes have elsewhere."""
    upload, conflict = version.upload, None
    if elsewhere is not None and asset.rights is not None:
        cause = (upload.bucket, upload.key, upload.s3_version)
        conflict = rights_conflict(elsewhere, asset.rights, *cause, now=now, bucket=upload.bucket, key=upload.key)
    return tuple(item for item in (conflict, rights_review(version, before, asset, now=now)) if item is not None)
