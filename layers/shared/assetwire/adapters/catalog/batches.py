"""Many items at once, with botocore alone: what DynamoDB leaves out of a batch is asked for again."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.catalog import keys
from assetwire.adapters.clients import client
from assetwire.domain.errors import Unavailable

_AT_ONCE = 100
"""Items of a batch. Source: DynamoDB API reference, BatchGetItem."""
_ATTEMPTS = 5
"""How often what DynamoDB left out of a batch is asked for."""
_PAUSE = 0.05
"""Seconds before the second attempt; each further pause is twice as long."""


def read_many(table: str, wanted: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Yield the items under these keys that there are, read consistently, in whichever order.

    Raises:
        Unavailable: some were not read, after retries.
    """
    for start in range(0, len(wanted), _AT_ONCE):
        yield from _batch(table, wanted[start : start + _AT_ONCE])


def _batch(table: str, wanted: Sequence[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    left = [{keys.PARTITION: {"S": pk}, keys.SORT: {"S": sk}} for pk, sk in wanted]
    for attempt in range(_ATTEMPTS):
        with translated(f"reading {len(left)} items"):
            answer = client("dynamodb").batch_get_item(RequestItems={table: {"Keys": left, "ConsistentRead": True}})
        yield from answer["Responses"].get(table, [])
        left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        if not left:
            return
        time.sleep(_PAUSE * 2**attempt)
    raise Unavailable(f"{len(left)} items were not read")
