"""The audit trail as callers of the API ask for it: by whom, from when, until when."""

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta

from assetwire.domain.errors import InvalidRequest
from assetwire.ports.trail import Trail, TrailPage

LONGEST_RANGE = timedelta(days=92)
"""Of everybody's changes a page reads a partition a day, empty ones too."""
_USUAL_RANGE = timedelta(days=30)
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z#[ -~]{1,400}")


def read_trail(
    *,
    by: str | None,
    starts: datetime | None,
    ends: datetime | None,
    limit: int,
    cursor: str | None,
    trail: Trail,
    now: datetime,
) -> TrailPage:
    """Return who changed what, newest first; of everybody the last 30 days, if no moment is named.

    Raises:
        InvalidRequest: the range ends before it starts, or is too long (`invalid_range`), or the cursor is not one of
            the trail's (`invalid_cursor`).
    """
    end = ends or now + timedelta(seconds=1)
    start = max(_BEGINNING, starts or (_BEGINNING if by else end - _USUAL_RANGE))
    if start >= end or (by is None and end - start > LONGEST_RANGE):
        raise InvalidRequest(
            f"the range is empty, or longer than {LONGEST_RANGE.days} days of everybody's changes", code="invalid_range"
        )
    found = trail.changes(by=by, starts=start, ends=end, limit=limit, before=_place_of(cursor))
    return TrailPage(found.changes, found.next and _cursor_of(found.next))


def _cursor_of(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place_of(cursor: str | None) -> str | None:
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        datetime.strptime(place.partition("#")[0], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except (ValueError, binascii.Error) as error:
        raise InvalidRequest("the cursor is not one of the trail's", code="invalid_cursor") from error
    if not _PLACE.fullmatch(place):
        raise InvalidRequest("the cursor is not one of the trail's", code="invalid_cursor")
    return place
