"""The Worklist port: work items by queue and state."""

from collections.abc import Sequence
from datetime import datetime

from assetwire.adapters.aws_errors import translated as aws_translated
from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Listing, Table, translated
from assetwire.adapters.clients import client
from assetwire.domain.errors import NotFound
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports import Position
from assetwire.ports.worklist import Count, WorkPage

MOST_COUNTED = 1_000
"""Items that are counted of one partition at the most: their keys are some 200 KB, which is 25 read units."""


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

    def items_named(self, work_ids: Sequence[str]) -> list[WorkItem]:
        """Read those of these items that there are, in batches."""
        return self._table.many(WorkItem, [keys.work_item(work_id) for work_id in dict.fromkeys(work_ids)])

    def items(self, queues: Sequence[Queue], state: WorkState, *, limit: int, after: Position | None) -> WorkPage:
        """Merge the partitions of these queues and this state, newest first, and read the items that they name."""
        return self._page(queues, state, limit=limit, after=after, newest_first=True)

    def oldest(self, queues: Sequence[Queue], *, limit: int, after: Position | None) -> WorkPage:
        """Merge the partitions of what waits in these queues, oldest first, and read the items that they name."""
        return self._page(queues, WorkState.OPEN, limit=limit, after=after, newest_first=False)

    def _page(
        self, queues: Sequence[Queue], state: WorkState, *, limit: int, after: Position | None, newest_first: bool
    ) -> WorkPage:
        bound = None
        if after is not None:
            place = keys.listing_order(*after)
            bound = Listing.listing_order < place if newest_first else Listing.listing_order > place
        partitions = [each for queue in queues for each in _partitions(queue, state)]
        index = self._table.items.by_listing
        found = self._table.page(index, partitions, bound, limit=limit, newest_first=newest_first)
        items = self._table.many(WorkItem, [(pk, keys.META) for _, pk in found[:limit]])
        more = len(found) > limit and bool(items)
        shown = [item for item in items if item.queue in queues and item.state is state]
        return WorkPage(shown, Position(items[-1].listed_at, items[-1].work_id) if more else None)

    def claimed(self, queue: Queue, *, limit: int) -> list[WorkItem]:
        """Read the items that the index of claims names."""
        with translated("reading what is claimed"):
            answer = self._table.items.by_category.query(
                keys.claimed_listing(queue.value), limit=limit, page_size=limit
            )
            named = [(str(item.pk), str(item.sk)) for item in answer]
        return [item for item in self._table.many(WorkItem, named) if item.claim is not None]

    def count(self, queue: Queue, state: WorkState, *, since: datetime | None, until: datetime | None) -> Count:
        """Count the keys in the partitions of the listing index, so many of each at the most."""
        counts = [self._count(each, since, until) for each in _partitions(queue, state)]
        return Count(sum(counts), max(counts) < MOST_COUNTED)

    def _count(self, partition: str, since: datetime | None, until: datetime | None) -> int:
        """Count by one query: PynamoDB's own way reads to the end, whatever its limit."""
        first = keys.listing_order(since, "") if since is not None else "0"
        last = keys.listing_order(until, "") if until is not None else "9"
        asked = {
            "TableName": self._table.items.Meta.table_name,
            "IndexName": keys.LISTING_INDEX,
            "Select": "COUNT",
            "Limit": MOST_COUNTED,
            "KeyConditionExpression": "listing = :partition AND listing_order BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":first": {"S": first},
                ":last": {"S": last},
            },
        }
        with aws_translated("counting work items"):
            return int(client("dynamodb").query(**asked)["Count"])

    def save(self, item: WorkItem) -> None:
        """Replace a work item, if its revision is the one before."""
        self._table.save(item)


def _partitions(queue: Queue, state: WorkState) -> list[str]:
    return keys.listings(keys.work_listing(queue.value, state.value))
