"""The port of the audit trail: who changed what, across all assets, collections and rules."""

from datetime import datetime
from typing import NamedTuple, Protocol

from assetwire.domain.collection import CollectionChange
from assetwire.domain.history import AssetChange
from assetwire.domain.link_history import LinkChange
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.rules import RuleChange

Change = AssetChange | CollectionChange | RuleChange | ProductRevision | LinkChange
"""What the trail is made of: each is written with what it tells of, once."""


class TrailPage(NamedTuple):
    """A part of the trail, newest first; `next` is the place after it, None at the end."""

    changes: list[Change]
    next: str | None


class Trail(Protocol):
    """Changes by their moments."""

    def changes(self, *, by: str | None, starts: datetime, ends: datetime, limit: int, before: str | None) -> TrailPage:
        """List the changes from one moment until before another, newest first, at most `limit`; one caller's, or all.

        `before` is the place that a page ended at.
        """
        ...
