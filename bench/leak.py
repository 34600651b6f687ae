"""The leak test on an embedded stack of its own: every URL that was ever minted, against an oracle.

`python -m bench.leak [--assets 200] [--seed 1] [--rounds 3] [--keep]` deploys a stack, uploads so many small pictures
and does to their rights whatever can be done; `docs/leak-test.md` says what is asked and held. The exit code is 1 if
anything differs, or nothing was answered. `--keep` leaves the stack up; the next run goes on with it.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the course and the oracle are the tests'

from assetwire_cli.local_stack import LocalStack
from leak.arguments import read
from leak.drive import LeakTest, summary
from leak.on_stack import OnStack


def main(arguments: list[str]) -> int:
    """Run the leak test on a stack; return the exit code."""
    asked = read(arguments, "bench.leak", assets=200, flag=("--keep", "leave the stack up"))
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {what}", flush=True)

    stack = LocalStack("bench-leak")
    if not (asked.keep and stack.running):
        stack.reset()
    stack.up(say)
    try:
        with OnStack(stack, prefix=f"leak-{time.time_ns()}") as world:
            test = LeakTest(world, assets=asked.assets, seed=asked.seed, say=say)
            say(f"{asked.assets} assets are rendered")
            report = test.run(asked.rounds)
    finally:
        if not asked.keep:
            stack.reset()
    print("\n".join(summary(report)))
    return int(not report.passed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
