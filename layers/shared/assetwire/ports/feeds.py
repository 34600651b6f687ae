"""The ports of reconciliation: the PIM that is looked at, and what is known of the looks."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from assetwire.domain.akeneo import Kind
from assetwire.domain.job import Job
from assetwire.domain.reconciliation import Feed, SeenPage


class PimPage(NamedTuple):
    """A page of products or product models, as of when PIM answered, and where the next one is."""

    items: list[dict[str, Any]]
    next_page: str | None
    as_of: datetime


class Pim(Protocol):
    """A PIM's own API. Each call is one request, and one more for a token where there is none yet.

    Every method raises:
        Throttled: PIM asks to wait; `seconds` says how long.
        Unavailable: PIM does not answer.
        Misconfigured: it does not know us, or not such a thing; `code` is `pim_refused`.
    """

    def attributes(self, codes: Sequence[str]) -> dict[str, str]:
        """Return which of these attributes there are, and the type of each."""
        ...

    def first_page(self, kind: Kind, *, since: datetime | None, codes: Sequence[str]) -> PimPage:
        """Return the first page of what changed after a moment, or of all, with the values of these attributes."""
        ...

    def page(self, place: str) -> PimPage:
        """Return the page that the one before named as the next."""
        ...


class Feeds(Protocol):
    """What is known of the looks at PIMs."""

    def feed(self, source: str) -> Feed | None:
        """Return a feed, read consistently; None if nobody ever looked at it."""
        ...

    def feeds(self) -> list[Feed]:
        """Return every feed."""
        ...

    def save(self, feed: Feed) -> None:
        """Replace a feed that was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def write(self, job: Job, *, feed: Feed | None = None, seen: SeenPage | None = None) -> None:
        """Write a job's next state, or a new job, and with it its feed and what it saw: all or nothing.

        Raises:
            Conflict: a revision moved.
        """
        ...

    def seen(self, source: str, job_id: str) -> set[str]:
        """Return the SKUs of all pages that a run saw."""
        ...

    def mirrored(self) -> Iterator[str]:
        """Yield the SKU of every product that is there, by an index that may be late."""
        ...
