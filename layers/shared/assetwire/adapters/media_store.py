"""The three buckets: masters, renditions and delivery."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from botocore.signers import generate_presigned_post

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.domain.asset import Upload
from assetwire.domain.errors import Unavailable
from assetwire.ports import Fetched

_PIECE = 1024 * 1024
"""Bytes of a master that are in memory at a time."""

_BATCH = 1000
"""Objects that one DeleteObjects call takes."""

DELIVERED_CACHE_CONTROL = "public, max-age=60, s-maxage=86400"
"""Browsers ask again after a minute; the edge, which can be purged, keeps a day."""


class S3Masters:
    """The masters bucket, and any other that S3 announces uploads of."""

    def __init__(self, bucket: str = "") -> None:
        self._bucket = bucket

    def resolve(self, upload: Upload) -> Upload:
        """Fill in what the announcement left out, by HeadObject; an announcement that says all is taken as it is."""
        if upload.s3_version:
            return upload
        with translated(f"reading s3://{upload.bucket}/{upload.key}"):
            head = client("s3").head_object(Bucket=upload.bucket, Key=upload.key)
        changes = {"s3_version": head.get("VersionId", "null"), "uploaded_at": head["LastModified"]}
        return upload.model_copy(update=changes)

    def fetch(self, upload: Upload, to: Path, *, maximum: int) -> Fetched:
        """Copy a master to a local file, one mebibyte at a time; past `maximum` bytes only count and hash."""
        digest, size = hashlib.sha256(), 0
        with translated(f"reading s3://{upload.bucket}/{upload.key}"):
            version = {"VersionId": upload.s3_version} if upload.s3_version not in {"", "null"} else {}
            answer = client("s3").get_object(Bucket=upload.bucket, Key=upload.key, **version)
            with to.open("wb") as file:
                for piece in answer["Body"].iter_chunks(_PIECE):
                    digest.update(piece)
                    size += len(piece)
                    if size <= maximum:
                        file.write(piece)
        return Fetched(digest.hexdigest(), size)

    def upload_form(self, key: str, *, maximum: int, seconds: int) -> dict[str, Any]:
        """Return `{url, fields}` of a form that S3 takes for this key, up to this size and for so many seconds."""
        conditions: list[Any] = [["content-length-range", 1, maximum], {"key": key}]
        with translated("signing an upload form"):
            form: dict[str, Any] = generate_presigned_post(
                client("s3"), self._bucket, key, Fields={"key": key}, Conditions=conditions, ExpiresIn=seconds
            )
        return form


class S3Renditions:
    """The renditions bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, key: str, file: Path, *, media_type: str) -> str:
        """Store a rendered file and return its ETag."""
        with translated(f"writing s3://{self._bucket}/{key}"), file.open("rb") as body:
            answer = client("s3").put_object(
                Bucket=self._bucket,
                Key=key,
                Body=body,
                ContentType=media_type,
                CacheControl=DELIVERED_CACHE_CONTROL,
                ChecksumAlgorithm="SHA256",
            )
        return str(answer["ETag"]).strip('"')

    def clear(self, prefix: str) -> None:
        """Delete every object under a prefix."""
        remove(self._bucket, [{"Key": key} for key in list_keys(self._bucket, prefix)])


class S3Delivery:
    """The delivery bucket."""

    def __init__(self, bucket: str, *, renditions: str) -> None:
        self._bucket = bucket
        self._renditions = renditions

    def present(self, prefix: str) -> dict[str, str]:
        """Return key → ETag of everything under a prefix."""
        return list_keys(self._bucket, prefix)

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        """Copy an object, with its type and cache headers, from the renditions bucket."""
        source = {"Bucket": self._renditions, "Key": rendition_key}
        with translated(f"copying {rendition_key} to s3://{self._bucket}/{to}"):
            client("s3").copy_object(Bucket=self._bucket, Key=to, CopySource=source)

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these objects, in batches; whatever S3 could not delete raises."""
        remove(self._bucket, [{"Key": key} for key in keys])


def list_keys(bucket: str, prefix: str) -> dict[str, str]:
    """Return key → ETag of everything under a prefix."""
    found: dict[str, str] = {}
    with translated(f"listing s3://{bucket}/{prefix}"):
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            found.update((entry["Key"], entry["ETag"].strip('"')) for entry in page.get("Contents", ()))
    return found


def remove(bucket: str, objects: Sequence[dict[str, str]]) -> None:
    """Delete objects, `{"Key", "VersionId"}`, in batches; whatever S3 could not delete raises.

    Raises:
        Unavailable: S3 could not delete some.
    """
    for start in range(0, len(objects), _BATCH):
        batch = list(objects[start : start + _BATCH])
        with translated(f"deleting from s3://{bucket}"):
            answer = client("s3").delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        errors = answer.get("Errors", [])
        if errors:
            raise Unavailable(f"deleting from s3://{bucket}: {errors[0]}")
