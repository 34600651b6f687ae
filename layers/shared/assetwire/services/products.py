"""Products as PIM tells of them: one by one through the API, and many at once by feeds."""

from collections.abc import Sequence
from datetime import datetime

from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.product import Product, ProductFacts
from assetwire.domain.product_change import Followed, ProductChange, followed
from assetwire.domain.product_history import revision_between
from assetwire.ports.products import Products
from assetwire.services.conflicts import decided


def require_there(product: Product) -> Product:
    """Return a product unless PIM gave it up.

    Raises:
        NotFound: it did.
    """
    if product.is_deleted:
        raise NotFound(f"product {product.sku!r} is deleted", code="product_not_found")
    return product


def put_product(
    sku: str, facts: ProductFacts, *, by: str = "", if_revision: int | None = None, products: Products, now: datetime
) -> Product:
    """Write what PIM says of a product, new or known, and return it; the same again writes nothing.

    A deleted product is there again.

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
            new = Product(sku=sku, facts=facts, created_at=now, updated_at=now)
            return _written(None, new, by=by, products=products)
        _require_revision(known, if_revision)
        return _written(known, known.saying(facts, now=now), by=by, products=products)

    return decided(attempt)


def delete_product(
    sku: str, *, by: str = "", if_revision: int | None = None, products: Products, now: datetime
) -> Product:
    """Let a product be gone, and return it; what follows from that is what follows from unpublishing it.

    Its links stay, and count again when it comes back.

    Raises:
        NotFound: there never was such a product.
        Conflict: it is not at `if_revision` (`revision`), or others kept changing it.
    """

    def attempt() -> Product:
        known = products.product(sku)
        _require_revision(known, if_revision)
        return _written(known, known.deleted(now=now), by=by, products=products)

    return decided(attempt)


def follow(changes: Sequence[ProductChange], *, products: Products, now: datetime) -> list[Followed]:
    """Write what a feed says of products, and return what became of each, in their order.

    Their records are read together; only those that the changes make different are written. Twice is once, and
    whatever the order in which changes come, each product ends as its source said last.

    Raises:
        Conflict: others kept changing one of them; those before it are written.
    """
    read = {product.sku: product for product in products.products_named([change.sku for change in changes])}
    found = []
    for change in changes:
        found.append(_followed(change, read.get(change.sku), products=products, now=now))
        read[change.sku] = found[-1].product
    return found


def _followed(change: ProductChange, known: Product | None, *, products: Products, now: datetime) -> Followed:
    stale = False

    def attempt() -> Followed:
        nonlocal stale
        before = next(iter(products.products_named([change.sku])), None) if stale else known
        stale = True  # whoever loses the race reads anew
        found = followed(before, change, now=now)
        _written(before, found.product, by=f"feed:{change.told.source}", products=products)
        return found

    return decided(attempt)


def _written(before: Product | None, after: Product, *, by: str, products: Products) -> Product:
    """Write a product with its names, what its parent knows of it, and what changed, if it did."""
    if after is before:
        return after
    had, has = set(before.notes if before else ()), set(after.notes)
    was, is_now = before and before.as_variant, after.as_variant
    products.save(
        after,
        named=has - had,
        forgotten=had - has,
        noted=is_now if is_now != was else None,
        left=was if was and (is_now is None or is_now.parent != was.parent) else None,
        revision=revision_between(before, after, by=by),
    )
    return after


def _require_revision(known: Product, revision: int | None) -> None:
    if revision not in {None, known.revision}:
        raise Conflict(f"product {known.sku} is at revision {known.revision}, not {revision}", code="revision")
