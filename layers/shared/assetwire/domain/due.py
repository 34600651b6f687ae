"""What must happen later: a moment on the record itself, found through one sparse index and woken by one sweep."""

from datetime import datetime, timedelta
from enum import StrEnum

from assetwire.domain.model import Instant, Value

LEASE = timedelta(minutes=15)
"""How long whoever is woken has, before the sweep wakes it again: nothing that was begun is forgotten."""
LONGEST_LEASE = timedelta(days=1)
"""How long it has at the most. Each wake that nothing came of doubles the lease: what fails for good costs little."""
_DOUBLINGS = 7
"""After so many the lease is the longest."""


class DueKind(StrEnum):
    """What is due."""

    DELETION = "deletion"
    """An asset's grace period ends."""
    MASTERS = "masters"
    """Somebody is to look whether an asset's masters are kept where they should be."""
    RENDITIONS = "renditions"
    """Superseded renditions of an asset are to be removed."""
    TRANSCODES = "transcodes"
    """Films, sounds, pages or spins are to be looked at: made further, waited for, or removed where superseded."""
    RIGHTS = "rights"
    """A window of an asset's rights begins, ends, or is about to end."""
    PURGE = "purge"
    """Caches must forget something at once: that was not heard of, or put off."""
    HYGIENE = "hygiene"
    """Likewise, of what may wait for others."""
    PRODUCTS = "products"
    """A look at a PIM goes on."""
    JOB = "job"
    """A job in the background goes on."""
    WORK = "work"
    """A work item has waited for longer than its queue's service level."""


class Due(Value):
    """Something is to happen at a moment; `wakes` counts how often the sweep has said so, and nothing came of it."""

    kind: DueKind
    at: Instant
    wakes: int = 0

    def woken(self, now: datetime) -> "Due":
        """Return this, said once more, and due again after the lease unless it is done by then."""
        lease = min(LEASE * 2 ** min(self.wakes, _DOUBLINGS), LONGEST_LEASE)
        return self.model_copy(update={"at": now + lease, "wakes": self.wakes + 1})
