"""The cost of a sweep over rights: what is due is paid for, whatever the size of the Catalog.

`python -m bench.rights_expiry [ASSETS …]` (1,000, 10,000 and 100,000) writes so many assets into a table with the
template's keys and indexes, on an embedded endpoint of its own, lets the windows of 100 of them end at one moment, and
runs the sweep of that moment. Read and write capacity units are those that DynamoDB's answers report
(`ReturnConsumedCapacity`). Exit code 0 if the read units differ by 20 % at the most.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the assets are the tests'

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.table import Table
from assetwire.adapters.clients import client
from assetwire.domain.rights import Window
from assetwire.services.rights_expiry import Flipped, flip
from assetwire_cli.edge.template import load_document
from assetwire_cli.project import LOCAL, TEMPLATE
from fakes import some

DUE = 100
END = some.NOW + timedelta(days=90)
"""When the windows of those that are due end; all others' end much later."""
_REGION = "us-east-1"
_READS = ("GetItem", "BatchGetItem", "Query")


@contextmanager
def endpoint() -> Iterator[None]:
    """Let the AWS clients of this process talk to an embedded endpoint of its own, which is gone at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="assetwire-bench-"))
    known = {"TMPDIR": str(folder), "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "false"}
    command = [str(LOCAL / "stack" / "bin" / "ministack")]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "SFTP_ENABLED": "false", **known}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": _REGION}
    try:
        with patch.dict(os.environ, {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", **credentials}):
            deadline = time.monotonic() + 30
            while True:
                try:
                    client("dynamodb").list_tables()
                    break
                except (BotoCoreError, ClientError):
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)
            yield
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def fill(name: str, assets: int) -> None:
    """Make a table as the template has it, and write assets into it, of which `DUE` are due at `END`."""
    known = load_document(TEMPLATE)["Resources"]["Catalog"]["Properties"]
    taken = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    client("dynamodb").create_table(TableName=name, **{each: known[each] for each in taken})
    table = Table(name, region=_REGION)
    plain = some.asset()

    def item(number: int) -> dict[str, Any]:
        ends = END if number < DUE else END + timedelta(days=1000 + number % 1000)
        asset = plain.model_copy(update={"asset_id": some.asset_id(str(number))})
        licensed = asset.with_rights(some.rights(windows=(Window(ends=ends),)), now=some.NOW)
        if number < DUE:
            licensed = licensed.in_phase(now=END - timedelta(minutes=1))  # the last notice of its end was given
        return {"PutRequest": {"Item": table.item_of(licensed).to_dynamodb_dict()}}

    def write(start: int) -> None:
        batch = [item(number) for number in range(start, min(start + 25, assets))]
        while batch:
            batch = client("dynamodb").batch_write_item(RequestItems={name: batch})["UnprocessedItems"].get(name, [])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(0, assets, 25)))


def swept(name: str) -> tuple[Flipped, Counter[str], float, float]:
    """Run the sweep; return what it did, its calls, and the capacity units that were read and written."""
    calls, units, plain = Counter[str](), Counter[str](), BaseClient._make_api_call

    def counted(self: Any, operation: str, arguments: Any) -> Any:
        answer = plain(self, operation, arguments | {"ReturnConsumedCapacity": "TOTAL"})
        reported = answer.get("ConsumedCapacity", [])
        calls[operation] += 1
        for each in reported if isinstance(reported, list) else [reported]:
            units["read" if operation in _READS else "written"] += each["CapacityUnits"]
        return answer

    with patch.object(BaseClient, "_make_api_call", counted):
        agenda = DynamoAgenda(name, region=_REGION)
        done = flip(agenda=agenda, now=lambda: END, until=END + timedelta(minutes=4))
    return done, calls, units["read"], units["written"]


def main(sizes: list[int]) -> int:
    """Print what a sweep costs in Catalogs of these sizes; return the exit code."""
    read: list[float] = []
    with endpoint():
        for assets in sizes:
            began = time.perf_counter()
            fill(name := f"catalog-{assets}", assets)
            print(f"{assets:>8} assets written in {time.perf_counter() - began:.0f} s", flush=True)
            done, calls, units_read, units_written = swept(name)
            said = ", ".join(f"{count} {operation}" for operation, count in sorted(calls.items()))
            units = f"{units_read:g} units read, {units_written:g} written"
            print(f"         {done.flipped} of {DUE} flipped: {units}; {said}")
            if done != Flipped(DUE, 0):
                return 1
            read.append(units_read)
    ratio = max(read) / min(read)
    print(f"most to least units read: {ratio:.2f} (bar 1.20)")
    return 0 if ratio <= 1.2 else 1


if __name__ == "__main__":
    raise SystemExit(main([int(each) for each in sys.argv[1:]] or [1_000, 10_000, 100_000]))
