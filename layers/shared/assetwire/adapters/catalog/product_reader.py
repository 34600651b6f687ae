"""Reads products with botocore alone: for functions that start often and only read."""

from collections.abc import Sequence
from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.batches import read_many
from assetwire.adapters.catalog.images import value_of
from assetwire.adapters.clients import client
from assetwire.domain.errors import NotFound, NotUnderstood
from assetwire.domain.link import Link, MediaOrder, Place
from assetwire.domain.product import Product, ProductMedia
from assetwire.domain.variant import Variant


class DynamoProductMediaReader:
    """Products with their links and lists in a DynamoDB table: one partition each."""

    def __init__(self, table: str) -> None:
        self._table = table

    def media(self, sku: str) -> ProductMedia:
        """Return a product with everything that says which assets show it, by one consistent query."""
        products: list[Product] = []
        links: list[Link] = []
        orders: list[MediaOrder] = []
        variants: list[Variant] = []
        for item in self._items(sku):
            match record := value_of(item):
                case Product():
                    products.append(record)
                case Link():
                    links.append(record)
                case MediaOrder():
                    orders.append(record)
                case Variant():
                    variants.append(record)
                case _:
                    raise NotUnderstood(f"among the links of product {sku} is a {type(record).__name__}")
        if not products:
            raise NotFound(f"no product {sku!r}", code="product_not_found")
        everything = {"links": tuple(links), "orders": tuple(orders), "variants": tuple(variants)}
        return ProductMedia(product=products[0], **everything)

    def lists(self, places: Sequence[Place]) -> list[MediaOrder]:
        """Return the lists at these places that there are, by one read for a hundred."""
        wanted = sorted({keys.media_order(place.sku, place.market, place.role.value) for place in places})
        found: list[MediaOrder] = []
        for item in read_many(self._table, wanted):
            order = value_of(item)
            if not isinstance(order, MediaOrder):
                raise NotUnderstood(f"the item of a list is a {type(order).__name__}")
            found.append(order)
        return found

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
