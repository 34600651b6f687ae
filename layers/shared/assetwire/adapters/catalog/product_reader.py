"""Reads products with botocore alone: for functions that start often and only read."""

from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.images import value_of
from assetwire.adapters.clients import client
from assetwire.domain.errors import NotFound, NotUnderstood
from assetwire.domain.link import Link, MediaOrder
from assetwire.domain.product import Product, ProductMedia


class DynamoProductMediaReader:
    """Products with their links and lists in a DynamoDB table: one partition each."""

    def __init__(self, table: str) -> None:
        self._table = table

    def media(self, sku: str) -> ProductMedia:
        """Return a product with everything that says which assets show it, by one consistent query."""
        products: list[Product] = []
        links: list[Link] = []
        orders: list[MediaOrder] = []
        for item in self._items(sku):
            match record := value_of(item):
                case Product():
                    products.append(record)
                case Link():
                    links.append(record)
                case MediaOrder():
                    orders.append(record)
                case _:
                    raise NotUnderstood(f"among the links of product {sku} is a {type(record).__name__}")
        if not products:
            raise NotFound(f"no product {sku!r}", code="product_not_found")
        return ProductMedia(product=products[0], links=tuple(links), orders=tuple(orders))

    def _items(self, sku: str) -> list[dict[str, Any]]:
        partition, (first, last) = keys.product_media(sku)
        asked: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": f"{keys.PARTITION} = :partition AND {keys.SORT} BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":first": {"S": first},
                ":last": {"S": last},
            },
        }
        found: list[dict[str, Any]] = []
        while True:
            with translated(f"reading product {sku}"):
                answer = client("dynamodb").query(**asked)
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return found
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
