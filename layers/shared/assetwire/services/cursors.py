"""Cursors: where a listing stopped, as a text that callers hand back."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime

from assetwire.domain.errors import InvalidRequest
from assetwire.ports import Position

_NUMBER = re.compile(r"[0-9]{1,9}")
_PLACE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z#[ -~]{1,400}")
LARGEST_PAGE = 100
"""Items in one page of a listing at the most: as many as one BatchGetItem reads."""


def number_of(cursor: str | None, *, of: str) -> int | None:
    """Return the number that a cursor stands for: a page of what is numbered ended with it.

    Raises:
        InvalidRequest: it is none; the message says `of` what it should be one.
    """
    if cursor is None:
        return None
    if not _NUMBER.fullmatch(cursor):
        raise InvalidRequest(f"the cursor is not one of a {of}'s", code="invalid_cursor")
    return int(cursor)


def cursor_of(position: Position | None) -> str | None:
    """Return the cursor of what comes after a position; None at the end of a listing."""
    if position is None:
        return None
    text = json.dumps([position.created_at.isoformat(), position.item_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_of(cursor: str | None) -> Position | None:
    """Return the position that a cursor stands for.

    Raises:
        InvalidRequest: it is not one of ours.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, item_id = json.loads(base64.urlsafe_b64decode(padded))
        moment = datetime.fromisoformat(created_at)
        if moment.tzinfo is None or not re.fullmatch(r"[a-z][a-z0-9]{0,63}", item_id):
            raise ValueError("not a position")
    except (ValueError, TypeError, binascii.Error) as error:
        raise InvalidRequest("the cursor is not one of a listing's", code="invalid_cursor") from error
    return Position(moment, item_id)


def cursor_at(place: str) -> str:
    """Return the cursor of what comes after a place among changes: its moment, and what tells it from others."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place_at(cursor: str | None, *, of: str) -> str | None:
    """Return the place that a cursor stands for.

    Raises:
        InvalidRequest: it is none; the message says `of` what it should be one.
    """
    if cursor is None:
        return None
    refused = InvalidRequest(f"the cursor is not one of {of}'s", code="invalid_cursor")
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        datetime.strptime(place.partition("#")[0], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except (ValueError, binascii.Error) as error:
        raise refused from error
    if not _PLACE.fullmatch(place):
        raise refused
    return place
