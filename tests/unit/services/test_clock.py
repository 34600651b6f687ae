"""The clock: everything that is due is woken once, and nothing else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain import ids
from assetwire.domain.due import LEASE, Due, DueKind
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import WorkEscalated
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.service_levels import levels_of
from assetwire.services.clock import Swept, sweep
from fakes import some
from fakes.catalog import FakeCatalog

NOW = some.NOW


def catalog_with(*minutes: int) -> FakeCatalog:
    catalog = FakeCatalog()
    for minute in minutes:
        due = Due(kind=DueKind.JOB, at=NOW + timedelta(minutes=minute))
        catalog.save(some.job(job_id=ids.job_id(str(minute)), due=due))
    catalog.changes.clear()
    return catalog


def woken(catalog: FakeCatalog) -> list[str]:
    events = [e for n, (old, new) in enumerate(catalog.changes) for e in events_of(Change(str(n), NOW, old, new))]
    return [event.subject for event in events if event.type == "ItemDue"]


def test_what_is_due_is_woken_and_what_is_not_is_left() -> None:
    catalog = catalog_with(-5, 0, 1)
    assert sweep(agenda=catalog, now=NOW) == Swept(woken=2, moved=0)
    assert woken(catalog) == [ids.job_id("-5"), ids.job_id("0")]


def test_a_second_sweep_wakes_nothing_before_the_lease_ends() -> None:
    catalog = catalog_with(0)
    sweep(agenda=catalog, now=NOW)
    assert sweep(agenda=catalog, now=NOW + LEASE - timedelta(seconds=1)) == Swept(0, 0)
    assert sweep(agenda=catalog, now=NOW + LEASE) == Swept(1, 0)


def test_a_backlog_is_woken_over_several_sweeps() -> None:
    catalog = catalog_with(*range(-25, 0))
    assert [sweep(agenda=catalog, now=NOW, limit=10).woken for _ in range(4)] == [10, 10, 5, 0]
    assert len(set(woken(catalog))) == 25


def test_what_another_sweep_woke_first_is_not_woken_twice() -> None:
    catalog = catalog_with(-2, -1)
    found = list(catalog.due(DueKind.JOB, at=NOW, limit=9))

    class Late:
        """An agenda whose reading was overtaken by another sweep."""

        def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Any]:
            yield from found if kind is DueKind.JOB else []

        def save(self, record: Any) -> None:
            catalog.save(record)

        def job(self, job_id: str) -> Any:
            return catalog.job(job_id)

    catalog.save(found[0].woken(NOW))
    assert sweep(agenda=Late(), now=NOW) == Swept(woken=1, moved=1)
    assert len(woken(catalog)) == 2


def test_a_broken_record_holds_up_nothing_and_is_told_of() -> None:
    class WithOneBroken(FakeCatalog):
        def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Any]:
            yield from super().due(kind, at=at, limit=limit)
            if kind is DueKind.DELETION:  # the first kind that is asked for
                raise NotUnderstood("ASSET#x META is no Asset")

    catalog = WithOneBroken()
    catalog.save(some.job(due=Due(kind=DueKind.JOB, at=NOW)))
    with pytest.raises(NotUnderstood, match="ASSET#x"):
        sweep(agenda=catalog, now=NOW)
    assert len(woken(catalog)) == 2


def test_work_that_waits_too_long_is_told_once_for_each_service_level() -> None:
    catalog = FakeCatalog()
    item = some.work_item()
    catalog.open(item)
    levels = levels_of(item.queue.value)
    first, last = (NOW + levels[n] for n in (0, -1))
    moments = (first - timedelta(seconds=1), first, first, last, last, last + timedelta(days=99))
    assert [sweep(agenda=catalog, now=at).woken for at in moments] == [0, 1, 0, 1, 0, 0]
    told = [e for n, (old, new) in enumerate(catalog.changes) for e in events_of(Change(str(n), NOW, old, new))]
    assert [event.level for event in told if isinstance(event, WorkEscalated)] == [1, 2]


def test_work_that_is_decided_in_time_is_told_of_no_more() -> None:
    catalog = FakeCatalog()
    item = some.work_item()
    catalog.open(item)
    catalog.save(item.closed("variants", by="me", now=NOW))
    assert sweep(agenda=catalog, now=NOW + timedelta(days=99)) == Swept(0, 0)
