"""What a collection allows reaches all of its members, whoever joins, leaves or changes it meanwhile."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, Membership, follows
from assetwire.domain.errors import Conflict, NotUnderstood, Refused
from assetwire.domain.job import Job, JobState
from assetwire.domain.rights import Rights
from assetwire.ports.collections import Turn
from assetwire.services import inheritance
from assetwire.services.collections import delete_collection, set_rights
from assetwire.services.inheritance import mend, spread
from assetwire.services.jobs import Advanced
from assetwire.services.members import add_members, remove_members
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.collections import FakeCollections
from fakes.interleaving import Task, every_order
from fakes.some import NOW

DACH, GERMANY = some.rights(territories=("DACH",)), some.rights(territories=("DE",))
NAME = some.collection().collection_id
KEYS = ("1.jpg", "2.jpg", "3.jpg")


class World(NamedTuple):
    catalog: FakeCatalog
    collections: FakeCollections

    @property
    def ports(self) -> dict[str, Any]:
        return {"catalog": self.catalog, "collections": self.collections, "now": NOW}

    def allow(self, rights: Rights | None) -> Collection:
        return set_rights(NAME, rights, by="me", collections=self.collections, now=NOW)

    def delete(self) -> Collection:
        return delete_collection(NAME, by="me", reason="over", collections=self.collections, now=NOW)

    def add(self, *keys: str) -> None:
        add_members(NAME, [some.asset_id(key) for key in keys], by="me", reason="", **self.ports)

    def remove(self, *keys: str) -> None:
        remove_members(NAME, [some.asset_id(key) for key in keys], by="me", reason="", **self.ports)

    def job(self, job_id: str | None) -> Job:
        return self.catalog.job(str(job_id))

    def spread(self, job_id: str | None, *, turns: int = 99) -> Advanced:
        left = iter(range(turns))
        goes_on = lambda: next(left, None) is not None  # noqa: E731
        return spread(self.job(job_id), goes_on=goes_on, agenda=self.catalog, **self.ports)

    def assets(self) -> list[Asset]:
        return [record for record in self.catalog.records.values() if isinstance(record, Asset)]

    def require_that_all_follow(self) -> None:
        """Each member follows, and is noted on both sides or on neither."""
        collection = self.catalog.records["collection", NAME]
        assert isinstance(collection, Collection)
        noted = {record.asset_id for record in self.catalog.records.values() if isinstance(record, Membership)}
        for asset in self.assets():
            assert follows(asset, collection), (asset.inherited, collection.rights)
            assert (NAME in asset.collections) == (asset.asset_id in noted)
            assert set(asset.inherited) <= set(asset.collections)


def fresh(kind: Callable[[FakeCatalog], FakeCollections] = FakeCollections, *members: str) -> World:
    catalog = FakeCatalog()
    catalog._write(some.collection(), *(some.asset(key, rights=some.rights()) for key in KEYS))
    made = World(catalog, kind(catalog))
    made.add(*members)
    return made


@pytest.fixture
def world() -> World:
    return fresh(FakeCollections, *KEYS)


class TestJobs:
    """The job that a change starts."""

    def test_it_brings_the_rights_to_every_member_and_tells_how_many_there_are(self, world: World) -> None:
        job_id = world.allow(DACH).job_id
        assert world.job(job_id).total is None
        assert world.spread(job_id) == Advanced(JobState.DONE, 3, 3)
        assert (world.job(job_id).total, world.job(job_id).due) == (3, None)
        assert {asset.generation for asset in world.assets()} == {2}
        world.require_that_all_follow()

    def test_run_twice_it_changes_nothing(self, world: World) -> None:
        job_id = world.allow(DACH).job_id
        world.spread(job_id)
        before = dict(world.catalog.records)
        assert world.spread(job_id) == Advanced(JobState.DONE, 3, 3)
        assert world.catalog.records == before

    def test_it_goes_on_from_where_it_stopped(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inheritance, "AT_ONCE", 1)
        job_id = world.allow(DACH).job_id
        assert world.spread(job_id, turns=2) == Advanced(JobState.RUNNING, 2, 2)
        assert world.job(job_id).due is not None
        assert world.spread(job_id) == Advanced(JobState.DONE, 3, 3)
        world.require_that_all_follow()

    def test_a_turn_holds_what_a_transaction_holds(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(inheritance, "MOST_BYTES", 1)
        job_id = world.allow(DACH).job_id
        assert world.spread(job_id, turns=1) == Advanced(JobState.RUNNING, 1, 1)
        assert world.spread(job_id) == Advanced(JobState.DONE, 3, 3)

    def test_members_that_have_the_rights_already_are_counted_and_not_written(self, world: World) -> None:
        job_id = world.allow(DACH).job_id
        world.remove("1.jpg")
        world.add("1.jpg")
        before = world.catalog.asset(some.asset_id("1.jpg"))
        assert world.spread(job_id) == Advanced(JobState.DONE, 3, 2)
        assert world.catalog.asset(some.asset_id("1.jpg")) == before

    def test_a_deleted_collection_lets_all_members_go(self, world: World) -> None:
        world.spread(world.allow(DACH).job_id)
        assert world.spread(world.delete().job_id) == Advanced(JobState.DONE, 3, 3)
        assert [asset.inherited for asset in world.assets()] == [{}, {}, {}]
        assert world.collections.members(NAME, limit=9) == []
        world.require_that_all_follow()

    def test_a_broken_member_is_counted_as_failed_and_holds_up_no_other(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_: Any) -> Any:
            raise NotUnderstood("no asset at all")

        read, first = world.catalog.asset, some.asset_id("1.jpg")
        monkeypatch.setattr(world.catalog, "assets_named", broken)
        monkeypatch.setattr(world.catalog, "asset", lambda asset_id: broken() if asset_id == first else read(asset_id))
        job_id = world.allow(DACH).job_id
        assert world.spread(job_id) == Advanced(JobState.DONE, 2, 2)
        assert (world.job(job_id).failed, world.job(job_id).total) == (1, 3)

    def test_without_its_collection_it_fails_and_says_so(self, world: World) -> None:
        job_id = world.allow(DACH).job_id
        del world.catalog.records["collection", NAME]
        assert world.spread(job_id).state is JobState.FAILED
        assert world.job(job_id).message == f"no collection {NAME}"

    def test_a_job_that_ended_is_left_alone(self, world: World) -> None:
        job_id = world.allow(DACH).job_id
        ended = world.job(job_id).progressed(now=NOW, state=JobState.CANCELLED)
        world.catalog.save(ended)
        assert world.spread(job_id) == Advanced(JobState.CANCELLED, 0, 0)

    def test_a_write_whose_answer_was_lost_was_made(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        take = world.collections.take

        def deaf(turn: Turn, *, of: Collection) -> None:
            take(turn, of=of)
            raise Conflict("the answer was lost, and this is the second try")

        monkeypatch.setattr(world.collections, "take", deaf)
        assert world.spread(world.allow(DACH).job_id) == Advanced(JobState.DONE, 3, 3)

    def test_a_run_that_another_overtook_stops(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        job_id = world.allow(DACH).job_id
        members, runs = world.collections.members, iter(range(1))

        def overtaken(*args: Any, **asked: Any) -> list[Membership]:
            if next(runs, None) is not None:
                assert world.spread(job_id).state is JobState.DONE
            return members(*args, **asked)

        monkeypatch.setattr(world.collections, "members", overtaken)
        assert world.spread(job_id).lost
        world.require_that_all_follow()


class TestMending:
    """A member that does not follow, whatever the reason."""

    def test_it_starts_a_job_for_each_collection_that_is_not_followed_once_a_cause(self, world: World) -> None:
        world.catalog._write(some.collection().changed(now=NOW, rights=DACH))  # as if no job had been
        asset = world.assets()[0]
        ports = {"collections": world.collections, "agenda": world.catalog, "now": NOW}
        (job,) = mend(asset, "a reconciliation", **ports)
        assert mend(world.assets()[1], "a reconciliation", **ports) == []
        assert world.spread(job.job_id) == Advanced(JobState.DONE, 3, 3)
        assert mend(world.assets()[0], "another", **ports) == []

    def test_an_asset_in_no_collection_needs_none(self, world: World) -> None:
        assert mend(some.asset("x.jpg"), "c", collections=world.collections, agenda=world.catalog, now=NOW) == []


# --- every order in which things can happen ---


class Forgetful(FakeCollections):
    """Writes members without looking whether their collection is as it was read."""

    def take(self, turn: Turn, *, of: Collection) -> None:
        super().take(turn, of=self.collection(of.collection_id))


def change_and_spread(world: World, rights: Rights | None) -> Task:
    return lambda: world.spread(world.allow(rights).job_id)


def a_join_while_rights_change(world: World) -> Sequence[Task]:
    return [change_and_spread(world, DACH), lambda: world.add("3.jpg")]


def a_departure_while_rights_change(world: World) -> Sequence[Task]:
    return [change_and_spread(world, DACH), lambda: world.remove("1.jpg")]


def a_join_while_the_collection_is_deleted(world: World) -> Sequence[Task]:
    def add() -> None:
        try:
            world.add("3.jpg")
        except Refused as error:
            assert error.code == "collection_deleted"  # noqa: PT017 - it is refused in some orders alone

    return [lambda: world.spread(world.delete().job_id), add]


def a_second_change_that_takes_the_first_one_back(world: World) -> Sequence[Task]:
    """The second job finds members as it wants them, and the first one must not change them after that."""

    first = world.allow(DACH).job_id
    return [lambda: world.spread(first), change_and_spread(world, None)]


CASES = (
    a_join_while_rights_change,
    a_departure_while_rights_change,
    a_join_while_the_collection_is_deleted,
    a_second_change_that_takes_the_first_one_back,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_all_members_follow_whatever_happens_in_which_order(case: Callable[[World], Sequence[Task]]) -> None:
    last: list[World] = []

    def begin() -> Sequence[Task]:
        last[:] = [fresh(FakeCollections, "1.jpg")]
        return case(last[0])

    orders = 0
    for orders in every_order(begin):  # noqa: B007 - how many there were is looked at below
        last[0].require_that_all_follow()
    assert orders > 20


@pytest.mark.parametrize("case", [CASES[0], CASES[3]], ids=lambda case: case.__name__)
def test_without_the_condition_on_the_collection_some_order_ends_wrong(
    case: Callable[[World], Sequence[Task]],
) -> None:
    last: list[World] = []

    def begin() -> Sequence[Task]:
        last[:] = [fresh(Forgetful, "1.jpg")]
        return case(last[0])

    def play() -> None:
        for _ in every_order(begin):
            last[0].require_that_all_follow()

    with pytest.raises(AssertionError):
        play()


STEPS = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(KEYS)),
    st.tuples(st.just("remove"), st.sampled_from(KEYS)),
    st.tuples(st.just("allow"), st.sampled_from([None, DACH, GERMANY, Rights()])),
    st.tuples(st.just("spread"), st.integers(0, 5)),
    st.tuples(st.just("own"), st.sampled_from([DACH, some.rights()])),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=14), st.booleans())
def test_after_any_history_and_the_jobs_that_are_left_all_members_follow(
    steps: list[tuple[str, Any]], ends: bool
) -> None:
    world, jobs = fresh(), list[str | None]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inheritance, "AT_ONCE", 1)
        for what, how in steps:
            match what:
                case "add":
                    world.add(how)
                case "remove":
                    world.remove(how)
                case "allow":
                    jobs.append(world.allow(how).job_id)
                case "spread" if how < len(jobs) and jobs[how]:
                    world.spread(jobs[how], turns=1)
                case "own":
                    asset = world.catalog.asset(some.asset_id(KEYS[0]))
                    changed = asset.with_rights(how, now=NOW)
                    if changed is not asset:
                        world.catalog.save_asset(changed)
        if ends:
            jobs.append(world.delete().job_id)
        for job_id in filter(None, reversed(jobs)):
            world.spread(job_id)
    world.require_that_all_follow()
