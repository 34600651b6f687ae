"""What callers of the API may ask for: query parameters and bodies, by route. Unknown fields are refused by name."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assetwire.domain.access import LONGEST_CALLER
from assetwire.domain.archive import Tier
from assetwire.domain.asset import AssetStatus, Category
from assetwire.domain.collection import CollectionKind, Title
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.ids import AssetId
from assetwire.domain.model import Instant
from assetwire.domain.rights import Rights
from assetwire.domain.work import LONGEST_NOTE, Queue, Resolution, WorkState

_SHA256 = r"^[0-9a-f]{64}$"


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AssetQuery(_Asked):
    """Which page of which assets."""

    status: AssetStatus | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class PreflightQuery(_Asked):
    """Of which channel, or of how many of all, and at which moment; now if none is named."""

    channel: str | None = Field(default=None, min_length=1, max_length=63)
    at: Instant | None = None
    limit: int = Field(default=100, ge=1, le=100)


class UploadQuery(_Asked):
    """One upload: its key, and the version id that S3 gave it."""

    key: str = Field(min_length=1, max_length=1024)
    s3_version: str = Field(min_length=1, max_length=1024)


class UploadRequest(_Asked):
    """The key under which one file will be uploaded; its bytes and SHA-256 (hexadecimal), where S3 shall check them."""

    key: str = Field(min_length=1, max_length=512)
    bytes: int | None = Field(default=None, ge=1)
    sha256: str | None = Field(default=None, pattern=_SHA256)


class MultipartRequest(_Asked):
    """A large file to upload in parts; with `checksums`, each part is bound to its SHA-256."""

    key: str = Field(min_length=1, max_length=512)
    bytes: int = Field(ge=1)
    checksums: bool = False


class WantedPart(_Asked):
    """A part to send, and its SHA-256 (hexadecimal)."""

    number: int = Field(ge=1, le=10_000)
    sha256: str | None = Field(default=None, pattern=_SHA256)


class PartsRequest(_Asked):
    """Parts of a begun upload that a caller wants to send now."""

    key: str = Field(min_length=1, max_length=512)
    upload_id: str = Field(min_length=1, max_length=1024)
    bytes: int = Field(ge=1)
    parts: list[WantedPart] = Field(min_length=1, max_length=100)


class PartsQuery(_Asked):
    """A begun upload, and the part after which its listing goes on."""

    key: str = Field(min_length=1, max_length=512)
    upload_id: str = Field(min_length=1, max_length=1024)
    after: int = Field(default=0, ge=0, le=10_000)


class CompleteRequest(_Asked):
    """A begun upload of which all parts are sent, and the bytes of the whole."""

    key: str = Field(min_length=1, max_length=512)
    upload_id: str = Field(min_length=1, max_length=1024)
    bytes: int = Field(ge=1)


class AbortQuery(_Asked):
    """A begun upload that is given up."""

    key: str = Field(min_length=1, max_length=512)
    upload_id: str = Field(min_length=1, max_length=1024)


class ManifestRequest(_Asked):
    """A manifest, as CSV or as JSON's `files`, of the masters in a folder; a dry run only tells its problems."""

    folder: str = Field(default="", max_length=512)
    csv: str | None = None
    files: list[dict[str, Any]] | None = None
    dry_run: bool = False

    @model_validator(mode="after")
    def _is_one_manifest(self) -> Self:
        if (self.csv is None) == (self.files is None):
            raise ValueError("a manifest is csv or files, one of them")
        return self


class DeclarationQuery(_Asked):
    """A master, by its key."""

    key: str = Field(min_length=1, max_length=512)


class DropQuery(_Asked):
    """A drop: its key, the version id that S3 gave it, and which page of its members."""

    key: str = Field(min_length=1, max_length=512)
    s3_version: str = Field(min_length=1, max_length=1024)
    page: int = Field(default=0, ge=0, le=10_000)


class WorkQuery(_Asked):
    """Which page of which work items."""

    queue: Queue | None = None
    state: WorkState = WorkState.OPEN
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class NextRequest(_Asked):
    """From which queue the next item to decide is to come; from any if none is named."""

    queue: Queue | None = None


class StatisticsQuery(_Asked):
    """Of which queue; of all if none is named."""

    queue: Queue | None = None


class WorkDecision(_Asked):
    """What was decided about a work item, and what else there is to say."""

    resolution: Resolution
    note: str = Field(default="", max_length=LONGEST_NOTE)


class Audience(_Asked):
    """For whom a signature is: territories (ISO 3166-1 alpha-2 with commas, or `*`), usage; its life in seconds."""

    territory: str = Field(max_length=1000, pattern=r"^(\*|[A-Za-z]{2}(,[A-Za-z]{2})*)$")
    usage: str = Field(default="web", max_length=32)
    ttl: int = Field(default=3600, ge=1, le=604800)
    ip: str | None = Field(default=None, max_length=43)

    @property
    def territories(self) -> tuple[str, ...]:
        """The territories that are named, in the order in which they are."""
        return tuple(self.territory.upper().split(","))


class UrlQuery(Audience):
    """For whom a signed URL of one file is."""

    form: Literal["signed"] = "signed"


def _as_said(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


NamedAsset = Annotated[str, BeforeValidator(_as_said)]
"""What stands in the place of an asset's id, as a text: what is none is refused there, and holds up no other."""


class CookiesRequest(Audience):
    """The assets whose files cookies are to open; a browser keeps some 180 of a site, and each asset has four."""

    asset_ids: Annotated[tuple[NamedAsset, ...], Field(min_length=1, max_length=40)]


class UrlItem(UrlQuery):
    """One URL of a batch."""

    asset_id: str = Field(max_length=64)
    rendition: str = Field(max_length=200)


class UrlBatchRequest(_Asked):
    """Signed URLs of many files."""

    items: tuple[Any, ...] = Field(min_length=1, max_length=500)
    """Each a `UrlItem`, or refused in its place."""


def named_by(item: Any) -> dict[str, str | None]:
    """Return which file an item of a batch names, as far as it names one."""
    known = item if isinstance(item, dict) else {}
    return {name: known[name] if isinstance(known.get(name), str) else None for name in ("asset_id", "rendition")}


class ChannelUrlQuery(_Asked):
    """The channel that a URL with its proof in the path is for, and its life in seconds."""

    form: Literal["path"]
    channel: str = Field(min_length=1, max_length=63)
    ttl: int = Field(default=3600, ge=1, le=604800)


class StepRequest(_Asked):
    """Why an asset is withdrawn, restored, held, released or archived."""

    reason: str = Field(min_length=1, max_length=500)


class DeletionRequest(StepRequest):
    """Why an asset is deleted, and how long it waits for that in days; None for the stack's own period."""

    grace_days: int | None = Field(default=None, ge=1, le=365)


class RecallRequest(StepRequest):
    """Why masters are recalled, how fast, and for how many days their copies can be read."""

    tier: Tier = Tier.STANDARD
    days: int = Field(default=7, ge=1, le=365)


class CollectionRequest(_Asked):
    """A collection to make, and what its members are kept within; the same token again is the same collection."""

    title: Title
    kind: CollectionKind = CollectionKind.COLLECTION
    rights: Rights | None = None
    token: str = Field(default="", max_length=100)


class TitleRequest(_Asked):
    """What a collection is called from now on."""

    title: Title


class MembersRequest(_Asked):
    """The assets that join or leave a collection, and why."""

    asset_ids: Annotated[tuple[NamedAsset, ...], Field(min_length=1, max_length=1000)]
    reason: str = Field(default="", max_length=500)


class MembersQuery(_Asked):
    """Which page of a collection's members."""

    limit: int = Field(default=100, ge=1, le=100)
    cursor: AssetId | None = None


class ReconcileRequest(_Asked):
    """The assets whose buckets are compared with the Catalog; none for all. The same token again is the same job."""

    asset_ids: Annotated[tuple[AssetId, ...], Field(max_length=1000)] = ()
    token: str = Field(default="", max_length=100)


class RefreshRequest(ReconcileRequest):
    """The assets whose renditions are brought to the specs; with `recall`, also where masters are in cold storage."""

    recall: bool = False


class SpinRequest(_Asked):
    """A spin to make: the key of its manifest, and its frames in order, by assets' ids or masters' keys."""

    key: str = Field(min_length=1, max_length=512)
    frames: list[Annotated[str, Field(min_length=1, max_length=1024)]] = Field(min_length=1, max_length=360)
    rows: int = Field(default=1, ge=1, le=360)


class RuleQuery(_Asked):
    """Which version of a template or vocabulary; the current one if none is named."""

    version: int | None = Field(default=None, ge=1, le=10**9)


class ChangeLogQuery(_Asked):
    """Which page of a change log."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class TrailQuery(ChangeLogQuery):
    """Whose changes, from which moment on, until before which; a page of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    by: str | None = Field(default=None, min_length=1, max_length=LONGEST_CALLER)
    starts: Instant | None = Field(default=None, alias="from")
    ends: Instant | None = Field(default=None, alias="to")


class ReasonQuery(_Asked):
    """Why something is changed."""

    reason: str = Field(default="", max_length=500)


class AssetsWanted(_Asked):
    """A query of assets: all that is named holds."""

    status: AssetStatus | None = None
    category: Category | None = None
    problem: str | None = Field(default=None, min_length=1, max_length=64)


class BulkRequest(_Asked):
    """An edit of many assets: which, what, and whether only to say what it would do, a page at a time."""

    asset_ids: Annotated[tuple[AssetId, ...], Field(max_length=1000)] = ()
    query: AssetsWanted | None = None
    edit: MetadataEdit
    dry_run: bool = True
    cursor: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=50, ge=1, le=100)
    token: str = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if bool(self.asset_ids) == (self.query is not None):
            raise ValueError("name either asset_ids or a query")
        return self


class JobsQuery(_Asked):
    """Which page of jobs."""

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)
