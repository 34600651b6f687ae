"""The cost of linking one asset: the same in a catalogue of a thousand products and of a hundred thousand.

`python -m bench.linking [PRODUCTS …]` (1,000 and 100,000) writes so many products, every tenth with an asset that shows
it, into a table with the template's keys and indexes, on an embedded endpoint of its own. Then three more assets are
linked: by what a file says (`associate`), by PIM (`POST /links`), and by a person, as a whole list. Units are those
that DynamoDB's answers report (`ReturnConsumedCapacity`). Exit code 0 if each way costs the same whatever the size.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the assets are the tests'

from typing import Any

from assetwire.adapters.catalog.idempotency import DynamoIdempotentRequests
from assetwire.adapters.catalog.matches import DynamoMatches
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.catalog.table import Table
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain.inspection import Identifier
from assetwire.domain.link import LinkOrigin, LinkRole, LinkState, Place
from assetwire.domain.link_operations import Effect, LinkOperation, OperationKind
from assetwire.domain.match import ProductName
from assetwire.domain.outbox import Record
from assetwire.services.associate import associate
from assetwire.services.bulk_links import Asked, change_links
from assetwire.services.links import arrange
from bench.capacity import REGION, Cost, counted, endpoint, fill, make_table
from fakes import some

_SAID = (Identifier(kind="sku", value="S-500", source="manifest", confidence=0.95),)


def items(table: Table, number: int) -> list[dict[str, Any]]:
    """Return a product, of every tenth one also an asset that shows it, as DynamoDB holds them."""
    sku, key = f"S-{number}", f"{number}.jpg"
    product = some.product(sku)
    made: list[Record] = [product, *(ProductName(name=name, sku=sku) for name in product.names)]
    if number % 10 == 0:
        made += [some.asset(key), some.link(key, sku), some.media_order(key, sku=sku)]
    return [table.item_of(each).to_dynamodb_dict() for each in made]


def linked(name: str) -> dict[str, Cost]:
    """Link three more assets, each in another way; return what each cost."""
    place = {"region": REGION}
    products, catalog = DynamoProducts(name, **place), DynamoCatalog(name, **place)
    for key in ("evidence", "pim", "person"):
        said = _SAID if key == "evidence" else ()
        Table(name, **place).save(some.asset(key, inspection=some.inspection(identifiers=said)))
    costs: dict[str, Cost] = {}
    with counted() as costs["by evidence"]:
        ports: dict[str, Any] = {"products": products, "catalog": catalog, "clock": lambda: some.NOW}
        ports |= {"matches": DynamoMatches(name, **place), "worklist": DynamoWorklist(name, **place)}
        associate(None, some.asset_id("evidence"), **ports)
    operation = LinkOperation(op=OperationKind.BIND, sku="S-500", role=LinkRole.HERO, asset_id=some.asset_id("pim"))
    with counted() as costs["by PIM"]:
        asked = Asked({0: operation}, "request", "digest", LinkOrigin.PIM, "client:pim")
        requests = DynamoIdempotentRequests(name, **place)
        outcomes = change_links(asked, products=products, assets=catalog, requests=requests, clock=lambda: some.NOW)
    assert outcomes[0].effect is Effect.APPLIED
    with counted() as costs["by a person"]:
        known: dict[str, Any] = {"origin": LinkOrigin.PERSON, "by": "cognito:me", "now": some.NOW}
        assets = [some.asset_id(key) for key in ("person", "500.jpg", "pim")]
        arrange(Place("S-500", LinkRole.HERO), assets, **known, products=products, catalog=catalog)
    confirmed = {link.asset_id for link in products.media("S-500").links if link.state is LinkState.CONFIRMED}
    assert confirmed == {some.asset_id(key) for key in ("evidence", "pim", "person", "500.jpg")}
    return costs


def main(sizes: list[int]) -> int:
    """Print what linking costs in catalogues of these sizes; return the exit code."""
    if min(sizes) <= 500:
        print("a catalogue has more than 500 products here")
        return 1
    found: list[dict[str, Cost]] = []
    with endpoint():
        for size in sizes:
            began = time.perf_counter()
            make_table(name := f"catalog-{size}")
            table = Table(name, region=REGION)
            fill(name, size, lambda number, table=table: items(table, number))  # type: ignore[misc]
            print(f"{size:>8} products written in {time.perf_counter() - began:.0f} s", flush=True)
            found.append(linked(name))
            for way, cost in found[-1].items():
                print(f"         {way}: {cost}")
    same = all(costs == found[0] for costs in found)
    print("the same calls and units whatever the size" if same else "the size is paid for")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main([int(each) for each in sys.argv[1:]] or [1_000, 100_000]))
