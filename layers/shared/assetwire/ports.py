"""What services need of the outside world; each port has an adapter for AWS and a fake for tests."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from assetwire.domain.archive import Kept, Tier
from assetwire.domain.asset import Asset, AssetStatus, Blob, Source, Upload, UploadRecord, Version
from assetwire.domain.due import DueKind
from assetwire.domain.events import Event
from assetwire.domain.inspection import Inspection
from assetwire.domain.job import Job
from assetwire.domain.rendition import Plan, Rendition
from assetwire.domain.work import Queue, WorkItem, WorkState


class Position(NamedTuple):
    """Where a listing stopped: the last item that it gave."""

    created_at: datetime
    item_id: str


class Page(NamedTuple):
    """A part of a listing, newest asset first; `next` is None at the end."""

    assets: list[Asset]
    next: Position | None


class WorkPage(NamedTuple):
    """A part of a listing of work items, newest first; `next` is None at the end."""

    items: list[WorkItem]
    next: Position | None


class AssetReader(Protocol):
    """Reads one asset, consistently."""

    def asset(self, asset_id: str) -> Asset:
        """Return the asset.

        Raises:
            NotFound: there is none of this id.
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

    def renditions(self, asset_id: str, version_id: str) -> list[Rendition]:
        """Return the renditions of one version."""
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
        gone: Collection[str] = (),
    ) -> None:
        """Write an ingested upload and what is new with it, all or nothing.

        `gone` are assets whose deletion has begun: source and blob take the place of theirs.

        Raises:
            Conflict: the upload, source, blob, version or work item exists by now, the asset's revision moved, or the
                deletion of the upload's asset has begun.
        """
        ...

    def save_asset(self, asset: Asset, *, versions: Sequence[Version] = ()) -> None:
        """Replace an asset that was read at the revision before, and with it some of its versions.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def save_rendition(self, rendition: Rendition) -> None:
        """Write a rendition, in place of the one of the same name."""
        ...

    def forget(self, asset_id: str) -> None:
        """Delete what is recorded of an asset's versions, renditions and blobs; itself and its uploads stay."""
        ...


class Agenda(Protocol):
    """What must happen later, and jobs, which go on from where they stopped."""

    def due(self, kind: DueKind, *, at: datetime, limit: int) -> Sequence[Asset | Job]:
        """Return the records of this kind that are due by then, the longest due first, at most `limit`."""
        ...

    def save(self, record: Asset | Job) -> None:
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


class Worklist(Protocol):
    """What waits for people."""

    def open(self, item: WorkItem) -> bool:
        """Write a work item whose cause is new; tell whether it was."""
        ...

    def item(self, work_id: str) -> WorkItem:
        """Return a work item, read consistently.

        Raises:
            NotFound: there is none of this id.
        """
        ...

    def items(self, queue: Queue, state: WorkState, *, limit: int, after: Position | None) -> WorkPage:
        """List the work items of one queue and state, newest first, at most `limit`."""
        ...

    def save(self, item: WorkItem) -> None:
        """Replace a work item that was read at the revision before.

        Raises:
            Conflict: its revision moved.
        """
        ...


class Fetched(NamedTuple):
    """A master's bytes, copied to a local file while they were hashed."""

    sha256: str
    bytes: int


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

    def upload_form(self, key: str, *, maximum: int, seconds: int) -> dict[str, Any]:
        """Return `{url, fields}` of a form with which anyone may post one file under this key for some seconds."""
        ...


class Vault(Protocol):
    """The masters of one asset, kept at hand or in cold storage; each is one S3 version of one object."""

    def kept(self, upload: Upload) -> Kept:
        """Return where a master is."""
        ...

    def mark(self, upload: Upload) -> None:
        """Mark a master for cold storage; it moves when S3 gets to it. One that is gone is no error."""
        ...

    def unmark(self, upload: Upload) -> None:
        """Take the mark away, so that a master that has not moved stays at hand. One that is gone is no error."""
        ...

    def fetch_back(self, upload: Upload, *, days: int, tier: Tier) -> None:
        """Ask for a copy of a master in cold storage for some days; once asked, asking again changes nothing."""
        ...

    def destroy(self, uploads: Sequence[Upload]) -> None:
        """Delete these masters for good; those that are gone already are no error.

        Raises:
            Unavailable: some could not be deleted.
        """
        ...


class RenditionStore(Protocol):
    """The renditions bucket: everything that is rendered."""

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

    def copy_rendition(self, rendition_key: str, to: str) -> None:
        """Copy an object from the renditions bucket."""
        ...

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these objects; those that are gone already are no error."""
        ...


class Edge(Protocol):
    """The caches in front of the delivery bucket."""

    def purge(self, path_prefix: str) -> None:
        """Make the caches forget everything that they hold under a path."""
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
    """A derived file on the local disk: sizes in pixels and bytes."""

    name: str
    path: Path
    format: str
    width: int
    height: int
    bytes: int
    sha256: str


class Renderer(Protocol):
    """Derives files from a master."""

    def __call__(self, master: Path, plan: Plan, *, out: Path) -> Iterable[RenderedFile]:
        """Write the planned files below `out`, each as soon as it is done.

        Raises:
            Undecodable: the master's bytes are damaged.
        """
        ...


class Signer(Protocol):
    """Signs delivery URLs."""

    def sign(self, url: str, *, expires: int) -> str:
        """Return the URL with a signature that the edge accepts before `expires` (Unix time in seconds)."""
        ...
