"""The edge in the crash tests' world, and `purge`, which follows whoever leaves something for caches to forget."""

import json
import re
from collections.abc import Iterable
from typing import Any

from assetwire.adapters.catalog.images import value_of
from assetwire.domain.events import PurgeWanted
from assetwire.domain.purge import Purge

_OF_THE_WAY = ("wanted", "done", "urgency", "revision")
"""What of a purge says how often it was wanted, and how urgently: a run that makes another good may ask once more."""

DISTRIBUTION = {
    "CallerReference": "crash",
    "Comment": "",
    "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [{"Id": "delivery", "DomainName": "delivery.s3.amazonaws.com"}]},
    "DefaultCacheBehavior": {"TargetOriginId": "delivery", "ViewerProtocolPolicy": "https-only"},
}
"""The distribution whose caches these are."""


def telling(items: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Return key → JSON of items: of purges whether they are pending; the room that was taken tells nothing.

    An asset's match counts its runs, so one that was stopped has counted too.
    """
    found = {}
    for item in items:
        told = item
        if item["kind"]["S"] == "Purge":
            purge = value_of(item)
            assert isinstance(purge, Purge)
            data = {name: value for name, value in item["data"]["M"].items() if name not in _OF_THE_WAY}
            kept = {name: value for name, value in item.items() if name not in {"data", "revision"}}
            told = {**kept, "data": {"M": data}, "pending": purge.is_pending}
        elif item["kind"]["S"] == "AssetMatch":
            data = {name: value for name, value in item["data"]["M"].items() if name != "revision"}
            told = {name: value for name, value in item.items() if name != "revision"} | {"data": {"M": data}}
        elif item["kind"]["S"] == "PurgesInProgress":
            continue
        found[f"{item['pk']['S']} {item['sk']['S']}"] = json.dumps(told, sort_keys=True)
    return found


def wanted_of(items: Iterable[dict[str, Any]]) -> list[PurgeWanted]:
    """Return the events that announce what caches must forget."""
    purges = [value_of(item) for item in items if item["kind"]["S"] == "Purge"]
    return [
        PurgeWanted(
            event_id=f"purge {each.wanted}",
            occurred_at=each.wanted_at,
            asset_id=each.asset_id,
            kind=each.urgency.due_kind.value,
            generation=each.generation,
        )
        for each in purges
        if isinstance(each, Purge) and each.is_pending
    ]


def message_of(events: Iterable[PurgeWanted]) -> dict[str, Any]:
    """Return the batch in which `purge` hears of these."""
    bodies = [json.dumps({"source": "assetwire", "detail": json.loads(event.to_cloud_event())}) for event in events]
    return {"Records": [{"messageId": f"purge-{number}", "body": body} for number, body in enumerate(bodies)]}


def invalidated(body: str) -> tuple[str, list[str]]:
    """Return reference and items of a request that creates an invalidation."""
    (reference,) = re.findall("<CallerReference>(.*?)</CallerReference>", body)
    return reference, re.findall("<Path>(.*?)</Path>", body)


def without(edge: dict[str, str], item: str) -> dict[str, str]:
    """Return what the edge holds after the tag of an asset was invalidated, whose id all its keys begin with."""
    prefix = f"{item.removeprefix('#asset:')}/"
    return {key: etag for key, etag in edge.items() if not key.startswith(prefix)}
