"""A transcoder that looks at nothing: at once, or later when it is told to; content that is `damaged` is damaged."""

import hashlib
from pathlib import Path

from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Problem
from assetwire.domain.transcode_plan import FilmTask, LoopTask, Transcode
from assetwire.ports.transcoding import Order, Progress, State, TranscodedFile

WORKING, DONE = State(Progress.WORKING), State(Progress.DONE)


def problem(code: str) -> Problem:
    return Problem(code=code, field="file", message=f"a fake says: {code}")


class FakeTranscoder:
    """Makes files that name what they are of, and with which labels; what is made later is made once an order."""

    def __init__(self, *, at_once: bool = True) -> None:
        self._at_once = at_once
        self._states: dict[str, State] = {}
        self.begun: list[str] = []
        """Names of what was begun."""
        self.refused: dict[str, str] = {}
        """Code by the name of what is refused before it is begun."""
        self.not_taken: set[str] = set()
        self.failing: dict[str, str] = {}
        """Code by the name of what fails."""
        self.seconds = 1.0

    def refuses(self, order: Order) -> Problem | None:
        code = self.refused.get(order.transcode.name)
        return None if code is None else problem(code)

    def takes(self, order: Order) -> float:
        return self.seconds

    def begin(self, order: Order) -> str:
        name, ticket = order.transcode.name, f"ticket of {order.key}"
        if name in self.not_taken:
            raise InvalidRequest("a fake does not take it", code="not_taken")
        content = order.master().read_bytes()
        if self._at_once or ticket not in self._states:
            self.begun.append(name)
            self._states[ticket] = DONE if self._at_once else WORKING
        code = "undecodable" if content.startswith(b"damaged") else self.failing.get(name)
        if code is not None and self._at_once:
            self._states[ticket] = State(Progress.FAILED, problem(code))
        return ticket

    def look(self, ticket: str, order: Order) -> State:
        return self._states.get(ticket, State(Progress.FAILED, problem("job_lost")))

    def end(self, name: str, state: State = DONE) -> None:
        """Let the jobs of this name end."""
        for ticket in self._states:
            if ticket.endswith(f"/{name}"):
                self._states[ticket] = state

    def collect(self, ticket: str, order: Order) -> TranscodedFile:
        if self._states.get(ticket, WORKING).progress is not Progress.DONE:
            raise NotFound(f"{ticket} is not done")
        return _written(order.folder / order.transcode.name, order.transcode, order.inscription)


class FakeLabeller:
    """Labels what a fake made; counts what it labelled."""

    def __init__(self) -> None:
        self.labelled: list[str] = []

    def label(self, file: Path, transcode: Transcode, inscription: Inscription, *, out: Path) -> TranscodedFile | None:
        if not file.read_bytes().startswith(transcode.made.encode()):
            return None
        self.labelled.append(transcode.name)
        return _written(out, transcode, inscription)


def _written(out: Path, transcode: Transcode, inscription: Inscription) -> TranscodedFile:
    data = f"{transcode.made} {transcode.name} {inscription.digest}".encode()
    out.write_bytes(data)
    size = transcode.task.size if isinstance(transcode.task, FilmTask | LoopTask) else (0, 0)
    return TranscodedFile(out, *size, 1.0, len(data), hashlib.sha256(data).hexdigest())
