"""The API of assets and channels: read, list, set rights, preflight; what is rendered, and jobs about that."""

from collections.abc import Callable
from typing import Any

from assetwire import bootstrap, requests
from assetwire.api import Api, Request, Route
from assetwire.domain.asset import Asset
from assetwire.domain.outbound import public_asset, public_rendition
from assetwire.domain.rights import Rights


def list_assets(request: Request) -> dict[str, Any]:
    query = request.parameters(requests.AssetQuery)
    listing = api().list(status=query.status, limit=query.limit, cursor=query.cursor)
    return {"assets": [public_asset(asset) for asset in listing.assets], "next_cursor": listing.cursor}


def changing(step: Callable[..., Asset]) -> Route:
    def route(request: Request) -> dict[str, Any]:
        why = {"if_revision": request.if_revision(), "reason": request.parameters(requests.ReasonQuery).reason}
        return public_asset(step(request, by=request.actor, **why))

    return route


def list_renditions(request: Request) -> dict[str, Any]:
    found = api().renditions(request.asset_id)
    shown = [public_rendition(rendition, found.asset) for rendition in found.renditions]
    version = found.asset.rendered and found.asset.rendered.version_id
    left_out = {name: problem.model_dump() for name, problem in found.left_out.items()}
    answer = {"asset_id": request.asset_id, "version_id": version, "renditions": shown, "missing": found.missing}
    return answer | {"left_out": left_out}


api = bootstrap.catalog_api
handler = Api(
    {
        "GET /assets": list_assets,
        "GET /assets/{asset_id}": lambda r: public_asset(api().read(r.asset_id)),
        "PUT /assets/{asset_id}/rights": changing(lambda r, **why: api().set_rights(r.asset_id, r.body(Rights), **why)),
        "DELETE /assets/{asset_id}/held-limits": changing(lambda r, **why: api().lift_limits(r.asset_id, **why)),
        "GET /assets/{asset_id}/changes": lambda r: api().history(
            r.asset_id, **r.parameters(requests.ChangeLogQuery).model_dump()
        ),
        "GET /changes": lambda r: api().trail(r.parameters(requests.TrailQuery)),
        "GET /assets/{asset_id}/revocations": lambda r: api().revocations(r.asset_id),
        "GET /assets/{asset_id}/preflight": lambda r: api().preflight(
            r.asset_id, r.parameters(requests.PreflightQuery)
        ),
        "GET /channels": lambda _: api().channels(),
        "GET /channels/{channel}": lambda r: api().channel(r.name("channel")),
        "GET /assets/{asset_id}/renditions": list_renditions,
        "POST /renditions/refresh": lambda r: api().refresh(r.body(requests.RefreshRequest), by=r.actor),
        "POST /renditions/reconcile": lambda r: api().reconcile(r.body(requests.ReconcileRequest), by=r.actor),
    }
)
