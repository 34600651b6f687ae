"""The API of assets: read, list, set rights, request an upload."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.domain.inspection import Status
from assetwire.domain.rights import Rights


class Query(BaseModel):
    """Which page of which assets."""

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=500)


class UploadRequest(BaseModel):
    """The key under which one file will be uploaded."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(min_length=1, max_length=512)


def list_assets(request: Request) -> dict[str, Any]:
    query = request.parameters(Query)
    statuses = [query.status] if query.status else []
    listing = bootstrap.catalog_api().list(statuses=statuses, limit=query.limit, cursor=query.cursor)
    return {"assets": [asset.model_dump(mode="json") for asset in listing.assets], "next_cursor": listing.cursor}


def read_asset(request: Request) -> dict[str, Any]:
    return bootstrap.catalog_api().read(request.path["asset_id"]).model_dump(mode="json")


def set_rights(request: Request) -> dict[str, Any]:
    asset_id, rights = request.path["asset_id"], request.body(Rights)
    if_revision = request.if_revision()
    return bootstrap.catalog_api().set_rights(asset_id, rights, if_revision=if_revision).model_dump(mode="json")


def request_upload(request: Request) -> dict[str, Any]:
    return bootstrap.catalog_api().request_upload(request.body(UploadRequest).key)._asdict()


handler = Api(
    {
        "GET /assets": list_assets,
        "GET /assets/{asset_id}": read_asset,
        "PUT /assets/{asset_id}/rights": set_rights,
        "POST /uploads": request_upload,
    }
)
