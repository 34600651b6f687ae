"""The transcoder on this machine: each file is made in a child process with limits, one after the other."""

import atexit
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assetwire.domain.errors import NotFound
from assetwire.domain.inscription import Inscription
from assetwire.domain.inspection import Problem
from assetwire.domain.transcode_plan import Transcode, bytes_at_most, seconds_needed
from assetwire.media.sandbox import Ending, Run, Sandbox
from assetwire.ports.transcoding import Order, Progress, State, TranscodedFile

MEMORY = 3 * 1024**3
"""Bytes that a child may hold at the most: a film of 4K is decoded in 0.6 GiB, AV1 of 1080p encoded in as much."""
_REASONS = {
    Ending.CRASHED: "the decoder or the encoder crashed",
    Ending.TOO_SLOW: "it takes longer than there is time",
    Ending.TOO_MUCH_MEMORY: "it wants more memory than there is",
    Ending.FINISHED: "it came to no result",
}
_PIECE = 1024 * 1024

_sandbox = Sandbox()
atexit.register(_sandbox.close)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalTranscoder:
    """Makes files here and now: an order that is begun is done, or has failed, when `begin` returns."""

    def __init__(self, *, longest: float, room: int, left: Callable[[], float]) -> None:
        """Take what estimates say fits into `longest` seconds and `room` bytes; stop when no seconds are `left`."""
        self._longest, self._room, self._left = longest, room, left
        self._states: dict[str, tuple[State, dict[str, Any]]] = {}

    def takes(self, order: Order) -> float:
        """Return the estimated seconds on this machine."""
        return seconds_needed(order.transcode, order.inspection, processors=processors())

    def refuses(self, order: Order) -> Problem | None:
        """Return why an order cannot be made here: by the estimate of its time, and by the room that it needs."""
        seconds = self.takes(order)
        if seconds > self._longest:
            message = f"it would take {seconds:.0f} seconds, more than {self._longest:.0f}"
            return Problem(code="too_long", field="duration_seconds", message=message)
        size = order.inspection.bytes + bytes_at_most(order.transcode, order.inspection)
        if size > self._room:
            message = f"it would take {size} bytes of disk, more than {self._room}"
            return Problem(code="too_large", field="bytes", message=message)
        return None

    def begin(self, order: Order) -> str:
        """Make the file."""
        arguments = {
            "master": str(order.master()),
            "media_type": order.inspection.media_type or "",
            "inscription": order.inscription.model_dump(mode="json"),
            "threads": processors(),
        }
        self._states[order.key] = self._run("make", order.transcode, _place(order), arguments)
        return order.key

    def look(self, ticket: str, order: Order) -> State:  # noqa: ARG002  others ask by what was ordered
        """Return how an order ended."""
        return self._states[ticket][0]

    def collect(self, ticket: str, order: Order) -> TranscodedFile:
        """Return the made file.

        Raises:
            NotFound: it failed.
        """
        state, facts = self._states[ticket]
        if state.progress is not Progress.DONE:
            raise NotFound(f"{order.transcode.name} was not made", code="not_made")
        return _described(_place(order), facts)

    def label(self, file: Path, transcode: Transcode, inscription: Inscription, *, out: Path) -> TranscodedFile | None:
        """Return a copy of a film or a sound that was made before, with this inscription; None if it cannot be read."""
        arguments = {"file": str(file), "inscription": inscription.model_dump(mode="json")}
        state, facts = self._run("label", transcode, out, arguments)
        return _described(out, facts) if state.progress is Progress.DONE else None

    def _run(
        self, act: str, transcode: Transcode, out: Path, arguments: dict[str, Any]
    ) -> tuple[State, dict[str, Any]]:
        said = {**arguments, "transcode": transcode.model_dump(mode="json"), "out": str(out)}
        run = _sandbox.run(
            f"assetwire.media.transcode.child:{act}",
            said,
            seconds=max(1.0, self._left()),
            memory=MEMORY,
            file_bytes=self._room,
            processors=processors(),
        )
        return _state(run)


def _place(order: Order) -> Path:
    return order.folder / order.transcode.name


def _state(run: Run) -> tuple[State, dict[str, Any]]:
    for report in run.reports:
        if "problem" in report:
            return State(Progress.FAILED, Problem.model_validate(report["problem"])), {}
        if "made" in report and run.ending is Ending.FINISHED:
            return State(Progress.DONE), report["made"]
    code = "undecodable" if run.ending is Ending.FINISHED else run.ending.value
    return State(Progress.FAILED, Problem(code=code, field="file", message=_REASONS[run.ending])), {}


def _described(file: Path, facts: dict[str, Any]) -> TranscodedFile:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            digest.update(piece)
    size = file.stat().st_size
    return TranscodedFile(file, facts["width"], facts["height"], facts["seconds"], size, digest.hexdigest())
