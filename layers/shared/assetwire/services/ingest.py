"""Ingest: read a new master once, and record what it is or why it is refused."""

import tempfile
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Blob, Source, Upload, UploadRecord, Version
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.inspection import Inspection
from assetwire.ports import Catalog, Inspector, Masters

_ATTEMPTS = 8


class Outcome(StrEnum):
    """What became of an upload."""

    NEW_ASSET = "new_asset"
    NEW_VERSION = "new_version"
    NEW_SOURCE = "new_source"
    KNOWN = "known"
    GONE = "gone"


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
    maximum_bytes: int,
    now: datetime,
) -> Ingested:
    """Record an upload as a version of its source's asset, as another source of its bytes' asset, or as a new asset.

    Content never raises: a master that is refused becomes a quarantined version. The same upload twice changes nothing.

    Raises:
        Conflict: others kept changing the same records.
    """
    try:
        upload = masters.resolve(upload)
        known = catalog.upload(upload.bucket, upload.key, upload.s3_version)
        if known is not None:
            return Ingested(Outcome.KNOWN, known.asset_id)
        read = _read(upload, catalog=catalog, masters=masters, inspector=inspector, maximum_bytes=maximum_bytes)
    except NotFound:  # deleted since it was announced: there is nothing left to ingest
        return Ingested(Outcome.GONE, None)

    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _record(upload, read, catalog=catalog, now=now)
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


def _record(upload: Upload, read: _Read, *, catalog: Catalog, now: datetime) -> Ingested:
    source = before = catalog.source(upload.bucket, upload.key)
    blob = catalog.blob(read.sha256)
    # What belonged to an asset that is deleted, or is being deleted, is as if it were not there.
    owners = {found.asset_id for found in (source, blob) if found is not None}
    gone = {asset_id for asset_id in owners if catalog.asset(asset_id).is_gone}
    source = None if source is None or source.asset_id in gone else source
    blob = None if blob is None or blob.asset_id in gone else blob
    if source is None and blob is not None:
        catalog.record(
            UploadRecord(upload=upload, asset_id=blob.asset_id, version_id=None),
            source=Source(bucket=upload.bucket, key=upload.key, asset_id=blob.asset_id),
            gone=gone,
        )
        return Ingested(Outcome.NEW_SOURCE, blob.asset_id)

    taken = (upload.s3_version,) if before is not None else ()  # the id of the key's first asset is its tombstone's
    asset_id = source.asset_id if source else ids.asset_id(upload.bucket, upload.key, *taken)
    version = Version(asset_id=asset_id, version_id=upload.version_id, upload=upload, inspection=read.inspection)
    asset = catalog.asset(asset_id).with_version(version, now=now) if source else Asset.of(version, now=now)
    catalog.record(
        UploadRecord(upload=upload, asset_id=asset_id, version_id=version.version_id),
        source=None if source else Source(bucket=upload.bucket, key=upload.key, asset_id=asset_id),
        blob=None if blob else Blob(sha256=read.sha256, asset_id=asset_id, inspection=read.inspection),
        version=version,
        asset=asset,
        gone=gone,
    )
    return Ingested(Outcome.NEW_VERSION if source else Outcome.NEW_ASSET, asset_id)
