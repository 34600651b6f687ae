"""Products and their links, as services need them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from assetwire.domain.link import Arrangement, Link
from assetwire.domain.product import Product, ProductMedia


class ProductMediaReader(Protocol):
    """Reads a product with everything that says which assets show it."""

    def media(self, sku: str) -> ProductMedia:
        """Return a product, its links in whichever state, and its lists, read consistently.

        Raises:
            NotFound: there is no such product (`product_not_found`).
            NotUnderstood: a record is broken.
        """
        ...


class Products(ProductMediaReader, Protocol):
    """The truth about products and links. Every write is conditional."""

    def product(self, sku: str) -> Product:
        """Return a product, read consistently.

        Raises:
            NotFound: there is none of this SKU (`product_not_found`).
        """
        ...

    def products_named(self, skus: Sequence[str]) -> list[Product]:
        """Return those of these products that there are, read consistently."""
        ...

    def links_of(self, asset_id: str) -> list[Link]:
        """Return all links of an asset, in whichever state, as they are; an index finds them, late for new ones."""
        ...

    def save(self, product: Product, *, named: Collection[str] = (), forgotten: Collection[str] = ()) -> None:
        """Replace a product that was read at the revision before; write a new one at revision 0.

        With it, all or nothing, notes that it has these names are written, and those of these others taken away.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def arrange(self, arrangement: Arrangement) -> None:
        """Write a list and the links that change with it, all or nothing; each was read at the revision before.

        Raises:
            Conflict: a revision moved.
        """
        ...
