"""What work items need of the outside world."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports import Position


class WorkPage(NamedTuple):
    """A part of a listing of work items, newest first; `next` is None at the end."""

    items: list[WorkItem]
    next: Position | None


class Count(NamedTuple):
    """How many there are; where counting stopped before the end, there are more."""

    number: int
    is_all: bool


class Worklist(Protocol):
    """What waits for people."""

    def open(self, item: WorkItem) -> bool:
        """Write a work item whose cause is new; tell whether it was."""
        ...

    def item(self, work_id: str) -> WorkItem:
        """Return a work item, read consistently.

        Raises:
            NotFound: there is none of this id.
        """
        ...

    def items_named(self, work_ids: Sequence[str]) -> list[WorkItem]:
        """Return those of these work items that there are, read consistently."""
        ...

    def items(self, queues: Sequence[Queue], state: WorkState, *, limit: int, after: Position | None) -> WorkPage:
        """List the work items of these queues and this state, newest first, at most `limit`.

        What waits is as new as it was opened, what is decided as new as its decision.
        """
        ...

    def oldest(self, queues: Sequence[Queue], *, limit: int, after: Position | None) -> WorkPage:
        """List what waits in these queues, oldest first, at most `limit`; an index finds it, late for new items."""
        ...

    def claimed(self, queue: Queue, *, limit: int) -> list[WorkItem]:
        """Return what was claimed of a queue and waits still, whether the claim holds or has ended, at most `limit`."""
        ...

    def count(self, queue: Queue, state: WorkState, *, since: datetime | None, until: datetime | None) -> Count:
        """Count a queue's items of one state from a moment on until before another, as `items` dates them; bounded."""
        ...

    def save(self, item: WorkItem) -> None:
        """Replace a work item that was read at the revision before.

        Raises:
            Conflict: its revision moved.
        """
        ...
