"""Reads assets with botocore alone: for functions that start often and only read."""

from collections.abc import Sequence
from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.batches import read_many
from assetwire.adapters.catalog.images import value_of
from assetwire.adapters.clients import client
from assetwire.domain.asset import Asset
from assetwire.domain.errors import NotFound, NotUnderstood


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
        places = sorted({keys.asset(asset_id) for asset_id in asset_ids})
        found = {asset.asset_id: asset for asset in map(_asset_in, read_many(self._table, places))}
        return [found[asset_id] for asset_id in asset_ids if asset_id in found]


def _asset_in(item: dict[str, Any]) -> Asset:
    asset = value_of(item)
    if not isinstance(asset, Asset):
        raise NotUnderstood(f"the item of an asset is a {type(asset).__name__}")
    return asset
