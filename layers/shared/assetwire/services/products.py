"""Products as PIM tells of them."""

from datetime import datetime

from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.product import Product, ProductFacts
from assetwire.ports.products import Products
from assetwire.services.conflicts import decided


def put_product(
    sku: str, facts: ProductFacts, *, if_revision: int | None = None, products: Products, now: datetime
) -> Product:
    """Write what PIM says of a product, new or known, and return it; the same again writes nothing.

    Raises:
        InvalidRequest: it is to be a variant of itself (`own_parent`).
        NotFound: there is no such product, and the caller knows a revision of it.
        Conflict: it is not at `if_revision` (`revision`), or others kept changing it.
    """
    if facts.parent == sku:
        raise InvalidRequest(f"product {sku} is no variant of itself", code="own_parent")

    def attempt() -> Product:
        try:
            known = products.product(sku)
        except NotFound:
            if if_revision is not None:
                raise
            product = Product(sku=sku, facts=facts, created_at=now, updated_at=now)
            products.save(product, named=product.names)
            return product
        if if_revision not in {None, known.revision}:
            raise Conflict(f"product {sku} is at revision {known.revision}, not {if_revision}", code="revision")
        product = known.saying(facts, now=now)
        if product is not known:
            before, after = set(known.names), set(product.names)
            products.save(product, named=after - before, forgotten=before - after)
        return product

    return decided(attempt)
