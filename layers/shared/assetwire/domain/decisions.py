"""The one decision about rights: whether an asset may be shown at a moment, in a territory, for a usage, and why."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.rights_sets import END_OF_TIME, is_released, spans, territories, usages
from assetwire.domain.territories import TERRITORIES, names


class Reason(StrEnum):
    """Why a decision fell as it did."""

    ALLOWED = "allowed"
    NO_RIGHTS = "no_rights"
    UNKNOWN_MOMENT = "unknown_moment"
    """A moment without a time zone is none."""
    NO_WINDOW = "no_window"
    EMBARGOED = "embargoed"
    EXPIRED = "expired"
    UNKNOWN_TERRITORY = "unknown_territory"
    TERRITORY_NOT_LICENSED = "territory_not_licensed"
    TERRITORY_EXCLUDED = "territory_excluded"
    USAGE_NOT_LICENSED = "usage_not_licensed"
    NOT_RELEASED = "not_released"


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
    if at.tzinfo is None:
        return Decision(allowed=False, reason=Reason.UNKNOWN_MOMENT)
    if territory not in TERRITORIES:
        return Decision(allowed=False, reason=Reason.UNKNOWN_TERRITORY)
    if names(rights.excluded_territories, territory):
        return Decision(allowed=False, reason=Reason.TERRITORY_EXCLUDED)
    if not names(rights.territories, territory):
        return Decision(allowed=False, reason=Reason.TERRITORY_NOT_LICENSED)
    if usage not in rights.usages:
        return Decision(allowed=False, reason=Reason.USAGE_NOT_LICENSED)
    if not is_released(rights, usage):
        return Decision(allowed=False, reason=Reason.NOT_RELEASED)
    return _decide_on_time(rights.windows, at)


def may_be_seen(rights: Rights | None, at: datetime, *, usage: Usage) -> bool:
    """Tell whether anyone, anywhere may see the asset at this moment for this usage."""
    return _decide_anywhere(rights, at, usage) is Reason.ALLOWED


def may_come(rights: Rights | None, at: datetime, *, usage: Usage) -> bool:
    """Tell whether anyone, anywhere may see the asset for this usage, at this moment or at one that is yet to come."""
    return _decide_anywhere(rights, at, usage) in {Reason.ALLOWED, Reason.EMBARGOED}


def _decide_on_time(windows: tuple[Window, ...], at: datetime) -> Decision:
    if len(windows) == 1:  # by far the most frequent, and on the way of every signed URL
        starts, ends = windows[0].starts, windows[0].ends
        if (starts is None or starts <= at) and (ends is None or at < ends):
            return Decision(allowed=True, reason=Reason.ALLOWED, expires_at=ends)
    later = False
    for starts, ends in spans(windows):
        if starts <= at < ends:
            return Decision(allowed=True, reason=Reason.ALLOWED, expires_at=None if ends == END_OF_TIME else ends)
        later = later or at < starts
    if not windows:
        return Decision(allowed=False, reason=Reason.NO_WINDOW)
    return Decision(allowed=False, reason=Reason.EMBARGOED if later else Reason.EXPIRED)


def _decide_anywhere(rights: Rights | None, at: datetime, usage: Usage) -> Reason:
    """Return the best reason that any territory gives."""
    if rights is None or usage not in usages(rights) or not territories(rights):
        return Reason.NO_RIGHTS
    return _decide_on_time(rights.windows, at).reason
