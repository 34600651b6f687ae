"""What work items need of the outside world."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports import Position


class WorkPage(NamedTuple):
    """A part of a listing of work items, newest first; `next` is None at the end."""

    items: list[WorkItem]
    next: Position | None


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

    def items(self, queues: Sequence[Queue], state: WorkState, *, limit: int, after: Position | None) -> WorkPage:
        """List the work items of these queues and this state, newest first, at most `limit`."""
        ...

    def save(self, item: WorkItem) -> None:
        """Replace a work item that was read at the revision before.

        Raises:
            Conflict: its revision moved.
        """
        ...
