"""Cursors: a page ends in a text by which the next one goes on, and every other text is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.errors import InvalidRequest
from assetwire.ports import Position
from assetwire.services.cursors import (
    ChangePage,
    cursor_at,
    cursor_of,
    number_of,
    numbered_page,
    place_at,
    position_of,
)

PLACE = Position(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "a" + "b" * 25)


def test_a_position_is_found_again_by_its_cursor() -> None:
    assert position_of(cursor_of(PLACE)) == PLACE
    assert cursor_of(None) is None
    assert position_of(None) is None


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=300))
def test_a_place_is_found_again_by_its_cursor_which_needs_no_escaping_in_a_url(name: str) -> None:
    place = f"2026-11-20T12:00:00.000001Z#{name}"
    cursor = cursor_at(place)
    assert place_at(cursor, of="a history") == place
    assert all(sign.isalnum() or sign in "-_" for sign in cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        *("", "!", "ä", "MTIz", "YQ", "bnVsbA", f"{cursor_of(PLACE)}!", f" {cursor_of(PLACE)}"),
        cursor_at('["2026-11-20T12:00:00", "ab"]'),
        cursor_at('["2026-11-20T12:00:00+00:00", "A"]'),
        cursor_at('["2026-11-20T12:00:00+00:00", 3]'),
    ],
)
def test_any_other_cursor_of_a_position_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        position_of(cursor)
    assert (refused.value.code, "listing" in refused.value.message) == ("invalid_cursor", True)


@pytest.mark.parametrize("cursor", ["", "-1", "1.0", "x", "1" * 10, "١"])
def test_any_other_cursor_of_a_number_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="not one of a history's"):
        number_of(cursor, of="a history")


@pytest.mark.parametrize(
    ("limit", "page", "cursor"), [(2, [5, 4], "4"), (5, [5, 4, 3, 2, 1], None), (9, [5, 4, 3, 2, 1], None)]
)
def test_a_page_of_what_is_numbered_says_where_the_next_one_begins_if_there_is_one(
    limit: int, page: list[int], cursor: str | None
) -> None:
    assert numbered_page(lambda most: [5, 4, 3, 2, 1][:most], int, limit=limit) == ChangePage(page, cursor)
