"""How masters are kept: at hand, or in colder storage from where they must be recalled before they can be read."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from assetwire.domain.model import Instant, Value


class Act(Value):
    """Who did something to an asset, when and why."""

    by: str
    at: Instant
    reason: Annotated[str, StringConstraints(max_length=500)] = ""


class Withdrawal(Act):
    """An asset is out of use."""

    reserved: bool = True
    """Who may set rights withdrew it, and such a one alone restores it; so it is where nobody noted who it was."""


class ArchiveState(StrEnum):
    """Where an asset's masters are, or on which way."""

    ARCHIVING = "archiving"
    """They are marked, and move when S3 gets to it, within a day or two; they can be read until then."""
    ARCHIVED = "archived"
    """They are in cold storage: nobody can read them."""
    RECALLING = "recalling"
    """They were asked for, and come within minutes or days."""
    RECALLED = "recalled"
    """Copies can be read until a moment, and the masters stay in cold storage."""


class Tier(StrEnum):
    """How fast masters are recalled, and at what price: hours to two days, hours, or minutes.

    Source: S3 user guide, "Understanding archive retrieval options"; DEEP_ARCHIVE knows no expedited recall.
    """

    BULK = "bulk"
    STANDARD = "standard"
    EXPEDITED = "expedited"


class Archive(Value):
    """The masters of an asset on their way to or from cold storage: who asked for it, and how far they are."""

    state: ArchiveState
    asked: Act
    tier: Tier = Tier.STANDARD
    days: int = Field(default=7, ge=1, le=365)
    """How long recalled copies can be read."""
    until: Instant | None = None
    """When the first of the recalled copies goes."""

    @property
    def wanted_until(self) -> Instant:
        """How long recalled copies are wanted."""
        return self.asked.at + timedelta(days=self.days)


class Place(StrEnum):
    """Where the bytes of one master are."""

    AT_HAND = "at_hand"
    COLD = "cold"
    COMING = "coming"
    """A copy was asked for and cannot be read yet."""
    COPIED = "copied"
    """In cold storage, with a copy that can be read."""
    NOWHERE = "nowhere"
    """Somebody deleted it past the Catalog."""


class Kept(Value):
    """Where one master is, and until when its copy can be read."""

    place: Place
    until: Instant | None = None
