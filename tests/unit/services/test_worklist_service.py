"""Work items through the API: listed without a gap, closed once."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain import ids
from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.work import Queue, Resolution, WorkItem, WorkState
from assetwire.services.worklist import close, list_work
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW


def opened(catalog: FakeCatalog, count: int = 1) -> list[WorkItem]:
    queues = list(Queue)
    items = [
        WorkItem.opened(queues[n % 2], str(n), asset_id=some.asset_id(), now=NOW + timedelta(seconds=n // 3))
        for n in range(count)
    ]
    for item in items:
        catalog.open(item)
    return items


def decide(catalog: FakeCatalog, item: WorkItem, **changes: Any) -> WorkItem:
    asked = {"resolution": Resolution.VARIANTS, "note": "", "by": "me", "if_revision": None} | changes
    return close(item.work_id, **asked, worklist=catalog, now=NOW)


def everything(catalog: FakeCatalog, queue: Queue | None, limit: int) -> list[WorkItem]:
    found: list[WorkItem] = []
    cursor = None
    while True:
        page = list_work(queue=queue, state=WorkState.OPEN, limit=limit, cursor=cursor, worklist=catalog)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_every_item_comes_once_and_newest_first(limit: int) -> None:
    catalog = FakeCatalog()
    opened(catalog, 50)
    found = everything(catalog, None, limit)
    assert len({item.work_id for item in found}) == len(found) == 50
    assert found == sorted(found, key=lambda item: (item.opened_at, item.work_id), reverse=True)
    assert len(everything(catalog, Queue.RIGHTS_CONFLICT, limit)) == 25


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_page_has_a_size_within_bounds(limit: int) -> None:
    with pytest.raises(InvalidRequest) as refused:
        list_work(queue=None, state=WorkState.OPEN, limit=limit, cursor=None, worklist=FakeCatalog())
    assert refused.value.code == "invalid_limit"


def test_a_closed_item_waits_no_more() -> None:
    catalog = FakeCatalog()
    (item,) = opened(catalog)
    closed = decide(catalog, item)
    assert catalog.item(item.work_id) == closed
    assert everything(catalog, None, 10) == []
    page = list_work(queue=None, state=WorkState.CLOSED, limit=10, cursor=None, worklist=catalog)
    assert page.items == [closed]


def test_a_decision_that_somebody_else_made_meanwhile_is_not_written_over() -> None:
    class Contested(FakeCatalog):
        def item(self, work_id: str) -> WorkItem:
            found = super().item(work_id)
            if found.state is WorkState.OPEN:
                self.save(found.closed("different", by="you", now=NOW))
            return found

    catalog = Contested()
    (item,) = opened(catalog)
    with pytest.raises(Conflict):
        decide(catalog, item)
    assert catalog.item(item.work_id).closed_by == "you"


@pytest.mark.parametrize("change", [{"by": "you"}, {"note": "more"}, {"resolution": Resolution.DIFFERENT}])
def test_a_closed_item_takes_no_other_decision(change: dict[str, Any]) -> None:
    catalog = FakeCatalog()
    (item,) = opened(catalog)
    closed = decide(catalog, item)
    assert decide(catalog, item) == closed
    with pytest.raises(Conflict) as refused:
        decide(catalog, item, **change)
    assert refused.value.code == "already_closed"


def test_an_item_that_is_not_there_cannot_be_closed() -> None:
    with pytest.raises(NotFound):
        decide(FakeCatalog(), some.work_item(work_id=ids.work_id("none")))
