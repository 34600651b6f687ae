"""Purge: tell the caches what to forget, many assets by one call, within CloudFront's quota, the urgent ones first."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.errors import AssetwireError, TransientError, Unavailable
from assetwire.domain.purge import Purge, Urgency, wanted
from assetwire.ports.purges import Edge, Purges
from assetwire.ports.revocations import Revocations
from assetwire.services.conflicts import decided, saved

PAUSES = {Urgency.URGENT: 2.0, Urgency.HYGIENE: 10.0}
"""Seconds after which a run looks again for room, or tries again what CloudFront refused."""
RESERVE = 45.0
"""Seconds that a run keeps for noting what it did: some 10 ms an asset."""


class Purged(NamedTuple):
    """How many assets' purges were done, and by how many calls; how many were put off; those that failed, and why."""

    done: int
    calls: int
    put_off: int
    failed: dict[str, AssetwireError]


def want_purge(
    asset_id: str,
    *,
    generation: int,
    urgency: Urgency,
    revocations: tuple[int, ...] = (),
    purges: Purges,
    clock: Callable[[], datetime],
) -> None:
    """Note that caches must forget what they took of an asset until now.

    Raises:
        Conflict: others kept changing the purge; whoever asked must ask again.
    """

    def attempt() -> None:
        about = {"generation": generation, "urgency": urgency, "revocations": revocations}
        purges.save_purge(wanted(purges.purge(asset_id), asset_id, **about, now=clock()))  # type: ignore[arg-type]

    decided(attempt)


def purge(
    asset_ids: Collection[str],
    *,
    purges: Purges,
    revocations: Revocations,
    edge: Edge,
    clock: Callable[[], datetime],
    left: Callable[[], float],
    pause: Callable[[float], None],
) -> Purged:
    """Do the pending purges of these assets: those that are urgent, then those for hygiene.

    `left` are the seconds that the run may go on, within which it waits for room. What finds none is put off: the clock
    wakes it. What was wanted again while it was done stays pending, and has an event of its own.

    Raises:
        Unavailable: the Catalog did not answer; all messages must come again.
    """
    run = _Run(purges=purges, revocations=revocations, edge=edge, clock=clock, left=left, pause=pause)
    pending = sorted((each for each in purges.purges_of(asset_ids) if each.is_pending), key=lambda each: each.wanted_at)
    for urgency in Urgency:
        run.work_off([each for each in pending if each.urgency is urgency], urgency)
    return Purged(run.done, run.calls, run.put_off, run.failed)


class _Run:
    def __init__(
        self,
        *,
        purges: Purges,
        revocations: Revocations,
        edge: Edge,
        clock: Callable[[], datetime],
        left: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._purges, self._revocations, self._edge = purges, revocations, edge
        self._clock, self._left, self._pause = clock, left, pause
        self.done = self.calls = self.put_off = 0
        self.failed: dict[str, AssetwireError] = {}

    def work_off(self, waiting: Sequence[Purge], urgency: Urgency) -> None:
        """Do all of these that there is room for in time, and put off the rest."""
        while waiting:
            taken = decided(lambda: self._taken(len(waiting), urgency))  # noqa: B023 - called at once
            part, rest = waiting[:taken], waiting[taken:]
            try:
                if part:
                    self._edge.purge([each.asset_id for each in part])
            except TransientError:
                part = ()
            except AssetwireError as error:
                self.failed |= {each.asset_id: error for each in waiting}
                return
            if part:
                self.calls += 1
                self._note(part, at=self._clock())
                waiting = rest
            elif self._left() < PAUSES[urgency] + RESERVE:
                self._put_off(waiting)
                return
            else:
                self._pause(PAUSES[urgency])

    def _taken(self, waiting: int, urgency: Urgency) -> int:
        """Take room for some of so many, and return for how many; hygiene waits until there is some for all."""
        known, now = self._purges.in_progress(), self._clock()
        free = known.free(self._edge.quota, urgency, now=now)
        asked = min(waiting, self._edge.quota.of(urgency))
        if not free or (urgency is Urgency.HYGIENE and free < asked):
            return 0
        items = min(asked, free)
        self._purges.save_in_progress(known.with_taken(items, now=now))
        return items

    def _note(self, part: Sequence[Purge], *, at: datetime) -> None:
        for each in part:
            try:
                for generation in each.revocations:
                    self._revocations.purged(each.asset_id, generation, at=at)
                self._did(each, at=at)
            except AssetwireError as error:
                self.failed[each.asset_id] = error
            else:
                self.done += 1

    def _did(self, as_read: Purge, *, at: datetime) -> None:
        known = [as_read]

        def attempt() -> None:
            current = known.pop() if known else self._purges.purge(as_read.asset_id)
            if current is not None and current.done < as_read.wanted:
                self._purges.save_purge(current.did(as_read.wanted, told=as_read.revocations, at=at))

        decided(attempt)

    def _put_off(self, waiting: Sequence[Purge]) -> None:
        """Let the clock wake these; of those that are late, somebody hears beside that."""
        now = self._clock()
        for each in waiting:
            try:
                self.put_off += saved(self._purges.save_purge, each.put_off(now))  # who changed it, announced that
            except AssetwireError as error:
                self.failed[each.asset_id] = error
            else:
                if each.is_late(now):
                    late = Unavailable(f"caches hold {each.asset_id} since {each.wanted_at:%FT%TZ}", code="purge_late")
                    self.failed[each.asset_id] = late
