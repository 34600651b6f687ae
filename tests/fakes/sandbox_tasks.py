"""Tasks for a child of the sandbox: one that is good, and one for each way in which a decoder goes wrong."""

import ctypes
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def count(*, to: int) -> Iterator[dict[str, Any]]:
    yield {"stage": "counting", "seconds": 5}
    for number in range(to):
        yield {"number": number}


def allocate(*, megabytes: int) -> Iterator[dict[str, Any]]:
    """Python asks for memory, and touches all of it."""
    yield {"before": True}
    held = bytearray(megabytes * 1024**2)
    held[::4096] = b"\1" * len(held[::4096])
    yield {"held": len(held)}


def swell(*, megabytes: int) -> Iterator[dict[str, Any]]:
    """A library swells in small steps until it is refused, and gives up as glib does."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    yield {"before": True}
    for _ in range(megabytes):
        held = libc.malloc(ctypes.c_size_t(1024**2))
        if not held:
            os.abort()
        ctypes.memset(held, 1, 1024**2)
    yield {"held": True}


def spin(**_: Any) -> Iterator[dict[str, Any]]:
    yield {"before": True}
    yield {"stage": "spinning", "seconds": 60}
    while True:
        pass


def hang_late() -> Iterator[dict[str, Any]]:
    """All is well up to a stage that never ends; alarms are not heard in it."""
    yield {"stage": "first", "seconds": 60}
    yield {"before": True}
    yield {"stage": "late", "seconds": 0.3}
    time.sleep(60)


def crash() -> Iterator[dict[str, Any]]:
    yield {"before": True}
    ctypes.string_at(0)
    yield {}


def throw() -> Iterator[dict[str, Any]]:
    yield {"before": True}
    raise KeyError("of a decoder")


def print_garbage() -> Iterator[dict[str, Any]]:
    """What a library prints goes nowhere."""
    os.write(1, b"} garbage {\n")
    os.write(2, b"} garbage {\n")
    yield {"before": True}


def report_garbage() -> Iterator[dict[str, Any]]:
    """What is written where reports are read; its descriptor is the highest that is open."""
    yield {"before": True}
    os.write(max(int(entry.name) for entry in Path("/proc/self/fd").iterdir() if entry.exists()), b"}{\n")
    yield {"after": True}


def report_half_a_pair() -> Iterator[dict[str, Any]]:
    """Report text that has no encoding: half of a pair of surrogates."""
    yield {"text": "a\udcf0b"}


def report_without_end() -> Iterator[dict[str, Any]]:
    while True:
        yield {"x": "x" * 100_000}


def write_file(*, path: str) -> Iterator[dict[str, Any]]:
    try:
        with Path(path).open("wb", buffering=0) as opened:
            opened.write(b"x")
    except OSError as error:
        yield {"refused": error.errno}
    else:
        yield {"refused": None}


def see() -> Iterator[dict[str, Any]]:
    """Report what a child can see of the process that asked."""
    yield {"environment": dict(os.environ), "descriptors": len(list(Path("/proc/self/fd").iterdir()))}


def fork_and_leave() -> Iterator[dict[str, Any]]:
    """A child of the child keeps the pipe open."""
    yield {"before": True}
    if os.fork() == 0:
        time.sleep(20)
        os._exit(0)


def crash_while_rendering(**_: Any) -> Iterator[dict[str, Any]]:
    yield {"stage": "rendering", "seconds": 60}
    os.abort()
