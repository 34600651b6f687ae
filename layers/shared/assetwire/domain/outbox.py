"""From a change of the Catalog to the events that announce it."""

from typing import NamedTuple

from pydantic import ValidationError

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Blob, Source, UploadRecord, Version
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import (
    AssetAccepted,
    AssetIngested,
    AssetQuarantined,
    AssetVersioned,
    Event,
    RenditionsReady,
    RightsChanged,
)
from assetwire.domain.inspection import Status
from assetwire.domain.model import Instant
from assetwire.domain.rendition import Rendition

Record = Asset | Version | Rendition | Blob | Source | UploadRecord
"""Everything that the Catalog holds."""


class Change(NamedTuple):
    """One write to the Catalog: the record before and after it."""

    record_id: str
    occurred_at: Instant
    old: Record | None
    new: Record | None


ANNOUNCED = {
    "status": ("AssetAccepted", "AssetQuarantined"),
    "current_version": ("AssetAccepted", "AssetVersioned", "AssetQuarantined"),
    "rights": ("RightsChanged",),
    "generation": ("RightsChanged",),
    "rendered": ("RenditionsReady", "AssetQuarantined"),
}
"""The fields of an asset that functions act upon, and the events that announce each one's change."""


def events_of(change: Change) -> list[Event]:
    """Return the events that announce this change; their ids are the same at every delivery of it.

    Raises:
        NotUnderstood: nothing in this version makes such a change, or no event can tell of it.
    """
    try:
        return _events_of(change)
    except ValidationError as error:
        raise NotUnderstood(f"no event can tell of this change: {error}"[:500], code="no_event") from error


def _events_of(change: Change) -> list[Event]:
    old, new = change.old, change.new
    if new is None:
        raise NotUnderstood(f"a {type(old).__name__} was deleted", code="unexpected_deletion")
    if old is not None and type(old) is not type(new):
        raise NotUnderstood("a record changed its kind", code="unexpected_change")
    match new:
        case Asset():
            return _of_asset(change, old if isinstance(old, Asset) else None, new)
        case Version():
            return _of_version(change, old if isinstance(old, Version) else None, new)
        case _:  # announced by the asset that they belong to
            return []


def _of_asset(change: Change, old: Asset | None, new: Asset) -> list[Event]:
    events: list[Event] = []
    if new.status is Status.ACCEPTED:
        if old is None or old.status is not Status.ACCEPTED:
            events.append(AssetAccepted(**_cause(change, AssetAccepted, new), version_id=new.current_version))
        elif old.current_version != new.current_version:
            events.append(
                AssetVersioned(
                    **_cause(change, AssetVersioned, new),
                    version_id=new.current_version,
                    previous_version_id=old.current_version,
                )
            )
    if new.rendered is not None and (old is None or old.rendered != new.rendered):
        events.append(
            RenditionsReady(
                **_cause(change, RenditionsReady, new),
                version_id=new.rendered.version_id,
                spec_digest=new.rendered.spec_digest,
            )
        )
    before = (None, 1) if old is None else (old.rights, old.generation)
    if (new.rights, new.generation) != before:
        events.append(
            RightsChanged(
                **_cause(change, RightsChanged, new), generation=new.generation, narrowed=new.generation != before[1]
            )
        )
    return events


def _of_version(change: Change, old: Version | None, new: Version) -> list[Event]:
    events: list[Event] = []
    if old is None:
        events.append(
            AssetIngested(**_cause(change, AssetIngested, new), version_id=new.version_id, sha256=new.inspection.sha256)
        )
    if not new.accepted and (old is None or old.accepted):
        codes = tuple(sorted({problem.code for problem in new.inspection.problems}))[:20]
        events.append(AssetQuarantined(**_cause(change, AssetQuarantined, new), version_id=new.version_id, codes=codes))
    return events


def _cause(change: Change, kind: type[Event], record: Asset | Version) -> dict[str, str | Instant]:
    return {
        "event_id": ids.event_id(change.record_id, kind.__name__),
        "occurred_at": change.occurred_at,
        "asset_id": record.asset_id,
    }
