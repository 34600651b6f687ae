"""From a change of the Catalog to the events that announce it."""

from datetime import timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError

from assetwire.domain import ids
from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.archive import ArchiveState
from assetwire.domain.asset import DEFAULT_CATEGORY, Asset, AssetStatus, Blob, UploadRecord, Version
from assetwire.domain.associations import Associations
from assetwire.domain.collection import Collection, CollectionChange, Membership
from assetwire.domain.declaration import Declaration
from assetwire.domain.drop import Drop, Members
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import (
    ArchivalRequested,
    AssetAccepted,
    AssetChanged,
    AssetDeleted,
    AssetIngested,
    AssetQuarantined,
    AssetRestored,
    AssetVersioned,
    AssetWithdrawn,
    CollectionRightsChanged,
    DeletionCancelled,
    DeletionScheduled,
    DeliveryOutdated,
    EmbargoLifted,
    Event,
    ItemDue,
    LegalHoldPlaced,
    LegalHoldReleased,
    MasterArchived,
    MasterRecalled,
    MetadataChanged,
    PurgeWanted,
    RecallRequested,
    RenditionsOutdated,
    RenditionsReady,
    RightsChanged,
    RightsExpired,
    RightsExpiryAnnounced,
    RightsRestored,
    TranscodesReady,
    WorkEscalated,
    WorkItemOpened,
)
from assetwire.domain.history import AssetChange
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.job import Job
from assetwire.domain.link import Link, MediaOrder
from assetwire.domain.link_history import LinkChange
from assetwire.domain.match import AssetMatch, NamedByAsset, ProductName
from assetwire.domain.model import Instant
from assetwire.domain.near_duplicates import Likeness
from assetwire.domain.product import Product
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.product_outbox import Cause, of_associations, of_link, of_order, of_product, of_variant_gone
from assetwire.domain.purge import Purge, PurgesInProgress
from assetwire.domain.reconciliation import Feed, SeenPage
from assetwire.domain.rendition import Rendition
from assetwire.domain.revocation import Revocation
from assetwire.domain.rights_phase import Phase, State
from assetwire.domain.rules import Rulebook, RuleChange, RuleText
from assetwire.domain.source import Belonging, Named, Source
from assetwire.domain.variant import Variant
from assetwire.domain.work import WorkItem, WorkState

Record = (
    Asset
    | Version
    | Rendition
    | Blob
    | Source
    | Belonging
    | UploadRecord
    | Named
    | Declaration
    | Drop
    | Members
    | WorkItem
    | Job
    | Likeness
    | AppliedSpecs
    | Rulebook
    | RuleText
    | RuleChange
    | Revocation
    | Purge
    | PurgesInProgress
    | AssetChange
    | Product
    | ProductRevision
    | Link
    | LinkChange
    | MediaOrder
    | ProductName
    | Variant
    | IdempotentRequest
    | RequestPart
    | Associations
    | NamedByAsset
    | AssetMatch
    | Collection
    | Membership
    | CollectionChange
    | Feed
    | SeenPage
)
"""Everything that the Catalog holds."""
_AT_ONCE = timedelta(minutes=1)
"""What is due so soon after it was written waits for no sweep; the stream tells whole seconds, by another clock."""
_NOTES = (ProductName, NamedByAsset)
"""What goes when a product or an asset is not known by a name any more."""
_EXPIRE = (IdempotentRequest, RequestPart)
"""What DynamoDB deletes by itself, once nobody is to ask for it any more."""
_GO_WITH_THEIR_ASSET = (Version, Rendition, Blob, Likeness, Declaration, Membership)


class Change(NamedTuple):
    """One write to the Catalog: the record before and after it."""

    record_id: str
    occurred_at: Instant
    old: Record | None
    new: Record | None


ANNOUNCED = {
    "status": ("AssetAccepted", "AssetQuarantined", "AssetWithdrawn", "AssetRestored", "AssetDeleted"),
    "current_version": ("AssetAccepted", "AssetVersioned", "AssetQuarantined"),
    "rights": ("RightsChanged",),
    "restricted": ("RightsChanged",),
    "phase": ("EmbargoLifted", "RightsExpiryAnnounced", "RightsExpired", "RightsRestored"),
    "generation": ("RightsChanged",),
    "rendered": ("RenditionsReady", "AssetQuarantined"),
    "transcoded": ("TranscodesReady", "AssetQuarantined"),
    "rendering_asked": ("RenditionsOutdated",),
    "delivery_asked": ("DeliveryOutdated",),
    "category": ("MetadataChanged",),
    "edits": ("MetadataChanged",),
    "declared": ("MetadataChanged",),
    "deletion": ("DeletionScheduled", "DeletionCancelled", "AssetDeleted"),
    "legal_hold": ("LegalHoldPlaced", "LegalHoldReleased"),
    "archive": ("ArchivalRequested", "MasterArchived", "RecallRequested", "MasterRecalled"),
    "due": ("ItemDue",),
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
        if isinstance(old, (*_GO_WITH_THEIR_ASSET, *_NOTES, *_EXPIRE)):
            # AssetDeleted tells of them all. A superseded rendition was of no use to anybody any more; of a member that
            # leaves, its own change tells.
            return []
        if isinstance(old, Variant):
            return of_variant_gone(_cause_of(change), old)
        raise NotUnderstood(f"a {type(old).__name__} was deleted", code="unexpected_deletion")
    if old is not None and type(old) is not type(new):
        raise NotUnderstood("a record changed its kind", code="unexpected_change")
    return _of_record(change, old, new)


def _of_record(change: Change, old: Record | None, new: Record) -> list[Event]:
    match new:
        case Asset():
            return _of_asset(change, old if isinstance(old, Asset) else None, new)
        case Version():
            return _of_version(change, old if isinstance(old, Version) else None, new)
        case WorkItem():
            return _of_work_item(change, old if isinstance(old, WorkItem) else None, new)
        case Job():
            return _of_job(change, old if isinstance(old, Job) else None, new)
        case Product():
            return of_product(_cause_of(change), old if isinstance(old, Product) else None, new)
        case Link():
            return of_link(_cause_of(change), old if isinstance(old, Link) else None, new)
        case Associations():
            return of_associations(_cause_of(change), old if isinstance(old, Associations) else None, new)
        case MediaOrder():
            return of_order(_cause_of(change), new)
        case Collection():
            return _of_collection(change, old if isinstance(old, Collection) else None, new)
        case Purge():
            return _of_purge(change, old if isinstance(old, Purge) else None, new)
        case _:  # announced by the asset that they belong to, or found by their keys alone
            return []


def _of_asset(change: Change, old: Asset | None, new: Asset) -> list[Event]:
    events: list[Event] = []
    if new.status is AssetStatus.ACCEPTED:
        if old is None or old.status is not AssetStatus.ACCEPTED:
            events.append(AssetAccepted(**_cause(change, AssetAccepted, new), version_id=new.current_version))
        elif old.current_version != new.current_version:
            events.append(
                AssetVersioned(
                    **_cause(change, AssetVersioned, new),
                    version_id=new.current_version,
                    previous_version_id=old.current_version,
                )
            )
    if new.status is AssetStatus.WITHDRAWN and (old is None or old.status is not AssetStatus.WITHDRAWN):
        events.append(AssetWithdrawn(**_cause(change, AssetWithdrawn, new), generation=new.generation))
    events += _of_life(change, old, new)
    if new.rendered is not None and (old is None or old.rendered != new.rendered):
        events.append(
            RenditionsReady(
                **_cause(change, RenditionsReady, new),
                version_id=new.rendered.version_id,
                spec_digest=new.rendered.spec_digest,
            )
        )
    if new.transcoded is not None and (old is None or old.transcoded != new.transcoded):
        events.append(
            TranscodesReady(
                **_cause(change, TranscodesReady, new),
                version_id=new.transcoded.version_id,
                spec_digest=new.transcoded.spec_digest,
            )
        )
    events += _of_asked(change, old, new)
    before = (None, None, 1) if old is None else (old.rights, old.restricted, old.generation)
    if (new.rights, new.restricted, new.generation) != before:
        events.append(
            RightsChanged(
                **_cause(change, RightsChanged, new), generation=new.generation, narrowed=new.generation != before[2]
            )
        )
    events += _of_phase(change, old.phase if old else Phase(), new)
    category, edits = (DEFAULT_CATEGORY, {}) if old is None else (old.category, old.edits)
    edited = sorted(name for name in edits.keys() | new.edits if edits.get(name) != new.edits.get(name))
    if edited or new.category != category or new.declared != (() if old is None else old.declared):
        names = tuple(edited[:100])
        events.append(MetadataChanged(**_cause(change, MetadataChanged, new), category=new.category, fields=names))
    return events + _of_due(change, "asset", new.asset_id, old.due if old else None, new.due)


def _of_phase(change: Change, old: Phase, new: Asset) -> list[Event]:
    """Return the events of rights in the course of time."""
    events: list[Event] = []
    for was, now_is, kind in (
        (State.EMBARGOED, State.OPEN, EmbargoLifted),
        (State.EXPIRED, State.OPEN, RightsRestored),
        (State.OPEN, State.EXPIRED, RightsExpired),
    ):
        if (old.state, new.phase.state) == (was, now_is):
            events.append(kind(**_cause(change, kind, new), generation=new.generation))
    ends_at, days = new.phase.ends_at, new.phase.ends_within
    if ends_at is not None and days is not None and (ends_at, days) != (old.ends_at, old.ends_within):
        events.append(RightsExpiryAnnounced(**_cause(change, RightsExpiryAnnounced, new), days=days, ends_at=ends_at))
    return events


def _of_life(change: Change, old: Asset | None, new: Asset) -> list[Event]:
    """Return the events of an asset's life cycle; a new asset has none behind it."""
    if old is None:
        return []
    events: list[Event] = []
    if old.status is AssetStatus.WITHDRAWN and new.status not in {AssetStatus.WITHDRAWN, AssetStatus.DELETED}:
        events.append(AssetRestored(**_cause(change, AssetRestored, new), generation=new.generation))
    if new.status is AssetStatus.DELETED and old.status is not AssetStatus.DELETED:
        events.append(AssetDeleted(**_cause(change, AssetDeleted, new), sha256=new.inspection.sha256))
    if new.deletion is None and old.deletion is not None:
        events.append(DeletionCancelled(**_cause(change, DeletionCancelled, new)))
    if new.deletion is not None and (old.deletion is None or old.deletion.due_at != new.deletion.due_at):
        events.append(DeletionScheduled(**_cause(change, DeletionScheduled, new), due_at=new.deletion.due_at))
    if (new.legal_hold is None) != (old.legal_hold is None):
        kind = LegalHoldReleased if new.legal_hold is None else LegalHoldPlaced
        events.append(kind(**_cause(change, kind, new)))
    return events + _of_archive(change, old, new)


def _of_asked(change: Change, old: Asset | None, new: Asset) -> list[Event]:
    """Return the events of what jobs ask for."""
    events: list[Event] = []
    if new.rendering_asked not in {"", old.rendering_asked if old else ""}:
        events.append(RenditionsOutdated(**_cause(change, RenditionsOutdated, new), job_id=new.rendering_asked))
    if new.delivery_asked not in {"", old.delivery_asked if old else ""}:
        events.append(DeliveryOutdated(**_cause(change, DeliveryOutdated, new), job_id=new.delivery_asked))
    return events


def _of_archive(change: Change, old: Asset, new: Asset) -> list[Event]:
    before, after = old.archive, new.archive
    if after is None:
        recalled = MasterRecalled(**_cause(change, MasterRecalled, new), until=None)
        return [] if before is None or new.status is AssetStatus.DELETED else [recalled]
    if before is not None and (before.state, before.asked, before.until) == (after.state, after.asked, after.until):
        return []
    match after.state:
        case ArchiveState.ARCHIVING:
            return [ArchivalRequested(**_cause(change, ArchivalRequested, new))]
        case ArchiveState.ARCHIVED:
            return [MasterArchived(**_cause(change, MasterArchived, new))]
        case ArchiveState.RECALLING:
            return [RecallRequested(**_cause(change, RecallRequested, new))]
        case ArchiveState.RECALLED:
            return [MasterRecalled(**_cause(change, MasterRecalled, new), until=after.until)]


def _of_work_item(change: Change, old: WorkItem | None, new: WorkItem) -> list[Event]:
    about = {"work_id": new.work_id, "queue": new.queue.value, "asset_id": new.asset_id}
    if old is None or (old.state is WorkState.CLOSED and new.state is WorkState.OPEN):
        return [WorkItemOpened(**_at(change, WorkItemOpened), **about)]
    return [WorkEscalated(**_at(change, WorkEscalated), **about, level=new.level)] if new.level > old.level else []


def _of_collection(change: Change, old: Collection | None, new: Collection) -> list[Event]:
    if new.rights == (None if old is None else old.rights):
        return []
    known = {"collection_id": new.collection_id, "revision": new.revision, "job_id": new.job_id}
    return [CollectionRightsChanged(**_at(change, CollectionRightsChanged), **known)]


def _of_job(change: Change, old: Job | None, new: Job) -> list[Event]:
    return _of_due(change, "job", new.job_id, old.due if old else None, new.due)


def _of_purge(change: Change, old: Purge | None, new: Purge) -> list[Event]:
    """Return the event that a purge is wanted once more, or that the sweep says so of one that nothing came of."""
    if new.wanted > (old.wanted if old else 0):
        about = {"kind": new.urgency.due_kind.value, "generation": new.generation}
        return [PurgeWanted(**_at(change, PurgeWanted), asset_id=new.asset_id, **about)]
    return _of_due(change, "purge", new.asset_id, old.due if old else None, new.due)


def _of_due(change: Change, item: str, item_id: str, old: Due | None, new: Due | None) -> list[Event]:
    """Return the event that something is due: the sweep said so, or it was due at once when it was written."""
    if new is None or new.kind is DueKind.RIGHTS:  # rights_expiry sees to them itself
        return []
    waited = old is not None and old.kind is not DueKind.RIGHTS
    at_once = not waited and new.at <= change.occurred_at + _AT_ONCE
    if not (new.wakes > (old.wakes if old else 0) or at_once):
        return []
    return [ItemDue(**_at(change, ItemDue), item=item, item_id=item_id, kind=new.kind.value)]


def _of_version(change: Change, old: Version | None, new: Version) -> list[Event]:
    events: list[Event] = []
    if old is None:
        events.append(
            AssetIngested(**_cause(change, AssetIngested, new), version_id=new.version_id, sha256=new.inspection.sha256)
        )
    if not new.accepted and (old is None or old.accepted):
        codes = tuple(sorted({problem.code for problem in (*new.inspection.problems, *new.problems)}))[:20]
        events.append(AssetQuarantined(**_cause(change, AssetQuarantined, new), version_id=new.version_id, codes=codes))
    return events


def _cause(change: Change, kind: type[Event], record: Asset | Version) -> dict[str, Any]:
    cause = {**_at(change, kind), "asset_id": record.asset_id}
    if issubclass(kind, AssetChanged) and isinstance(record, Asset):
        read = record.inspection.kind
        cause |= {"kind": "" if read is None else read.value, "in_spin": bool(record.part_of)}
    return cause


def _cause_of(change: Change) -> Cause:
    return lambda kind: _at(change, kind)


def _at(change: Change, kind: type[Event]) -> dict[str, Any]:
    return {"event_id": ids.event_id(change.record_id, kind.__name__), "occurred_at": change.occurred_at}
