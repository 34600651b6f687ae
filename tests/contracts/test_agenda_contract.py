"""The Agenda and the Worklist: the fake and DynamoDB answer alike."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain import ids
from assetwire.domain.asset import Deletion
from assetwire.domain.due import LEASE, Due, DueKind
from assetwire.domain.errors import Conflict, NotFound, NotUnderstood
from assetwire.domain.job import JobState
from assetwire.domain.purge import Urgency, wanted
from assetwire.domain.rights import Window
from assetwire.domain.service_levels import levels_of
from assetwire.domain.work import Queue, WorkItem, WorkState
from fakes import some
from fakes.catalog import FakeCatalog

NOW, HOUR = some.NOW, timedelta(hours=1)


class Places:
    """The Catalog, its Agenda and its Worklist."""

    def __init__(self, catalog: Any, agenda: Any, worklist: Any) -> None:
        self.catalog, self.agenda, self.worklist = catalog, agenda, worklist


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeCatalog()
        return Places(fake, fake, fake)
    table = request.getfixturevalue("table")
    return Places(*(kind(table, region="us-east-1") for kind in (DynamoCatalog, DynamoAgenda, DynamoWorklist)))


def job(number: int) -> Any:
    return some.job(job_id=ids.job_id(str(number)), due=Due(kind=DueKind.JOB, at=NOW + number * HOUR))


def test_what_is_due_comes_longest_due_first_and_no_more_than_asked_for(places: Places) -> None:
    jobs = [job(number) for number in range(20)]
    for made in reversed(jobs):
        places.agenda.save(made)
    assert list(places.agenda.due(DueKind.JOB, at=NOW + 9 * HOUR, limit=100)) == jobs[:10]
    assert list(places.agenda.due(DueKind.JOB, at=NOW + 9 * HOUR, limit=4)) == jobs[:4]
    assert list(places.agenda.due(DueKind.JOB, at=NOW - HOUR, limit=4)) == []


def test_kinds_are_due_apart(places: Places) -> None:
    deletion = Deletion(by="me", at=NOW, due_at=NOW + HOUR)
    asset = some.asset("a.jpg", deletion=deletion, due=Due(kind=DueKind.DELETION, at=NOW + HOUR))
    places.agenda.save(asset)
    places.agenda.save(job(1))
    assert list(places.agenda.due(DueKind.DELETION, at=NOW + HOUR, limit=9)) == [asset]
    assert places.catalog.asset(asset.asset_id) == asset


def test_purges_are_due_by_their_urgency_beside_their_asset(places: Places) -> None:
    asset_id = some.asset("a.jpg").asset_id
    places.agenda.save(some.asset("a.jpg"))
    purge = wanted(None, asset_id, generation=1, urgency=Urgency.URGENT, now=NOW)
    places.agenda.save(purge)
    assert list(places.agenda.due(DueKind.HYGIENE, at=NOW + HOUR, limit=9)) == []
    assert list(places.agenda.due(DueKind.PURGE, at=NOW, limit=9)) == []
    assert list(places.agenda.due(DueKind.PURGE, at=NOW + HOUR, limit=9)) == [purge]
    places.agenda.save(purge.woken(NOW + HOUR))
    assert list(places.agenda.due(DueKind.PURGE, at=NOW + HOUR, limit=9)) == []
    places.agenda.save(purge.woken(NOW + HOUR).did(1, told=(), at=NOW))
    assert list(places.agenda.due(DueKind.PURGE, at=NOW + 9 * HOUR, limit=9)) == []


def test_rights_are_due_when_their_window_ends(places: Places) -> None:
    places.agenda.save(some.asset("a.jpg"))
    asset = some.asset("a.jpg").with_rights(some.rights(windows=(Window(ends=NOW + HOUR),)), now=NOW)
    places.agenda.save(asset)
    assert list(places.agenda.due(DueKind.RIGHTS, at=NOW + HOUR - timedelta(microseconds=1), limit=9)) == []
    assert list(places.agenda.due(DueKind.RIGHTS, at=NOW + HOUR, limit=9)) == [asset]
    places.agenda.save(asset.in_phase(now=NOW + HOUR))
    assert list(places.agenda.due(DueKind.RIGHTS, at=NOW + 9 * HOUR, limit=9)) == []


def test_what_was_woken_is_due_again_after_the_lease_alone(places: Places) -> None:
    made = job(0)
    places.agenda.save(made)
    places.agenda.save(made.woken(NOW))
    assert list(places.agenda.due(DueKind.JOB, at=NOW + LEASE - timedelta(seconds=1), limit=9)) == []
    (again,) = places.agenda.due(DueKind.JOB, at=NOW + LEASE, limit=9)
    assert again.due.wakes == 1


def test_what_is_done_is_due_no_more(places: Places) -> None:
    made = job(0)
    places.agenda.save(made)
    places.agenda.save(made.progressed(now=NOW, state=JobState.DONE, done=10))
    assert list(places.agenda.due(DueKind.JOB, at=NOW + 99 * HOUR, limit=9)) == []
    assert places.agenda.job(made.job_id).done == 10


def test_what_is_due_is_found_beside_a_record_that_is_broken(table: str, aws: Any) -> None:
    agenda = DynamoAgenda(table, region="us-east-1")
    for number in range(3):
        agenda.save(job(number))
    place = {"pk": {"S": f"JOB#{job(0).job_id}"}, "sk": {"S": "META"}}
    aws("dynamodb").update_item(
        TableName=table,
        Key=place,
        UpdateExpression="SET #d.unheard_of = :x",
        ExpressionAttributeNames={"#d": "data"},
        ExpressionAttributeValues={":x": {"S": "x"}},
    )
    found = agenda.due(DueKind.JOB, at=NOW + 9 * HOUR, limit=9)
    assert [next(found), next(found)] == [job(1), job(2)]
    with pytest.raises(NotUnderstood, match=job(0).job_id):
        next(found)


def test_a_lost_race_writes_nothing(places: Places) -> None:
    made = job(0)
    places.agenda.save(made)
    places.agenda.save(made.woken(NOW))
    for record in (made, made.woken(NOW), made.progressed(now=NOW, done=1)):
        with pytest.raises(Conflict):
            places.agenda.save(record)


def test_a_job_that_is_not_there_is_not_found(places: Places) -> None:
    with pytest.raises(NotFound):
        places.agenda.job(ids.job_id("none"))


def test_the_same_cause_opens_one_work_item(places: Places) -> None:
    item = some.work_item(evidence={"distance": 2})
    assert places.worklist.open(item) is True
    assert places.worklist.open(item.model_copy(update={"evidence": {}})) is False
    assert places.worklist.item(item.work_id) == item
    other = some.work_item(work_id=ids.work_id("other"))
    places.worklist.open(other)
    named = [other.work_id, ids.work_id("none"), item.work_id, other.work_id]
    assert places.worklist.items_named(named) == [other, item]
    assert places.worklist.items_named([]) == []


def test_work_items_are_listed_newest_first_by_queue_and_state(places: Places) -> None:
    made = [some.work_item(work_id=ids.work_id(str(n)), opened_at=NOW + n * HOUR) for n in range(9)]
    other = some.work_item(work_id=ids.work_id("other"), queue=Queue.RIGHTS_CONFLICT)
    for item in [*made, other]:
        places.worklist.open(item)
    closed = made[4].closed("kept", by="me", now=NOW)
    places.worklist.save(closed)
    seen, after = [], None
    while True:
        page = places.worklist.items([Queue.NEAR_DUPLICATE], WorkState.OPEN, limit=3, after=after)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert seen == [item for item in reversed(made) if item != made[4]]
    assert places.worklist.items([Queue.NEAR_DUPLICATE], WorkState.CLOSED, limit=3, after=None).items == [closed]
    assert places.worklist.items([Queue.RIGHTS_CONFLICT], WorkState.OPEN, limit=3, after=None).items == [other]


def test_a_work_item_is_closed_once(places: Places) -> None:
    item = some.work_item()
    places.worklist.open(item)
    places.worklist.save(item.closed("kept", by="me", now=NOW))
    with pytest.raises(Conflict):
        places.worklist.save(item.closed("merged", by="you", now=NOW))
    with pytest.raises(NotFound):
        places.worklist.item(ids.work_id("none"))


def several(places: Places, count: int) -> list[WorkItem]:
    made = [some.work_item(work_id=ids.work_id(str(n)), opened_at=NOW + n * HOUR) for n in range(count)]
    for item in made:
        places.worklist.open(item)
    return made


def test_what_waits_is_found_oldest_first_page_by_page(places: Places) -> None:
    made = several(places, 7)
    places.worklist.save(made[2].closed("kept", by="me", now=NOW))
    seen, after = [], None
    while True:
        page = places.worklist.oldest([Queue.NEAR_DUPLICATE, Queue.LINK_REVIEW], limit=2, after=after)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert seen == [item for item in made if item != made[2]]
    assert places.worklist.oldest([Queue.LINK_REVIEW], limit=2, after=None).items == []


def test_decided_items_are_listed_by_their_decision_newest_first_page_by_page(places: Places) -> None:
    made = several(places, 5)
    order = [3, 0, 4, 1, 2]
    closed = [made[number].closed("kept", by="me", now=NOW + 99 * HOUR + n * HOUR) for n, number in enumerate(order)]
    for item in closed:
        places.worklist.save(item)
    seen, after = [], None
    while True:
        page = places.worklist.items([Queue.NEAR_DUPLICATE], WorkState.CLOSED, limit=2, after=after)
        seen += page.items
        after = page.next
        if after is None:
            break
    assert seen == closed[::-1]


def test_items_are_counted_by_their_moment(places: Places) -> None:
    several(places, 6)
    queue = Queue.NEAR_DUPLICATE

    def count(**within: Any) -> int:
        found = places.worklist.count(queue, WorkState.OPEN, **{"since": None, "until": None} | within)
        assert found.is_all
        return int(found.number)

    assert count() == 6
    assert count(since=NOW + 2 * HOUR) == 4
    assert count(until=NOW + 2 * HOUR) == 2
    assert count(since=NOW + HOUR, until=NOW + 3 * HOUR) == 2
    assert places.worklist.count(queue, WorkState.CLOSED, since=None, until=None).number == 0


def test_counting_stops_where_there_is_too_much(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.adapters.catalog.worklist.MOST_COUNTED", 2)
    worklist = DynamoWorklist(table, region="us-east-1")
    for number in range(40):
        worklist.open(some.work_item(work_id=ids.work_id(str(number))))
    found = worklist.count(Queue.NEAR_DUPLICATE, WorkState.OPEN, since=None, until=None)
    assert (found.number, found.is_all) == (8, False)  # two of each partition


def test_what_is_claimed_is_found_until_it_is_released_or_closed(places: Places) -> None:
    made = several(places, 4)
    claimed = [item.claimed("anna", now=NOW) for item in made]
    for item in claimed:
        places.worklist.save(item)
    places.worklist.save(claimed[0].released())
    places.worklist.save(claimed[1].closed("kept", by="anna", now=NOW))
    assert places.worklist.claimed(Queue.NEAR_DUPLICATE, limit=9) == claimed[2:]
    assert places.worklist.claimed(Queue.NEAR_DUPLICATE, limit=1) == claimed[2:3]
    assert places.worklist.claimed(Queue.LINK_REVIEW, limit=9) == []


def test_of_two_claims_of_one_revision_one_is_written(places: Places) -> None:
    (item,) = several(places, 1)
    places.worklist.save(item.claimed("anna", now=NOW))
    with pytest.raises(Conflict):
        places.worklist.save(item.claimed("ben", now=NOW))
    holder = places.worklist.item(item.work_id).claim
    assert holder is not None
    assert holder.by == "anna"


def test_work_is_due_at_its_service_level_until_it_is_decided(places: Places) -> None:
    item = some.work_item()
    places.worklist.open(item)
    first, *_ = (NOW + level for level in levels_of(item.queue.value))
    assert list(places.agenda.due(DueKind.WORK, at=first - HOUR, limit=9)) == []
    assert list(places.agenda.due(DueKind.WORK, at=first, limit=9)) == [item]
    woken = item.woken(first)
    places.agenda.save(woken)
    assert list(places.agenda.due(DueKind.WORK, at=first, limit=9)) == []
    places.worklist.save(woken.closed("kept", by="me", now=first))
    assert list(places.agenda.due(DueKind.WORK, at=first + 9999 * HOUR, limit=9)) == []


def test_assets_are_listed_by_category(places: Places) -> None:
    for number, category in enumerate(("swatch", "default", "swatch")):
        places.catalog.save_asset(some.asset(f"{number}.jpg", now=NOW + number * HOUR, category=category))
    page = places.catalog.assets_of("swatch", limit=10, after=None)
    assert [asset.asset_id for asset in page.assets] == [some.asset_id("2.jpg"), some.asset_id("0.jpg")]
    first = places.catalog.assets_of("swatch", limit=1, after=None)
    (second,) = places.catalog.assets_of("swatch", limit=1, after=first.next).assets
    assert second.asset_id == some.asset_id("0.jpg")
