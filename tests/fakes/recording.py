"""What is recorded of an upload, by whichever Catalog."""

from typing import Any

from assetwire.domain.asset import Asset, Blob, UploadRecord, Version
from assetwire.domain.source import Source
from assetwire.ports import Catalog
from fakes import some


def first_of(version: Version) -> dict[str, Any]:
    """Return all that `record` writes for the first version of an asset."""
    upload = version.upload
    return {
        "upload": UploadRecord(upload=upload, asset_id=version.asset_id, version_id=version.version_id),
        "source": Source(bucket=upload.bucket, key=upload.key, asset_id=version.asset_id),
        "blob": Blob(sha256=version.inspection.sha256, asset_id=version.asset_id, inspection=version.inspection),
        "version": version,
        "asset": Asset.of(version, now=some.NOW),
    }


def write(catalog: Catalog, values: dict[str, Any]) -> Asset:
    rest = dict(values)
    catalog.record(rest.pop("upload"), **rest)
    return values["asset"]


def record(catalog: Catalog, version: Version, **changes: Any) -> Asset:
    return write(catalog, first_of(version) | changes)


def record_next(catalog: Catalog, asset: Asset, version: Version) -> Asset:
    return record(catalog, version, source=None, asset=asset.with_version(version, now=some.NOW))
