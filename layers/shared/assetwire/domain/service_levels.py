"""Service levels: how long each queue's work may wait, and when that is said again."""

from datetime import datetime, timedelta
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field

from assetwire.domain.data_files import shipped
from assetwire.domain.model import Value


def _rising(hours: tuple[int, ...]) -> tuple[int, ...]:
    if sorted(set(hours)) != list(hours):
        raise ValueError("each level comes later than the one before")
    return hours


Levels = Annotated[
    tuple[Annotated[int, Field(ge=1, le=24 * 365)], ...], Field(min_length=1, max_length=9), AfterValidator(_rising)
]
"""Hours after which an item is overdue, and after which that is said again."""


class ServiceLevels(Value):
    """How long work may wait, by queue."""

    name: str
    hours: dict[str, Levels]


@cache
def levels_of(queue: str) -> tuple[timedelta, ...]:
    """Return how long an item of a queue may wait, level by level; the first is when it is overdue.

    Raises:
        Misconfigured: the data that ships is not of its shape.
    """
    (levels,) = shipped("service_levels", ServiceLevels)
    return tuple(timedelta(hours=hours) for hours in levels.hours[queue])


def due_at(queue: str, opened_at: datetime, level: int) -> datetime | None:
    """Return when an item that has passed so many levels passes the next one; None if there is none."""
    levels = levels_of(queue)
    return opened_at + levels[level] if level < len(levels) else None
