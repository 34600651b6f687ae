"""Purges: counted, so that what is wanted while one is done is not lost, and within CloudFront's quota."""

from datetime import timedelta

import pytest

from assetwire.domain.due import Due, DueKind
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.purge import BY_PATH, BY_TAG, IN_PROGRESS, Purge, PurgesInProgress, Urgency, wanted
from fakes import some
from fakes.some import NOW

ASSET = some.asset_id()
SECOND = timedelta(seconds=1)


def want(before: Purge | None = None, urgency: Urgency = Urgency.URGENT, *generations: int, at: int = 0) -> Purge:
    return wanted(before, ASSET, generation=2, urgency=urgency, revocations=generations, now=NOW + at * SECOND)


def announced(old: Purge | None, new: Purge) -> list[tuple[str, str]]:
    return [(event.type, event.kind) for event in events_of(Change("r", NOW, old, new))]


class TestCounting:
    """How often it was wanted, and which of these times was done."""

    def test_what_is_wanted_once_is_pending_until_it_is_done(self) -> None:
        first = want(None, Urgency.URGENT, 2)
        assert (first.is_pending, first.wanted, first.done, first.revision) == (True, 1, 0, 0)
        done = first.did(1, told=(2,), at=NOW + SECOND)
        assert (done.is_pending, done.done, done.done_at) == (False, 1, NOW + SECOND)
        assert (done.due, done.revocations, done.revision) == (None, (), 1)

    def test_what_is_wanted_while_it_is_done_stays_pending(self) -> None:
        first = want(None, Urgency.URGENT, 2)
        second = want(first, Urgency.URGENT, 3, at=5)
        done = second.did(first.wanted, told=first.revocations, at=NOW + 6 * SECOND)
        assert (done.is_pending, done.revocations, done.due) == (True, (3,), second.due)

    def test_a_late_word_of_an_earlier_time_undoes_nothing(self) -> None:
        second = want(want())
        assert second.did(2, told=(), at=NOW).did(1, told=(), at=NOW + SECOND).done == 2

    def test_what_is_pending_keeps_its_urgency_its_age_and_its_revocations(self) -> None:
        urgent = want(None, Urgency.URGENT, 2)
        again = want(urgent, Urgency.HYGIENE, 3, at=9)
        assert (again.urgency, again.wanted_at, again.revocations) == (Urgency.URGENT, NOW, (2, 3))
        raised = want(want(None, Urgency.HYGIENE), Urgency.URGENT, at=9)
        assert (raised.urgency, raised.due.kind, raised.wanted_at) == (Urgency.URGENT, DueKind.PURGE, NOW)

    def test_what_was_done_begins_anew(self) -> None:
        done = want(None, Urgency.URGENT, 2).did(1, told=(2,), at=NOW)
        again = want(done, Urgency.HYGIENE, at=60)
        assert (again.urgency, again.wanted_at, again.revocations) == (Urgency.HYGIENE, NOW + 60 * SECOND, ())


class TestAnnouncements:
    """Each time that it is wanted has its event, and so has each waking by the clock."""

    @pytest.mark.parametrize("urgency", Urgency)
    def test_each_time_that_it_is_wanted_is_announced_by_its_urgency(self, urgency: Urgency) -> None:
        first = want(None, urgency)
        kind = {Urgency.URGENT: "purge", Urgency.HYGIENE: "hygiene"}[urgency]
        assert announced(None, first) == [("PurgeWanted", kind)]
        assert announced(first, want(first, urgency)) == [("PurgeWanted", kind)]

    def test_what_was_done_or_put_off_is_not_announced(self) -> None:
        first = want()
        assert announced(first, first.did(1, told=(), at=NOW)) == []
        assert announced(first, first.put_off(NOW)) == []

    def test_what_the_clock_wakes_is_due(self) -> None:
        off = want().put_off(NOW)
        assert off.due == Due(kind=DueKind.PURGE, at=NOW + timedelta(seconds=30))
        assert announced(off, off.woken(NOW + timedelta(seconds=30))) == [("ItemDue", "purge")]

    def test_what_is_put_off_again_and_again_comes_ever_later(self) -> None:
        purge, pauses = want(), []
        for _ in range(7):
            purge = purge.put_off(NOW)
            pauses.append((purge.due.at - NOW).total_seconds())
            purge = purge.woken(purge.due.at)
        assert pauses == [30, 60, 120, 240, 480, 600, 600]


class TestLateness:
    """Somebody hears of what is pending for too long; the clock wakes it long before."""

    @pytest.mark.parametrize("urgency", Urgency)
    def test_it_is_late_after_its_time_alone(self, urgency: Urgency) -> None:
        purge = want(None, urgency)
        assert not purge.is_late(NOW + urgency.late_after)
        assert purge.is_late(NOW + urgency.late_after + SECOND)
        assert not purge.did(1, told=(), at=NOW).is_late(NOW + timedelta(days=9))
        assert purge.due.at - NOW == urgency.lost_after < urgency.late_after


class TestQuota:
    """What is in progress takes its part of the quota for a while, and hygiene leaves some to what is urgent."""

    def test_an_empty_record_has_room_for_all(self) -> None:
        empty = PurgesInProgress()
        assert [empty.free(BY_TAG, urgency, now=NOW) for urgency in Urgency] == [3_000, 2_000]
        assert [empty.free(BY_PATH, urgency, now=NOW) for urgency in Urgency] == [15, 10]

    def test_what_was_begun_takes_room_until_it_is_taken_for_completed(self) -> None:
        begun = PurgesInProgress().with_taken(1_900, now=NOW)
        almost = NOW + IN_PROGRESS - SECOND
        assert [begun.free(BY_TAG, urgency, now=almost) for urgency in Urgency] == [1_100, 100]
        assert begun.free(BY_TAG, Urgency.HYGIENE, now=NOW + IN_PROGRESS) == 2_000
        assert begun.with_taken(1_100, now=almost).free(BY_TAG, Urgency.HYGIENE, now=almost) == 0

    def test_what_is_completed_is_forgotten(self) -> None:
        begun = PurgesInProgress().with_taken(5, now=NOW).with_taken(6, now=NOW + IN_PROGRESS)
        assert ([each.items for each in begun.taken], begun.revision) == ([6], 1)
