"""The API of work items: list, read and close what waits for people, and find an asset's near-duplicates."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.requests import WorkDecision, WorkQuery


def list_work(request: Request) -> dict[str, Any]:
    query = request.parameters(WorkQuery)
    listing = bootstrap.worklist_api().list(**query.model_dump())
    return {"items": [item.model_dump(mode="json") for item in listing.items], "next_cursor": listing.cursor}


def read_work(request: Request) -> dict[str, Any]:
    return bootstrap.worklist_api().read(request.work_id).model_dump(mode="json")


def close_work(request: Request) -> dict[str, Any]:
    decision = request.body(WorkDecision).model_dump()
    revision, api = request.if_revision(), bootstrap.worklist_api()
    return api.close(request.work_id, **decision, by=request.actor, if_revision=revision).model_dump(mode="json")


def find_similar(request: Request) -> dict[str, Any]:
    found = bootstrap.worklist_api().similar(request.asset_id)
    similar = [
        {
            "asset_id": each.asset.asset_id,
            "status": each.asset.status,
            "distance": each.distance,
            "version_id": each.likeness.version_id,
            "file_name": each.likeness.file_name,
            "current": each.current,
        }
        for each in found.similar
    ]
    return {"similar": similar, "left_out": found.left_out, "cut_bands": found.cut_bands}


handler = Api(
    {
        "GET /work": list_work,
        "GET /work/{work_id}": read_work,
        "POST /work/{work_id}/close": close_work,
        "GET /assets/{asset_id}/similar": find_similar,
    }
)
