"""Statistics of work: counted where they can be, and of the newest decisions what they say."""

from datetime import timedelta

from assetwire.domain.work import LEASE, SYSTEM, Answer, Outcome, Queue, WorkItem
from assetwire.services.work_statistics import QueueStatistics, statistics
from fakes.catalog import FakeCatalog
from fakes.some import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def opened(catalog: FakeCatalog, number: int, ago: timedelta) -> WorkItem:
    item = WorkItem.opened(Queue.LINK_REVIEW, str(number), now=NOW - ago)
    catalog.open(item)
    return item


def of(catalog: FakeCatalog) -> QueueStatistics:
    (found,) = statistics([Queue.LINK_REVIEW], worklist=catalog, now=NOW)
    return found


def test_of_nothing_there_is_nothing_to_tell() -> None:
    found = of(FakeCatalog())
    assert (found.open.number, found.claimed.number, found.overdue.number, found.sampled) == (0, 0, 0, 0)
    assert (found.oldest_seconds, found.median_seconds) == (None, None)
    assert found.as_json()["at_least"] == []


def test_what_waits_is_counted_by_whether_it_is_claimed_and_overdue() -> None:
    catalog = FakeCatalog()
    items = [opened(catalog, number, number * 10 * HOUR) for number in range(6)]
    catalog.save(items[0].claimed("anna", now=NOW))
    catalog.save(items[1].claimed("ben", now=NOW - LEASE))  # it has ended
    found = of(catalog)
    assert (found.open.number, found.claimed.number, found.overdue.number) == (6, 1, 3)  # due after 24 hours
    assert found.oldest_seconds == 50 * 3600


def test_decisions_of_people_tell_how_long_they_took_and_which_evidence_was_right() -> None:
    catalog = FakeCatalog()
    said = [("barcode", Outcome.CONFIRMED), ("barcode", Outcome.REJECTED), ("file_name", Outcome.CORRECTED)]
    for number, (origin, outcome) in enumerate(said, 1):
        answer = Answer(sku="S-1", origin=origin, outcome=outcome)
        item = opened(catalog, number, number * DAY + number * HOUR)
        catalog.save(item.closed("linked", by="anna", now=NOW - number * DAY + HOUR / 2, answers=(answer,)))
    settled = opened(catalog, 7, 9 * DAY)
    catalog.save(settled.closed("settled", by=SYSTEM, now=NOW))
    long_ago = opened(catalog, 8, 30 * DAY)
    catalog.save(long_ago.closed("not_linked", by="anna", now=NOW - 8 * DAY))
    found = of(catalog)
    assert (found.decided_in_a_day.number, found.decided_in_a_week.number, found.sampled) == (2, 4, 3)
    assert found.median_seconds == 2.5 * 3600
    assert found.resolutions == {"linked": 3}
    assert found.by_origin == {"barcode": {"confirmed": 1, "rejected": 1}, "file_name": {"corrected": 1}}


def test_where_more_is_claimed_than_is_read_the_number_says_so() -> None:
    catalog = FakeCatalog()
    for number in range(101):
        catalog.save(opened(catalog, number, HOUR).claimed("anna", now=NOW))
    assert (of(catalog).claimed.number, of(catalog).as_json()["at_least"]) == (100, ["claimed"])
