"""Reads assets with botocore alone: for functions that start often and only read."""

import time
from collections.abc import Sequence
from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.images import value_of
from assetwire.adapters.clients import client
from assetwire.domain.asset import Asset
from assetwire.domain.errors import NotFound, NotUnderstood, Unavailable

_ATTEMPTS = 5
"""How often what DynamoDB left out of a batch is asked for."""
_PAUSE = 0.05
"""Seconds before the second attempt; each further pause is twice as long."""


class DynamoAssetReader:
    """Assets in a DynamoDB table."""

    def __init__(self, table: str) -> None:
        self._table = table

    def asset(self, asset_id: str) -> Asset:
        """Return an asset, read consistently.

        Raises:
            NotFound: there is none of this id.
        """
        pk, sk = keys.asset(asset_id)
        key = {keys.PARTITION: {"S": pk}, keys.SORT: {"S": sk}}
        with translated(f"reading asset {asset_id}"):
            answer = client("dynamodb").get_item(TableName=self._table, Key=key, ConsistentRead=True)
        if "Item" not in answer:
            raise NotFound(f"no asset {asset_id}", code="asset_not_found")
        return _asset_in(answer["Item"])

    def assets_named(self, asset_ids: Sequence[str]) -> list[Asset]:
        """Return those of these assets that there are, in this order, by one read; at most 100 are asked for.

        Raises:
            NotUnderstood: a record is broken.
            Unavailable: some were not read, after retries.
        """
        places = {keys.asset(asset_id) for asset_id in asset_ids}
        wanted = [{keys.PARTITION: {"S": pk}, keys.SORT: {"S": sk}} for pk, sk in sorted(places)]
        found: dict[str, Asset] = {}
        for attempt in range(_ATTEMPTS):
            asked = {self._table: {"Keys": wanted, "ConsistentRead": True}}
            with translated(f"reading {len(wanted)} assets"):
                answer = client("dynamodb").batch_get_item(RequestItems=asked)
            assets = [_asset_in(item) for item in answer["Responses"].get(self._table, [])]
            found |= {asset.asset_id: asset for asset in assets}
            wanted = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not wanted:
                return [found[asset_id] for asset_id in asset_ids if asset_id in found]
            time.sleep(_PAUSE * 2**attempt)
        raise Unavailable(f"{len(wanted)} assets were not read")


def _asset_in(item: dict[str, Any]) -> Asset:
    asset = value_of(item)
    if not isinstance(asset, Asset):
        raise NotUnderstood(f"the item of an asset is a {type(asset).__name__}")
    return asset
