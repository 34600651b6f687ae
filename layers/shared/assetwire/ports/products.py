"""Products and their links, as services need them."""

from collections.abc import Collection, Sequence
from typing import Protocol

from assetwire.domain.link import Arrangement, Link, MediaOrder, Place
from assetwire.domain.product import Product, ProductMedia
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.variant import Variant


class ProductMediaReader(Protocol):
    """Reads a product with everything that says which assets show it."""

    def media(self, sku: str) -> ProductMedia:
        """Return a product, its links in whichever state, its lists, and notes of its variants, read consistently.

        Raises:
            NotFound: there is no such product (`product_not_found`).
            NotUnderstood: a record is broken.
        """
        ...

    def lists(self, places: Sequence[Place]) -> list[MediaOrder]:
        """Return the lists at these places that there are, by one read for a hundred.

        Raises:
            Unavailable: some were not read, after retries.
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
        """Replace a product that was read at the revision before; write a new one at revision 0.

        With it, all or nothing, notes that it has these names are written, and those of these others taken away; so are
        the note at the product that it is a variant of, and the one at the product that it was a variant of; and
        `revision`, what changed of it and by whom.

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
