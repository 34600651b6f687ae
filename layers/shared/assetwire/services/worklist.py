"""Work items as callers of the API see and close them."""

from datetime import datetime
from typing import NamedTuple

from assetwire.domain.errors import Conflict, InvalidRequest
from assetwire.domain.work import RESOLUTIONS, Queue, Resolution, WorkItem, WorkState
from assetwire.ports.worklist import Worklist
from assetwire.services.cursors import LARGEST_PAGE, cursor_of, position_of


class WorkListing(NamedTuple):
    """A page of work items, newest first, and the cursor of the next page; None at the end."""

    items: list[WorkItem]
    cursor: str | None


def list_work(
    *, queue: Queue | None, state: WorkState, limit: int, cursor: str | None, worklist: Worklist
) -> WorkListing:
    """Return one page of the work items of one state, of one queue or of all.

    Raises:
        InvalidRequest: `limit` is not between 1 and 100, or the cursor is not one of ours.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidRequest(f"limit is between 1 and {LARGEST_PAGE}", code="invalid_limit")
    page = worklist.items([queue] if queue else list(Queue), state, limit=limit, after=position_of(cursor))
    return WorkListing(page.items, cursor_of(page.next))


def close(
    work_id: str,
    *,
    resolution: Resolution,
    note: str,
    by: str,
    if_revision: int | None,
    worklist: Worklist,
    now: datetime,
) -> WorkItem:
    """Close a work item with what was decided; the same decision of the same caller twice is one.

    Raises:
        NotFound: there is no such work item.
        InvalidRequest: nobody can decide that about an item of this queue.
        Conflict: the item is not at `if_revision`, or it is closed with another decision.
    """
    item = worklist.item(work_id)
    if if_revision is not None and item.revision != if_revision:
        raise Conflict(f"work item {work_id} is at revision {item.revision}, not {if_revision}", code="revision")
    if resolution not in RESOLUTIONS[item.queue]:
        allowed = ", ".join(RESOLUTIONS[item.queue])
        raise InvalidRequest(f"an item of {item.queue} is resolved as one of {allowed}", code="invalid_resolution")
    if item.state is WorkState.CLOSED:
        if (item.resolution, item.note, item.closed_by) == (resolution, note, by):
            return item
        raise Conflict(f"work item {work_id} is closed as {item.resolution}", code="already_closed")
    closed = item.closed(resolution.value, by=by, now=now, note=note)
    worklist.save(closed)
    return closed
