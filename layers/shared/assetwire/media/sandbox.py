"""The sandbox: decoders run in a child process with limits, so that no file's content reaches the process that asks.

A server (`sandbox_server.py`) is started once and keeps the decoders loaded; it never looks at a file itself, but forks
one child for each. Children end at their limits, the server outlives them, and it ends with whoever started it. Pipes
are all that this needs: AWS Lambda has no semaphores in shared memory.
"""

import json
import select
import subprocess
import sys
import sysconfig
import threading
import time
from contextlib import suppress
from enum import StrEnum
from typing import IO, Any, NamedTuple, cast

MEMORY = 800 * 1024**2
"""Bytes that a child may hold at the most in memory that it wrote, the decoders themselves included (some 60 MiB)."""
_GRACE = 1.5
"""Seconds that the server has to end a child and to answer, after the child's time is up."""
_ENVIRONMENT = {
    # Not inherited: a decoder has no use for credentials. Where Python keeps its library, AWS Lambda names the folder.
    "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR") or ""),
    "LC_ALL": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",  # glibc would keep 8 a core, and freed memory in each
    "VIPS_CONCURRENCY": "2",
    "VIPS_DISC_THRESHOLD": "64g",  # a child may write no file: libvips decodes to memory, whose bound is known
}
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from assetwire.media.sandbox_server import main; main()"
)


class Ending(StrEnum):
    """How a child ended; all but the first are reasons to refuse what it looked at."""

    FINISHED = "finished"
    CRASHED = "decoder_crashed"
    TOO_SLOW = "too_slow"
    TOO_MUCH_MEMORY = "too_much_memory"


class Run(NamedTuple):
    """What one child reported, in order, and how it ended."""

    reports: list[dict[str, Any]]
    ending: Ending
    stage: str
    """The stage that was at work when it ended: the last that the child named."""
    seconds: float
    peak_bytes: int
    """The most memory that the child was resident with, shared libraries included."""


class _Gone(Exception):
    """The server has ended, or does not answer."""


class _Server(NamedTuple):
    process: subprocess.Popen[bytes]
    questions: IO[bytes]
    answers: IO[bytes]


class Sandbox:
    """One server and the way to ask it: one question at a time, from any thread."""

    def __init__(self) -> None:
        self._server: _Server | None = None
        self._lock = threading.Lock()

    def run(
        self,
        task: str,
        arguments: dict[str, Any],
        *,
        seconds: float,
        memory: int = MEMORY,
        file_bytes: int = 0,
        processors: int = 2,
    ) -> Run:
        """Run a task (`module:generator function`) in a child of its own; whatever happens to it is in the answer.

        The seconds include those that a server needs to start, if there is none yet. A child may write files of so
        many bytes, none if that is 0, and work on so many processors at once.
        """
        limits = {"memory": memory, "file_bytes": file_bytes, "processors": processors}
        question = {"task": task, "arguments": arguments, "until": time.monotonic() + seconds, **limits}
        line = json.dumps(question).encode() + b"\n"
        with self._lock:
            for _ in range(2):  # a server may have been ended while nobody asked, by a system short of memory
                try:
                    return _run_of(self._ask(line, wait=seconds + _GRACE))
                except _Gone:
                    self._end()
        return Run([], Ending.CRASHED, "start", 0.0, 0)

    def close(self) -> None:
        """End the server; the next run starts another."""
        with self._lock:
            self._end()

    def _ask(self, line: bytes, *, wait: float) -> dict[str, Any]:
        if self._server is None or self._server.process.poll() is not None:
            self._end()
            self._server = _started()
        try:
            self._server.questions.write(line)
            self._server.questions.flush()
            return dict(json.loads(_line(self._server.answers, wait=wait)))
        except (OSError, ValueError) as error:
            raise _Gone from error

    def _end(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        server.process.kill()
        server.process.wait()
        with suppress(OSError):  # what was still to be written has no reader any more
            server.questions.close()
        server.answers.close()


def _started() -> _Server:
    command = [sys.executable, "-I", "-S", "-c", _PROGRAM, json.dumps([entry for entry in sys.path if entry])]
    process = subprocess.Popen(  # noqa: S603  our own interpreter and our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_ENVIRONMENT
    )
    return _Server(process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout))


def _line(pipe: IO[bytes], *, wait: float) -> bytes:
    """Return the next line, once its first byte is there in time: the server writes a line at once.

    Raises:
        _Gone: it is not, or the server has ended.
    """
    ready, _, _ = select.select([pipe], [], [], wait)
    line = pipe.readline() if ready else b""
    if not line.endswith(b"\n"):
        raise _Gone
    return line


def _run_of(answer: dict[str, Any]) -> Run:
    return Run(
        reports=answer["reports"],
        ending=Ending(answer["ending"]),
        stage=answer["stage"],
        seconds=answer["seconds"],
        peak_bytes=answer["peak_bytes"],
    )
