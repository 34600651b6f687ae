"""An audit trail in memory."""

from datetime import datetime

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import key_of
from assetwire.ports.trail import Change, TrailPage


class FakeTrail:
    """Changes, each at its place."""

    def __init__(self) -> None:
        self._changes: dict[str, Change] = {}

    def write(self, change: Change) -> None:
        self._changes[keys.change_order(change.at, key_of(change))] = change

    def changes(self, *, by: str | None, starts: datetime, ends: datetime, limit: int, before: str | None) -> TrailPage:
        found = [
            place
            for place, change in sorted(self._changes.items(), reverse=True)
            if starts <= change.at < ends and by in {None, change.by} and (before is None or place < before)
        ]
        shown = [self._changes[place] for place in found[:limit]]
        return TrailPage(shown, found[limit - 1] if found[limit:] else None)
