"""The sandbox's server: it loads the decoders once, forks a child for each question, and ends it at its limits.

A question is a line of JSON on standard input, an answer one on standard output; the server ends at the input's end.
It is fit to fork because it runs no thread: decoders are imported here, and used in children alone.
"""

import ctypes
import importlib
import json
import math
import os
import resource
import select
import signal
import sys
import time
from typing import Any, NamedTuple

_REPORT_BYTES = 8 * 1024**2
"""Bytes that a child may report at the most."""
_NEARLY = 0.8
"""From this share of its memory on, a child that was ended by a signal is taken to have wanted more."""


_LEAST = 1.0
"""Seconds that a child has at the least, however long the server took to start."""
_QUESTIONS = 0
"""The descriptor that questions are read from."""
_FAILED, _OUT_OF_MEMORY = 1, 3
"""Exit codes of a child whose task raised."""


class _Ended(NamedTuple):
    status: int
    seconds: float
    peak_bytes: int
    in_time: bool


def main() -> None:
    """Answer questions until there are no more."""
    answers = os.dup(1)
    silent = os.open(os.devnull, os.O_RDWR)
    os.dup2(silent, 1)  # some decoders print
    with os.fdopen(_QUESTIONS, "rb", buffering=0) as questions, os.fdopen(answers, "wb") as out:
        while line := questions.readline():
            question = json.loads(line)
            out.write(json.dumps(_answer(question)).encode() + b"\n")
            out.flush()


def _answer(question: dict[str, Any]) -> dict[str, Any]:
    module, name = question["task"].split(":")
    task = getattr(importlib.import_module(module), name)
    prepare = getattr(importlib.import_module(module), "prepare", None)
    if prepare is not None:
        prepare(**question["arguments"])
    reading, writing = os.pipe()
    seconds = max(_LEAST, question["until"] - time.monotonic())  # a clock that all processes of a machine share
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_a_child(task, question, seconds, writing)
    os.close(writing)
    seen = _Reports()
    ended = _watch(pid, reading, seen, until=time.monotonic() + seconds)
    os.close(reading)
    if seen.spoilt:
        ending = "decoder_crashed"
    elif _exited_with(ended.status, 0):
        ending = "finished"
    elif not ended.in_time or _was_signal(ended.status, signal.SIGXCPU):
        ending = "too_slow"
    elif ended.peak_bytes > _NEARLY * question["memory"] or _exited_with(ended.status, _OUT_OF_MEMORY):
        ending = "too_much_memory"
    else:
        ending = "decoder_crashed"
    return {
        "reports": seen.reports,
        "ending": ending,
        "stage": seen.stage,
        "seconds": round(ended.seconds, 3),
        "peak_bytes": ended.peak_bytes,
    }


def _exited_with(status: int, code: int) -> bool:
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == code


def _was_signal(status: int, number: int) -> bool:
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == number


class _Reports:
    """The lines that a child wrote: whole ones only, and no more than fit."""

    def __init__(self) -> None:
        self.reports: list[dict[str, Any]] = []
        self.stage = "start"
        self.seconds: float | None = None
        """Seconds that the present stage has."""
        self.spoilt = False
        self._rest = b""
        self._bytes = 0

    def add(self, data: bytes) -> None:
        """Take what was read; what is no report spoils everything after it."""
        self._bytes += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        self.spoilt = self.spoilt or self._bytes > _REPORT_BYTES
        for line in lines:
            if self.spoilt:
                return
            try:
                report = json.loads(line)
            except (ValueError, RecursionError):
                report = None
            if not isinstance(report, dict):
                self.spoilt = True
            elif "stage" in report:
                self.stage, self.seconds = str(report["stage"]), float(report["seconds"])
            else:
                self.reports.append(report)


def _watch(pid: int, reading: int, seen: _Reports, *, until: float) -> _Ended:
    """Read a child's reports until it ends; end it when its time, or that of its present stage, is up."""
    started, deadline, in_time = time.monotonic(), until, True
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or seen.spoilt:
            in_time = seen.spoilt
            break
        ready, _, _ = select.select([reading, _QUESTIONS], [], [], left)
        if _QUESTIONS in ready:  # no question comes before the answer: whoever asked is gone
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os._exit(0)
        if not ready:
            continue
        data = os.read(reading, 1 << 16)
        if not data:
            break
        seen.add(data)
        if seen.seconds is not None:
            deadline, seen.seconds = min(until, time.monotonic() + seen.seconds), None
    # At the pipe's end the child is about to end by itself, unless a decoder's clean-up hangs.
    while in_time and not seen.spoilt:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            return _Ended(status, time.monotonic() - started, usage.ru_maxrss * _RSS_UNIT, in_time=True)
        if time.monotonic() > until:
            in_time = False
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    return _Ended(status, time.monotonic() - started, usage.ru_maxrss * _RSS_UNIT, in_time)


_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes of getrusage's unit of memory."""


def _be_a_child(task: Any, question: dict[str, Any], seconds: float, writing: int) -> None:
    """Run the task and end the process, whatever happens: with 0 if the task came to its end."""
    code = _FAILED
    try:
        _limit(seconds, question["memory"], question["file_bytes"], question["processors"])
        for report in task(**question["arguments"]):
            # Half a pair of surrogates, as decoders make of bytes that are no text, is no text to anybody else.
            _write(writing, json.dumps(report, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
        code = 0
    except MemoryError:
        code = _OUT_OF_MEMORY
    finally:
        os._exit(code)  # no clean-up of what a decoder may have spoilt


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _limit(seconds: float, memory: int, file_bytes: int, processors: int) -> None:
    """Bind this process to its limits, and its life to its parent's.

    RLIMIT_DATA counts what was allocated and may be written, threads' stacks included; unlike RLIMIT_AS not what is
    merely mapped, such as the file itself.
    """
    os.setsid()
    os.close(_QUESTIONS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    cpu = math.ceil(seconds * processors) + 1
    for kind, value in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main()
