"""The Worklist port: work items by queue and state."""

from collections.abc import Sequence

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Listing, Table
from assetwire.domain.errors import NotFound
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports import Position
from assetwire.ports.worklist import WorkPage


class DynamoWorklist:
    """Work items in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def open(self, item: WorkItem) -> bool:
        """Write a work item whose cause is new; tell whether it was."""
        return self._table.create(item)

    def item(self, work_id: str) -> WorkItem:
        """Return a work item, read consistently."""
        item = self._table.find(WorkItem, keys.work_item(work_id))
        if item is None:
            raise NotFound(f"no work item {work_id}", code="work_item_not_found")
        return item

    def items(self, queues: Sequence[Queue], state: WorkState, *, limit: int, after: Position | None) -> WorkPage:
        """Merge the partitions of these queues and this state, newest first, and read the items that they name."""
        bound = None if after is None else Listing.listing_order < keys.listing_order(*after)
        partitions = [
            partition for queue in queues for partition in keys.listings(keys.work_listing(queue.value, state.value))
        ]
        found = self._table.page(self._table.items.by_listing, partitions, bound, limit=limit)
        items = self._table.many(WorkItem, [(pk, keys.META) for _, pk in found[:limit]])
        more = len(found) > limit and bool(items)
        shown = [item for item in items if item.queue in queues and item.state is state]
        return WorkPage(shown, Position(items[-1].opened_at, items[-1].work_id) if more else None)

    def save(self, item: WorkItem) -> None:
        """Replace a work item, if its revision is the one before."""
        self._table.save(item)
