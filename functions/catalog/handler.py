"""The API of assets: read, list, set rights, request an upload and see what became of it."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.domain.outbound import public_asset
from assetwire.domain.rights import Rights
from assetwire.requests import AssetQuery, UploadQuery, UploadRequest


def list_assets(request: Request) -> dict[str, Any]:
    query = request.parameters(AssetQuery)
    listing = bootstrap.catalog_api().list(status=query.status, limit=query.limit, cursor=query.cursor)
    return {"assets": [public_asset(asset) for asset in listing.assets], "next_cursor": listing.cursor}


def read_asset(request: Request) -> dict[str, Any]:
    return public_asset(bootstrap.catalog_api().read(request.asset_id))


def set_rights(request: Request) -> dict[str, Any]:
    rights, revision = request.body(Rights), request.if_revision()
    return public_asset(bootstrap.catalog_api().set_rights(request.asset_id, rights, if_revision=revision))


def find_upload(request: Request) -> dict[str, Any]:
    query = request.parameters(UploadQuery)
    return bootstrap.catalog_api().find_upload(query.key, query.s3_version).model_dump(mode="json")


def request_upload(request: Request) -> dict[str, Any]:
    return bootstrap.catalog_api().request_upload(request.body(UploadRequest).key)._asdict()


handler = Api(
    {
        "GET /assets": list_assets,
        "GET /assets/{asset_id}": read_asset,
        "PUT /assets/{asset_id}/rights": set_rights,
        "GET /uploads": find_upload,
        "POST /uploads": request_upload,
    }
)
