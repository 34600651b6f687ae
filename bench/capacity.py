"""DynamoDB on an embedded endpoint of its own, and what calls cost there in capacity units."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError

from assetwire.adapters.clients import client
from assetwire_cli.edge.template import load_document
from assetwire_cli.project import LOCAL, TEMPLATE

REGION = "us-east-1"
_READS = ("GetItem", "BatchGetItem", "Query")
_AT_ONCE = 25
"""Items of one BatchWriteItem."""


class Cost(NamedTuple):
    """The calls of some work by their operation, and the capacity units that they read and wrote."""

    calls: Counter[str]
    units: Counter[str]

    def __str__(self) -> str:
        """Say it in one line."""
        said = ", ".join(f"{count} {operation}" for operation, count in sorted(self.calls.items()))
        return f"{self.units['read']:g} units read, {self.units['written']:g} written; {said}"


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
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
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


def make_table(name: str) -> None:
    """Make a table with the keys and indexes of the template's Catalog."""
    known = load_document(TEMPLATE)["Resources"]["Catalog"]["Properties"]
    taken = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    client("dynamodb").create_table(TableName=name, **{each: known[each] for each in taken})


def fill(name: str, count: int, items: Callable[[int], Sequence[dict[str, Any]]]) -> None:
    """Write the items that `items` makes of each number below `count`, in DynamoDB's form, into a table."""

    def write(start: int) -> None:
        made = [item for number in range(start, min(start + _AT_ONCE, count)) for item in items(number)]
        waiting = [{"PutRequest": {"Item": item}} for item in made]
        while waiting:
            batch, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            waiting += client("dynamodb").batch_write_item(RequestItems={name: batch})["UnprocessedItems"].get(name, [])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(0, count, _AT_ONCE)))


@contextmanager
def counted() -> Iterator[Cost]:
    """Count the calls of this process, and the units that DynamoDB's answers report (`ReturnConsumedCapacity`)."""
    cost, plain = Cost(Counter(), Counter()), BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: Any) -> Any:
        answer = plain(self, operation, arguments | {"ReturnConsumedCapacity": "TOTAL"})
        reported = answer.get("ConsumedCapacity", [])
        cost.calls[operation] += 1
        for each in reported if isinstance(reported, list) else [reported]:
            cost.units["read" if operation in _READS else "written"] += each["CapacityUnits"]
        return answer

    with patch.object(BaseClient, "_make_api_call", call):
        yield cost
