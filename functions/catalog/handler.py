"""The API of assets and channels: read, list, set rights, preflight."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.domain.outbound import public_asset
from assetwire.domain.rights import Rights
from assetwire.requests import AssetQuery, PreflightQuery


def list_assets(request: Request) -> dict[str, Any]:
    query = request.parameters(AssetQuery)
    listing = bootstrap.catalog_api().list(status=query.status, limit=query.limit, cursor=query.cursor)
    return {"assets": [public_asset(asset) for asset in listing.assets], "next_cursor": listing.cursor}


def read_asset(request: Request) -> dict[str, Any]:
    return public_asset(bootstrap.catalog_api().read(request.asset_id))


def set_rights(request: Request) -> dict[str, Any]:
    rights, revision = request.body(Rights), request.if_revision()
    return public_asset(bootstrap.catalog_api().set_rights(request.asset_id, rights, if_revision=revision))


def preflight(request: Request) -> dict[str, Any]:
    return bootstrap.catalog_api().preflight(request.asset_id, request.parameters(PreflightQuery))


handler = Api(
    {
        "GET /assets": list_assets,
        "GET /assets/{asset_id}": read_asset,
        "PUT /assets/{asset_id}/rights": set_rights,
        "GET /assets/{asset_id}/preflight": preflight,
        "GET /channels": lambda _: bootstrap.catalog_api().channels(),
        "GET /channels/{channel}": lambda request: bootstrap.catalog_api().channel(request.name("channel")),
    }
)
