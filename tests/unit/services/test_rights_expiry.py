"""Rights expiry: whatever begins or ends by itself is said once, and whoever wrote meanwhile saw to it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.domain.due import DueKind
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.rights import Window
from assetwire.domain.rights_phase import State
from assetwire.services.clock import sweep
from assetwire.services.rights_expiry import Flipped, flip
from fakes import some
from fakes.catalog import FakeCatalog

NOW = some.NOW
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def catalog_with(**windows: Window) -> FakeCatalog:
    catalog = FakeCatalog()
    for key, window in windows.items():
        catalog.save(some.asset(key))
        catalog.save(some.asset(key).with_rights(some.rights(windows=(window,)), now=NOW - 40 * DAY))
    catalog.changes.clear()
    return catalog


def run(catalog: Any, at: datetime = NOW, *, page: int = 200, until: datetime | None = None) -> Flipped:
    return flip(agenda=catalog, now=lambda: at, until=until or at + MINUTE, page=page)


def announced(catalog: FakeCatalog) -> list[str]:
    changes = enumerate(catalog.changes)
    return [event.type for n, (old, new) in changes for event in events_of(Change(str(n), NOW, old, new))]


def test_what_ends_begins_or_nears_its_end_is_said_and_nothing_else() -> None:
    catalog = catalog_with(
        ended=Window(ends=NOW), begun=Window(starts=NOW), near=Window(ends=NOW + 7 * DAY), far=Window(ends=NOW + MINUTE)
    )
    catalog.save(catalog.asset(some.asset_id("far")).in_phase(now=NOW - MINUTE))  # its last notice was given
    catalog.changes.clear()
    assert run(catalog) == Flipped(flipped=3, moved=0)
    assert sorted(announced(catalog)) == ["EmbargoLifted", "RightsChanged", "RightsExpired", "RightsExpiryAnnounced"]
    assert catalog.asset(some.asset_id("ended")).phase.state is State.EXPIRED
    assert run(catalog) == Flipped(0, 0)


def test_each_notice_is_given_once_and_the_end_once() -> None:
    catalog = catalog_with(shoe=Window(ends=NOW))
    for hours in range(-35 * 24, 48):
        run(catalog, NOW + timedelta(hours=hours))
    days = [
        event.days
        for old, new in catalog.changes
        for event in events_of(Change("r", NOW, old, new))
        if event.type == "RightsExpiryAnnounced"
    ]
    assert days == [30, 7, 1]
    assert announced(catalog).count("RightsExpired") == 1


def test_many_are_done_in_pages_by_one_run() -> None:
    catalog = catalog_with(**{f"a{number}": Window(ends=NOW) for number in range(25)})
    assert run(catalog, page=10) == Flipped(25, 0)


def test_a_run_that_is_stopped_is_gone_on_with_by_the_next() -> None:
    catalog = catalog_with(**{f"a{number}": Window(ends=NOW) for number in range(25)})
    clock = iter([NOW, NOW, NOW + MINUTE])
    assert flip(agenda=catalog, now=lambda: next(clock), until=NOW + MINUTE, page=10) == Flipped(20, 0)
    assert run(catalog, page=10) == Flipped(5, 0)
    assert announced(catalog).count("RightsExpired") == 25


class Overtaken:
    """An agenda whose every reading is overtaken by another run."""

    def __init__(self, catalog: FakeCatalog) -> None:
        self.catalog = catalog

    def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Any]:
        found = list(self.catalog.due(kind, at=at, limit=limit))
        run(self.catalog, at)
        yield from found

    def save(self, record: Any) -> None:
        self.catalog.save(record)


def test_two_runs_at_once_say_nothing_twice() -> None:
    catalog = catalog_with(a=Window(ends=NOW), b=Window(starts=NOW))
    assert run(Overtaken(catalog)) == Flipped(0, 2)
    assert sorted(announced(catalog)) == ["EmbargoLifted", "RightsChanged", "RightsExpired"]


def test_a_broken_record_is_told_of_once_all_others_are_seen_to() -> None:
    class Broken(FakeCatalog):
        def due(self, kind: DueKind, *, at: datetime, limit: int) -> Iterator[Any]:
            yield from super().due(kind, at=at, limit=limit)
            raise NotUnderstood("a record is broken", code="not_understood")

    catalog = Broken()
    catalog.save(some.asset("a"))
    catalog.save(some.asset("a").with_rights(some.rights(windows=(Window(ends=NOW),)), now=NOW - DAY))
    with pytest.raises(NotUnderstood):
        run(catalog)
    assert catalog.asset(some.asset_id("a")).phase.state is State.EXPIRED


def test_the_clock_leaves_rights_to_their_own_function() -> None:
    catalog = catalog_with(a=Window(ends=NOW))
    assert sweep(agenda=catalog, now=NOW) == (0, 0)


def test_what_is_gone_or_withdrawn_has_phases_all_the_same_until_its_bytes_are_gone() -> None:
    catalog = catalog_with(a=Window(ends=NOW))
    asset: Asset = catalog.asset(some.asset_id("a"))
    catalog.save(asset.with_life(now=NOW - MINUTE, withdrawn=Act(by="me", at=NOW)))
    assert run(catalog) == Flipped(1, 0)
