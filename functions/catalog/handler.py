"""The API of assets and channels: read, list, set rights, preflight; what is rendered, and jobs about that."""

from typing import Any

from assetwire import bootstrap, requests
from assetwire.api import Api, Request
from assetwire.domain.outbound import public_asset, public_rendition
from assetwire.domain.rights import Rights


def list_assets(request: Request) -> dict[str, Any]:
    query = request.parameters(requests.AssetQuery)
    listing = bootstrap.catalog_api().list(status=query.status, limit=query.limit, cursor=query.cursor)
    return {"assets": [public_asset(asset) for asset in listing.assets], "next_cursor": listing.cursor}


def read_asset(request: Request) -> dict[str, Any]:
    return public_asset(bootstrap.catalog_api().read(request.asset_id))


def set_rights(request: Request) -> dict[str, Any]:
    asked = {"if_revision": request.if_revision(), "reason": request.parameters(requests.ReasonQuery).reason}
    rights = request.body(Rights)
    return public_asset(bootstrap.catalog_api().set_rights(request.asset_id, rights, by=request.actor, **asked))


def list_renditions(request: Request) -> dict[str, Any]:
    found = bootstrap.catalog_api().renditions(request.asset_id)
    shown = [public_rendition(rendition, found.asset) for rendition in found.renditions]
    version = found.asset.rendered and found.asset.rendered.version_id
    left_out = {name: problem.model_dump() for name, problem in found.left_out.items()}
    answer = {"asset_id": request.asset_id, "version_id": version, "renditions": shown, "missing": found.missing}
    return answer | {"left_out": left_out}


handler = Api(
    {
        "GET /assets": list_assets,
        "GET /assets/{asset_id}": read_asset,
        "PUT /assets/{asset_id}/rights": set_rights,
        "GET /assets/{asset_id}/changes": lambda request: bootstrap.catalog_api().history(
            request.asset_id, **request.parameters(requests.ChangeLogQuery).model_dump()
        ),
        "GET /changes": lambda request: bootstrap.catalog_api().trail(request.parameters(requests.TrailQuery)),
        "GET /assets/{asset_id}/revocations": lambda request: bootstrap.catalog_api().revocations(request.asset_id),
        "GET /assets/{asset_id}/preflight": lambda request: bootstrap.catalog_api().preflight(
            request.asset_id, request.parameters(requests.PreflightQuery)
        ),
        "GET /channels": lambda _: bootstrap.catalog_api().channels(),
        "GET /channels/{channel}": lambda request: bootstrap.catalog_api().channel(request.name("channel")),
        "GET /assets/{asset_id}/renditions": list_renditions,
        "POST /renditions/refresh": lambda request: bootstrap.catalog_api().refresh(
            request.body(requests.RefreshRequest), by=request.actor
        ),
        "POST /renditions/reconcile": lambda request: bootstrap.catalog_api().reconcile(
            request.body(requests.ReconcileRequest), by=request.actor
        ),
    }
)
