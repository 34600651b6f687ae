"""What services need of the outside world; each port has an adapter for AWS and a fake for tests."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from assetwire.domain.asset import Asset, AssetStatus, Blob, Upload, UploadRecord, Version
from assetwire.domain.declaration import Standing
from assetwire.domain.due import DueKind
from assetwire.domain.events import Event
from assetwire.domain.history import AssetChange
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Inspection
from assetwire.domain.job import Job
from assetwire.domain.plan import Plan
from assetwire.domain.purge import Purge
from assetwire.domain.rendition import Rendition
from assetwire.domain.source import Source
from assetwire.domain.upkeep import StoredObject
from assetwire.domain.uploads import Part
from assetwire.domain.work import WorkItem


class Position(NamedTuple):
    """Where a listing stopped: the last item that it gave."""

    created_at: datetime
    item_id: str


class Page(NamedTuple):
    """A part of a listing, newest asset first; `next` is None at the end."""

    assets: list[Asset]
    next: Position | None


class JobPage(NamedTuple):
    """A part of a listing of jobs, newest first; `next` is None at the end."""

    jobs: list[Job]
    next: Position | None


class AssetReader(Protocol):
    """Reads one asset, consistently."""

    def asset(self, asset_id: str) -> Asset:
        """Return the asset.

        Raises:
            NotFound: there is none of this id.
        """
        ...

    def assets_named(self, asset_ids: Sequence[str]) -> list[Asset]:
        """Return those of these assets that there are, in this order; at most 100 are asked for.

        Raises:
            NotUnderstood: a record is broken.
        """
        ...


class Catalog(AssetReader, Protocol):
    """The truth about assets. Base records are read consistently; every write is conditional."""

    def assets(self, statuses: Sequence[AssetStatus], *, limit: int, after: Position | None) -> Page:
        """List assets with one of these statuses, newest first, at most `limit`."""
        ...

    def assets_of(self, category: str, *, limit: int, after: Position | None) -> Page:
        """List the assets of a category, newest first, at most `limit`."""
        ...

    def versions(self, asset_id: str) -> list[Version]:
        """Return all versions of an asset, oldest first."""
        ...

    def version(self, asset_id: str, version_id: str) -> Version:
        """Return one version.

        Raises:
            NotFound: there is none of this id.
        """
        ...

    def renditions(self, asset_id: str, version_id: str | None = None) -> list[Rendition]:
        """Return the renditions of one version, or of all, of whichever digest, by version and name."""
        ...

    def upload(self, bucket: str, key: str, s3_version: str) -> UploadRecord | None:
        """Return the note that this upload was ingested, if it was."""
        ...

    def source(self, bucket: str, key: str) -> Source | None:
        """Return the source at this place, if it is known."""
        ...

    def blob(self, sha256: str) -> Blob | None:
        """Return the blob of these bytes, if they are known."""
        ...

    def sources(self, asset_id: str) -> list[Source]:
        """Return all sources that an asset ever had."""
        ...

    def uploads(self, asset_id: str) -> list[UploadRecord]:
        """Return the notes of all uploads of an asset, of those too that made no version."""
        ...

    def record(
        self,
        upload: UploadRecord,
        *,
        source: Source | None = None,
        blob: Blob | None = None,
        version: Version | None = None,
        asset: Asset | None = None,
        work: Sequence[WorkItem] = (),
        standing: Standing | None = None,
        gone: Collection[str] = (),
        change: AssetChange | None = None,
    ) -> None:
        """Write an ingested upload and what is new with it, all or nothing.

        `standing` is what was declared of the master when that was decided: it is noted as known to the asset.
        `gone` are assets whose deletion has begun: source and blob take the place of theirs.

        Raises:
            Conflict: the upload, source, blob, version or work item exists by now, the asset's revision moved, the
                deletion of the upload's asset has begun, or something else is declared by now.
        """
        ...

    def save_asset(self, asset: Asset, *, versions: Sequence[Version] = (), change: AssetChange | None = None) -> None:
        """Replace an asset that was read at the revision before, with it some of its versions, and note who changed it.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def save_renditions(self, renditions: Sequence[Rendition]) -> None:
        """Write renditions, each in place of the one of the same name and digest."""
        ...

    def remove_renditions(self, renditions: Sequence[Rendition]) -> None:
        """Delete what is recorded of these renditions; what is gone already is no error."""
        ...

    def forget(self, asset_id: str) -> None:
        """Delete what is recorded of an asset: versions, renditions, blobs, memberships; it and its uploads stay."""
        ...


Waiting = Asset | Job | Purge | WorkItem
"""What may be due."""


class Agenda(Protocol):
    """What must happen later, and jobs, which go on from where they stopped."""

    def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Waiting]:
        """Yield the records of this kind that are due by then, the longest due first, at most `limit`.

        Raises:
            NotUnderstood: after all others, if a record that is due has a shape that this version does not know.
        """
        ...

    def save(self, record: Waiting) -> None:
        """Replace a record that was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def job(self, job_id: str) -> Job:
        """Return a job, read consistently.

        Raises:
            NotFound: there is none of this id.
        """
        ...

    def jobs(self, *, limit: int, after: Position | None) -> JobPage:
        """List jobs, newest first, at most `limit`, from after a position on."""
        ...


class Fetched(NamedTuple):
    """A master's bytes, copied to a local file while they were hashed."""

    sha256: str
    bytes: int


class UploadedPart(NamedTuple):
    """A part of an upload that S3 has: its number, size, ETag, and SHA-256 (hexadecimal) if it was sent with one."""

    number: int
    bytes: int
    etag: str
    sha256: str | None


class PartsPage(NamedTuple):
    """Parts of an upload in order; `next_after` is the number to go on after, None at the end."""

    parts: list[UploadedPart]
    next_after: int | None


class Stored(NamedTuple):
    """An object that stands under its key; `written` unless the same bytes stood there before."""

    s3_version: str
    written: bool


class Masters(Protocol):
    """The masters bucket."""

    def resolve(self, upload: Upload) -> Upload:
        """Return the upload with its S3 version, time and size as S3 knows them.

        Raises:
            NotFound: the object is gone.
        """
        ...

    def fetch(self, upload: Upload, to: Path, *, maximum: int) -> Fetched:
        """Copy a master to a local file in pieces of bounded size; past `maximum` bytes only count and hash them.

        Raises:
            NotFound: the object is gone.
        """
        ...

    def store(self, key: str, file: Path, *, sha256: str, cause: str) -> Stored:
        """Put a local file under a key, unless its newest version holds the same bytes already.

        `cause` says who puts it there: what the same cause put there before counts as written.
        """
        ...

    def upload_form(
        self, key: str, *, minimum: int, maximum: int, checksum: str | None, seconds: int
    ) -> dict[str, Any]:
        """Return `{url, fields}` of a form with which anyone may post one file under this key for some seconds.

        The file has between `minimum` and `maximum` bytes, and the SHA-256 `checksum` (base64), if there is one.
        """
        ...

    def begin_multipart(self, key: str, *, checksums: bool) -> str:
        """Begin an upload in parts and return its id; with `checksums`, each part is sent with its SHA-256."""
        ...

    def part_url(self, key: str, upload_id: str, part: Part, *, checksum: str | None, seconds: int) -> str:
        """Return a URL with which anyone may put this part, of its size and SHA-256 (base64), for some seconds."""
        ...

    def uploaded_parts(self, key: str, upload_id: str, *, after: int) -> PartsPage:
        """Return the parts that are there with numbers above `after`, in order, at most a thousand.

        Raises:
            NotFound: there is no such upload, or it is completed or aborted.
        """
        ...

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[UploadedPart], *, size: int) -> str:
        """Make one object of `size` bytes of these parts and return its S3 version.

        Raises:
            NotFound: there is no such upload, or it is completed or aborted.
            InvalidRequest: the parts do not make such an object.
        """
        ...

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget an upload and its parts; one that is gone already is no error."""
        ...


class RenditionStore(Protocol):
    """The renditions bucket: everything that is rendered."""

    def present(self, prefix: str) -> dict[str, StoredObject]:
        """Return what stands under a prefix, by key."""
        ...

    def fetch(self, key: str, to: Path) -> None:
        """Copy an object to a local file, in pieces of bounded size.

        Raises:
            NotFound: it is gone.
        """
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these objects; those that are gone already are no error."""
        ...

    def clear(self, prefix: str) -> None:
        """Delete every object under a prefix."""
        ...

    def put(self, key: str, file: Path, *, media_type: str) -> str:
        """Store a rendered file and return its ETag."""
        ...


class DeliveryStore(Protocol):
    """The delivery bucket: exactly what may be seen now."""

    def present(self, prefix: str) -> dict[str, str]:
        """Return key → ETag of everything under a prefix."""
        ...

    def walked(self) -> Iterator[tuple[str, str]]:
        """Yield key and ETag of everything that stands, in the order of the keys."""
        ...

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        """Copy an object from the renditions bucket."""
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these objects; those that are gone already are no error."""
        ...


class EventBus(Protocol):
    """Where events are announced."""

    def publish(self, events: Sequence[Event]) -> None:
        """Announce these events: all of them, or raise.

        Raises:
            Unavailable: some could not be announced, after retries.
        """
        ...


class FailureQueue(Protocol):
    """Where a message goes, whole, that nobody can process."""

    def put(self, message: dict[str, Any], *, reason: str) -> None:
        """Keep a message with the reason of its failure."""
        ...


class Inspector(Protocol):
    """Reads what a master says about itself."""

    def __call__(self, file: Path, *, sha256: str, size: int) -> Inspection:
        """Inspect a local file; whatever is wrong with its content is in the answer, never an exception."""
        ...


class RenderedFile(NamedTuple):
    """A derived file on the local disk, and every name that it is kept under: sizes in pixels and bytes."""

    names: tuple[str, ...]
    path: Path
    format: str
    width: int
    height: int
    bytes: int
    sha256: str


class Renderer(Protocol):
    """Derives files from a master."""

    def __call__(
        self, master: Path, plan: Plan, *, media_type: str, inscription: Inscription, out: Path
    ) -> Iterable[RenderedFile]:
        """Write the planned files of a master of this type below `out`, each as soon as it is done.

        Each carries the inscription, as far as its format can.

        Raises:
            Undecodable: the master's bytes are damaged.
            Unmet: once everything else is made, files that the bytes of their spec have no room for.
        """
        ...
