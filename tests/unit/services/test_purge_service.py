"""Purge: many assets by one call, the urgent ones first, within the quota, and nothing is lost on the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import pytest

from assetwire.domain.errors import Misconfigured, Unavailable
from assetwire.domain.purge import BY_PATH, BY_TAG, PurgesInProgress, Urgency
from assetwire.domain.revocation import Cause, Revocation
from assetwire.services.clock import sweep
from assetwire.services.purge import Purged, want_purge
from fakes import some
from fakes.purges import Clock, FakeCloudFront, FakePurges, run_purge
from fakes.revocations import FakeRevocations
from fakes.some import NOW

ASSETS = [some.asset_id(str(number)) for number in range(30)]
ONE = ASSETS[0]


class World:
    """Purges that wait, and a CloudFront that refuses what is too much."""

    def __init__(self, **cloudfront: object) -> None:
        self.clock = Clock(NOW)
        self.purges, self.revocations = FakePurges(), FakeRevocations()
        self.edge = FakeCloudFront(self.clock, **cloudfront)  # type: ignore[arg-type]

    def want(self, *asset_ids: str, urgency: Urgency = Urgency.URGENT, revocation: bool = False) -> None:
        for asset_id in asset_ids:
            told = (2,) if revocation else ()
            about = {"generation": 2, "urgency": urgency, "revocations": told}
            if revocation:
                times = {"decided_at": NOW, "removed_at": NOW}
                self.revocations.note(Revocation(asset_id=asset_id, generation=2, cause=Cause.WITHDRAWN, **times))
            want_purge(asset_id, **about, purges=self.purges, clock=self.clock)  # type: ignore[arg-type]

    def run(self, *asset_ids: str, seconds: float = 110) -> Purged:
        ports = {"purges": self.purges, "edge": self.edge, "revocations": self.revocations}
        return run_purge(asset_ids or ASSETS, **ports, clock=self.clock, seconds=seconds)  # type: ignore[arg-type]


@pytest.fixture
def world() -> World:
    return World()


def test_many_assets_are_purged_by_one_call(world: World) -> None:
    world.want(*ASSETS)
    assert world.run() == Purged(done=30, calls=1, put_off=0, failed={})
    assert [sorted(call) for call in world.edge.calls] == [sorted(ASSETS)]
    assert world.purges.pending == []


def test_an_asset_that_is_named_twice_or_was_purged_already_costs_nothing(world: World) -> None:
    world.want(ONE)
    world.run(ONE, ONE)
    assert world.run(ONE, some.asset_id("never wanted")) == Purged(0, 0, 0, {})
    assert world.edge.calls == [[ONE]]


def test_what_is_urgent_goes_first_and_by_a_call_of_its_own(world: World) -> None:
    world.want(*ASSETS[:3], urgency=Urgency.HYGIENE)
    world.want(ASSETS[4])
    world.run()
    assert [sorted(call) for call in world.edge.calls] == [[ASSETS[4]], sorted(ASSETS[:3])]


def test_a_revocation_is_told_when_caches_were(world: World) -> None:
    world.want(ONE, revocation=True)
    world.clock.wait(3)
    world.run()
    assert world.revocations.of(ONE)[0].exposure_seconds == 3.0


def test_what_is_wanted_while_it_is_done_is_done_again(world: World) -> None:
    world.want(ONE, revocation=True)
    plain = world.edge.purge

    def purge_and_want_again(asset_ids: list[str]) -> None:
        plain(asset_ids)
        world.want(ONE)

    world.edge.purge = purge_and_want_again  # type: ignore[method-assign]
    assert world.run().done == 1
    assert world.purges.pending == [ONE]
    assert world.revocations.of(ONE)[0].purged_at is not None
    world.edge.purge = plain  # type: ignore[method-assign]
    world.run()
    assert (world.purges.pending, world.edge.calls) == ([], [[ONE], [ONE]])


def test_two_runs_that_note_the_same_purge_leave_it_done_once(world: World) -> None:
    world.want(ONE)
    world.purges.before_save = [lambda: world.run(ONE)]
    assert world.run(ONE).failed == {}
    assert (world.purges.purge(ONE).done, world.purges.pending) == (1, [])


class TestRefusals:
    """CloudFront refuses for a while: a run waits, and then puts off what is left; nothing ends in dead letters."""

    def test_what_is_refused_is_tried_again_within_the_run(self, world: World) -> None:
        world.edge.purge(["others"] * 3_000)  # by hand, say
        world.want(ONE)
        assert world.run() == Purged(done=1, calls=1, put_off=0, failed={})
        assert world.edge.refused > 0
        assert world.clock.now - NOW >= timedelta(seconds=25)

    def test_what_is_refused_to_the_end_of_the_run_is_put_off_and_woken_by_the_clock(self, world: World) -> None:
        world.edge = FakeCloudFront(world.clock, seconds=300)
        world.edge.purge(["others"] * 3_000)
        world.want(*ASSETS)
        assert world.run() == Purged(done=0, calls=0, put_off=30, failed={})
        assert len(world.purges.pending) == 30
        world.clock.wait(300)
        assert sweep(agenda=world.purges.catalog, now=world.clock.now).woken == 30
        assert world.run().done == 30

    def test_what_is_late_is_put_off_and_fails_so_that_somebody_hears(self, world: World) -> None:
        world.want(ONE)
        world.clock.wait(3600)
        world.edge = FakeCloudFront(world.clock, seconds=3600)
        world.edge.purge(["others"] * 3_000)
        done = world.run()
        assert (done.put_off, [error.code for error in done.failed.values()]) == (1, ["purge_late"])

    def test_a_refusal_for_good_fails_each_and_leaves_it_pending(self, world: World) -> None:
        def refuse(_: object) -> None:
            raise Misconfigured("no such distribution")

        world.want(*ASSETS[:3])
        world.edge.purge = refuse  # type: ignore[method-assign]
        done = world.run()
        assert (done.done, sorted(done.failed)) == (0, sorted(ASSETS[:3]))
        assert len(world.purges.pending) == 3

    def test_one_that_cannot_be_noted_fails_alone(self, world: World) -> None:
        world.want(*ASSETS[:3])
        plain = world.purges.save_purge

        def save(purge: object) -> None:
            if purge.asset_id == ONE:  # type: ignore[attr-defined]
                raise Unavailable("throttled")
            plain(purge)  # type: ignore[arg-type]

        world.purges.save_purge = save  # type: ignore[method-assign]
        done = world.run()
        assert (done.done, list(done.failed), world.purges.pending) == (2, [ONE], [ONE])


class TestRoom:
    """Runs share a quota, and what is urgent is never behind what is not."""

    def test_hygiene_waits_for_room_for_all_of_it_and_leaves_some_to_the_urgent(self, world: World) -> None:
        world.purges.save_in_progress(PurgesInProgress().with_taken(1_990, now=NOW))
        world.want(*ASSETS, urgency=Urgency.HYGIENE)
        urgent = some.asset_id("urgent")
        done: list[Purged] = []

        def meanwhile() -> None:
            world.want(urgent)
            done.append(world.run(urgent))

        world.clock.meanwhile = [meanwhile]
        assert world.run().calls == 1
        assert done == [Purged(1, 1, 0, {})]
        assert [len(call) for call in world.edge.calls] == [1, 30]

    def test_what_is_urgent_takes_the_room_that_there_is(self, world: World) -> None:
        world.purges.save_in_progress(PurgesInProgress().with_taken(2_990, now=NOW))
        world.want(*ASSETS)
        assert world.run().calls == 2
        assert [len(call) for call in world.edge.calls] == [10, 20]

    def test_two_runs_at_once_share_the_room(self, world: World) -> None:
        world.want(*ASSETS)
        plain = world.purges.save_in_progress
        overtaken: list[Callable[[], object]] = [lambda: world.run(*ASSETS[:10])]

        def overtake(known: PurgesInProgress) -> None:
            if overtaken:
                overtaken.pop()()
            plain(known)

        world.purges.save_in_progress = overtake  # type: ignore[method-assign]
        world.run(*ASSETS[10:])
        assert world.purges.in_progress().free(BY_TAG, Urgency.URGENT, now=NOW) == 2_970
        assert world.edge.refused == 0

    def test_paths_with_wildcards_go_a_few_at_a_time(self) -> None:
        world = World(quota=BY_PATH)
        world.want(*ASSETS)
        assert world.run() == Purged(done=30, calls=2, put_off=0, failed={})
        assert (world.edge.most_in_progress, world.edge.refused) == (15, 0)


class TestManyAtOnce:
    """10,000 assets whose rights end in the same minute."""

    MANY: ClassVar = [some.asset_id(f"of many {number}") for number in range(10_000)]
    BATCH = 2_000
    """As many messages as the queue's source hands over at the most."""

    @pytest.mark.parametrize("seconds", [25, 70])
    def test_they_need_a_handful_of_calls_and_stay_within_the_quota(self, seconds: float) -> None:
        """Also where CloudFront takes longer than we assume."""
        world = World(seconds=seconds)
        world.want(*self.MANY, urgency=Urgency.HYGIENE)
        waiting = [self.MANY[at : at + self.BATCH] for at in range(0, len(self.MANY), self.BATCH)]
        urgent = some.asset_id("withdrawn meanwhile")
        took: list[float] = []

        def withdraw() -> None:
            world.want(urgent)
            began = world.clock.now
            world.run(urgent)
            took.append((world.clock.now - began).total_seconds())

        world.clock.meanwhile = [withdraw]
        while waiting:
            for batch in waiting:
                assert world.run(*batch).failed == {}
            world.clock.wait(60)
            sweep(agenda=world.purges.catalog, now=world.clock.now, limit=len(self.MANY))
            waiting = [batch for batch in waiting if set(batch) & set(world.purges.pending)]
        assert world.purges.pending == []
        assert [len(call) for call in world.edge.calls if call != [urgent]] == [2_000] * 5
        assert world.edge.most_in_progress <= BY_TAG.items
        assert took == [0.0]
        if seconds < 30:
            assert world.edge.refused == 0
            assert world.clock.now - NOW < timedelta(minutes=5)
