"""Rights in the course of time: embargoed, open, about to end, expired, and when that changes next."""

from datetime import datetime, timedelta
from enum import StrEnum

from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Rights
from assetwire.domain.rights_sets import END_OF_TIME, spans, territories, usages

ANNOUNCED_DAYS = (1, 7, 30)
"""Days before an end at which it is announced."""


class State(StrEnum):
    """Whether anything is allowed at a moment, to anybody."""

    CLOSED = "closed"
    """Nothing is allowed, at no time."""
    EMBARGOED = "embargoed"
    """A window is yet to come."""
    OPEN = "open"
    EXPIRED = "expired"


class Phase(Value):
    """The state of an asset's rights, and until when it holds; `ends_within` days its window ends, if that is soon."""

    state: State = State.CLOSED
    ends_at: Instant | None = None
    """When an open window ends."""
    ends_within: int | None = None
    until: Instant | None = None
    """The next moment at which something of this changes by itself."""


def phase_of(rights: Rights | None, at: datetime) -> Phase:
    """Return the phase of rights at a moment. It costs nothing until `until`, and is exact to the microsecond."""
    if rights is None or not usages(rights) or not territories(rights):
        return Phase()
    windows = spans(rights.windows)
    for starts, ends in windows:
        if at < starts:
            return Phase(state=State.EMBARGOED, until=starts)
        if at < ends:
            return _open(at, ends)
    return Phase(state=State.EXPIRED) if windows else Phase()


def _open(at: datetime, ends: datetime) -> Phase:
    if ends == END_OF_TIME:
        return Phase(state=State.OPEN)
    notices = [ends - timedelta(days=days) for days in ANNOUNCED_DAYS]
    within = next((days for days, notice in zip(ANNOUNCED_DAYS, notices, strict=True) if notice <= at), None)
    until = min(moment for moment in (*notices, ends) if moment > at)
    return Phase(state=State.OPEN, ends_at=ends, ends_within=within, until=until)
