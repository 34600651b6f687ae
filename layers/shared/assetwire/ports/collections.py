"""The port of collections: what they allow, who is in them, and both changed together with the members' own records."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, CollectionChange, Membership
from assetwire.domain.history import AssetChange
from assetwire.domain.job import Job
from assetwire.ports import Position


class CollectionPage(NamedTuple):
    """A part of a listing of collections, newest first; `next` is None at the end."""

    collections: list[Collection]
    next: Position | None


class Turn(NamedTuple):
    """What is written of members at once: their records, who joined and who left, and what is noted of that."""

    assets: Sequence[Asset] = ()
    joined: Sequence[Membership] = ()
    left: Sequence[Membership] = ()
    changes: Sequence[AssetChange] = ()
    job: Job | None = None
    """The job whose next state this is."""


class Collections(Protocol):
    """Collections and their members. Records are read consistently; every write is conditional."""

    def collection(self, collection_id: str) -> Collection:
        """Return a collection, a deleted one too.

        Raises:
            NotFound: there is none of this id.
        """
        ...

    def collections_named(self, collection_ids: Sequence[str]) -> list[Collection]:
        """Return those of these collections that there are, in this order; at most 100 are asked for."""
        ...

    def collections(self, *, limit: int, after: Position | None) -> CollectionPage:
        """List the collections that are not deleted, newest first, at most `limit`."""
        ...

    def changes_of(self, collection_id: str, *, limit: int, before: int | None) -> list[CollectionChange]:
        """List the changes of a collection, newest first, at most `limit`, from before a revision on."""
        ...

    def change(self, collection: Collection, change: CollectionChange, job: Job | None = None) -> None:
        """Write a collection that was read at the revision before, who changed it, and the job that this causes.

        Raises:
            Conflict: its revision moved; or, of a new one, there is one of this id.
        """
        ...

    def members(self, collection_id: str, *, limit: int, after: str | None = None) -> list[Membership]:
        """List members in the order of their ids, at most `limit`, from after one of them on."""
        ...

    def count_members(self, collection_id: str) -> int:
        """Return how many members a collection has."""
        ...

    def take(self, turn: Turn, *, of: Collection) -> None:
        """Write a turn, all or nothing, and only while the collection is as it was read.

        So no member is ever given what its collection allowed before: who joins while its rights are changed is either
        there when the job comes by, or has the new ones.

        Raises:
            Conflict: the revision of the collection, the job or one of the assets moved.
        """
        ...
