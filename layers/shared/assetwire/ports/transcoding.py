"""What makes films and sounds of masters: this machine, or a service that is asked and answers later."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from assetwire.domain.asset import Upload
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Inspection, Problem
from assetwire.domain.transcode_plan import Transcode


class Order(NamedTuple):
    """One file to make of a master."""

    transcode: Transcode
    upload: Upload
    inspection: Inspection
    inscription: Inscription
    key: str
    """Its key in the renditions bucket: new for whatever would make another file."""
    master: Callable[[], Path]
    """Returns the master on this machine's disk; it is fetched when it is first asked for."""
    folder: Path
    """Where files may be put; the caller removes it."""


class Progress(StrEnum):
    """How far an order is."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class State(NamedTuple):
    """How far an order is, and why it failed if it did."""

    progress: Progress
    problem: Problem | None = None


class TranscodedFile(NamedTuple):
    """A made file on the local disk: width and height in pixels, both 0 where there is no picture, and seconds."""

    path: Path
    width: int
    height: int
    seconds: float | None
    bytes: int
    sha256: str


class Transcoder(Protocol):
    """Makes files of films, sounds and documents."""

    def refuses(self, order: Order) -> Problem | None:
        """Return why this cannot be made here, if it cannot: nothing is fetched or asked for to tell."""
        ...

    def takes(self, order: Order) -> float:
        """Return how many seconds `begin` takes, estimated."""
        ...

    def begin(self, order: Order) -> str:
        """Begin to make a file and return a ticket; the same order begun twice at once is made once.

        Raises:
            NotFound: the master is gone.
            Archived: the master is in cold storage.
            InvalidRequest: the order is not taken.
            Unavailable: the service could not be asked.
        """
        ...

    def look(self, ticket: str, order: Order) -> State:
        """Return how far an order is; whatever is wrong with the master is in the answer."""
        ...

    def collect(self, ticket: str, order: Order) -> TranscodedFile:
        """Return the file of an order that is done: what its inscription says stands in it, and nothing of the master.

        Raises:
            NotFound: the order is not done, or what it made is gone.
        """
        ...


class Labeller(Protocol):
    """Gives what was made before another inscription, without making it again."""

    def label(self, file: Path, transcode: Transcode, inscription: Inscription, *, out: Path) -> TranscodedFile | None:
        """Copy a film or a sound with this inscription and no other; None if it cannot be read."""
        ...
