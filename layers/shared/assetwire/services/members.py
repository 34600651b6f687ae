"""Members of collections: assets that join and leave, many at once, each with a reason where it cannot."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, Membership, follows, joined, left, require_open
from assetwire.domain.decisions import may_be_seen
from assetwire.domain.errors import InvalidRequest, NotFound, NotUnderstood, PermanentError, Refused
from assetwire.domain.history import AssetChange, change_between
from assetwire.domain.ids import checked_asset_id
from assetwire.domain.rights import Usage
from assetwire.ports import Catalog
from assetwire.ports.collections import Collections, Turn
from assetwire.services.conflicts import decided

AT_ONCE = 30
"""Assets of one turn at the most: each is three writes. Source: DynamoDB quotas, 100 actions a transaction."""
MOST_BYTES = 2_000_000
"""Bytes of their records as JSON, but of the first. Source: DynamoDB quotas, 4 MB a transaction."""
ATTEMPTS = 40
"""How often a turn is thought of anew: transactions of one collection that meet each other are refused by DynamoDB."""
Change = Callable[[Asset, Collection], Asset]
Found = Asset | PermanentError
"""An asset, or why there is none to be had."""


class Moved(NamedTuple):
    """How many joined or left, how many had before, and why each of the others could not."""

    changed: int
    unchanged: int
    refused: list[dict[str, str]]


class MemberPage(NamedTuple):
    """A page of members as callers of the API see them, and the cursor of the next page; None at the end."""

    members: list[dict[str, Any]]
    cursor: str | None


def add_members(
    collection_id: str,
    asset_ids: Sequence[str],
    *,
    by: str,
    reason: str,
    catalog: Catalog,
    collections: Collections,
    now: datetime,
) -> Moved:
    """Put assets into a collection: each is kept within its rights from the same write on.

    Raises:
        NotFound: there is no such collection.
        Refused: it is deleted.
        Conflict: others kept changing it, or its members.
    """

    def step(asset: Asset, collection: Collection) -> Asset:
        require_open(collection)
        return joined(asset, collection, now=now)

    ports = {"catalog": catalog, "collections": collections}
    return _moved(collection_id, asset_ids, step, by=by, reason=reason, **ports, now=now)  # type: ignore[arg-type]


def remove_members(
    collection_id: str,
    asset_ids: Sequence[str],
    *,
    by: str,
    reason: str,
    catalog: Catalog,
    collections: Collections,
    now: datetime,
) -> Moved:
    """Take assets out of a collection: what it limited is limited no more, unless something else does.

    Raises:
        NotFound: there is no such collection.
        Conflict: others kept changing it, or its members.
    """
    ports = {"catalog": catalog, "collections": collections}

    def step(asset: Asset, collection: Collection) -> Asset:
        return left(asset, collection.collection_id, now=now)

    return _moved(collection_id, asset_ids, step, by=by, reason=reason, **ports, now=now)  # type: ignore[arg-type]


def list_members(
    collection_id: str, *, limit: int, cursor: str | None, catalog: Catalog, collections: Collections, now: datetime
) -> MemberPage:
    """Return a page of members: since when each is one, and whether the collection's rights have reached it.

    Raises:
        NotFound: there is no such collection.
    """
    collection = collections.collection(collection_id)
    found = collections.members(collection_id, limit=limit + 1, after=cursor)
    shown = found[:limit]
    assets = read_each([each.asset_id for each in shown], catalog=catalog)
    members = [_described(each, assets[each.asset_id], collection, now=now) for each in shown]
    return MemberPage(members, shown[-1].asset_id if found[limit:] else None)


def is_enforced(asset: Asset, *, at: datetime) -> bool:
    """Tell whether delivery has followed an asset's rights: nothing of before is seen, and what the web may see is."""
    if asset.unfollowed is not None:
        return False
    is_shown = asset.is_accepted and any(part.outputs for part in asset.shown_parts)
    if not is_shown or not may_be_seen(asset.effective_rights, at, usage=Usage.WEB):
        return True
    there = asset.delivered
    return there is not None and there.generation == asset.generation and bool(there.renditions)


def read_each(asset_ids: Sequence[str], *, catalog: Catalog) -> dict[str, Found]:
    """Return these assets by their ids, at most 100; in place of one that is missing or broken, why."""
    found: dict[str, Found] = {}
    for asset_id in asset_ids:
        found[asset_id] = NotFound(f"no asset {asset_id}", code="asset_not_found")
    try:
        found |= {asset.asset_id: asset for asset in catalog.assets_named(asset_ids)}
    except NotUnderstood:  # one of them is broken: only by itself does it say which
        for asset_id in asset_ids:
            try:
                found[asset_id] = catalog.asset(asset_id)
            except (NotFound, NotUnderstood) as error:
                found[asset_id] = error
    return found


def _moved(
    collection_id: str,
    asset_ids: Sequence[str],
    change: Change,
    *,
    by: str,
    reason: str,
    catalog: Catalog,
    collections: Collections,
    now: datetime,
) -> Moved:
    """Change assets a turn after the other; a call that broke off is made again, and finds what is done unchanged."""
    waiting: list[str] = []
    changed = unchanged = 0
    refused: list[dict[str, str]] = []
    for each in dict.fromkeys(asset_ids):
        try:
            waiting.append(checked_asset_id(each))
        except InvalidRequest as error:
            refused.append(_refusal(each, error))

    def attempt() -> _Turn:
        collection = collections.collection(collection_id)
        found = read_each(waiting[:AT_ONCE], catalog=catalog)
        turn = _Turn()
        for asset_id in waiting[:AT_ONCE]:
            if not turn.takes(asset_id, found[asset_id], collection, change):
                break
        if turn.pairs:
            collections.take(turn.written(collection, by=by, reason=reason, now=now), of=collection)
        return turn

    collections.collection(collection_id)  # an empty list is of no collection either
    while waiting:
        turn = decided(attempt, attempts=ATTEMPTS)
        waiting = waiting[turn.taken :]
        changed, unchanged = changed + len(turn.pairs), unchanged + turn.unchanged
        refused += turn.refused
    return Moved(changed, unchanged, refused)


class _Turn:
    """The first so many of the assets that wait: as many as one transaction holds."""

    def __init__(self) -> None:
        self.pairs: list[tuple[Asset, Asset]] = []
        self.unchanged = 0
        self.refused: list[dict[str, str]] = []
        self._bytes = 0

    @property
    def taken(self) -> int:
        return len(self.pairs) + self.unchanged + len(self.refused)

    def takes(self, asset_id: str, found: Found, collection: Collection, change: Change) -> bool:
        """Tell whether there is room for one more asset, and take it if so."""
        try:
            if isinstance(found, PermanentError):
                raise found
            after = change(found, collection)
        except (NotFound, NotUnderstood, Refused) as error:
            if error.code == "collection_deleted":
                raise
            self.refused.append(_refusal(asset_id, error))
            return True
        if after is found:
            self.unchanged += 1
            return True
        self._bytes += len(after.model_dump_json())
        if self.pairs and self._bytes > MOST_BYTES:
            return False
        self.pairs.append((found, after))
        return True

    def written(self, collection: Collection, *, by: str, reason: str, now: datetime) -> Turn:
        """Return what is written of these assets, and of who joined or left."""
        name = collection.collection_id
        notes = [Membership(collection_id=name, asset_id=after.asset_id, by=by, at=now) for _, after in self.pairs]
        found = [change_between(*pair, by=by, reason=reason) for pair in self.pairs]
        changes: list[AssetChange] = [change for change in found if change is not None]
        assets = [after for _, after in self.pairs]
        in_it = {asset.asset_id for asset in assets if name in asset.collections}
        return Turn(
            assets=assets,
            joined=[note for note in notes if note.asset_id in in_it],
            left=[note for note in notes if note.asset_id not in in_it],
            changes=changes,
        )


def _refusal(asset_id: str, error: PermanentError) -> dict[str, str]:
    return {"asset_id": asset_id, "code": error.code, "message": error.message}


def _described(note: Membership, found: Found, collection: Collection, *, now: datetime) -> dict[str, Any]:
    facts: dict[str, Any] = {"asset_id": note.asset_id, "by": note.by, "at": note.model_dump(mode="json")["at"]}
    if isinstance(found, PermanentError):
        return facts | {"status": None, "generation": None, "inherits": False, "enforced": False}
    inherits = follows(found, collection)
    return facts | {
        "status": found.status.value,
        "generation": found.generation,
        "inherits": inherits,
        "enforced": inherits and is_enforced(found, at=now),
    }
