"""What caches must forget of an asset, how urgently, and how much of CloudFront's quota that takes."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from assetwire.domain.due import Due, DueKind
from assetwire.domain.ids import AssetId
from assetwire.domain.model import Instant, Value

IN_PROGRESS = timedelta(seconds=30)
"""How long an invalidation counts against CloudFront's quota, as far as we assume.

Source: "Amazon CloudFront now supports invalidation by cache tag", AWS, April 2026: under 25 seconds at P95.
"""
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=10)
"""How long a purge waits that was refused: at first, and at the most."""


class Urgency(StrEnum):
    """What a purge is for; the more urgent goes first."""

    URGENT = "urgent"
    """Somebody may hold a URL for what is denied now: the caches alone still answer it."""
    HYGIENE = "hygiene"
    """What caches hold is allowed and old, or its URLs have died already: it may wait for others."""

    @property
    def due_kind(self) -> DueKind:
        """The kind of what is due, by which events are told apart and due items found."""
        return DueKind.PURGE if self is Urgency.URGENT else DueKind.HYGIENE

    @property
    def lost_after(self) -> timedelta:
        """After how long the clock takes it that the event of a purge was lost."""
        return timedelta(minutes=2) if self is Urgency.URGENT else timedelta(minutes=10)

    @property
    def late_after(self) -> timedelta:
        """After how long somebody has to look why a purge is not done."""
        return timedelta(minutes=15) if self is Urgency.URGENT else timedelta(hours=6)


class Purge(Value):
    """What caches must forget of an asset: all that they took from the origin before it was `wanted` for the last time.

    It is counted how often it was wanted, and which of these times was done: what is wanted while it is done is not.
    """

    asset_id: AssetId
    wanted: int
    wanted_at: Instant
    """When the first was wanted of those that are not done; once all are, the last."""
    done: int = 0
    done_at: Instant | None = None
    urgency: Urgency
    generation: int
    """The asset's generation when it was wanted last."""
    revocations: tuple[int, ...] = ()
    """The generations whose revocations wait for it."""
    due: Due | None = None
    """When the clock wakes it: its event was lost, or it was put off."""
    revision: int = 0

    @property
    def is_pending(self) -> bool:
        """Tell whether caches were not told yet."""
        return self.done < self.wanted

    def is_late(self, now: datetime) -> bool:
        """Tell whether it is pending for so long that somebody has to look."""
        return self.is_pending and now - self.wanted_at > self.urgency.late_after

    def did(self, number: int, *, told: tuple[int, ...], at: datetime) -> "Purge":
        """Return this with all done that was wanted up to this time, and these revocations told."""
        done = max(self.done, number)
        left = tuple(each for each in self.revocations if each not in told)
        after = {"done": done, "done_at": at, "revocations": left, "revision": self.revision + 1}
        return self.model_copy(update=after if done < self.wanted else after | {"due": None})

    def put_off(self, now: datetime) -> "Purge":
        """Return this, refused for now: the clock wakes it, ever later while that comes of it."""
        wakes = 0 if self.due is None else self.due.wakes
        pause = min(_PAUSE * 2 ** min(wakes, 5), _LONGEST_PAUSE)
        due = Due(kind=self.urgency.due_kind, at=now + pause, wakes=wakes)
        return self.model_copy(update={"due": due, "revision": self.revision + 1})

    def woken(self, now: datetime) -> "Purge":
        """Return this, told to go on."""
        due = None if self.due is None else self.due.woken(now)
        return self.model_copy(update={"due": due, "revision": self.revision + 1})


def wanted(
    before: Purge | None,
    asset_id: str,
    *,
    generation: int,
    urgency: Urgency,
    revocations: tuple[int, ...] = (),
    now: datetime,
) -> Purge:
    """Return what caches must forget of an asset, once more; what is pending stays as urgent as it was."""
    waits = before is not None and before.is_pending
    if before is not None and waits:
        urgency = Urgency.URGENT if Urgency.URGENT in {before.urgency, urgency} else urgency
        revocations = tuple(sorted({*before.revocations, *revocations}))
    return Purge(
        asset_id=asset_id,
        wanted=1 if before is None else before.wanted + 1,
        wanted_at=before.wanted_at if before is not None and waits else now,
        done=0 if before is None else before.done,
        done_at=None if before is None else before.done_at,
        urgency=urgency,
        generation=generation,
        revocations=revocations,
        due=Due(kind=urgency.due_kind, at=now + urgency.lost_after),
        revision=0 if before is None else before.revision + 1,
    )


class Quota(NamedTuple):
    """How many items may be in progress at once, and how many of them for hygiene: the rest is for what is urgent."""

    items: int
    hygiene: int

    def of(self, urgency: Urgency) -> int:
        """Return how many may be in progress when something this urgent is begun."""
        return self.items if urgency is Urgency.URGENT else self.hygiene


BY_TAG = Quota(items=3_000, hygiene=2_000)
"""Source: CloudFront Developer Guide, "What you need to know when invalidating tags": each tag counts as one path."""
BY_PATH = Quota(items=15, hygiene=10)
"""Source: CloudFront Developer Guide, "Concurrent invalidation request maximum": paths that end in a wildcard."""


class Taken(Value):
    """Items of one invalidation, and when we take it for completed."""

    items: int
    until: Instant


class PurgesInProgress(Value):
    """What CloudFront was told of late, and so how much of its quota is taken."""

    taken: tuple[Taken, ...] = ()
    revision: int = -1
    """That of the record; -1 where there is none yet."""

    def free(self, quota: Quota, urgency: Urgency, *, now: datetime) -> int:
        """Return how many items there is room for."""
        return max(0, quota.of(urgency) - sum(each.items for each in self.taken if each.until > now))

    def with_taken(self, items: int, *, now: datetime) -> "PurgesInProgress":
        """Return this with an invalidation of so many items begun, and without those that are completed."""
        left = tuple(each for each in self.taken if each.until > now)
        begun = Taken(items=items, until=now + IN_PROGRESS)
        return PurgesInProgress(taken=(*left, begun), revision=self.revision + 1)
