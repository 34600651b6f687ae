"""What callers of the API may ask for: query parameters and bodies, by route. Unknown fields are refused by name."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assetwire.domain.asset import AssetId, AssetStatus, Category
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.work import LONGEST_NOTE, Queue, Resolution, WorkState


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AssetQuery(_Asked):
    """Which page of which assets."""

    status: AssetStatus | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class UploadQuery(_Asked):
    """One upload: its key, and the version id that S3 gave it."""

    key: str = Field(min_length=1, max_length=1024)
    s3_version: str = Field(min_length=1, max_length=1024)


class UploadRequest(_Asked):
    """The key under which one file will be uploaded."""

    key: str = Field(min_length=1, max_length=512)


class WorkQuery(_Asked):
    """Which page of which work items."""

    queue: Queue | None = None
    state: WorkState = WorkState.OPEN
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class WorkDecision(_Asked):
    """What was decided about a work item, and what else there is to say."""

    resolution: Resolution
    note: str = Field(default="", max_length=LONGEST_NOTE)


class UrlQuery(_Asked):
    """For whom a URL is: territory (ISO 3166-1 alpha-2), usage, and its life in seconds."""

    territory: str = Field(min_length=2, max_length=2)
    usage: str = Field(default="web", max_length=32)
    ttl: int = Field(default=3600, ge=1, le=604800)


class RuleQuery(_Asked):
    """Which version of a template or vocabulary; the current one if none is named."""

    version: int | None = Field(default=None, ge=1, le=10**9)


class RuleChangeQuery(_Asked):
    """Why a template or vocabulary is changed."""

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
    """How many jobs."""

    limit: int = Field(default=20, ge=1, le=100)
