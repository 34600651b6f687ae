"""Rights that are declared beside a master: whose word counts, and what is only said in the bucket."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from assetwire.domain.rights import Rights, Usage
from assetwire.domain.work import Queue, WorkState
from assetwire.services.declarations import Said
from fakes import some
from fakes.declaring import World
from fakes.some import NOW


@pytest.fixture
def world() -> World:
    return World()


def test_a_narrowing_manifest_ends_the_urls_minted_before(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    world.manifest(minute=2, rights=some.rights(usages=(Usage.PRINT,)))
    assert world.asset().generation == 2


def test_rights_that_people_set_after_a_manifest_stand_when_the_next_version_comes(world: World) -> None:
    world.manifest()
    world.put()
    world.catalog.save_asset(world.asset().with_rights(some.rights(holder="People"), now=NOW))
    world.put(b"B")
    assert world.asset().rights == some.rights(holder="People")


def test_rights_that_people_set_stand_when_a_manifest_says_the_same_rights_and_something_else(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    people = some.rights(holder="People")
    world.catalog.save_asset(world.asset().with_rights(people, now=NOW))
    for minute in (2, 3):
        assert world.manifest(minute=minute, fields={"headline": f"take {minute}"}) is Said.APPLIED
        assert (world.asset().rights, world.asset().edits["headline"].value) == (people, f"take {minute}")


def conflicts(world: World) -> list[dict[str, Any]]:
    found = world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items
    return [item.evidence for item in found]


WIDER = some.rights(territories=("*",), holder="Supplier")


def test_rights_that_nobody_set_are_what_the_last_manifest_says(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    world.manifest(minute=2, rights=WIDER)
    assert (world.asset().rights, world.asset().rights_declared, conflicts(world)) == (WIDER, True, [])


@pytest.mark.parametrize("rights", [WIDER, some.rights(territories=("AT",))])
def test_rights_that_people_set_are_not_changed_by_what_is_only_said_in_the_bucket(
    world: World, rights: Rights
) -> None:
    world.put()
    world.manifest(minute=1)
    confirmed = world.asset().with_rights(some.rights(), now=NOW)
    assert (confirmed.rights_declared, confirmed.generation) == (False, world.asset().generation)
    world.catalog.save_asset(confirmed)
    for _ in range(2):
        world.manifest(minute=2, rights=rights)
        assert (world.asset().rights, world.asset().generation) == (some.rights(), confirmed.generation)
        (conflict,) = conflicts(world)
        assert conflict["declared"] == rights.model_dump(mode="json", exclude_none=True)


def test_a_manifest_of_somebody_who_may_set_rights_sets_them(world: World) -> None:
    world.put()
    world.catalog.save_asset(world.asset().with_rights(some.rights(holder="People"), now=NOW))
    world.manifest(minute=1, rights=WIDER, authorised=True)
    assert (world.asset().rights, world.asset().rights_declared, conflicts(world)) == (WIDER, False, [])


@pytest.mark.parametrize("master", ["first", "between", "last"])
def test_what_is_said_in_the_bucket_takes_the_place_of_no_manifest_of_somebody_who_may(
    world: World, master: str
) -> None:
    acts: dict[str, Callable[[], object]] = {
        "authorised": lambda: world.manifest(minute=1, authorised=True),
        "bucket": lambda: world.manifest(minute=2, rights=WIDER),
    }
    order = ["authorised", "bucket"]
    order.insert({"first": 0, "between": 1, "last": 2}[master], "master")
    acts["master"] = world.put
    for act in order:
        acts[act]()
    world.manifest(minute=2, rights=WIDER)
    world.manifest(minute=3, rights=None, fields={"headline": "silent"})
    assert (world.asset().rights, world.asset().rights_declared) == (some.rights(), False)
    assert [each["declared"]["territories"] for each in conflicts(world)] == [["*"]]
    assert world.asset().edits["headline"].value == "silent"


def test_somebody_who_may_confirms_what_the_bucket_said(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    assert world.asset().rights_declared
    world.manifest(minute=2, authorised=True)
    assert (world.asset().rights, world.asset().rights_declared) == (some.rights(), False)


def test_what_is_declared_limits_and_lifts_nothing(world: World) -> None:
    world.put()
    world.manifest(minute=1, fields={"license_end_date": "2026-07-01"})
    world.manifest(minute=2, fields={"license_end_date": "2099-01-01"})
    held = world.asset().held_limits
    assert held is not None
    assert [window.ends for window in held.windows] == [datetime(2026, 7, 1, tzinfo=UTC)]
    (item,) = world.catalog.items(Queue.RIGHTS_REVIEW, WorkState.OPEN, limit=9, after=None).items
    assert item.evidence["held_limits"] == held.model_dump(mode="json", exclude_none=True)


ENDS = {"early": "2026-07-01", "late": "2099-01-01"}
SAYINGS: dict[str, Callable[[World], object]] = {
    "master": lambda world: world.put(),
    "manifest that says late": lambda world: world.manifest(fields={"license_end_date": ENDS["late"]}),
    "manifest that says early": lambda world: world.manifest(minute=1, fields={"license_end_date": ENDS["early"]}),
    "manifest that says nothing": lambda world: world.manifest(minute=2, fields={}),
    "sidecar that says early": lambda world: world.sidecar("a/shoe.jpg.xmp", license_end_date=ENDS["early"]),
    "sidecar that says nothing": lambda world: world.sidecar("a/shoe.jpg.xmp", headline="none"),
    "stem that says early": lambda world: world.sidecar("a/shoe.xmp", license_end_date=ENDS["early"]),
    "copy": lambda world: world.put(b"A", "b/copy.jpg"),
    "copy's sidecar": lambda world: world.sidecar("b/copy.jpg.xmp", license_end_date=ENDS["early"]),
}


@pytest.mark.parametrize(
    "acts",
    [
        ("master", "sidecar that says early", "manifest that says late"),
        ("master", "stem that says early", "sidecar that says nothing"),
        ("master", "manifest that says late", "copy", "copy's sidecar"),
    ],
)
def test_every_limit_that_is_declared_counts_in_whatever_order(acts: tuple[str, ...]) -> None:
    for order in permutations(acts):
        if "copy" in acts and order.index("copy") < order.index("master"):
            continue  # the copy's asset is the master's
        world = World()
        for act in order:
            SAYINGS[act](world)
        world.catalog.save_asset(world.asset().with_rights(some.rights(), now=NOW))
        effective = world.asset().effective_rights
        assert effective is not None
        assert [window.ends for window in effective.windows] == [datetime(2026, 7, 1, tzinfo=UTC)], order


@pytest.mark.parametrize("master", [0, 1, 2])
@pytest.mark.parametrize("said", ["manifest", "sidecar"])
def test_a_limit_that_is_declared_no_more_is_held_also_of_a_master_that_comes_last(master: int, said: str) -> None:
    acts = [f"{said} that says early", f"{said} that says nothing"]
    acts.insert(master, "master")
    world = World()
    for act in acts:
        SAYINGS[act](world)
    held = world.asset().held_limits
    assert held is not None
    assert [window.ends for window in held.windows] == [datetime(2026, 7, 1, tzinfo=UTC)]


def test_a_limit_that_was_lifted_comes_back_when_it_is_said_anew_and_not_with_other_words(world: World) -> None:
    world.put()
    SAYINGS["sidecar that says early"](world)
    world.catalog.save_asset(world.asset().with_limits_lifted(now=NOW))
    world.sidecar("a/shoe.jpg.xmp", license_end_date=ENDS["early"], headline="other words")
    assert world.asset().held_limits is None
    world.sidecar("a/shoe.jpg.xmp", license_end_date="2026-06-15")
    assert world.asset().held_limits is not None


def test_what_somebody_may_say_counts_though_the_bucket_was_later(world: World) -> None:
    world.put()
    world.manifest(minute=2, rights=WIDER)
    world.manifest(minute=1, authorised=True)
    assert (world.asset().rights, world.asset().rights_declared) == (some.rights(), False)


@pytest.mark.parametrize("came", ["before", "after"])
def test_what_is_declared_is_in_the_history_of_the_asset_with_who_said_it(world: World, came: str) -> None:
    acts = [lambda: world.manifest(by="drops/spring.zip@1"), world.put]
    for act in acts if came == "before" else reversed(acts):
        act()
    (change,) = world.catalog.changes_of(world.asset().asset_id)
    assert (change.by, change.reason) == ("drops/spring.zip@1", "declared beside its master")
    assert (change.before.get("rights"), change.after["rights"]["holder"]) == (None, some.rights().holder)
    assert change.after["rights_declared"] is True


def test_rights_that_were_said_before_their_master_came_are_taken_however_often_they_were_said(world: World) -> None:
    world.manifest(minute=1)
    world.manifest(minute=2, fields={"headline": "new"})
    world.put()
    assert (world.asset().rights, world.asset().edits["headline"].value) == (some.rights(), "new")


def test_a_dispute_that_people_decided_is_not_opened_again_by_the_same_rights(world: World) -> None:
    world.manifest()
    world.put()
    world.put(b"A", "b/copy.jpg")
    for minute in (1, 2):
        said = {"rights": some.rights(holder="Other"), "fields": {"headline": f"take {minute}"}}
        assert world.manifest("b/copy.jpg", minute=minute, **said) is Said.APPLIED
        assert len(world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items) == 1


def test_known_bytes_with_other_rights_go_to_review_also_if_the_manifest_comes_later(world: World) -> None:
    world.manifest()
    world.put()
    world.put(b"A", "b/copy.jpg")
    assert world.manifest("b/copy.jpg", rights=some.rights(holder="Other")) is Said.APPLIED
    assert world.manifest("b/copy.jpg", rights=some.rights(holder="Other")) is Said.UNCHANGED
    assert len(world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items) == 1
    assert world.asset().rights == some.rights()
