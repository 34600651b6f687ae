"""Reads single assets with botocore alone: for functions that start often and only read."""

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.catalog import keys
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
        asset = value_of(answer["Item"])
        if not isinstance(asset, Asset):
            raise NotUnderstood(f"the item of asset {asset_id} is a {type(asset).__name__}")
        return asset
