"""How long an asset is seen after somebody said that it must not: `assetwire revoke`, while viewers keep looking.

`python -m bench.exposure [--revocations 100]` deploys a stack of its own, uploads ten pictures and revokes each over
and over; in between it is granted again. One viewer asks for its URL without a pause, so that the edge's cache is warm.
Printed are the median and the maximum of the seconds from the decision to the last answer and the first refusal, beside
what the revocations' records say. The exit code is 1 if an answer came after a refusal, or nothing was refused in time.
"""

import argparse
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the viewers are the tests'

from oracles.delivery_oracle import Asked
from oracles.rights_oracle import USAGES
from typer.testing import CliRunner

from assetwire_cli import revoke_command
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.main import app
from bench.measure import show
from leak.on_stack import OnStack
from leak.worlds import Act, Look, Master, Seen

ASSETS = 10
_PATIENCE = 30.0
"""Seconds within which a viewer must be refused."""
_EVERYTHING = {"windows": [{}], "territories": ["*"], "usages": USAGES}


class Exposure(NamedTuple):
    """Seconds from the decision: to the first refusal, to the last answer, and as the revocation's record has it."""

    refused: float
    answered: float
    recorded: float
    command: float
    """From the start of the command to the first refusal."""
    again: float
    """From the restoration to the first URL."""


class Viewer(threading.Thread):
    """Asks for a URL over and over until it was refused for a while."""

    def __init__(self, world: OnStack, look: Look) -> None:
        """Look at a URL of a world."""
        super().__init__(daemon=True)
        self._world, self._look = world, look
        self.seen: list[Seen] = []
        self.over = threading.Event()

    def run(self) -> None:
        """Ask."""
        while not self.over.is_set():
            self.seen += self._world.look([self._look])
            time.sleep(0.002)


def exposure(world: OnStack, stack: LocalStack, asset: str) -> Exposure | None:
    """Revoke an asset that a viewer looks at; None if that goes on, or begins again after it was refused."""
    viewer = Viewer(world, Look(_url(world, asset), "DE"))
    viewer.start()
    while len(viewer.seen) < 20:
        time.sleep(0.01)
    assert {each.status for each in viewer.seen} == {200}, "the cache is warm"
    began = time.time()
    with patch.object(revoke_command, "target", lambda *_: stack.target):
        done = CliRunner().invoke(app, ["revoke", asset, "--reason", "a measurement"])
    assert done.exit_code == 0, done.output
    deadline = time.monotonic() + _PATIENCE
    while viewer.seen[-1].status == 200 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)  # nothing comes back
    viewer.over.set()
    viewer.join()
    statuses = [each.status for each in viewer.seen]
    last = max(number for number, status in enumerate(statuses) if status == 200)
    if last + 1 == len(statuses) or statuses.index(403) < last:
        return None
    record: dict[str, Any] = stack.target.call("GET", f"/assets/{asset}/revocations")["revocations"][0]
    decided = datetime.fromisoformat(record["decided_at"]).timestamp()
    first, before = viewer.seen[last + 1].answered, viewer.seen[last].answered
    world.act([Act(asset, "restore")])
    restored = time.time()
    _url(world, asset)
    return Exposure(
        first - decided, before - decided, record["exposure_seconds"], first - began, time.time() - restored
    )


def _url(world: OnStack, asset: str) -> str:
    """Return a URL of an asset as soon as it is in delivery."""
    asked = Asked(asset, "web-320.jpg", "web", "web", ("DE",), 3_600)
    deadline = time.monotonic() + world.slowness
    while not (answer := world.mint([asked])[0]).url:
        if time.monotonic() > deadline:
            raise AssertionError(f"{asset} is not in delivery: {answer.reason}")
        time.sleep(0.05)
    return answer.url


def main(arguments: list[str]) -> int:
    """Print how long revoked assets were seen; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.exposure")
    parser.add_argument("--revocations", type=int, default=100)
    revocations: int = parser.parse_args(arguments).revocations
    if revocations < 1:
        parser.error("revocations are 1 or more: of none nothing is exposed")
    stack = LocalStack("bench-exposure")
    stack.reset()
    stack.up(lambda step: print(step, flush=True))
    measured: list[Exposure] = []
    try:
        with OnStack(stack, prefix="exposure") as world:
            assets = world.admit([Master(None)] * ASSETS)
            world.act([Act(asset, "license", _EVERYTHING) for asset in assets])
            for number in range(revocations):
                asset = assets[number % ASSETS]
                found = exposure(world, stack, asset)
                if found is None:
                    print(f"revocation {number + 1} of {asset}: it was answered after a refusal, or still is")
                    return 1
                measured.append(found)
    finally:
        stack.reset()
    report(measured)
    return 0


def report(measured: Sequence[Exposure]) -> None:
    """Print a table of medians and maxima."""
    rows = [
        ("decision to the first refusal", [each.refused for each in measured]),
        ("decision to the last answer", [each.answered for each in measured]),
        ("exposure_seconds of the record", [each.recorded for each in measured]),
        ("the first refusal after what the record says", [each.refused - each.recorded for each in measured]),
        ("start of the command to the first refusal", [each.command for each in measured]),
        ("restoration to a URL again", [each.again for each in measured]),
    ]
    print(f"{len(measured)} revocations")
    show(("seconds", "median", "maximum"), [(name, f"{median(s):.3f}", f"{max(s):.3f}") for name, s in rows])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
