"""Every key of the Catalog's table: nobody else builds one."""

import hashlib
from datetime import datetime

PARTITION = "pk"
SORT = "sk"
META = "META"
LISTING_INDEX = "listing"
LISTING_SHARDS = 4
"""Partitions of the listing index a status: one takes about 1,000 new assets a second."""


def asset(asset_id: str) -> tuple[str, str]:
    """Return the key of an asset."""
    return f"ASSET#{asset_id}", META


def version(asset_id: str, version_id: str) -> tuple[str, str]:
    """Return the key of a version; an empty `version_id` gives the prefix of all."""
    return f"ASSET#{asset_id}", f"VERSION#{version_id}"


def rendition(asset_id: str, version_id: str, name: str) -> tuple[str, str]:
    """Return the key of a rendition; an empty `name` gives the prefix of all of a version."""
    return f"ASSET#{asset_id}", f"RENDITION#{version_id}#{name}"


def blob(sha256: str) -> tuple[str, str]:
    """Return the key of a blob."""
    return f"SHA256#{sha256}", META


def source(bucket: str, key: str) -> tuple[str, str]:
    """Return the key of a source."""
    return f"SOURCE#{bucket}/{key}", META


def upload(bucket: str, key: str, s3_version: str) -> tuple[str, str]:
    """Return the key of the note that an upload was ingested."""
    return f"SOURCE#{bucket}/{key}", f"UPLOAD#{s3_version}"


def listing(status: str, asset_id: str) -> str:
    """Return the partition of the listing index that an asset of this status stands in."""
    shard = hashlib.sha256(asset_id.encode()).digest()[0] % LISTING_SHARDS
    return f"{status}#{shard}"


def listings(status: str) -> list[str]:
    """Return all partitions of the listing index for a status."""
    return [f"{status}#{shard}" for shard in range(LISTING_SHARDS)]


def listing_order(created_at: datetime, asset_id: str) -> str:
    """Return where an asset stands in its partition of the listing index."""
    return f"{created_at:%Y-%m-%dT%H:%M:%S.%fZ}#{asset_id}"
