"""Work items as callers of the API see, claim and close them."""

from datetime import datetime
from typing import NamedTuple

from assetwire.domain.errors import Conflict, InvalidRequest
from assetwire.domain.work import RESOLUTIONS, Queue, Resolution, WorkItem, WorkState
from assetwire.ports import Position
from assetwire.ports.worklist import Worklist
from assetwire.services.conflicts import decided, saved
from assetwire.services.cursors import LARGEST_PAGE, cursor_of, position_of

_LOOKED_AT = 25
"""Items that are read at once in search of one that nobody has claimed."""
_MOST_LOOKED_AT = 500
"""How many are looked at in all: so many people at work at once have each something to do."""


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
        Conflict: the item is not at `if_revision`, it is closed with another decision (`already_closed`), or somebody
            else has claimed it (`claimed_by_other`).
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
    require_unclaimed(item, by, now=now)
    closed = item.closed(resolution.value, by=by, now=now, note=note)
    worklist.save(closed)
    return closed


def require_unclaimed(item: WorkItem, by: str, *, now: datetime) -> None:
    """Raise if an item is somebody else's at this moment.

    Raises:
        Conflict: it is (`claimed_by_other`).
    """
    claim = item.claimed_by_other(by, now=now)
    if claim is not None:
        raise Conflict(f"{claim.by} has claimed it until {claim.until:%Y-%m-%dT%H:%M:%SZ}", code="claimed_by_other")


def claim(work_id: str, *, by: str, worklist: Worklist, now: datetime) -> WorkItem:
    """Make an item one person's for the length of a lease; whoever has it already keeps it for longer.

    Raises:
        NotFound: there is no such work item.
        Conflict: somebody else has claimed it (`claimed_by_other`), it is closed (`already_closed`), or others kept
            changing it.
    """

    def attempt() -> WorkItem:
        item = worklist.item(work_id)
        if item.state is WorkState.CLOSED:
            raise Conflict(f"work item {work_id} is closed as {item.resolution}", code="already_closed")
        require_unclaimed(item, by, now=now)
        claimed = item.claimed(by, now=now)
        worklist.save(claimed)
        return claimed

    return decided(attempt)


def claim_next(*, queue: Queue | None, by: str, worklist: Worklist, now: datetime) -> WorkItem | None:
    """Claim what has waited longest and is nobody's, of one queue or of all; None if there is nothing.

    Two people who ask at once get two items: the claim of one of them fails, and the next item is tried.
    """
    after: Position | None = None
    for _ in range(_MOST_LOOKED_AT // _LOOKED_AT):
        page = worklist.oldest([queue] if queue else list(Queue), limit=_LOOKED_AT, after=after)
        for item in page.items:
            if item.claim is not None and item.claim.until > now:
                continue
            claimed = item.claimed(by, now=now)
            if saved(worklist.save, claimed):
                return claimed
        after = page.next
        if after is None:
            break
    return None


def release(work_id: str, *, by: str, worklist: Worklist, now: datetime) -> WorkItem:
    """Give an item back to everybody; what nobody has claimed stays as it is.

    Raises:
        NotFound: there is no such work item.
        Conflict: somebody else has claimed it (`claimed_by_other`), or others kept changing it.
    """

    def attempt() -> WorkItem:
        item = worklist.item(work_id)
        if item.claim is None:
            return item
        require_unclaimed(item, by, now=now)
        released = item.released()
        worklist.save(released)
        return released

    return decided(attempt)
