"""The audit trail: what is asked of it, and how far a page may look."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.errors import InvalidRequest
from assetwire.domain.history import AssetChange
from assetwire.ports.trail import TrailPage
from assetwire.services.trail import read_trail
from fakes import some
from fakes.trail import FakeTrail

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def trail() -> FakeTrail:
    trail = FakeTrail()
    for number, days in enumerate((0, 1, 29, 31, 400), start=1):
        known = {"revision": number, "generation": 1, "by": "cognito:anna"}
        trail.write(AssetChange(asset_id=some.asset_id(str(number)), at=NOW - days * DAY, **known))
    return trail


def read(trail: FakeTrail, **asked: Any) -> TrailPage:
    known = {"by": None, "starts": None, "ends": None, "limit": 9, "cursor": None}
    return read_trail(**known | asked, trail=trail, now=NOW)


def revisions(page: TrailPage) -> list[int]:
    return [change.revision for change in page.changes if isinstance(change, AssetChange)]


def test_of_everybody_the_last_thirty_days_are_told_this_moment_too(trail: FakeTrail) -> None:
    assert revisions(read(trail)) == [1, 2, 3]


def test_of_one_caller_everything_is_told(trail: FakeTrail) -> None:
    assert revisions(read(trail, by="cognito:anna")) == [1, 2, 3, 4, 5]
    assert revisions(read(trail, by="cognito:anna", ends=NOW - DAY)) == [3, 4, 5]


def test_pages_go_on_where_they_ended(trail: FakeTrail) -> None:
    first = read(trail, limit=2)
    second = read(trail, limit=2, cursor=first.next)
    assert (revisions(first), revisions(second), second.next) == ([1, 2], [3], None)


@pytest.mark.parametrize(
    "asked",
    [
        {"starts": NOW, "ends": NOW},
        {"starts": NOW + DAY},
        {"starts": NOW - 93 * DAY},
        {"by": "cognito:anna", "starts": NOW, "ends": NOW - DAY},
    ],
)
def test_an_empty_range_and_one_that_is_too_long_are_refused(trail: FakeTrail, asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(trail, **asked)
    assert refused.value.code == "invalid_range"


def test_a_quarter_of_everybodys_changes_may_be_asked_for(trail: FakeTrail) -> None:
    assert revisions(read(trail, starts=NOW - 92 * DAY, ends=NOW)) == [2, 3, 4]


@pytest.mark.parametrize("cursor", ["", "!", "YQ", "MTIz", "ä", "MjAyNi0xMS0yMFQxMjowMDowMC4wMDAwMDBa"])
def test_a_cursor_of_others_is_refused(trail: FakeTrail, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(trail, cursor=cursor)
    assert refused.value.code == "invalid_cursor"


def test_a_cursor_of_no_moment_is_refused(trail: FakeTrail) -> None:
    forged = base64.urlsafe_b64encode(b"2026-11-20T...............Z#x").decode()
    with pytest.raises(InvalidRequest) as refused:
        read_trail(by="me", starts=None, ends=None, limit=5, cursor=forged, trail=trail, now=NOW)
    assert refused.value.code == "invalid_cursor"


def test_before_the_trail_began_there_is_nothing_and_from_there_on_everything(trail: FakeTrail) -> None:
    asked: dict[str, Any] = {"ends": None, "limit": 100, "cursor": None, "trail": trail, "now": NOW}
    ancient = datetime(900, 1, 1, tzinfo=UTC)
    who = read_trail(by=None, starts=None, **asked).changes[0].by
    assert read_trail(by=who, starts=ancient, **asked) == read_trail(by=who, starts=None, **asked)
    with pytest.raises(InvalidRequest) as refused:
        read_trail(by=who, starts=ancient, **asked | {"ends": datetime(901, 1, 1, tzinfo=UTC)})
    assert refused.value.code == "invalid_range"
