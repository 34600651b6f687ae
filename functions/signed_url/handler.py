"""GET /assets/{asset_id}/renditions/{rendition}/url → a time-limited URL, if the rights allow it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assetwire import bootstrap
from assetwire.api import Api, Request


class Wanted(BaseModel):
    """For whom the URL is: territory (ISO 3166-1 alpha-2), usage, and its life in seconds."""

    model_config = ConfigDict(extra="forbid")

    territory: str = Field(min_length=2, max_length=2)
    usage: str = Field(default="web", max_length=32)
    ttl: int = Field(default=3600, ge=1, le=604800)


def mint_url(request: Request) -> dict[str, Any]:
    wanted = request.parameters(Wanted)
    minted = bootstrap.signed_url()(
        asset_id=request.path["asset_id"],
        rendition=request.path["rendition"],
        territory=wanted.territory.upper(),
        usage=wanted.usage,
        ttl=wanted.ttl,
    )
    return {"url": minted.url, "expires_at": minted.expires_at.isoformat().replace("+00:00", "Z")}


handler = Api({"GET /assets/{asset_id}/renditions/{rendition}/url": mint_url})
