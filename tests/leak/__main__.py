"""`PYTHONPATH=tests python -m leak [--assets N] [--seed N] [--rounds N] [--hasty]`: the leak test of a house in memory.

The exit code is 1 if anything differs from what the oracle says.
"""

import argparse
import sys

from leak.drive import LeakTest, summary
from leak.in_memory import InMemory


def main(arguments: list[str]) -> int:
    """Run the leak test; return the exit code."""
    parser = argparse.ArgumentParser(prog="leak")
    for name, default in (("assets", 24), ("seed", 1), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--hasty", action="store_true", help="begin nothing once something differs")
    asked = parser.parse_args(arguments)
    with InMemory() as world:
        report = LeakTest(world, assets=asked.assets, seed=asked.seed, say=print).run(asked.rounds, hasty=asked.hasty)
    print("\n".join(summary(report)))
    return int(bool(report.differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
