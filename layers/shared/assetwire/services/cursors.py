"""Cursors: where a listing stopped, as a text that callers hand back."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from assetwire.domain.errors import InvalidRequest
from assetwire.ports import Position

_NUMBER = re.compile(r"[0-9]{1,9}")
_PLACE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z#[ -~]{1,400}")
LARGEST_PAGE = 100
"""Items in one page of a listing at the most: as many as one BatchGetItem reads."""

_Change = TypeVar("_Change")


class ChangePage(NamedTuple, Generic[_Change]):
    """A page of changes, newest first, and the cursor of the next page; None at the end."""

    changes: list[_Change]
    cursor: str | None


def number_of(cursor: str | None, *, of: str) -> int | None:
    """Return the number that a cursor stands for: a page of what is numbered ended with it.

    Raises:
        InvalidRequest: it is none; the message says `of` what it should be one.
    """
    if cursor is None:
        return None
    if not _NUMBER.fullmatch(cursor):
        raise _refused(of)
    return int(cursor)


def numbered_page(
    read: Callable[[int], list[_Change]], number: Callable[[_Change], int], *, limit: int
) -> ChangePage[_Change]:
    """Return a page of changes that are numbered: `read` lists so many of them, the newest first."""
    found = read(limit + 1)
    return ChangePage(found[:limit], str(number(found[limit - 1])) if found[limit:] else None)


def cursor_of(position: Position | None) -> str | None:
    """Return the cursor of what comes after a position; None at the end of a listing."""
    if position is None:
        return None
    return _cursor(json.dumps([position.created_at.isoformat(), position.item_id]))


def position_of(cursor: str | None) -> Position | None:
    """Return the position that a cursor stands for.

    Raises:
        InvalidRequest: it is not one of ours.
    """
    if cursor is None:
        return None
    text = _text(cursor, of="a listing")
    try:
        created_at, item_id = json.loads(text)
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None or not re.fullmatch(r"[a-z][a-z0-9]{0,63}", item_id):
            raise ValueError("not a position")
    except (ValueError, TypeError) as error:
        raise _refused("a listing") from error
    return Position(moment, item_id)


def cursor_at(place: str) -> str:
    """Return the cursor of what comes after a place among changes: its moment, and what tells it from others."""
    return _cursor(place)


def place_at(cursor: str | None, *, of: str) -> str | None:
    """Return the place that a cursor stands for.

    Raises:
        InvalidRequest: it is none; the message says `of` what it should be one.
    """
    if cursor is None:
        return None
    place = _text(cursor, of=of)
    if not _PLACE.fullmatch(place):
        raise _refused(of)
    try:
        datetime.strptime(place.partition("#")[0], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _refused(of) from error
    return place


def _cursor(text: str) -> str:
    """Return the cursor that stands for a text, which nobody but us reads."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _text(cursor: str, *, of: str) -> str:
    """Return the text that a cursor stands for.

    Raises:
        InvalidRequest: it stands for none (`invalid_cursor`); the message says `of` what it should be one.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (ValueError, binascii.Error) as error:
        raise _refused(of) from error


def _refused(of: str) -> InvalidRequest:
    """Return the refusal of a cursor that is none of what it should be one `of`."""
    return InvalidRequest(f"the cursor is not one of {of}'s", code="invalid_cursor")
