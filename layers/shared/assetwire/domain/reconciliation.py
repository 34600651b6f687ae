"""Reconciliation: look at all products that PIM changed since the last look, and now and then at all that it has."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from assetwire.domain.akeneo import Kind
from assetwire.domain.job import JOB_ID, RECONCILE_PRODUCTS, Job
from assetwire.domain.model import Instant, Value
from assetwire.domain.product_feed import SourceName
from assetwire.domain.sku import Sku

OVERLAP = timedelta(minutes=5)
"""How far behind the last look the next one begins: PIM's own index, by which it finds changes, may be late."""
LAG = timedelta(seconds=30)
"""How late that usually is at the most: what happened so soon before a look began may be missing from it."""
PATIENCE = timedelta(seconds=70)
"""How long a look waits that an event asked for: for PIM's index, and for what else is told of meanwhile. It is longer
than a minute, so that the clock wakes it and not the write itself."""
PAGE = 100
"""Products of one page: the most that Akeneo gives."""
MOST_DELETIONS, LARGEST_SHARE = 50, 0.2
"""What a look may find deleted: so many products, or so large a part of what the feed told of. More than both is
rather a right that PIM's connection lost: people say whether it is meant."""


class Feed(Value):
    """A PIM that is looked at: as of when, by which run, and which of its attributes there are."""

    source: SourceName
    since: Instant | None = None
    """As of when, by PIM's clock, all that it changed is known here; None until the first full run has ended."""
    wanted_at: Instant | None = None
    """The last change that an event told of while a look went on: if that missed it, it looks once more."""
    job_id: Annotated[str, StringConstraints(pattern=rf"^$|{JOB_ID}")] = ""
    """The run that was started last."""
    started_at: Instant | None = None
    full_started_at: Instant | None = None
    asked_codes: tuple[str, ...] = ()
    known_codes: tuple[str, ...] = ()
    """Of the attributes that were asked for, those that PIM has: it answers nothing that names another."""
    revision: int = 0

    def changed(self, **fields: object) -> "Feed":
        """Return this feed with other fields."""
        return self.model_copy(update={**fields, "revision": self.revision + 1})


class SeenPage(Value):
    """The SKUs of one page of a full run: what is mirrored and on none of them is gone."""

    source: SourceName
    page: Annotated[int, Field(ge=0, le=999_999)]
    job_id: str
    skus: tuple[Sku, ...]


class Phase(StrEnum):
    """What a run looks at, one after the other."""

    MODELS = "models"
    PRODUCTS = "products"
    DELETIONS = "deletions"

    @property
    def kind(self) -> Kind:
        """What PIM calls it."""
        return Kind.MODEL if self is Phase.MODELS else Kind.PRODUCT


class Place(Value):
    """Where a run is: in which phase, at which page (None: the first), and as of when it began, by PIM's clock."""

    phase: Phase = Phase.MODELS
    next_page: str | None = None
    pages: int = 0
    began_at: Instant | None = None

    @classmethod
    def of(cls, job: Job) -> "Place":
        """Return where a job is."""
        return cls() if job.cursor is None else cls.model_validate_json(job.cursor)


class Start(NamedTuple):
    """A run that is to be started, and its feed with it; None if a run goes on that does as well."""

    job: Job
    feed: Feed


def is_wanted(feed: Feed, *, every: timedelta, full_every: timedelta, now: datetime) -> bool | None:
    """Tell whether a run is due: True for a full one, False for one of what changed, None for none."""
    if feed.full_started_at is None or now - feed.full_started_at >= full_every:
        return True
    return None if feed.started_at is not None and now - feed.started_at < every else False


def start(
    known: Feed | None,
    source: str,
    *,
    full: bool,
    any_number: bool = False,
    delay: timedelta = timedelta(),
    job_id: str,
    by: str,
    now: datetime,
) -> Start:
    """Return a run of a feed, which begins after a delay; it is a full one if there was none yet."""
    whole = full or known is None or known.since is None
    cause = f"{source}: {'all products' if whole else 'what changed'}"
    request = {"cause": cause, "source": source, "full": whole, "any_number": any_number}
    job = Job.started(job_id, RECONCILE_PRODUCTS, request, by=by, now=now, delay=delay)
    begun = {"job_id": job_id, "started_at": now} | ({"full_started_at": now} if whole else {})
    feed = Feed(source=source, **begun) if known is None else known.changed(**begun)
    return Start(job, feed)
