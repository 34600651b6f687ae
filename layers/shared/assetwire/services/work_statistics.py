"""Statistics of work: what waits, for how long, and how it is decided; by bounded reads, whatever there is."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from assetwire.domain.service_levels import levels_of
from assetwire.domain.work import SYSTEM, Queue, WorkItem, WorkState
from assetwire.ports.worklist import Count, Worklist

MOST_READ = 100
"""Claimed and decided items of a queue that are read at the most: the newest decisions, as many as one batch holds."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class QueueStatistics(NamedTuple):
    """How the work of one queue stands; times in seconds, None where there is nothing to tell of."""

    queue: Queue
    open: Count
    claimed: Count
    """By people whose claims hold at this moment."""
    overdue: Count
    oldest_seconds: int | None
    """How long that has waited which was opened first."""
    decided_in_a_day: Count
    decided_in_a_week: Count
    """By people, and by what came since."""
    sampled: int
    """The newest decisions of people in that week, which what follows is about."""
    median_seconds: int | None
    """From the opening to the decision."""
    resolutions: dict[str, int]
    by_origin: dict[str, dict[str, int]]
    """Of suggested links, by what suggested them: how many were confirmed, rejected, and corrected to another."""

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for answers of the API: counts as numbers, and which of them are larger in truth."""
        known = self._asdict()
        counts = {name: value for name, value in known.items() if isinstance(value, Count)}
        more = [name for name, count in counts.items() if not count.is_all]
        return known | {name: count.number for name, count in counts.items()} | {"at_least": more}


def statistics(queues: Sequence[Queue], *, worklist: Worklist, now: datetime) -> list[QueueStatistics]:
    """Return how the work of these queues stands."""
    return [_of_queue(queue, worklist=worklist, now=now) for queue in queues]


def _of_queue(queue: Queue, *, worklist: Worklist, now: datetime) -> QueueStatistics:
    def count(state: WorkState, *, since: datetime | None = None, until: datetime | None = None) -> Count:
        return worklist.count(queue, state, since=since, until=until)

    claimed = worklist.claimed(queue, limit=MOST_READ)
    oldest = worklist.oldest([queue], limit=1, after=None).items
    newest = worklist.items([queue], WorkState.CLOSED, limit=MOST_READ, after=None).items
    decided = [item for item in newest if item.listed_at > now - _WEEK and item.closed_by != SYSTEM]
    took = [int((item.listed_at - item.opened_at).total_seconds()) for item in decided]
    return QueueStatistics(
        queue=queue,
        open=count(WorkState.OPEN),
        claimed=Count(
            sum(item.claim is not None and item.claim.until > now for item in claimed), len(claimed) < MOST_READ
        ),
        overdue=count(WorkState.OPEN, until=now - levels_of(queue.value)[0]),
        oldest_seconds=int((now - oldest[0].opened_at).total_seconds()) if oldest else None,
        decided_in_a_day=count(WorkState.CLOSED, since=now - _DAY),
        decided_in_a_week=count(WorkState.CLOSED, since=now - _WEEK),
        sampled=len(decided),
        median_seconds=int(median(took)) if took else None,
        resolutions=dict(sorted(Counter(item.resolution for item in decided).items())),
        by_origin=_by_origin(decided),
    )


def _by_origin(decided: Sequence[WorkItem]) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for item in decided:
        for answer in item.answers:
            found.setdefault(answer.origin, Counter())[answer.outcome.value] += 1
    return {origin: dict(sorted(counts.items())) for origin, counts in sorted(found.items())}
