"""Collections as callers of the API see and change them; what is changed reaches the members by a job of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from assetwire.domain import ids
from assetwire.domain.archive import Act
from assetwire.domain.collection import Collection, CollectionChange, CollectionKind, collection_change, require_open
from assetwire.domain.errors import Conflict, NotPermitted
from assetwire.domain.rights import Rights
from assetwire.ports import AssetReader
from assetwire.ports.collections import Collections
from assetwire.services.conflicts import decided
from assetwire.services.cursors import ChangePage, cursor_of, number_of, numbered_page, position_of
from assetwire.services.inheritance import job_of


class CollectionListing(NamedTuple):
    """A page of collections, newest first, and the cursor of the next page; None at the end."""

    collections: list[Collection]
    cursor: str | None


def create_collection(
    title: str,
    *,
    kind: CollectionKind,
    rights: Rights | None,
    by: str,
    may_set_rights: bool = True,
    reason: str = "",
    token: str,
    collections: Collections,
    now: datetime,
) -> Collection:
    """Make a collection; the same token, title and kind again are the same collection, as it is by now.

    Raises:
        NotPermitted: it comes with rights, and whoever makes it may not set any (`rights_not_permitted`).
        Refused: that one is deleted.
    """
    if rights is not None and not may_set_rights:
        raise NotPermitted(f"{by} may not set rights, and the collection has some", code="rights_not_permitted")
    collection_id = ids.collection_id(kind.value, title, token)
    made = Collection(
        collection_id=collection_id, title=title, kind=kind, rights=rights, created_at=now, updated_at=now
    )
    try:
        collections.change(made, collection_change(None, made, by=by, reason=reason))
    except Conflict:
        made = collections.collection(collection_id)
        require_open(made)
    return made


def list_collections(*, limit: int, cursor: str | None, collections: Collections) -> CollectionListing:
    """Return one page of the collections.

    Raises:
        InvalidRequest: the cursor is not one of a listing's.
    """
    page = collections.collections(limit=limit, after=position_of(cursor))
    return CollectionListing(page.collections, cursor_of(page.next))


def read_changes(
    collection_id: str, *, limit: int, cursor: str | None, collections: Collections
) -> ChangePage[CollectionChange]:
    """Return who changed what of a collection, newest first.

    Raises:
        NotFound: there is no such collection.
        InvalidRequest: the cursor is not one of a history's (`invalid_cursor`).
    """
    before = number_of(cursor, of="a history")
    collections.collection(collection_id)
    return numbered_page(
        lambda most: collections.changes_of(collection_id, limit=most, before=before),
        lambda change: change.revision,
        limit=limit,
    )


def collections_of(asset_id: str, *, assets: AssetReader, collections: Collections) -> list[Collection]:
    """Return the collections that an asset is in.

    Raises:
        NotFound: there is no such asset.
    """
    named = assets.asset(asset_id).collections
    return collections.collections_named(named) if named else []


def rename(
    collection_id: str,
    title: str,
    *,
    by: str,
    reason: str = "",
    if_revision: int | None = None,
    collections: Collections,
    now: datetime,
) -> Collection:
    """Give a collection another title.

    Raises:
        NotFound: there is no such collection.
        Refused: it is deleted.
        Conflict: it is not at `if_revision`, or others kept changing it.
    """

    def change(collection: Collection) -> Collection:
        return collection if collection.title == title else collection.changed(now=now, title=title)

    return _changed(collection_id, change, by=by, reason=reason, if_revision=if_revision, collections=collections)


def set_rights(
    collection_id: str,
    rights: Rights | None,
    *,
    by: str,
    reason: str = "",
    if_revision: int | None = None,
    collections: Collections,
    now: datetime,
) -> Collection:
    """Replace what a collection allows its members, None for everything; a job brings that to each of them.

    Raises:
        NotFound: there is no such collection.
        Refused: it is deleted.
        Conflict: it is not at `if_revision`, or others kept changing it.
    """

    def change(collection: Collection) -> Collection:
        return collection if collection.rights == rights else collection.changed(now=now, rights=rights)

    return _changed(collection_id, change, by=by, reason=reason, if_revision=if_revision, collections=collections)


def delete_collection(
    collection_id: str,
    *,
    by: str,
    reason: str,
    if_revision: int | None = None,
    collections: Collections,
    now: datetime,
) -> Collection:
    """Delete a collection: a job takes its members out, so that what it limited is limited no more.

    Raises:
        NotFound: there is no such collection.
        Refused: it is deleted.
        Conflict: it is not at `if_revision`, or others kept changing it.
    """

    def change(collection: Collection) -> Collection:
        return collection.changed(now=now, rights=None, deleted=Act(by=by, at=now, reason=reason))

    return _changed(collection_id, change, by=by, reason=reason, if_revision=if_revision, collections=collections)


def _changed(
    collection_id: str,
    change: Callable[[Collection], Collection],
    *,
    by: str,
    reason: str,
    if_revision: int | None,
    collections: Collections,
) -> Collection:
    """Change a collection with a note of who did, and start the job that its members wait for."""

    def attempt() -> Collection:
        before = collections.collection(collection_id)
        require_open(before, if_revision)
        after = change(before)
        if after is before:
            return before
        job = None
        if (after.rights, after.deleted) != (before.rights, before.deleted):
            job = job_of(after, by=by, now=after.updated_at)
            after = after.model_copy(update={"job_id": job.job_id})
        collections.change(after, collection_change(before, after, by=by, reason=reason), job)
        return after

    return decided(attempt)
