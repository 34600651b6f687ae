"""Ingest: read a new master once, and record what it is or why it is refused."""

import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Blob, Source, Upload, UploadRecord, Version
from assetwire.domain.declaration import Declaration, changes_to
from assetwire.domain.drop import is_drop
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.inspection import Inspection, Problem
from assetwire.domain.sidecar import LARGEST_SIDECAR, is_sidecar
from assetwire.ports import Catalog, Inspector, Masters
from assetwire.ports.declarations import Declarations, SidecarReader
from assetwire.services.declarations import declare, dispute

_ATTEMPTS = 8


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


class Ingested(NamedTuple):
    """An upload's outcome; `asset_id` is None if the object was gone."""

    outcome: Outcome
    asset_id: str | None


def ingest(
    upload: Upload,
    *,
    catalog: Catalog,
    masters: Masters,
    inspector: Inspector,
    declarations: Declarations,
    sidecar_reader: SidecarReader,
    maximum_bytes: int,
    now: datetime,
) -> Ingested:
    """Record an upload as a version of its source's asset, as another source of its bytes' asset, or as a new asset.

    Content never raises: a master that is refused becomes a quarantined version. The same upload twice changes nothing.

    Raises:
        Conflict: others kept changing the same records.
    """
    if is_drop(upload.key):
        return Ingested(Outcome.NO_MASTER, None)
    try:
        upload = masters.resolve(upload)
        if is_sidecar(upload.key):
            said = _read_sidecar(upload, masters=masters, reader=sidecar_reader)
            declare(said, declarations=declarations, catalog=catalog, now=now)
            return Ingested(Outcome.SIDECAR, None)
        known = catalog.upload(upload.bucket, upload.key, upload.s3_version)
        if known is not None:
            return Ingested(Outcome.KNOWN, known.asset_id)
        read = _read(upload, catalog=catalog, masters=masters, inspector=inspector, maximum_bytes=maximum_bytes)
    except NotFound:  # deleted since it was announced: there is nothing left to ingest
        return Ingested(Outcome.GONE, None)

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _record(upload, read, catalog=catalog, declarations=declarations, now=now)
        except Conflict:
            known = catalog.upload(upload.bucket, upload.key, upload.s3_version)
            if known is not None:
                return Ingested(Outcome.KNOWN, known.asset_id)
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("unreachable")


class _Read(NamedTuple):
    sha256: str
    inspection: Inspection


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


def _record(upload: Upload, read: _Read, *, catalog: Catalog, declarations: Declarations, now: datetime) -> Ingested:
    standing = declarations.standing(upload.bucket, upload.key)
    source = catalog.source(upload.bucket, upload.key)
    blob = catalog.blob(read.sha256)
    if source is None and blob is not None:
        known = catalog.asset(blob.asset_id)
        changes = changes_to(known, standing, own=False, now=now)
        catalog.record(
            UploadRecord(upload=upload, asset_id=blob.asset_id, version_id=None),
            source=Source(bucket=upload.bucket, key=upload.key, asset_id=blob.asset_id),
            asset=known.with_declared(now=now, **changes) if changes else None,
            work=dispute(known, standing, own=False, now=now),
            standing=standing,
        )
        return Ingested(Outcome.NEW_SOURCE, blob.asset_id)

    asset_id = source.asset_id if source else ids.asset_id(upload.bucket, upload.key)
    version = Version(asset_id=asset_id, version_id=upload.version_id, upload=upload, inspection=read.inspection)
    asset = catalog.asset(asset_id).with_version(version, now=now) if source else Asset.of(version, now=now)
    asset = asset.model_copy(update=changes_to(asset, standing, own=True, now=now))
    catalog.record(
        UploadRecord(upload=upload, asset_id=asset_id, version_id=version.version_id),
        source=None if source else Source(bucket=upload.bucket, key=upload.key, asset_id=asset_id),
        blob=None if blob else Blob(sha256=read.sha256, asset_id=asset_id, inspection=read.inspection),
        version=version,
        asset=asset,
        standing=standing,
    )
    return Ingested(Outcome.NEW_VERSION if source else Outcome.NEW_ASSET, asset_id)
