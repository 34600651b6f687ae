"""How far what is made of a film, a sound, a document or a spin is: what is waited for, what was given up and why."""

from collections.abc import Collection
from datetime import datetime, timedelta

from pydantic import Field

from assetwire.domain.inspection import Problem
from assetwire.domain.model import Instant, Value

PATIENCE = timedelta(hours=24)
"""How long a file that somebody else makes is waited for."""
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(days=1)
GIVES_UP = timedelta(days=14)
"""How long frames of a spin are waited for."""


class LeftOut(Value):
    """A file that could not be made, and why; `made` is of what was tried, so that the same is not tried again."""

    made: str
    problem: Problem


class Ticket(Value):
    """A file that somebody else makes: of what, for which key, what to ask for it by, and since when."""

    made: str
    key: str
    ticket: str
    asked_at: Instant


class Claim(Value):
    """A run that is making what lacks, and until when it can: others leave it to that one."""

    run: str
    until: Instant


class Transcoding(Value):
    """What a version's transcoding waits for, and what it went without; by the name of the file."""

    version_id: str
    answers: str = ""
    """The asset's `rendering_asked` since which these were tried: who asks again has them tried again."""
    left_out: dict[str, LeftOut] = Field(default_factory=dict)
    tickets: dict[str, Ticket] = Field(default_factory=dict)
    claim: Claim | None = None

    def is_left_to_another(self, run: str, now: datetime) -> bool:
        """Tell whether another run than this one is at it."""
        return self.claim is not None and self.claim.run != run and now < self.claim.until

    def claimed(self, claim: Claim | None) -> "Transcoding":
        """Return this with a run that is at it, or with none."""
        return self.model_copy(update={"claim": claim})

    def without(self, name: str, problem: Problem, *, made: str) -> "Transcoding":
        """Return this with one file given up."""
        left_out = {**self.left_out, name: LeftOut(made=made, problem=problem)}
        return self.waiting_for(self.tickets.keys() - {name}).model_copy(update={"left_out": left_out})

    def asked(self, name: str, ticket: Ticket) -> "Transcoding":
        """Return this with one file waited for."""
        return self.model_copy(update={"tickets": {**self.tickets, name: ticket}})

    def waiting_for(self, names: Collection[str]) -> "Transcoding":
        """Return this with no other files waited for than these."""
        return self.model_copy(update={"tickets": {n: ticket for n, ticket in self.tickets.items() if n in names}})


def next_look(since: datetime, now: datetime) -> datetime | None:
    """Return when to look again for what has been missing since then: soon at first, then ever later; None: no more."""
    waited = now - since
    return None if waited > GIVES_UP else now + min(_LONGEST, max(_FIRST, waited))
