"""The three buckets: masters, renditions and delivery."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from botocore.signers import generate_presigned_post

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.domain.asset import Upload
from assetwire.domain.caching import EdgeSeconds, cache_control, cache_tag, media_type_of
from assetwire.domain.errors import Conflict, NotFound, Unavailable
from assetwire.domain.upkeep import StoredObject
from assetwire.domain.uploads import Part, from_s3_checksum, s3_checksum
from assetwire.ports import Fetched, PartsPage, Stored, UploadedPart

_PIECE = 1024 * 1024
"""Bytes of a master that are in memory at a time."""

_BATCH = 1000
"""Objects that one DeleteObjects call takes."""

_ATTEMPTS = 4
_CAUSE = "assetwire-cause"
"""Metadata of a master that we put ourselves: who did."""

_PARTS = 1000
"""Parts that one ListParts call gives."""


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

    def store(self, key: str, file: Path, *, sha256: str, cause: str) -> Stored:
        """Put a file under a key; S3 knows the SHA-256 of what stands there, and checks that of what comes.

        Of two that put the same bytes at once, one does: a write is conditional on what was seen to stand there.
        """
        checksum, size = s3_checksum(sha256), file.stat().st_size
        for attempt in range(1, _ATTEMPTS + 1):
            head = self._standing(key)
            if head and (head["ContentLength"], head.get("ChecksumSHA256")) == (size, checksum):
                ours = head.get("Metadata", {}).get(_CAUSE) == cause
                return Stored(head.get("VersionId", "null"), written=ours)
            try:
                with translated(f"writing s3://{self._bucket}/{key}"), file.open("rb") as body:
                    answer = client("s3").put_object(
                        Bucket=self._bucket,
                        Key=key,
                        Body=body,
                        ChecksumAlgorithm="SHA256",
                        ChecksumSHA256=checksum,
                        Metadata={_CAUSE: cause},
                        **({"IfMatch": head["ETag"]} if head else {"IfNoneMatch": "*"}),
                    )
            except Conflict:
                if attempt == _ATTEMPTS:
                    raise
            else:
                return Stored(answer.get("VersionId", "null"), written=True)
        raise AssertionError("unreachable")

    def _standing(self, key: str) -> dict[str, Any] | None:
        try:
            with translated(f"reading s3://{self._bucket}/{key}"):
                return dict(client("s3").head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED"))
        except NotFound:
            return None

    def upload_form(
        self, key: str, *, minimum: int, maximum: int, checksum: str | None, seconds: int
    ) -> dict[str, Any]:
        """Return `{url, fields}` of a form that S3 takes for this key, these sizes and this SHA-256, for a while."""
        fields = {"key": key}
        if checksum is not None:
            fields |= {"x-amz-checksum-algorithm": "SHA256", "x-amz-checksum-sha256": checksum}
        conditions: list[Any] = [["content-length-range", minimum, maximum]]
        conditions += [{name: value} for name, value in fields.items()]
        with translated("signing an upload form"):
            form: dict[str, Any] = generate_presigned_post(
                client("s3"), self._bucket, key, Fields=fields, Conditions=conditions, ExpiresIn=seconds
            )
        return form

    def begin_multipart(self, key: str, *, checksums: bool) -> str:
        """Begin an upload in parts; with `checksums`, S3 takes no part without its SHA-256."""
        algorithm = {"ChecksumAlgorithm": "SHA256", "ChecksumType": "COMPOSITE"} if checksums else {}
        with translated(f"beginning an upload of {key}"):
            answer = client("s3").create_multipart_upload(Bucket=self._bucket, Key=key, **algorithm)
        return str(answer["UploadId"])

    def part_url(self, key: str, upload_id: str, part: Part, *, checksum: str | None, seconds: int) -> str:
        """Return the URL of a part; its size and SHA-256 are signed as headers, and S3 checks them."""
        fields = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id, "PartNumber": part.number}
        signed: dict[str, Any] = fields | {"ContentLength": part.bytes}
        if checksum is not None:
            signed["ChecksumSHA256"] = checksum
        with translated("signing the URL of a part"):
            return str(client("s3").generate_presigned_url("upload_part", Params=signed, ExpiresIn=seconds))

    def uploaded_parts(self, key: str, upload_id: str, *, after: int) -> PartsPage:
        """Return a page of the parts that S3 has."""
        with translated(f"listing the parts of {key}", gone="multipart_not_found"):
            answer = client("s3").list_parts(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumberMarker=after, MaxParts=_PARTS
            )
        parts = [
            UploadedPart(
                number=part["PartNumber"],
                bytes=part["Size"],
                etag=part["ETag"].strip('"'),
                sha256=from_s3_checksum(part.get("ChecksumSHA256", "")),
            )
            for part in answer.get("Parts", ())
        ]
        more = answer.get("IsTruncated") and parts
        return PartsPage(parts, parts[-1].number if more else None)

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int) -> str:
        """Make one object of the parts; S3 compares its size and the parts' checksums once more."""
        listed = [
            {"PartNumber": part.number, "ETag": f'"{part.etag}"'}
            | ({} if part.sha256 is None else {"ChecksumSHA256": s3_checksum(part.sha256)})
            for part in parts
        ]
        with translated(f"completing the upload of {key}", gone="multipart_not_found"):
            answer = client("s3").complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={"Parts": listed},
                MpuObjectSize=size,
            )
        return str(answer.get("VersionId", "null"))

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts."""
        try:
            with translated(f"aborting the upload of {key}", gone="multipart_not_found"):
                client("s3").abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
        except NotFound:
            return


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
                ChecksumAlgorithm="SHA256",
            )
        return str(answer["ETag"]).strip('"')

    def fetch(self, key: str, to: Path) -> None:
        """Copy an object to a local file, one mebibyte at a time."""
        with translated(f"reading s3://{self._bucket}/{key}"), to.open("wb") as file:
            for piece in client("s3").get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(_PIECE):
                file.write(piece)

    def present(self, prefix: str) -> dict[str, StoredObject]:
        """Return what stands under a prefix, by key."""
        return dict(_entries(self._bucket, prefix))

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these objects, in batches; whatever S3 could not delete raises."""
        remove(self._bucket, [{"Key": key} for key in keys])

    def clear(self, prefix: str) -> None:
        """Delete every object under a prefix."""
        self.remove(list(self.present(prefix)))


class S3Delivery:
    """The delivery bucket."""

    def __init__(self, bucket: str, *, renditions: str, edge_seconds: EdgeSeconds | None = None) -> None:
        self._bucket = bucket
        self._renditions = renditions
        self._edge_seconds = edge_seconds or EdgeSeconds()

    def present(self, prefix: str) -> dict[str, str]:
        """Return key → ETag of everything under a prefix."""
        return {key: stored.etag for key, stored in _entries(self._bucket, prefix)}

    def walked(self) -> Iterator[tuple[str, str]]:
        """Yield key and ETag of everything that stands, page by page."""
        return ((key, stored.etag) for key, stored in _entries(self._bucket, ""))

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        """Copy an object from the renditions bucket; caches learn how long they keep it, and by what to forget it."""
        source, media_type = {"Bucket": self._renditions, "Key": rendition_key}, media_type_of(to)
        with translated(f"copying {rendition_key} to s3://{self._bucket}/{to}"):
            client("s3").copy_object(
                Bucket=self._bucket,
                Key=to,
                CopySource=source,
                MetadataDirective="REPLACE",
                ContentType=media_type,
                CacheControl=cache_control(media_type, self._edge_seconds),
                Metadata={"cache-tag": cache_tag(to.partition("/")[0])},
            )

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these objects, in batches; whatever S3 could not delete raises."""
        remove(self._bucket, [{"Key": key} for key in keys])


def _entries(bucket: str, prefix: str) -> Iterator[tuple[str, StoredObject]]:
    """Yield everything under a prefix, by key, in the order of the keys."""
    with translated(f"listing s3://{bucket}/{prefix}"):
        for page in client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Contents", ()):
                yield entry["Key"], StoredObject(entry["ETag"].strip('"'), entry["LastModified"])


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
