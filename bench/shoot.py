"""The scripted shoot in full: many products and photographs, everything twice and in any order, against an oracle.

`python -m bench.shoot [--seeds 50] [--first 1] [--products 1000] [--photos 3000] [--processes 1]` plays a shoot for
each seed in memory, as `tests/fakes/shoot_house.py` does, and compares all links, roles, lists and questions with what
`tests/oracles/shoot.py` says that must come of them. The exit code is 1 if anything differs in any seed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import starmap
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the house and the oracle are the tests'

from oracles.shoot import CONFIRMED, PROPOSED, REJECTED, REMOVED, shoot

from bench.measure import show
from fakes.shoot_house import played

_SHOWN = 3
"""Differences of a seed that are printed."""


class Played(NamedTuple):
    """What came of one seed."""

    seed: int
    variants: int
    links: Counter[str]
    """By state."""
    decided: int
    """Photographs about which a person decided something."""
    events: int
    """That were followed."""
    differences: list[str]
    wrong: int
    """Links that are confirmed and must not be."""
    seconds: float
    """Of the processor."""


def play(seed: int, products: int, photos: int) -> Played:
    """Play a shoot and compare."""
    began = time.process_time()
    script = shoot(seed, products=products, photos=photos)
    house = played(script, seed)
    links = Counter(link.state for photo in script.photos for link in house.links(photo).values())
    variants = sum(item.parent is not None for item in script.items)
    came_of_it = [*house.differences()]
    seconds = time.process_time() - began
    return Played(seed, variants, links, len(house.decided), house.followed, came_of_it, house.wrong(), seconds)


def report(every: Iterable[Played]) -> int:
    """Print a table of seeds, and what differs; return how many differ."""
    states = (CONFIRMED, PROPOSED, REJECTED, REMOVED)
    rows, red = [], 0
    for each in every:
        for difference in each.differences[:_SHOWN]:
            print(f"seed {each.seed}: {difference}", flush=True)
        red += bool(each.differences or each.wrong)
        counts = (each.variants, *(each.links[state] for state in states), each.decided, each.events)
        rows.append((each.seed, *counts, len(each.differences), each.wrong, f"{each.seconds:.1f}"))
        if sys.stdout.isatty():
            print(f"  seed {each.seed} is played", end="\r", flush=True)
    header = ("seed", "variants", *states, "by people", "events", "differences", "wrongly confirmed", "CPU s")
    show(header, [tuple(map(str, row)) for row in rows])
    print(f"shoot: {len(rows)} seeds, {red} of them differ from the oracle")
    return red


def main(arguments: list[str]) -> int:
    """Play all seeds; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.shoot")
    sizes = {"seeds": 50, "first": 1, "products": 1000, "photos": 3000, "processes": 1}
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args(arguments)
    if min(getattr(asked, name) for name in sizes) < 1:
        parser.error("all of these are 1 or more: of none no link is wrong")
    every = [(seed, asked.products, asked.photos) for seed in range(asked.first, asked.first + asked.seeds)]
    if asked.processes == 1:
        return int(report(starmap(play, every)) > 0)
    with ProcessPoolExecutor(asked.processes) as pool:
        return int(report(pool.map(play, *zip(*every, strict=True))) > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
