"""The API of work items: list, read, claim and close what waits for people, and find an asset's near-duplicates."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.requests import NextRequest, StatisticsQuery, WorkDecision, WorkQuery


def list_work(request: Request) -> dict[str, Any]:
    query = request.parameters(WorkQuery)
    listing = bootstrap.worklist_api().list(**query.model_dump())
    return {"items": [item.model_dump(mode="json") for item in listing.items], "next_cursor": listing.cursor}


def close_work(request: Request) -> dict[str, Any]:
    decision = request.body(WorkDecision).model_dump()
    revision, api = request.if_revision(), bootstrap.worklist_api()
    return api.close(request.work_id, **decision, by=request.actor, if_revision=revision).model_dump(mode="json")


def claim_next(request: Request) -> dict[str, Any]:
    item = bootstrap.worklist_api().claim_next(request.body(NextRequest).queue, by=request.actor)
    return {"item": item and item.model_dump(mode="json")}


def find_similar(request: Request) -> dict[str, Any]:
    found = bootstrap.worklist_api().similar(request.asset_id)
    return {
        "similar": [each.as_json() for each in found.similar],
        "left_out": found.left_out,
        "cut_bands": found.cut_bands,
    }


handler = Api(
    {
        "GET /work": list_work,
        "GET /work/statistics": lambda request: bootstrap.worklist_api().statistics(
            request.parameters(StatisticsQuery).queue
        ),
        "POST /work/next": claim_next,
        "GET /work/{work_id}": lambda request: bootstrap.worklist_api().read(request.work_id).model_dump(mode="json"),
        "POST /work/{work_id}/claim": lambda request: (
            bootstrap.worklist_api().claim(request.work_id, by=request.actor).model_dump(mode="json")
        ),
        "POST /work/{work_id}/release": lambda request: (
            bootstrap.worklist_api().release(request.work_id, by=request.actor).model_dump(mode="json")
        ),
        "POST /work/{work_id}/close": close_work,
        "GET /assets/{asset_id}/similar": find_similar,
    }
)
