"""The Products port: products, their links and their lists, each product in a partition of its own."""

from collections.abc import Collection, Sequence

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.arranging import write_arrangement
from assetwire.adapters.catalog.product_reader import DynamoProductMediaReader
from assetwire.adapters.catalog.table import Table
from assetwire.domain.errors import NotFound
from assetwire.domain.link import Arrangement, Link
from assetwire.domain.match import ProductName
from assetwire.domain.product import Product
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.variant import Variant


class DynamoProducts(DynamoProductMediaReader):
    """Products in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        super().__init__(table)
        self._records = Table(table, region=region)

    def product(self, sku: str) -> Product:
        """Return a product, read consistently."""
        found = self._records.find(Product, keys.product(sku))
        if found is None:
            raise NotFound(f"no product {sku!r}", code="product_not_found")
        return found

    def products_named(self, skus: Sequence[str]) -> list[Product]:
        """Read those of these products that there are, in batches."""
        return self._records.many(Product, [keys.product(sku) for sku in dict.fromkeys(skus)])

    def links_of(self, asset_id: str) -> list[Link]:
        """Find the links of an asset by the index, and read them."""
        return self._records.many(Link, self._records.listed(keys.links_listing(asset_id)))

    def save(
        self,
        product: Product,
        *,
        named: Collection[str] = (),
        forgotten: Collection[str] = (),
        noted: Variant | None = None,
        left: Variant | None = None,
        revision: ProductRevision | None = None,
    ) -> None:
        """Write a product, if its revision is the one before, and its notes; in one transaction if there are any."""
        table = self._records
        if not (named or forgotten or noted or left or revision):
            table.save(product)
            return
        with table.transaction(f"saving product {product.sku}") as transaction:
            transaction.save(table.item_of(product), condition=table.unchanged(product))
            for name in sorted(named):
                transaction.save(table.item_of(ProductName(name=name, sku=product.sku)))
            for name in sorted(forgotten):
                transaction.delete(table.items(*keys.product_name(name, product.sku)))
            if noted is not None:
                transaction.save(table.item_of(noted))
            if left is not None:
                transaction.delete(table.items(*keys.variant(left.parent, left.sku)))
            if revision is not None:
                transaction.save(table.item_of(revision), condition=table.items.pk.does_not_exist())

    def arrange(self, arrangement: Arrangement) -> None:
        """Write a list and its links in one transaction."""
        with self._records.transaction("arranging the assets of a product") as transaction:
            write_arrangement(arrangement, table=self._records, transaction=transaction)
