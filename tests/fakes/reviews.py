"""Answers in memory: written whole, or not at all."""

from assetwire.domain.review import Reviewed
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts


class FakeReviews:
    """Writes answers to a Catalog and products in memory."""

    def __init__(self, catalog: FakeCatalog, products: FakeProducts) -> None:
        self._catalog, self._products = catalog, products

    def decide(self, found: Reviewed) -> None:
        for arrangement in found.arrangements:
            self._products.require_unchanged(arrangement)
        self._catalog.save(found.item)
        for arrangement in found.arrangements:
            self._products.arrange(arrangement)
