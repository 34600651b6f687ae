"""Work items in memory: the part of a Catalog in memory that is about them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from assetwire.domain.errors import NotFound
from assetwire.domain.outbox import Record
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports import Position
from assetwire.ports.worklist import Count, WorkPage


class FakeWorklist:
    """What is read and written of work items, by the records and the index of the Catalog that this is a part of."""

    records: dict[tuple[str, ...], Record]
    _indexed: Callable[..., list[Any]]
    _write: Callable[..., None]

    def open(self, item: WorkItem) -> bool:
        if ("work", item.work_id) in self.records:
            return False
        self._write(item)
        return True

    def item(self, work_id: str) -> WorkItem:
        item = self.records.get(("work", work_id))
        if not isinstance(item, WorkItem):
            raise NotFound(f"no work item {work_id}", code="work_item_not_found")
        return item

    def items_named(self, work_ids: Sequence[str]) -> list[WorkItem]:
        found = (self.records.get(("work", work_id)) for work_id in dict.fromkeys(work_ids))
        return [item for item in found if isinstance(item, WorkItem)]

    def items(self, queues: Sequence[Queue], state: WorkState, *, limit: int, after: Position | None) -> WorkPage:
        listed = [item for item in self._indexed(WorkItem) if item.queue in queues and item.state is state]
        entries = sorted((Position(item.listed_at, item.work_id) for item in listed), reverse=True)
        return self._work_page([e for e in entries if after is None or e < after], queues, state, limit)

    def oldest(self, queues: Sequence[Queue], *, limit: int, after: Position | None) -> WorkPage:
        listed = [item for item in self._indexed(WorkItem) if item.queue in queues and item.state is WorkState.OPEN]
        entries = sorted(Position(item.listed_at, item.work_id) for item in listed)
        return self._work_page([e for e in entries if after is None or e > after], queues, WorkState.OPEN, limit)

    def claimed(self, queue: Queue, *, limit: int) -> list[WorkItem]:
        listed = [item for item in self._indexed(WorkItem) if item.queue is queue and item.claim is not None]
        named = sorted((item.listed_at, item.work_id) for item in listed)[:limit]
        return [item for item in (self.item(work_id) for _, work_id in named) if item.claim is not None]

    def count(self, queue: Queue, state: WorkState, *, since: datetime | None, until: datetime | None) -> Count:
        listed = [item for item in self._indexed(WorkItem) if (item.queue, item.state) == (queue, state)]
        later = [item for item in listed if since is None or item.listed_at >= since]
        return Count(sum(until is None or item.listed_at < until for item in later), is_all=True)

    def _work_page(self, entries: list[Position], queues: Sequence[Queue], state: WorkState, limit: int) -> WorkPage:
        read = [self.item(entry.item_id) for entry in entries[:limit]]
        shown = [item for item in read if item.queue in queues and item.state is state]
        return WorkPage(shown, entries[limit - 1] if entries[limit:] else None)
