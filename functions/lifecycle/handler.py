"""The API of assets' life cycle: withdraw, restore, delete, hold, release, archive, recall."""

from functools import partial
from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request, Route
from assetwire.domain import lifecycle
from assetwire.domain.outbound import public_asset
from assetwire.requests import DeletionRequest, RecallRequest, StepRequest


def take(request: Request, step: Any, reason: str) -> dict[str, Any]:
    revision = request.if_revision()
    asset = bootstrap.lifecycle_api().take(
        step, request.asset_id, by=request.actor, reason=reason, if_revision=revision
    )
    return public_asset(asset)


def plain(step: Any) -> Route:
    return lambda request: take(request, step, request.body(StepRequest).reason)


def by_rights(step: Any) -> Route:
    def route(request: Request) -> dict[str, Any]:
        known = partial(step, may_set_rights=request.may_set_rights)
        return take(request, known, request.body(StepRequest).reason)

    return route


def delete(request: Request) -> dict[str, Any]:
    asked = request.body(DeletionRequest)
    return take(request, bootstrap.lifecycle_api().deletion(asked.grace_days), asked.reason)


def recall(request: Request) -> dict[str, Any]:
    asked = request.body(RecallRequest)
    return take(request, partial(lifecycle.recall, tier=asked.tier, days=asked.days), asked.reason)


handler = Api(
    {
        "POST /assets/{asset_id}/withdraw": by_rights(lifecycle.withdraw),
        "POST /assets/{asset_id}/restore": by_rights(lifecycle.restore),
        "POST /assets/{asset_id}/delete": delete,
        "POST /assets/{asset_id}/hold": plain(lifecycle.place_hold),
        "POST /assets/{asset_id}/release": plain(lifecycle.release_hold),
        "POST /assets/{asset_id}/archive": plain(lifecycle.archive),
        "POST /assets/{asset_id}/recall": recall,
    }
)
