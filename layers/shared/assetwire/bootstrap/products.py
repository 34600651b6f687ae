"""Wiring of the functions about products, and which assets show them."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assetwire.domain.errors import InvalidRequest
    from assetwire.domain.imagery import Imagery
    from assetwire.domain.link import MediaOrder
    from assetwire.domain.link_operations import OperationOutcome
    from assetwire.domain.product import Product, ProductFacts
    from assetwire.ports.history import LinkChangesPage
    from assetwire.product_requests import ArrangeRequest


class ProductsApi:
    """The use cases behind the API of products."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.idempotency import DynamoIdempotentRequests
        from assetwire.adapters.catalog.link_history import DynamoLinkHistories
        from assetwire.adapters.catalog.products import DynamoProducts
        from assetwire.adapters.catalog.reader import DynamoAssetReader

        known = settings.load(settings.ProductsSettings)
        self._products = DynamoProducts(known.catalog_table, region=known.aws_region)
        self._assets = DynamoAssetReader(known.catalog_table)
        self._requests = DynamoIdempotentRequests(known.catalog_table, region=known.aws_region)
        self._histories = DynamoLinkHistories(known.catalog_table, region=known.aws_region)

    def read(self, sku: str) -> "Product":
        """Return a product that is there."""
        from assetwire.services.products import require_there

        return require_there(self._products.product(sku))

    def imagery(self, sku: str) -> "Imagery":
        """Return a product, its links and lists, and what it inherits."""
        from assetwire.services.families import read_imagery

        return read_imagery(sku, products=self._products)

    def history(self, sku: str, **page: Any) -> "LinkChangesPage":
        """Return a page of what was changed of a product's links and lists."""
        from assetwire.services.history import links_of_product

        return links_of_product(sku, **page, products=self._products, histories=self._histories)

    def history_of_asset(self, asset_id: str, **page: Any) -> "LinkChangesPage":
        """Return a page of what was changed of an asset's links."""
        from assetwire.services.history import links_of_asset

        return links_of_asset(asset_id, **page, assets=self._assets, histories=self._histories)

    def put(self, sku: str, facts: "ProductFacts", **asked: Any) -> "Product":
        """Write what PIM says of a product."""
        from assetwire.services.products import put_product

        return put_product(sku, facts, **asked, products=self._products, now=moment.now())

    def delete(self, sku: str, **asked: Any) -> "Product":
        """Let a product be gone."""
        from assetwire.services.products import delete_product

        return delete_product(sku, **asked, products=self._products, now=moment.now())

    def arrange(
        self, place: dict[str, Any], asked: "ArrangeRequest", *, known: dict[str, Any], by: str
    ) -> "MediaOrder":
        """Make a list of a product's assets what a caller of the API says."""
        from assetwire.domain.link import LinkOrigin, Place
        from assetwire.services.links import Precondition, arrange

        return arrange(
            Place(**place),
            asked.assets,
            scopes=asked.scopes,
            origin=LinkOrigin.of_caller(by),
            by=by,
            only_if=Precondition(**known),
            products=self._products,
            catalog=self._assets,
            now=moment.now(),
        )

    def change(self, operations: "Sequence[Any]", *, key: str, by: str) -> "list[OperationOutcome | InvalidRequest]":
        """Carry out operations on lists, once for a caller's key; what is none is refused in its place."""
        from assetwire.api import read_as
        from assetwire.domain.idempotency import body_digest, request_id_of
        from assetwire.domain.link import LinkOrigin
        from assetwire.domain.link_operations import LinkOperation
        from assetwire.services.bulk_links import Asked, change_links

        read = [read_as(LinkOperation, each) for each in operations]
        known = {number: each for number, each in enumerate(read) if isinstance(each, LinkOperation)}
        request, digest = request_id_of(by, key), body_digest(list(operations))
        asked = Asked(known, request, digest, LinkOrigin.of_caller(by), by)
        ports: dict[str, Any] = {"products": self._products, "assets": self._assets, "requests": self._requests}
        outcomes = change_links(asked, **ports, clock=moment.now)
        return [outcomes[n] if isinstance(each, LinkOperation) else each for n, each in enumerate(read)]


@cache
def products_api() -> ProductsApi:
    """Return the API of products."""
    return ProductsApi()


@cache
def associate() -> "Callable[[str | None, str | None], int]":
    """Return what follows a change of a product, by its SKU, of an asset, by its id, or of a link, by both."""
    from assetwire.adapters.catalog.matches import DynamoMatches
    from assetwire.adapters.catalog.products import DynamoProducts
    from assetwire.adapters.catalog.repository import DynamoCatalog
    from assetwire.adapters.catalog.worklist import DynamoWorklist
    from assetwire.services.associate import associate as service

    known = settings.load(settings.AssociateSettings)
    place = {"region": known.aws_region}
    ports: dict[str, Any] = {
        "products": DynamoProducts(known.catalog_table, **place),
        "catalog": DynamoCatalog(known.catalog_table, **place),
        "matches": DynamoMatches(known.catalog_table, **place),
        "worklist": DynamoWorklist(known.catalog_table, **place),
    }
    return lambda sku, asset_id: service(sku, asset_id, **ports, clock=moment.now)
