"""Products by the hundred: each is written, is as it was, or is refused in its place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assetwire.domain.errors import Conflict
from assetwire.domain.product import Product
from assetwire.domain.product_import import ImportedProduct, imported
from assetwire.ports.products import Products
from assetwire.services.products import put_product

_UNCHANGED, _CREATED, _CHANGED, _REFUSED, _CONFLICT = "unchanged", "created", "changed", "refused", "conflict"


def take(said: Sequence[Any], *, by: str, products: Products, now: datetime) -> list[dict[str, Any]]:
    """Write these products, and return what became of each in its place; those that are as they were cost no write.

    A refused one does not keep the others from counting, and has its `problems`; a conflict may be sent again.
    """
    read = [imported(each) for each in said]
    wanted = [each.sku for each in read if isinstance(each, ImportedProduct)]
    known = {product.sku: product for product in products.products_named(wanted)}
    return [_taken(each, one, known, by=by, products=products, now=now) for each, one in zip(read, said, strict=True)]


def _taken(
    read: Any, said: object, known: dict[str, Product], *, by: str, products: Products, now: datetime
) -> dict[str, Any]:
    if not isinstance(read, ImportedProduct):
        sku = said.get("sku") if isinstance(said, dict) else None
        named = sku[:100] if isinstance(sku, str) else None
        return {"sku": named, "result": _REFUSED, "problems": [problem.told() for problem in read]}
    before = known.get(read.sku)
    if before is not None and before.saying(read.facts, now=now) is before:
        return {"sku": read.sku, "result": _UNCHANGED, "revision": before.revision}
    try:
        after = put_product(read.sku, read.facts, by=by, products=products, now=now)
    except Conflict as error:
        problem = {"code": error.code, "field": "", "message": error.message}
        return {"sku": read.sku, "result": _CONFLICT, "problems": [problem]}
    known[read.sku] = after
    return {"sku": read.sku, "result": _CREATED if before is None else _CHANGED, "revision": after.revision}
