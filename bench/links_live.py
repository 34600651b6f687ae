"""Many at once on the same lists: bound, unbound, reordered and set as a whole, against DynamoDB.

`python -m bench.links_live [--seconds 60] [--workers 16]` lets so many workers, people and PIM, change the lists of
four products on an embedded endpoint of its own, by single calls and by bulk ones, and looks at a product after each
change. Exit code 0 if every look found what must hold (`tests/oracles/lists_oracle.py`), and the history of each list
has every revision from 0 to its last once.
"""

import argparse
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the assets and the oracle are the tests'

from typing import Any

from oracles.lists_oracle import broken

from assetwire.adapters.catalog.idempotency import DynamoIdempotentRequests
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.reader import DynamoAssetReader
from assetwire.adapters.catalog.table import Table
from assetwire.domain.errors import Conflict, Refused
from assetwire.domain.link import LinkOrigin, LinkRole, Place
from assetwire.domain.link_operations import LinkOperation
from assetwire.domain.product import ProductMedia
from assetwire.services.bulk_links import Asked, change_links
from assetwire.services.links import arrange
from bench.capacity import REGION, endpoint, make_table
from fakes import some

TABLE = "catalog"
SKUS = tuple(f"S-{number}" for number in range(4))
ASSETS = tuple(f"{number}.jpg" for number in range(12))
ROLES, MARKETS = (LinkRole.HERO, LinkRole.ALTERNATE), ("any", "DE")


class Worker(threading.Thread):
    """Somebody who changes lists until the time is over."""

    def __init__(self, number: int, until: float) -> None:
        """Begin as a person, or every other one as PIM."""
        super().__init__(daemon=True)
        self._dice, self._until, self._number = random.Random(number), until, number
        self._products = DynamoProducts(TABLE, region=REGION)
        self._requests = DynamoIdempotentRequests(TABLE, region=REGION)
        self._assets = DynamoAssetReader(TABLE)
        self._origin = (LinkOrigin.PERSON, LinkOrigin.PIM)[number % 2]
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self.steps = 0

    def run(self) -> None:
        """Change a list, look, and again."""
        while time.monotonic() < self._until and not self.faults:
            self.steps += 1
            try:
                self._step()
            except Exception as error:  # noqa: BLE001 - whatever it is, the run has failed by it
                self.faults.append(f"{type(error).__name__}: {error}")

    def _step(self) -> None:
        place = Place(self._dice.choice(SKUS), self._dice.choice(ROLES), self._dice.choice(MARKETS))
        try:
            if self._dice.random() < 0.3:
                self._set(place)
            else:
                self._change(place)
        except (Conflict, Refused) as error:
            self.done[error.code] += 1
        self.faults += look(place.sku, self._products)

    def _set(self, place: Place) -> None:
        assets = [some.asset_id(name) for name in self._dice.sample(ASSETS, self._dice.randint(0, 8))]
        known: dict[str, Any] = {"origin": self._origin, "by": f"worker {self._number}", "now": some.NOW}
        arrange(place, assets, **known, products=self._products, catalog=self._assets)
        self.done["set"] += 1

    def _change(self, place: Place) -> None:
        operations = {number: self._operation(place) for number in range(self._dice.randint(1, 4))}
        request = f"{self._number}-{self.steps}"
        asked = Asked(operations, request, "digest", self._origin, f"worker {self._number}")
        ports: dict[str, Any] = {"products": self._products, "assets": self._assets, "requests": self._requests}
        outcomes = change_links(asked, **ports, clock=lambda: some.NOW)
        if self._dice.random() < 0.1:
            assert change_links(asked, **ports, clock=lambda: some.NOW) == outcomes
        self.done.update(outcome.code or outcome.effect.value for outcome in outcomes.values())

    def _operation(self, place: Place) -> LinkOperation:
        said: dict[str, Any] = {"sku": place.sku, "role": place.role, "market": place.market}
        one = some.asset_id(self._dice.choice(ASSETS))
        match self._dice.randint(0, 2):
            case 0:
                at = self._dice.choice([None, 1, 3])
                return LinkOperation(op="bind", asset_id=one, position=at, **said)
            case 1:
                return LinkOperation(op="unbind", asset_id=one, **said)
            case _:
                some_more = [some.asset_id(name) for name in self._dice.sample(ASSETS, 2)]
                return LinkOperation(op="reorder", assets=some_more, **said)


def look(sku: str, products: DynamoProducts) -> list[str]:
    """Return what does not hold of a product.

    A query is no snapshot across the items of a transaction (DynamoDB developer guide, isolation levels): what was seen
    counts if it is seen again while no list moved.
    """
    media = products.media(sku)
    found = faults(media)
    while found:
        again = products.media(sku)
        if again.orders == media.orders:
            return [f"{sku}: {each}" for each in faults(again)]
        media, found = again, faults(again)
    return []


def faults(media: ProductMedia) -> list[str]:
    """Return what does not hold of a product as it was read."""
    lists = {(order.role.value, order.market): order.assets for order in media.orders}
    return broken(lists, [(link.asset_id, (link.role.value, link.market)) for link in media.links if link.is_confirmed])


def main(arguments: list[str]) -> int:
    """Let workers change lists, and print what became of that; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.links_live")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=16)
    asked = parser.parse_args(arguments)
    with endpoint():
        make_table(TABLE)
        table = Table(TABLE, region=REGION)
        for sku in SKUS:
            table.save(some.product(sku))
        for name in ASSETS:
            table.save(some.asset(name))
        until = time.monotonic() + asked.seconds
        workers = [Worker(number, until) for number in range(asked.workers)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        products = DynamoProducts(TABLE, region=REGION)
        every = [fault for worker in workers for fault in worker.faults]
        every += [fault for sku in SKUS for fault in look(sku, products)]
        every += [fault for sku in SKUS for fault in revisions(sku, products)]
        writes = sum(order.revision + 1 for sku in SKUS for order in products.media(sku).orders)
    done = sum((worker.done for worker in workers), Counter())
    steps = sum(worker.steps for worker in workers)
    print(f"{asked.workers} workers, {asked.seconds:g} s: {steps} steps, {writes} writes of {len(SKUS) * 4} lists")
    print(", ".join(f"{count} {what}" for what, count in sorted(done.items())))
    for fault in sorted(set(every))[:20]:
        print(f"BROKEN: {fault}")
    print("everything held after each step" if not every else f"{len(every)} faults")
    return int(bool(every) or not writes)


def revisions(sku: str, products: DynamoProducts) -> list[str]:
    """Return where the history of a product's lists is not one revision after the other, each once."""
    from assetwire.adapters.catalog.link_history import DynamoLinkHistories

    histories, before = DynamoLinkHistories(TABLE, region=REGION), None
    found: dict[tuple[str, str], list[int]] = {}
    while True:
        page = histories.of_product(sku, limit=100, before=before)
        for change in page.changes:
            if change.asset_id is None:
                found.setdefault((change.role.value, change.market), []).append(change.revision)
        before = page.next
        if before is None:
            break
    last = {(order.role.value, order.market): order.revision for order in products.media(sku).orders}
    return [
        f"{sku} {where}: revisions are not 0 to {last[where]}, each once"
        for where, revisions in found.items()
        if sorted(revisions) != list(range(last[where] + 1))
    ]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
