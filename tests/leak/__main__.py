"""`PYTHONPATH=tests python -m leak [--assets N] [--seed N] [--rounds N] [--hasty]`: the leak test of a house in memory.

The exit code is 1 if anything differs from what the oracle says, or nothing was answered and so nothing proven.
"""

import sys

from leak.arguments import read
from leak.drive import LeakTest, summary
from leak.in_memory import InMemory


def main(arguments: list[str]) -> int:
    """Run the leak test; return the exit code."""
    asked = read(arguments, "leak", assets=24, flag=("--hasty", "begin nothing once something differs"))
    with InMemory() as world:
        report = LeakTest(world, assets=asked.assets, seed=asked.seed, say=print).run(asked.rounds, hasty=asked.hasty)
    print("\n".join(summary(report)))
    return int(not report.passed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
