"""What callers of the API may ask for: query parameters and bodies, by route. Unknown fields are refused by name."""

from pydantic import BaseModel, ConfigDict, Field

from assetwire.domain.archive import Tier
from assetwire.domain.asset import AssetStatus


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


class UrlQuery(_Asked):
    """For whom a URL is: territory (ISO 3166-1 alpha-2), usage, and its life in seconds."""

    territory: str = Field(min_length=2, max_length=2)
    usage: str = Field(default="web", max_length=32)
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
