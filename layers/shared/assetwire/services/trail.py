"""The audit trail as callers of the API ask for it: by whom, from when, until when."""

from datetime import UTC, datetime, timedelta

from assetwire.domain.collection import CollectionChange
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.history import AssetChange
from assetwire.domain.link_history import LinkChange
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.rules import RuleChange
from assetwire.ports.trail import Change, Trail, TrailPage
from assetwire.services.cursors import cursor_at, place_at

LONGEST_RANGE = timedelta(days=92)
"""Of everybody's changes a page reads a partition a day, empty ones too."""
_USUAL_RANGE = timedelta(days=30)
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def kind_of(change: Change) -> str:
    """Return of what a change is: an asset, a collection, a template or vocabulary, a product, or links."""
    match change:
        case RuleChange():
            return change.kind.value
        case CollectionChange():
            return "collection"
        case ProductRevision():
            return "product"
        case LinkChange():
            return "link"
        case AssetChange():
            return "asset"


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
    found = trail.changes(by=by, starts=start, ends=end, limit=limit, before=place_at(cursor, of="the trail"))
    return TrailPage(found.changes, found.next and cursor_at(found.next))
