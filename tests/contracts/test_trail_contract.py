"""The Trail port: the fake and DynamoDB keep the same promises."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.table import Table
from assetwire.adapters.catalog.trail import DynamoTrail
from assetwire.domain.collection import CollectionChange
from assetwire.domain.history import AssetChange
from assetwire.domain.link import LinkRole
from assetwire.domain.link_history import LinkChange
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.rules import RuleChange, RuleKind
from assetwire.ports.trail import Change, Trail
from fakes import some
from fakes.some import NOW
from fakes.trail import FakeTrail

ANNA, PIM = "cognito:anna", "client:pim"
DAY = timedelta(days=1)


class Places(NamedTuple):
    write: Callable[[Change], object]
    trail: Trail


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeTrail()
        return Places(fake.write, fake)
    name = request.getfixturevalue("table")
    return Places(Table(name, region="us-east-1").create, DynamoTrail(name, region="us-east-1"))


def of_asset(number: int, at: datetime, by: str = ANNA) -> AssetChange:
    return AssetChange(asset_id=some.asset_id(str(number)), revision=number, generation=1, at=at, by=by)


def of_rule(version: int, at: datetime, by: str = ANNA) -> RuleChange:
    return RuleChange(kind=RuleKind.TEMPLATE, name="default", version=version, by=by, at=at)


def all_of(trail: Trail, *, limit: int = 9, **asked: datetime | str | None) -> list[Change]:
    """Read page after page, and put them together."""
    found: list[Change] = []
    before: str | None = None
    while True:
        known = {"by": None, "starts": NOW - 30 * DAY, "ends": NOW + DAY} | asked
        page = trail.changes(**known, limit=limit, before=before)  # type: ignore[arg-type]
        assert len(page.changes) <= limit
        found += page.changes
        if page.next is None:
            return found
        before = page.next


def test_changes_of_all_kinds_are_told_newest_first_whatever_the_pages(places: Places) -> None:
    changes: list[Change] = [
        of_asset(1, NOW - 29 * DAY),
        of_rule(2, NOW - 5 * DAY),
        of_asset(2, NOW - 5 * DAY + timedelta(microseconds=1), PIM),
        CollectionChange(collection_id="c" + "a" * 25, revision=1, at=NOW - DAY, by=ANNA),
        of_asset(3, NOW, PIM),
        ProductRevision(sku="a (1) b.c", revision=3, at=NOW - 2 * DAY, by="feed:akeneo"),
        LinkChange(sku="a (1) b.c", role=LinkRole.HERO, market="any", revision=3, at=NOW - 3 * DAY, by=ANNA),
        of_asset(4, NOW),
    ]
    for change in changes:
        places.write(change)
    newest_first = sorted(changes, key=lambda change: change.at, reverse=True)
    for limit in (1, 2, 5, 8, 9):
        found = all_of(places.trail, limit=limit)
        assert [change.at for change in found] == [change.at for change in newest_first]
        assert len({repr(change) for change in found}) == len(changes)
    assert [change.by for change in all_of(places.trail, by=PIM, limit=1)] == [PIM, PIM]
    assert len(all_of(places.trail, by=ANNA, limit=3)) == 5
    assert all_of(places.trail, by="nobody") == []


@pytest.mark.parametrize("by", [None, ANNA])
def test_a_range_begins_with_its_first_moment_and_ends_before_its_last(places: Places, by: str | None) -> None:
    midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [midnight - timedelta(microseconds=1), midnight, midnight + timedelta(microseconds=1), midnight + DAY]
    for number, at in enumerate(moments, start=1):
        places.write(of_asset(number, at))

    def told(starts: datetime, ends: datetime) -> list[datetime]:
        return [change.at for change in all_of(places.trail, by=by, starts=starts, ends=ends, limit=2)]

    assert told(midnight, midnight + DAY) == moments[2:0:-1]
    assert told(moments[0], midnight) == moments[:1]
    assert told(midnight, midnight + DAY + timedelta(microseconds=1)) == moments[:0:-1]
    assert told(midnight - 3 * DAY, moments[0]) == []


def test_a_cursor_of_another_range_ends_the_trail(places: Places) -> None:
    for number in (1, 2, 3):
        places.write(of_asset(number, NOW - number * DAY))
    page = places.trail.changes(by=None, starts=NOW - 9 * DAY, ends=NOW, limit=2, before=None)
    later = places.trail.changes(by=None, starts=NOW - DAY, ends=NOW, limit=2, before=page.next)
    assert later == ([], None)
