"""What a leak test is asked for on the command line."""

import argparse
from collections.abc import Sequence


def read(arguments: Sequence[str], prog: str, *, assets: int, flag: tuple[str, str]) -> argparse.Namespace:
    """Return `assets` (by default so many), `seed` and `rounds`, and the flag, given by its name and its help.

    No assets and no rounds prove nothing: that is refused, with exit code 2.
    """
    parser = argparse.ArgumentParser(prog=prog)
    for name, default in (("assets", assets), ("seed", 1), ("rounds", 3)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument(flag[0], action="store_true", help=flag[1])
    asked = parser.parse_args(arguments)
    if min(asked.assets, asked.rounds) < 1:
        parser.error("assets and rounds are 1 or more: of none nothing can leak")
    return asked
