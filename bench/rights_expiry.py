"""The cost of a sweep over rights: what is due is paid for, whatever the size of the Catalog.

`python -m bench.rights_expiry [ASSETS …]` (1,000, 10,000 and 100,000) writes so many assets into a table with the
template's keys and indexes, on an embedded endpoint of its own, lets the windows of 100 of them end at one moment, and
runs the sweep of that moment. Read and write capacity units are those that DynamoDB's answers report
(`ReturnConsumedCapacity`). Exit code 0 if the read units differ by 20 % at the most.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the assets are the tests'

from typing import Any

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.table import Table
from assetwire.domain.rights import Window
from assetwire.services.rights_expiry import Flipped, flip
from bench.capacity import REGION, Cost, counted, endpoint, fill, make_table
from fakes import some

DUE = 100
END = some.NOW + timedelta(days=90)
"""When the windows of those that are due end; all others' end much later."""


def items(table: Table, number: int) -> list[dict[str, Any]]:
    """Return an asset as DynamoDB holds it; `DUE` of them are due at `END`."""
    ends = END if number < DUE else END + timedelta(days=1000 + number % 1000)
    asset = some.asset().model_copy(update={"asset_id": some.asset_id(str(number))})
    licensed = asset.with_rights(some.rights(windows=(Window(ends=ends),)), now=some.NOW)
    if number < DUE:
        licensed = licensed.in_phase(now=END - timedelta(minutes=1))  # the last notice of its end was given
    return [table.item_of(licensed).to_dynamodb_dict()]


def swept(name: str) -> tuple[Flipped, Cost]:
    """Run the sweep; return what it did, and what that cost."""
    with counted() as cost:
        agenda = DynamoAgenda(name, region=REGION)
        done = flip(agenda=agenda, now=lambda: END, until=END + timedelta(minutes=4))
    return done, cost


def main(sizes: list[int]) -> int:
    """Print what a sweep costs in Catalogs of these sizes; return the exit code."""
    read: list[float] = []
    with endpoint():
        for assets in sizes:
            began = time.perf_counter()
            make_table(name := f"catalog-{assets}")
            table = Table(name, region=REGION)
            fill(name, assets, lambda number, table=table: items(table, number))  # type: ignore[misc]
            print(f"{assets:>8} assets written in {time.perf_counter() - began:.0f} s", flush=True)
            done, cost = swept(name)
            print(f"         {done.flipped} of {DUE} flipped: {cost}")
            if done != Flipped(DUE, 0):
                return 1
            read.append(cost.units["read"])
    ratio = max(read) / min(read)
    print(f"most to least units read: {ratio:.2f} (bar 1.20)")
    return 0 if ratio <= 1.2 else 1


if __name__ == "__main__":
    raise SystemExit(main([int(each) for each in sys.argv[1:]] or [1_000, 10_000, 100_000]))
