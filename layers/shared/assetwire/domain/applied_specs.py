"""Which specs the Catalog's renditions were last brought to, and when that is to be looked at again."""

from datetime import datetime, timedelta

from assetwire.domain.model import Instant, Value
from assetwire.domain.spec_book import SpecBook

SECOND_LOOK = timedelta(minutes=20)
"""After which other specs are applied once more: older code may have rendered on, at most for its timeout of 15."""


class AppliedSpecs(Value):
    """The digest of the specs that were applied last, and the next moment at which they mean something else."""

    digest: str
    applied_at: Instant
    due_at: Instant | None = None
    revision: int = 0


def apply_book(book: SpecBook, known: AppliedSpecs | None, *, now: datetime) -> AppliedSpecs | None:
    """Return the record once the specs are applied, or None if they are: the same, and nothing began or ended since."""
    if known is not None and known.digest == book.digest and (known.due_at is None or known.due_at > now):
        return None
    moments = [book.next_change(now)]
    if known is not None and known.digest != book.digest:
        moments.append(now + SECOND_LOOK)
    return AppliedSpecs(
        digest=book.digest,
        applied_at=now,
        due_at=min((moment for moment in moments if moment is not None), default=None),
        revision=0 if known is None else known.revision + 1,
    )
