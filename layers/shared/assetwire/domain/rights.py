"""When, where and for what an asset may be shown, and the one decision about it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from assetwire.domain.model import Instant, Value
from assetwire.domain.territories import TERRITORIES, WORLDWIDE

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_START_OF_TIME = datetime.min.replace(tzinfo=UTC)


class Usage(StrEnum):
    """What an asset is shown for."""

    WEB = "web"
    MARKETPLACE = "marketplace"
    PRINT = "print"
    SOCIAL = "social"
    EMAIL = "email"
    POS = "pos"
    INTERNAL = "internal"


class Window(Value):
    """A span in which an asset may be shown: from `starts`, included, to `ends`, excluded; None is unbounded."""

    starts: Instant | None = None
    ends: Instant | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValueError("a window ends after it starts")
        return self


class Rights(Value):
    """A licence as it applies to one asset. What it does not name is not allowed."""

    holder: Annotated[str, StringConstraints(max_length=200)] = ""
    licence_id: Annotated[str, StringConstraints(max_length=200)] = ""
    windows: Annotated[tuple[Window, ...], Field(max_length=50)] = ()
    territories: tuple[str, ...] = ()
    excluded_territories: tuple[str, ...] = ()
    usages: tuple[Usage, ...] = ()

    @field_validator("territories", "excluded_territories")
    @classmethod
    def _are_known_territories(cls, codes: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(codes) - TERRITORIES - {WORLDWIDE})
        if unknown:
            raise ValueError(f"not ISO 3166-1 alpha-2 codes: {', '.join(unknown)[:100]}")
        return tuple(sorted(set(codes)))

    @field_validator("usages")
    @classmethod
    def _are_named_once(cls, usages: tuple[Usage, ...]) -> tuple[Usage, ...]:
        return tuple(sorted(set(usages)))


class Reason(StrEnum):
    """Why a decision fell as it did."""

    ALLOWED = "allowed"
    NO_RIGHTS = "no_rights"
    NO_WINDOW = "no_window"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    UNKNOWN_TERRITORY = "unknown_territory"
    TERRITORY_NOT_LICENSED = "territory_not_licensed"
    TERRITORY_EXCLUDED = "territory_excluded"
    USAGE_NOT_LICENSED = "usage_not_licensed"


class Decision(NamedTuple):
    """Whether an asset may be shown; `expires_at` is the next instant at which an allowed answer gets worse, if any."""

    allowed: bool
    reason: Reason
    expires_at: datetime | None = None


def decide(rights: Rights | None, *, at: datetime, territory: str, usage: str) -> Decision:
    """Decide whether an asset may be shown at this moment, in this territory (ISO 3166-1 alpha-2), for this usage.

    Total: whatever cannot be judged is denied.
    """
    if rights is None:
        return Decision(allowed=False, reason=Reason.NO_RIGHTS)
    if territory not in TERRITORIES:
        return Decision(allowed=False, reason=Reason.UNKNOWN_TERRITORY)
    excluded, licensed = rights.excluded_territories, rights.territories
    if territory in excluded or WORLDWIDE in excluded:
        return Decision(allowed=False, reason=Reason.TERRITORY_EXCLUDED)
    if territory not in licensed and WORLDWIDE not in licensed:
        return Decision(allowed=False, reason=Reason.TERRITORY_NOT_LICENSED)
    if usage not in rights.usages:
        return Decision(allowed=False, reason=Reason.USAGE_NOT_LICENSED)
    return _decide_on_time(rights.windows, at)


def may_be_seen(rights: Rights | None, at: datetime, *, usage: Usage) -> bool:
    """Tell whether anyone, anywhere may see the asset at this moment for this usage."""
    return _decide_anywhere(rights, at, usage) is Reason.ALLOWED


def may_come(rights: Rights | None, at: datetime, *, usage: Usage) -> bool:
    """Tell whether anyone, anywhere may see the asset for this usage, at this moment or at one that is yet to come."""
    return _decide_anywhere(rights, at, usage) in {Reason.ALLOWED, Reason.EMBARGOED}


def narrows(old: Rights | None, new: Rights | None, *, at: datetime) -> bool:
    """Tell whether anything that `old` allows at this moment or later is denied by `new`.

    Rights are a product of moments × territories × usages, so each factor is compared by itself.
    """
    if old is None or not old.usages or not _territories(old):
        return False
    spans = [(max(starts, at), ends) for starts, ends in _spans(old.windows) if ends > at]
    if not spans:
        return False
    if new is None or not set(old.usages) <= set(new.usages) or not _territories(old) <= _territories(new):
        return True
    kept = _spans(new.windows)
    return any(not any(a <= starts and ends <= b for a, b in kept) for starts, ends in spans)


def strictest(rights: Sequence[Rights | None]) -> Rights:
    """Return what all of these rights allow together: nothing, where one is missing or there are none."""
    known = [each for each in rights if each is not None]
    if not known or len(known) < len(rights):
        return Rights()
    spans = _spans(known[0].windows)
    for each in known[1:]:
        spans = [
            (max(starts, begins), min(ends, stops))
            for starts, ends in spans
            for begins, stops in _spans(each.windows)
            if max(starts, begins) < min(ends, stops)
        ]
    territories = frozenset.intersection(*map(_territories, known))
    return Rights(
        holder=_common(each.holder for each in known),
        licence_id=_common(each.licence_id for each in known),
        windows=tuple(map(_window, spans[:_MOST_WINDOWS])),
        territories=(WORLDWIDE,) if territories == TERRITORIES else tuple(territories),
        usages=tuple(usage for usage in known[0].usages if all(usage in each.usages for each in known)),
    )


_MOST_WINDOWS = 50


def _window(span: tuple[datetime, datetime]) -> Window:
    starts, ends = span
    return Window(starts=None if starts == _START_OF_TIME else starts, ends=None if ends == _END_OF_TIME else ends)


def _common(texts: Iterable[str]) -> str:
    found = set(texts)
    return found.pop() if len(found) == 1 else ""


def the_same(one: Rights | None, other: Rights) -> bool:
    """Tell whether two rights say the same, in whatever order their windows stand."""
    if one is None or set(one.windows) != set(other.windows):
        return False
    return one.model_copy(update={"windows": ()}) == other.model_copy(update={"windows": ()})


def _decide_on_time(windows: tuple[Window, ...], at: datetime) -> Decision:
    if len(windows) == 1:  # by far the most frequent, and on the way of every signed URL
        starts, ends = windows[0].starts, windows[0].ends
        if (starts is None or starts <= at) and (ends is None or at < ends):
            return Decision(allowed=True, reason=Reason.ALLOWED, expires_at=ends)
    later = False
    for starts, ends in _spans(windows):
        if starts <= at < ends:
            return Decision(allowed=True, reason=Reason.ALLOWED, expires_at=None if ends == _END_OF_TIME else ends)
        later = later or at < starts
    if not windows:
        return Decision(allowed=False, reason=Reason.NO_WINDOW)
    return Decision(allowed=False, reason=Reason.EMBARGOED if later else Reason.EXPIRED)


def _decide_anywhere(rights: Rights | None, at: datetime, usage: Usage) -> Reason:
    """Return the best reason that any territory gives."""
    if rights is None or usage not in rights.usages or not _territories(rights):
        return Reason.NO_RIGHTS
    return _decide_on_time(rights.windows, at).reason


def _spans(windows: Iterable[Window]) -> list[tuple[datetime, datetime]]:
    """Merge windows that touch or overlap, in order of time."""
    merged: list[tuple[datetime, datetime]] = []
    for starts, ends in sorted((w.starts or _START_OF_TIME, w.ends or _END_OF_TIME) for w in windows):
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def _territories(rights: Rights) -> frozenset[str]:
    def expand(codes: tuple[str, ...]) -> frozenset[str]:
        return TERRITORIES if WORLDWIDE in codes else frozenset(codes)

    return expand(rights.territories) - expand(rights.excluded_territories)
