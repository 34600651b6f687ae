"""What has happened, as others hear of it: ids and what changed, never large values.

Every event travels as the `detail` of an EventBridge entry in a CloudEvents 1.0 envelope of at most 8 KB. EventBridge
keeps no order and may deliver twice: consumers treat an event as a hint and read the current record.
"""

import json
from abc import abstractmethod
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from assetwire.domain.errors import NotUnderstood
from assetwire.domain.ids import AssetId, CollectionId, VersionId
from assetwire.domain.job import JobId
from assetwire.domain.model import Instant, Value
from assetwire.domain.sku import Sku
from assetwire.domain.work import WorkId

SOURCE = "assetwire"
LARGEST_EVENT = 8 * 1024
"""Bytes of an encoded event at the most."""

Code = Annotated[str, StringConstraints(max_length=64)]


class Event(Value):
    """Something happened."""

    version: ClassVar[int] = 1
    event_id: str
    occurred_at: Instant

    @property
    @abstractmethod
    def subject(self) -> str:
        """The id of what it happened to."""

    @property
    def type(self) -> str:
        """The event's name, which subscribers filter by."""
        return type(self).__name__

    def to_cloud_event(self) -> str:
        """Return the event in its envelope, as JSON.

        Raises:
            NotUnderstood: it would be larger than 8 KB.
        """
        data = self.model_dump(mode="json", exclude={"event_id", "occurred_at"})
        envelope = {
            "specversion": "1.0",
            "id": self.event_id,
            "source": SOURCE,
            "type": self.type,
            "time": self.occurred_at.isoformat().replace("+00:00", "Z"),
            "subject": self.subject,
            "dataversion": self.version,
            "datacontenttype": "application/json",
            "data": data,
        }
        text = json.dumps(envelope, separators=(",", ":"))
        if len(text.encode()) > LARGEST_EVENT:
            raise NotUnderstood(f"{self.type} of {self.subject} has more than {LARGEST_EVENT} bytes", code="too_large")
        return text


class AssetEvent(Event):
    """Something happened to one asset."""

    asset_id: AssetId

    @property
    def subject(self) -> str:
        """The asset's id."""
        return self.asset_id


class AssetChanged(AssetEvent):
    """Something about an asset changed that consumers of some media alone act upon: they subscribe by what it is."""

    kind: Code = ""
    """The kind of media that its current master is; empty if it is none that we know."""
    in_spin: bool = False
    """Whether it is a frame of a spin."""


class AssetIngested(AssetEvent):
    """A new version of an asset was read and recorded, accepted or not."""

    version_id: VersionId
    sha256: str


class AssetAccepted(AssetChanged):
    """An asset became accepted: it has a current version that may be rendered and delivered."""

    version_id: VersionId


class AssetQuarantined(AssetEvent):
    """A version of an asset was refused, for the reasons named by these codes."""

    version_id: VersionId
    codes: Annotated[tuple[Code, ...], Field(max_length=20)]


class AssetVersioned(AssetChanged):
    """Another version of an accepted asset became the current one."""

    version_id: VersionId
    previous_version_id: VersionId


class RenditionsReady(AssetEvent):
    """All renditions of an asset's version stand in the renditions bucket."""

    version_id: VersionId
    spec_digest: str


class TranscodesReady(AssetEvent):
    """All that is made of a version beside its pictures stands in the renditions bucket, or has a reason not to."""

    version_id: VersionId
    spec_digest: str


class RenditionsOutdated(AssetChanged):
    """A job asks for an asset's renditions to be brought to what its specs and the bucket say now."""

    job_id: JobId


class DeliveryOutdated(AssetEvent):
    """A job asks for an asset's delivery to be brought to what may be seen now."""

    job_id: JobId


class PurgeWanted(AssetEvent):
    """Caches must forget what they hold of an asset: the origin has it no more, or has something else."""

    kind: Code
    generation: int


class RightsChanged(AssetChanged):
    """An asset's rights were set; `narrowed` if URLs minted before are void."""

    generation: int
    narrowed: bool


class EmbargoLifted(AssetChanged):
    """A window of an asset's rights began: it may be shown."""

    generation: int


class RightsExpiryAnnounced(AssetChanged):
    """An asset's rights end within so many days; announced once for each number of days."""

    days: int
    ends_at: Instant


class RightsExpired(AssetChanged):
    """The last window of an asset's rights ended: nobody may see it any more."""

    generation: int


class RightsRestored(AssetChanged):
    """Rights that had expired allow something again."""

    generation: int


class MetadataChanged(AssetChanged):
    """An asset's category, fields or declared evidence changed; names of the fields, not their values."""

    category: Code
    fields: Annotated[tuple[Code, ...], Field(max_length=100)]


class AssetWithdrawn(AssetChanged):
    """An asset was taken out of use: URLs minted before are void."""

    generation: int


class AssetRestored(AssetEvent):
    """A withdrawn asset was put back into use, and its deletion called off."""

    generation: int


class DeletionScheduled(AssetEvent):
    """An asset is to be deleted, with all its masters, when its grace period ends."""

    due_at: Instant


class DeletionCancelled(AssetEvent):
    """An asset is not to be deleted any more."""


class AssetDeleted(AssetChanged):
    """An asset's masters and renditions are gone; its record says what it was, and where it was used."""

    sha256: str


class LegalHoldPlaced(AssetEvent):
    """Nothing deletes an asset until it is released."""


class LegalHoldReleased(AssetEvent):
    """An asset may be deleted again."""


class ArchivalRequested(AssetEvent):
    """An asset's masters are to be moved to cold storage."""


class MasterArchived(AssetEvent):
    """All masters of an asset are in cold storage."""


class RecallRequested(AssetEvent):
    """An asset's masters are to be made readable."""


class MasterRecalled(AssetChanged):
    """An asset's masters can be read, `until` their copies go; None if they are at hand for good."""

    until: Instant | None


class CollectionRightsChanged(Event):
    """What a collection allows its members changed; the job brings that to each, whose own event follows."""

    collection_id: CollectionId
    revision: int
    job_id: JobId | None

    @property
    def subject(self) -> str:
        """The collection's id."""
        return self.collection_id


class WorkItemOpened(Event):
    """Something waits for a person."""

    work_id: WorkId
    queue: Code
    asset_id: AssetId | None

    @property
    def subject(self) -> str:
        """The work item's id."""
        return self.work_id


class WorkEscalated(WorkItemOpened):
    """A work item has waited for longer than a service level of its queue allows; told once for each level."""

    level: int
    """1: it is overdue; above: it still is, so much later."""


class ProductEvent(Event):
    """Something happened to one product."""

    sku: Sku

    @property
    def subject(self) -> str:
        """The product's SKU."""
        return self.sku


class ProductChanged(ProductEvent):
    """What PIM says of a product changed: its texts, numbers, parent or status; a new one is a change too."""


class ProductPublished(ProductEvent):
    """A product is offered from now on."""


class ProductUnpublished(ProductEvent):
    """A product is not offered any more."""


class AssociationsWanted(ProductEvent):
    """Somebody wants PIM to be told which assets show a product, whatever it was told before."""


class LinkEvent(ProductEvent):
    """Something happened to the statement that an asset shows a product."""

    asset_id: AssetId
    role: Code
    market: Code


class LinkConfirmed(LinkEvent):
    """An asset shows a product, in this role and market."""


class LinkRemoved(LinkEvent):
    """An asset does not show a product any more, in this role and market."""


class LinksReordered(ProductEvent):
    """The list of a product's assets in a role and market changed: what is on it, or in which order."""

    role: Code
    market: Code


class ItemDue(Event):
    """Something about an item is to happen now; `item` says what it is: an asset, its purge, or a job."""

    item: Code
    item_id: Code
    kind: Code

    @property
    def subject(self) -> str:
        """The item's id."""
        return self.item_id


EVENTS: dict[str, type[Event]] = {
    event.__name__: event
    for event in (
        AssetIngested,
        AssetAccepted,
        AssetDeleted,
        AssetQuarantined,
        AssetRestored,
        AssetVersioned,
        AssetWithdrawn,
        ArchivalRequested,
        DeletionCancelled,
        DeletionScheduled,
        DeliveryOutdated,
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
        EmbargoLifted,
        RightsExpiryAnnounced,
        RightsExpired,
        RightsRestored,
        TranscodesReady,
        CollectionRightsChanged,
        WorkItemOpened,
        WorkEscalated,
        ProductChanged,
        ProductPublished,
        ProductUnpublished,
        LinkConfirmed,
        LinkRemoved,
        LinksReordered,
        AssociationsWanted,
        ItemDue,
    )
}


def parse_event(envelope: dict[str, Any]) -> Event:
    """Return the event in a CloudEvents envelope; fields that a later version added are ignored.

    Raises:
        NotUnderstood: it is no event that this version knows.
    """
    try:
        kind = EVENTS[envelope["type"]]
        known = {name: value for name, value in envelope["data"].items() if name in kind.model_fields}
        return kind.model_validate({**known, "event_id": envelope["id"], "occurred_at": envelope["time"]})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotUnderstood(f"not an event of Assetwire: {error}") from error
