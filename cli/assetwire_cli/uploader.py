"""Uploads to the masters bucket: many at a time, large files in parts that a broken upload does not send again."""

import base64
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.uploads import checked_key

MULTIPART_FROM = 64 * 1024 * 1024
"""Bytes from which a file goes in parts."""
_SMALLEST_PART = 16 * 1024 * 1024
_MOST_PARTS = 9_000
"""S3 takes 10,000 parts of 5 MiB to 5 GiB."""

Progress = Callable[[int], None]
"""Told how many bytes more are done."""


class Planned(NamedTuple):
    """A local file and the key that it gets; `refused` says why it cannot get one."""

    file: Path
    key: str
    bytes: int
    refused: str = ""


class Uploaded(NamedTuple):
    """What became of a file: `state` is uploaded, unchanged or failed; `s3_version` is None if it failed."""

    planned: Planned
    state: str
    s3_version: str | None
    error: str = ""


def plan(paths: list[Path], prefix: str) -> list[Planned]:
    """Return every file below the paths with its key: the prefix and its path below the folder that was named.

    A name that cannot be a key costs that file alone.

    Raises:
        InvalidRequest: a path does not exist, or two files get the same key.
    """
    planned: dict[str, Planned] = {}
    for path in paths:
        for file, relative in _files(path):
            try:
                key = checked_key("/".join(part for part in (prefix.strip("/"), relative) if part))
            except InvalidRequest as error:
                shown = ascii(relative).strip("'")
                planned[shown] = Planned(file, shown, 0, refused=f"{error.code}: {error.message}")
                continue
            if key in planned and planned[key].file != file:
                raise InvalidRequest(f"{planned[key].file} and {file} both get the key {key}", code="key_collision")
            planned[key] = Planned(file, key, file.stat().st_size)
    return list(planned.values())


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            relative = file.relative_to(path)
            if file.is_file() and not any(part.startswith(".") for part in relative.parts):
                yield file, relative.as_posix()
    elif path.is_file():
        yield path, path.name
    else:
        raise InvalidRequest(f"{path} does not exist", code="no_such_file")


class Sending:
    """Sends files, several at a time, until somebody stops listening."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._stop = threading.Event()

    def _all(self, files: list[Planned], one: Callable[[Planned], Uploaded]) -> Iterator[Uploaded]:
        """Yield what became of each file, in the order given."""
        with ThreadPoolExecutor(max_workers=self._workers) as pool:
            futures = [pool.submit(one, planned) for planned in files]
            try:
                for future in futures:
                    yield future.result()
            finally:
                self._stop.set()
                for future in futures:
                    future.cancel()

    def _done_of(self, planned: Planned, progress: Callable[[Planned, int], None]) -> Progress:
        """Return what a file's sender tells of its bytes; it raises once nothing more is to be sent."""

        def done(count: int) -> None:
            progress(planned, count)
            if self._stop.is_set():
                raise InterruptedError("stopped")

        return done


class Uploader(Sending):
    """Sends files to one bucket."""

    def __init__(self, s3: Any, bucket: str, *, workers: int = 4, multipart_from: int = MULTIPART_FROM) -> None:
        super().__init__(workers)
        self._s3 = s3
        self._bucket = bucket
        self._multipart_from = multipart_from

    def upload(
        self, files: list[Planned], *, force: bool = False, progress: Callable[[Planned, int], None]
    ) -> Iterator[Uploaded]:
        """Upload files, several at a time, and yield what became of each, in the order given.

        What stands under the key already, byte for byte, is not sent again, unless `force` is set.
        """
        return self._all(files, lambda planned: self._one(planned, force, self._done_of(planned, progress)))

    def _one(self, planned: Planned, force: bool, done: Progress) -> Uploaded:
        if planned.refused:
            return Uploaded(planned, "failed", None, planned.refused)
        try:
            local = _Checksums(planned.file, self._part_size(planned.bytes))
            standing = None if force else self._standing(planned, local)
            if standing is not None:
                done(planned.bytes)
                return Uploaded(planned, "unchanged", standing)
            send = self._in_parts if planned.bytes >= self._multipart_from else self._whole
            return Uploaded(planned, "uploaded", send(planned, local, done))
        except (ClientError, BotoCoreError, OSError) as error:
            return Uploaded(planned, "failed", None, str(error))

    def _part_size(self, size: int) -> int:
        return max(_SMALLEST_PART, -(-size // _MOST_PARTS)) if size >= self._multipart_from else max(size, 1)

    def _standing(self, planned: Planned, local: "_Checksums") -> str | None:
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=planned.key, ChecksumMode="ENABLED")
        except ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey", "NotFound"}:
                return None
            raise
        same_size = head["ContentLength"] == planned.bytes
        if same_size and head.get("ChecksumSHA256") == local.whole(parts=planned.bytes >= self._multipart_from):
            return str(head.get("VersionId", "null"))
        return None

    def _whole(self, planned: Planned, local: "_Checksums", done: Progress) -> str:
        with planned.file.open("rb") as body:
            answer = self._s3.put_object(
                Bucket=self._bucket, Key=planned.key, Body=body, ChecksumSHA256=local.whole(parts=False)
            )
        done(planned.bytes)
        return str(answer.get("VersionId", "null"))

    def _in_parts(self, planned: Planned, local: "_Checksums", done: Progress) -> str:
        upload_id, there = self._unfinished(planned.key)
        if upload_id is None:
            upload_id = self._s3.create_multipart_upload(
                Bucket=self._bucket, Key=planned.key, ChecksumAlgorithm="SHA256"
            )["UploadId"]
        parts = []
        for number, (offset, length) in enumerate(local.parts(), start=1):
            checksum = local.part(offset, length)
            etag = there.get(number, {}).get("ETag") if _same(there.get(number), checksum, length) else None
            if etag is None:
                with planned.file.open("rb") as opened:
                    opened.seek(offset)
                    body = opened.read(length)
                etag = self._s3.upload_part(
                    Bucket=self._bucket,
                    Key=planned.key,
                    UploadId=upload_id,
                    PartNumber=number,
                    Body=body,
                    ChecksumSHA256=checksum,
                )["ETag"]
            parts.append({"PartNumber": number, "ETag": etag, "ChecksumSHA256": checksum})
            done(length)
        answer = self._s3.complete_multipart_upload(
            Bucket=self._bucket, Key=planned.key, UploadId=upload_id, MultipartUpload={"Parts": parts}
        )
        return str(answer.get("VersionId", "null"))

    def _unfinished(self, key: str) -> tuple[str | None, dict[int, dict[str, Any]]]:
        """Return the newest unfinished upload of this key and the parts that it has."""
        answer = self._s3.list_multipart_uploads(Bucket=self._bucket, Prefix=key)
        mine = [upload for upload in answer.get("Uploads", []) if upload["Key"] == key]
        if not mine:
            return None, {}
        upload_id = max(mine, key=lambda upload: upload["Initiated"])["UploadId"]
        pages = self._s3.get_paginator("list_parts").paginate(Bucket=self._bucket, Key=key, UploadId=upload_id)
        return upload_id, {part["PartNumber"]: part for page in pages for part in page.get("Parts", [])}


def _same(part: dict[str, Any] | None, checksum: str, length: int) -> bool:
    return part is not None and part.get("Size") == length and part.get("ChecksumSHA256") == checksum


class _Checksums:
    """SHA-256 of a file's parts and of the whole, base64 as S3 writes them; each part is read once.

    S3's checksum of an object that was sent in parts is the hash of the parts' hashes, and their number.
    """

    def __init__(self, file: Path, part_size: int) -> None:
        self._file = file
        self._size = file.stat().st_size
        self._part_size = part_size
        self._known: dict[int, bytes] = {}

    def parts(self) -> Iterator[tuple[int, int]]:
        """Yield offset and length of each part."""
        for offset in range(0, max(self._size, 1), self._part_size):
            yield offset, min(self._part_size, self._size - offset)

    def part(self, offset: int, length: int) -> str:
        """Return the checksum of one part."""
        return base64.b64encode(self._digest(offset, length)).decode()

    def whole(self, *, parts: bool) -> str:
        """Return the checksum of the object, as one or in parts."""
        digests = [self._digest(offset, length) for offset, length in self.parts()]
        if not parts:
            return base64.b64encode(digests[0]).decode()
        combined = base64.b64encode(hashlib.sha256(b"".join(digests)).digest()).decode()
        return f"{combined}-{len(digests)}"

    def _digest(self, offset: int, length: int) -> bytes:
        if offset not in self._known:
            digest = hashlib.sha256()
            with self._file.open("rb") as opened:
                opened.seek(offset)
                while length > 0:
                    piece = opened.read(min(length, 1024 * 1024))
                    if not piece:
                        raise OSError(f"{os.fspath(self._file)} became shorter while it was read")
                    digest.update(piece)
                    length -= len(piece)
            self._known[offset] = digest.digest()
        return self._known[offset]
