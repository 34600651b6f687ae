"""Collections: assets that belong together, each kept within what all of its collections allow.

A collection without rights restricts nothing; one whose rights name nothing has its members shown to nobody. Its rights
grant nothing either: an asset is shown where its own rights, its metadata and all of its collections allow it.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.domain.errors import Conflict, Refused
from assetwire.domain.ids import AssetId, CollectionId
from assetwire.domain.job import JobId
from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Rights
from assetwire.domain.rights_in_force import restricted_rights

MOST_COLLECTIONS = 20
"""Collections that one asset is in at the most: its record holds the rights of each, and an item 400 KB."""
INHERITANCE = "inheritance"
"""The kind of the job that brings a collection's rights to its members."""
Title = Annotated[
    str,
    StringConstraints(
        max_length=200, pattern=r"^[^\x00-\x1f\x7f]*[^\p{Z}\p{C}][^\x00-\x1f\x7f]*$", strip_whitespace=True
    ),
]
"""On one line, with something in it that can be seen."""


class CollectionKind(StrEnum):
    """What holds the members together; their rights are inherited alike."""

    COLLECTION = "collection"
    """Whatever somebody puts together: a campaign, a brand, a season."""
    JOB = "job"
    """A shoot, under the licence of its photographer."""


class Collection(Value):
    """A collection; `revision` counts its changes, of which members joining and leaving are none."""

    collection_id: CollectionId
    title: Title
    kind: CollectionKind = CollectionKind.COLLECTION
    rights: Rights | None = None
    """What its members are kept within; None restricts nothing."""
    job_id: JobId | None = None
    """The job that brings what was changed last to its members; None if nothing ever was."""
    deleted: Act | None = None
    """It is of no effect any more; its record and its history stay."""
    created_at: Instant
    updated_at: Instant
    revision: int = 0

    def changed(self, *, now: datetime, **changes: Any) -> "Collection":
        """Return this collection one change further."""
        return self.model_copy(update={**changes, "updated_at": now, "revision": self.revision + 1})


class Membership(Value):
    """The note, beside a collection, that an asset is in it; the asset names its collections too."""

    collection_id: CollectionId
    asset_id: AssetId
    by: str
    at: Instant


class CollectionChange(Value):
    """One change of a collection: its fields before and after. Written with the change, and never again."""

    collection_id: CollectionId
    revision: int
    """The collection's revision after it."""
    at: Instant
    by: str
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    before: dict[str, Any] = Field(default_factory=dict)
    after: dict[str, Any] = Field(default_factory=dict)


_RECORDED = ("title", "kind", "rights", "deleted")
"""The fields of a collection that people change."""


def collection_change(before: Collection | None, after: Collection, *, by: str, reason: str) -> CollectionChange:
    """Return what somebody changed of a collection; None before it was made."""
    names = {name for name in _RECORDED if before is None or getattr(before, name) != getattr(after, name)}
    old, new = (
        {} if each is None else each.model_dump(mode="json", include=names, exclude_none=True)
        for each in (before, after)
    )
    known = {"collection_id": after.collection_id, "revision": after.revision, "at": after.updated_at}
    return CollectionChange(**known, by=by, reason=reason, before=old, after=new)


def require_open(collection: Collection, revision: int | None = None) -> None:
    """Raise unless a collection is of effect, and at the revision that the caller knows; None is any.

    Raises:
        Refused: it is deleted (`collection_deleted`).
        Conflict: it is at another revision (`revision`).
    """
    if collection.deleted is not None:
        raise Refused(f"collection {collection.collection_id} is deleted", code="collection_deleted")
    if revision is not None and collection.revision != revision:
        known = f"collection {collection.collection_id} is at revision {collection.revision}"
        raise Conflict(f"{known}, not {revision}", code="revision")


def joined(asset: Asset, collection: Collection, *, now: datetime) -> Asset:
    """Return an asset as a member of a collection, or itself if it is one already.

    Raises:
        Refused: it is deleted (`already_deleted`), or in as many as an asset can be in (`too_many_collections`).
    """
    if asset.is_gone:
        raise Refused(f"asset {asset.asset_id} is deleted", code="already_deleted")
    if collection.collection_id in asset.collections:
        return asset
    if len(asset.collections) >= MOST_COLLECTIONS:
        said = f"asset {asset.asset_id} is in {len(asset.collections)} collections"
        raise Refused(said, code="too_many_collections")
    return _within(asset, collection, now=now)


def left(asset: Asset, collection_id: str, *, now: datetime) -> Asset:
    """Return an asset without a collection, or itself if it is not in it; its other limits stay."""
    if asset.is_gone or collection_id not in asset.collections:
        return asset
    inherited = {name: rights for name, rights in asset.inherited.items() if name != collection_id}
    others = tuple(name for name in asset.collections if name != collection_id)
    return asset.with_collections(others, inherited, now=now)


def following(asset: Asset, collection: Collection, *, now: datetime) -> Asset:
    """Return an asset as its collection is now; itself if it follows already, is no member, or is deleted."""
    if asset.is_gone or collection.collection_id not in asset.collections:
        return asset
    if collection.deleted is not None:
        return left(asset, collection.collection_id, now=now)
    return _decided_at(collection.updated_at, asset, _within(asset, collection, now=now))


def follows(asset: Asset, collection: Collection) -> bool:
    """Tell whether an asset is kept within what its collection allows now; one that is gone has nothing to show."""
    if asset.is_gone:
        return True
    is_member = collection.collection_id in asset.collections
    if collection.deleted is not None:
        return not is_member
    return not is_member or asset.inherited.get(collection.collection_id) == collection.rights


def as_they_say(asset: Asset, collections: Iterable[Collection]) -> Asset:
    """Return an asset, which is not to be written, with the rights that it has once it follows its collections."""
    inherited = {
        each.collection_id: each.rights
        for each in collections
        if each.collection_id in asset.collections and each.deleted is None and each.rights is not None
    }
    return asset.model_copy(update={"restricted": restricted_rights(asset, inherited)})


def _decided_at(at: datetime, before: Asset, after: Asset) -> Asset:
    """Return an asset whose narrowing was decided before a job came by to write it."""
    narrowing = after.narrowing
    if narrowing is None or narrowing == before.narrowing or narrowing.at <= at:
        return after
    return after.model_copy(update={"narrowing": narrowing.model_copy(update={"at": at})})


def _within(asset: Asset, collection: Collection, *, now: datetime) -> Asset:
    name, rights = collection.collection_id, collection.rights
    inherited = {other: held for other, held in asset.inherited.items() if other != name}
    if rights is not None:
        inherited[name] = rights
    return asset.with_collections(tuple(sorted({*asset.collections, name})), inherited, now=now)
