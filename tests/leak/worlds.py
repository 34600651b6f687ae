"""What a leak test is driven over: a house that grants, withdraws and mints, and viewers before its edge."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

from oracles.delivery_oracle import Asked

from leak.licences import Licence


class Answer(NamedTuple):
    """A URL and when it says to end, signed by a key; or the reason why there is none."""

    url: str = ""
    expires: float = 0.0
    key: str = ""
    reason: str = ""
    cookies: str = ""


HERE, AWAY = "127.0.0.1", "127.0.0.9"
"""Addresses of viewers: the usual one, and that of somebody else."""


class Look(NamedTuple):
    """A viewer who asks for a URL from a country; empty: nobody knows from where."""

    url: str
    country: str
    cookies: str = ""
    address: str = HERE


class Seen(NamedTuple):
    """What a viewer got, and when it was asked for and there."""

    status: int
    asked: float
    answered: float


class Master(NamedTuple):
    """A master to begin with: its metadata limits what people may grant."""

    limits: dict[str, str] | None


class Act(NamedTuple):
    """What somebody does with an asset: sets its rights, or takes it out of use (`withdraw`) or back (`restore`)."""

    asset: str
    step: Literal["license", "withdraw", "restore"]
    licence: Licence | None = None


class World(Protocol):
    """A house and its edge. Moments are seconds since 1970, of one clock for all."""

    patience: float
    """Seconds within which an edge follows what it was told."""
    slowness: float
    """Seconds within which files are made and delivered that may be seen."""
    pace: int
    """Requests that viewers make in half a second."""

    def now(self) -> float:
        """Return the moment."""

    def wait(self, until: float) -> None:
        """Let time pass until a moment; return at it, or as soon after it as the machine can."""

    def admit(self, masters: Sequence[Master]) -> list[str]:
        """Put masters in; return their assets once all are accepted."""

    def act(self, acts: Sequence[Act]) -> None:
        """Do these, each with another asset, in any order or at once."""

    def gather(self, assets: Sequence[str]) -> None:
        """Put these into a collection, which has no rights yet."""

    def limit(self, licence: Licence) -> None:
        """Set what the collection allows its members; return once the record of each has that."""

    def mint(self, asked: Sequence[Asked]) -> list[Answer]:
        """Ask for URLs."""

    def look(self, looks: Sequence[Look]) -> list[Seen]:
        """Let viewers ask for URLs, one after another or at once."""

    def crowd(self, looks: Sequence[Look]) -> None:
        """Have viewers who look at these over and over from now on, also while the house acts."""

    def settle(self, assets: Sequence[str]) -> list[float]:
        """Let delivery follow what was decided of assets; return the exposures that the house itself recorded."""

    def sweep(self) -> None:
        """Let the house look at what began or ended by itself."""

    def rotate(self) -> None:
        """Have another key sign, and another make tokens; those before stay good."""

    def retire(self) -> list[str]:
        """Take the keys away that neither sign nor make tokens; return their names."""
