"""Assets, their versions, and where their bytes come from."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import StringConstraints

from assetwire.domain import ids
from assetwire.domain.inspection import Inspection, Problem, Status
from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Rights, narrows

ASSET_ID = r"^a[a-z2-7]{25}$"
AssetId = Annotated[str, StringConstraints(pattern=ASSET_ID)]
VersionId = Annotated[str, StringConstraints(pattern=r"^\d{8}t\d{6}-[a-z2-7]{8}$")]


class Upload(Value):
    """An object that was put into the masters bucket: one cause of one version."""

    bucket: str
    key: str
    s3_version: str
    uploaded_at: Instant
    sequencer: str = ""

    @property
    def version_id(self) -> str:
        """The id of the version that this upload makes."""
        return ids.version_id(self.bucket, self.key, self.s3_version, self.uploaded_at)

    @property
    def order(self) -> str:
        """Sorts uploads by time; S3's sequencer, hexadecimal, orders those of one key within a second.

        Source: S3 user guide, "Event message structure": pad the shorter sequencer, then compare.
        """
        return f"{self.uploaded_at:%Y-%m-%dT%H:%M:%S}|{self.sequencer.upper():0<32}|{self.version_id}"

    @property
    def file_name(self) -> str:
        """The last part of the key."""
        return self.key.rsplit("/", 1)[-1]


class UploadRecord(Value):
    """The note that an upload was ingested, and into which version; None if its bytes were known already."""

    upload: Upload
    asset_id: AssetId
    version_id: VersionId | None = None


class Source(Value):
    """A place in S3 whose uploads belong to one asset."""

    bucket: str
    key: str
    asset_id: AssetId


class Blob(Value):
    """Bytes that were read once; many uploads may hold them."""

    sha256: str
    asset_id: AssetId
    inspection: Inspection


class Version(Value):
    """A master of an asset: one upload and what its bytes are."""

    asset_id: AssetId
    version_id: VersionId
    upload: Upload
    inspection: Inspection

    @property
    def accepted(self) -> bool:
        """Tell whether this master may be rendered."""
        return self.inspection.status is Status.ACCEPTED

    def refused(self, problem: Problem) -> "Version":
        """Return this version quarantined for one more reason."""
        problems = (*self.inspection.problems, problem)
        refused = self.inspection.model_copy(update={"status": Status.QUARANTINED, "problems": problems})
        return self.model_copy(update={"inspection": refused})


class Rendered(Value):
    """The version and the specs that the renditions function finished last: what is shown, if the rights allow."""

    version_id: VersionId
    spec_digest: str


class Delivered(Value):
    """What enforce last made sure of: these file names of this version stand under this generation's prefix."""

    generation: int
    version_id: VersionId | None = None
    renditions: tuple[str, ...] = ()
    digest: str = ""
    """Of the keys and bytes of everything that stands there."""
    unsure: bool = False
    """More stood there than this says, and caches may hold it: noted before it is taken away, until they are purged."""


class Asset(Value):
    """A stable id with versions, rights and renditions; `revision` counts its changes, `generation` its narrowings."""

    asset_id: AssetId
    status: Status
    current_version: VersionId
    current_order: str
    file_name: str
    inspection: Inspection
    rights: Rights | None = None
    generation: int = 1
    rendered: Rendered | None = None
    delivered: Delivered | None = None
    created_at: Instant
    updated_at: Instant
    revision: int = 0

    @classmethod
    def of(cls, version: Version, *, now: datetime) -> Self:
        """Return the new asset that this version is the first of."""
        return cls(
            asset_id=version.asset_id,
            status=version.inspection.status,
            current_version=version.version_id,
            current_order=version.upload.order,
            file_name=version.upload.file_name,
            inspection=version.inspection,
            created_at=now,
            updated_at=now,
        )

    def with_version(self, version: Version, *, now: datetime) -> "Asset":
        """Return this asset knowing one more version: the newest accepted upload is current, else the newest.

        Its revision counts the version in any case: whoever decides over all versions must notice one more.
        """
        rank = (version.accepted, version.upload.order)
        if rank <= (self.status is Status.ACCEPTED, self.current_order):
            return self._changed(now)
        return self._showing(version, now)

    def without(self, refused: Version, others: list[Version], *, now: datetime) -> "Asset":
        """Return this asset after its version was refused: the best of the others, or it, is current.

        The refused version's renditions are shown no longer, also where no other takes their place yet.
        """
        shown = self.rendered
        if shown is not None and shown.version_id == refused.version_id:
            shown = None
        asset = self.model_copy(update={"rendered": shown})
        if refused.version_id != self.current_version:
            return asset._changed(now)
        return asset._showing(max([refused, *others], key=lambda v: (v.accepted, v.upload.order)), now)

    def with_rights(self, rights: Rights, *, now: datetime) -> "Asset":
        """Return this asset with these rights; a narrowing bumps the generation, which ends every URL minted so far."""
        if rights == self.rights:
            return self
        generation = self.generation + narrows(self.rights, rights, at=now)
        return self._changed(now, rights=rights, generation=generation)

    def with_rendered(self, rendered: Rendered, *, now: datetime) -> "Asset":
        """Return this asset with its renditions finished."""
        return self if rendered == self.rendered else self._changed(now, rendered=rendered)

    def with_delivered(self, delivered: Delivered, *, now: datetime) -> "Asset":
        """Return this asset with its delivery made sure of."""
        return self if delivered == self.delivered else self._changed(now, delivered=delivered)

    def _showing(self, version: Version, now: datetime) -> "Asset":
        return self._changed(
            now,
            status=version.inspection.status,
            current_version=version.version_id,
            current_order=version.upload.order,
            file_name=version.upload.file_name,
            inspection=version.inspection,
        )

    def _changed(self, now: datetime, **changes: object) -> "Asset":
        return self.model_copy(update={**changes, "updated_at": now, "revision": self.revision + 1})
