"""Claims: an item is one person's until the lease ends, and two people who ask at once get two items."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.errors import Conflict
from assetwire.domain.work import LEASE, Queue, Resolution, WorkItem
from assetwire.ports.worklist import WorkPage
from assetwire.services.worklist import claim, claim_next, close, release
from fakes.catalog import FakeCatalog
from fakes.interleaving import every_order, step
from fakes.some import NOW

SECOND = timedelta(seconds=1)


def waiting(catalog: FakeCatalog, count: int = 1, queue: Queue = Queue.NEAR_DUPLICATE) -> list[WorkItem]:
    items = [WorkItem.opened(queue, str(n), now=NOW + n * SECOND) for n in range(count)]
    for item in items:
        catalog.open(item)
    return items


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Conflict) as caught:
        call()
    return caught.value.code


def test_what_is_claimed_is_one_persons_until_the_lease_ends() -> None:
    catalog = FakeCatalog()
    (item,) = waiting(catalog)
    claimed = claim(item.work_id, by="anna", worklist=catalog, now=NOW)
    assert claimed.claim is not None
    assert (claimed.claim.by, claimed.claim.until) == ("anna", NOW + LEASE)
    last = NOW + LEASE - SECOND
    assert refused(lambda: claim(item.work_id, by="ben", worklist=catalog, now=last)) == "claimed_by_other"
    assert refused(lambda: release(item.work_id, by="ben", worklist=catalog, now=last)) == "claimed_by_other"
    taken = claim(item.work_id, by="ben", worklist=catalog, now=NOW + LEASE)
    assert taken.claim is not None
    assert (taken.claim.by, taken.claim.at) == ("ben", NOW + LEASE)


def test_who_has_it_renews_it_by_claiming_it_again() -> None:
    catalog = FakeCatalog()
    (item,) = waiting(catalog)
    claim(item.work_id, by="anna", worklist=catalog, now=NOW)
    renewed = claim(item.work_id, by="anna", worklist=catalog, now=NOW + LEASE / 2)
    assert renewed.claim is not None
    assert (renewed.claim.at, renewed.claim.until) == (NOW, NOW + LEASE / 2 + LEASE)


def test_what_is_released_is_anybodys_and_releasing_it_again_changes_nothing() -> None:
    catalog = FakeCatalog()
    (item,) = waiting(catalog)
    claim(item.work_id, by="anna", worklist=catalog, now=NOW)
    released = release(item.work_id, by="anna", worklist=catalog, now=NOW)
    assert release(item.work_id, by="ben", worklist=catalog, now=NOW) == released
    assert claim(item.work_id, by="ben", worklist=catalog, now=NOW).claim is not None


def test_a_decision_by_somebody_else_is_refused_while_the_lease_lasts() -> None:
    catalog = FakeCatalog()
    (item,) = waiting(catalog)
    claim(item.work_id, by="anna", worklist=catalog, now=NOW)
    said = {"resolution": Resolution.VARIANTS, "note": "", "if_revision": None, "worklist": catalog}
    assert refused(lambda: close(item.work_id, by="ben", now=NOW, **said)) == "claimed_by_other"
    assert catalog.item(item.work_id).closed_at is None
    assert close(item.work_id, by="anna", now=NOW, **said).closed_by == "anna"
    assert refused(lambda: claim(item.work_id, by="anna", worklist=catalog, now=NOW)) == "already_closed"


def test_after_the_lease_anybody_may_decide() -> None:
    catalog = FakeCatalog()
    (item,) = waiting(catalog)
    claim(item.work_id, by="anna", worklist=catalog, now=NOW)
    said = {"resolution": Resolution.VARIANTS, "note": "", "if_revision": None, "worklist": catalog}
    assert close(item.work_id, by="ben", now=NOW + LEASE, **said).closed_by == "ben"


def test_the_next_item_is_the_oldest_that_nobody_has() -> None:
    catalog = FakeCatalog()
    items = waiting(catalog, 60)
    for item in items[:40]:
        claim(item.work_id, by="anna", worklist=catalog, now=NOW)
    found = claim_next(queue=None, by="ben", worklist=catalog, now=NOW)
    assert found is not None
    assert found.work_id == items[40].work_id
    again = claim_next(queue=Queue.NEAR_DUPLICATE, by="ben", worklist=catalog, now=NOW)
    assert again is not None
    assert again.work_id == items[41].work_id
    assert claim_next(queue=Queue.LINK_REVIEW, by="ben", worklist=catalog, now=NOW) is None
    later = claim_next(queue=None, by="ben", worklist=catalog, now=NOW + LEASE)
    assert later is not None
    assert later.work_id == items[0].work_id


def test_an_item_that_somebody_else_took_meanwhile_is_passed_over() -> None:
    class Contested(FakeCatalog):
        def save(self, record: WorkItem) -> None:
            rival, self.rival = getattr(self, "rival", True), False
            if rival:
                super().save(record.model_copy(update={"claim": record.claim.model_copy(update={"by": "anna"})}))
            super().save(record)

    catalog = Contested()
    items = waiting(catalog, 2)
    found = claim_next(queue=None, by="ben", worklist=catalog, now=NOW)
    assert found is not None
    assert found.work_id == items[1].work_id
    first = catalog.item(items[0].work_id).claim
    assert first is not None
    assert first.by == "anna"


class Stepping(FakeCatalog):
    """Lets others go on before every read and every write."""

    def item(self, work_id: str) -> WorkItem:
        step()
        return super().item(work_id)

    def oldest(self, *args: Any, **asked: Any) -> WorkPage:
        step()
        return super().oldest(*args, **asked)

    def save(self, record: Any) -> None:
        step()
        super().save(record)


def test_of_two_who_claim_the_same_item_at_once_exactly_one_has_it() -> None:
    outcomes: dict[str, str] = {}
    place: list[FakeCatalog] = []

    def begin() -> list[Callable[[], None]]:
        outcomes.clear()
        place[:] = [Stepping()]
        (item,) = waiting(place[0])

        def task(by: str) -> Callable[[], None]:
            def run() -> None:
                try:
                    claim(item.work_id, by=by, worklist=place[0], now=NOW)
                    outcomes[by] = "has it"
                except Conflict as error:
                    outcomes[by] = error.code

            return run

        return [task("anna"), task("ben")]

    orders = 0
    for orders in every_order(begin):  # noqa: B007
        (item,) = (item for item in place[0].records.values() if isinstance(item, WorkItem))
        assert item.claim is not None
        loser = {"anna": "ben", "ben": "anna"}[item.claim.by]
        assert outcomes == {item.claim.by: "has it", loser: "claimed_by_other"}
    assert orders > 2


def test_two_who_ask_for_the_next_item_at_once_get_two() -> None:
    got: dict[str, WorkItem | None] = {}

    def begin() -> list[Callable[[], None]]:
        got.clear()
        catalog = Stepping()
        waiting(catalog, 2)

        def task(by: str) -> Callable[[], None]:
            def run() -> None:
                got[by] = claim_next(queue=None, by=by, worklist=catalog, now=NOW)

            return run

        return [task("anna"), task("ben")]

    for _ in every_order(begin):
        assert len({item.work_id for item in got.values() if item is not None}) == 2
