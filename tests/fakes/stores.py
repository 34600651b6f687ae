"""The buckets in memory."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain.archive import Kept, Place, Tier
from assetwire.domain.asset import Upload
from assetwire.domain.errors import Archived, InvalidRequest, NotFound, Unavailable
from assetwire.domain.upkeep import StoredObject
from assetwire.domain.uploads import Part
from assetwire.ports import Fetched, PartsPage, Stored, UploadedPart


class _Master(NamedTuple):
    s3_version: str
    uploaded_at: datetime
    data: bytes
    cause: str = ""


class FakeMasters:
    """A versioned bucket: each key has its versions, oldest first."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str], list[_Master]] = {}
        self.fetched: list[Upload] = []
        self._begun: dict[str, str] = {}
        self._parts: dict[str, dict[int, UploadedPart]] = {}
        self.cold: set[Upload] = set()

    def put(self, upload: Upload, data: bytes) -> Upload:
        master = _Master(upload.s3_version, upload.uploaded_at, data)
        self._objects.setdefault((upload.bucket, upload.key), []).append(master)
        return upload

    def delete(self, upload: Upload) -> None:
        """Delete one version for good."""
        kept = self._objects[upload.bucket, upload.key]
        self._objects[upload.bucket, upload.key] = [m for m in kept if m.s3_version != upload.s3_version]

    def resolve(self, upload: Upload) -> Upload:
        if upload.s3_version:
            return upload
        newest = self._read(upload)
        return upload.model_copy(update={"s3_version": newest.s3_version, "uploaded_at": newest.uploaded_at})

    def fetch(self, upload: Upload, to: Path, *, maximum: int) -> Fetched:
        self.fetched.append(upload)
        if upload in self.cold:
            raise Archived(f"{upload.key} is in cold storage")
        data = self._read(upload).data
        to.write_bytes(data[:maximum])
        return Fetched(hashlib.sha256(data).hexdigest(), len(data))

    def store(self, key: str, file: Path, *, sha256: str, cause: str) -> Stored:
        data = file.read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256
        known = self._objects.get(("masters", key), [])
        if known and known[-1].data == data:
            return Stored(known[-1].s3_version, written=known[-1].cause == cause)
        stored = _Master(f"stored-{len(known) + 1}", datetime(2026, 6, 1, tzinfo=UTC), data, cause)
        self._objects.setdefault(("masters", key), []).append(stored)
        return Stored(stored.s3_version, written=True)

    def holds(self) -> dict[str, list[bytes]]:
        """Return the bytes of every version, oldest first, by key."""
        return {key: [each.data for each in versions] for (_, key), versions in self._objects.items()}

    def upload_form(
        self, key: str, *, minimum: int, maximum: int, checksum: str | None, seconds: int
    ) -> dict[str, Any]:
        fields = {"key": key, "policy": f"{minimum} to {maximum} bytes, {seconds} s"}
        bound = {} if checksum is None else {"x-amz-checksum-sha256": checksum}
        return {"url": "https://masters.example", "fields": fields | bound}

    def begin_multipart(self, key: str, *, checksums: bool) -> str:
        upload_id = f"upload-{len(self._begun) + 1}"
        self._begun[upload_id] = key
        self._parts[upload_id] = {}
        return upload_id

    def part_url(self, key: str, upload_id: str, part: Part, *, checksum: str | None, seconds: int) -> str:
        return f"https://masters.example/{key}?uploadId={upload_id}&partNumber={part.number}"

    def put_part(self, upload_id: str, number: int, size: int) -> None:
        """Send a part, as whoever holds its URL would."""
        self._parts[upload_id][number] = UploadedPart(number, size, f"etag-{number}", None)

    def uploaded_parts(self, key: str, upload_id: str, *, after: int) -> PartsPage:
        if upload_id not in self._parts:
            raise NotFound(f"no upload {upload_id}", code="multipart_not_found")
        return PartsPage([part for number, part in sorted(self._parts[upload_id].items()) if number > after], None)

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int) -> str:
        self.uploaded_parts(key, upload_id, after=0)
        if sum(part.bytes for part in parts) != size:
            raise InvalidRequest("the parts are not of this size", code="not_taken_by_s3")
        del self._parts[upload_id]
        return f"of {upload_id}"

    def abort_multipart(self, key: str, upload_id: str) -> None:
        self._parts.pop(upload_id, None)

    def _read(self, upload: Upload) -> _Master:
        found = self._objects.get((upload.bucket, upload.key), [])
        wanted = [m for m in found if upload.s3_version in {"", m.s3_version}]
        if not wanted:
            raise NotFound(f"no {upload.key} at version {upload.s3_version!r}")
        return wanted[-1]


class FakeVault:
    """The storage of masters: each stands in a class, may be marked, and may have a copy on its way or there."""

    def __init__(self, *uploads: Upload, now: datetime) -> None:
        self.places = {self._key(upload): Place.AT_HAND for upload in uploads}
        self.marked: set[tuple[str, str, str]] = set()
        self.asked: list[tuple[str, int, Tier]] = []
        self.until: dict[tuple[str, str, str], datetime] = {}
        self._now = now

    def move_marked(self) -> None:
        """Do what S3's lifecycle does once a day."""
        self.places |= {key: Place.COLD for key in self.marked if self.places.get(key) is Place.AT_HAND}

    def copies_come(self) -> None:
        """Do what S3 does hours after it was asked."""
        self.places = {key: Place.COPIED if at is Place.COMING else at for key, at in self.places.items()}

    def copies_go(self) -> None:
        """Do what S3 does when copies end."""
        self.places = {key: Place.COLD if at is Place.COPIED else at for key, at in self.places.items()}

    def kept(self, upload: Upload) -> Kept:
        place = self.places.get(self._key(upload), Place.NOWHERE)
        return Kept(place=place, until=self.until[self._key(upload)] if place is Place.COPIED else None)

    def mark(self, upload: Upload) -> None:
        if self._key(upload) in self.places:
            self.marked.add(self._key(upload))

    def unmark(self, upload: Upload) -> None:
        self.marked.discard(self._key(upload))

    def fetch_back(self, upload: Upload, *, days: int, tier: Tier) -> None:
        key = self._key(upload)
        if self.places.get(key) is Place.COLD:
            self.places[key] = Place.COMING
        if self.places.get(key) in {Place.COMING, Place.COPIED}:
            self.until[key] = self._now + timedelta(days=days)
            self.asked.append((upload.key, days, tier))

    def destroy(self, uploads: Sequence[Upload]) -> None:
        for upload in uploads:
            self.places.pop(self._key(upload), None)

    @staticmethod
    def _key(upload: Upload) -> tuple[str, str, str]:
        return upload.bucket, upload.key, upload.s3_version


class FakeRenditionStore:
    """The renditions bucket; an ETag is the MD5 of the bytes, as in S3. `writes` counts what changed it."""

    def __init__(self, now: datetime = datetime(2026, 6, 1, 12, tzinfo=UTC)) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: dict[str, datetime] = {}
        self.media_types: dict[str, str] = {}
        self.now = now
        self.writes = 0
        self.puts_until_failure: int | None = None
        """Which put from now on fails, once; None: none does."""

    def present(self, prefix: str) -> dict[str, StoredObject]:
        standing = {key: data for key, data in self.objects.items() if key.startswith(prefix)}
        return {key: StoredObject(etag_of(data), self.written[key]) for key, data in standing.items()}

    def put(self, key: str, file: Path, *, media_type: str) -> str:
        if self.puts_until_failure is not None:
            self.puts_until_failure -= 1
            if not self.puts_until_failure:
                raise Unavailable("slow down")
        self.media_types[key] = media_type
        return self.hold(key, file.read_bytes())

    def fetch(self, key: str, to: Path) -> None:
        if key not in self.objects:
            raise NotFound(f"no rendition {key}")
        to.write_bytes(self.objects[key])

    def remove(self, keys: Sequence[str]) -> None:
        self.writes += 1
        for key in keys:
            self.objects.pop(key, None)

    def clear(self, prefix: str) -> None:
        self.remove(list(self.present(prefix)))

    def hold(self, key: str, data: bytes) -> str:
        self.writes += 1
        self.objects[key], self.written[key] = data, self.now
        return etag_of(data)


class FakeDeliveryStore:
    """The delivery bucket, next to the renditions bucket that it is filled from."""

    def __init__(self, renditions: FakeRenditionStore) -> None:
        self.objects: dict[str, bytes] = {}
        self._renditions = renditions

    def present(self, prefix: str) -> dict[str, str]:
        return {key: etag_of(data) for key, data in sorted(self.objects.items()) if key.startswith(prefix)}

    def walked(self) -> Iterator[tuple[str, str]]:
        yield from self.present("").items()

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        if rendition_key not in self._renditions.objects:
            raise NotFound(f"no rendition {rendition_key}")
        self.objects[to] = self._renditions.objects[rendition_key]

    def remove(self, keys: Sequence[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)


def etag_of(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
