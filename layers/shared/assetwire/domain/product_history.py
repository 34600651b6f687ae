"""The history of a product: what was said of it before and since, and by whom; written with it, and never again."""

from typing import Any

from pydantic import Field

from assetwire.domain.model import Instant, Value
from assetwire.domain.product import Product
from assetwire.domain.sku import Sku

MOST_TOLD = 50_000
"""Characters of either side, as JSON; of a longer one only the names of the fields are told."""


class ProductRevision(Value):
    """One change of what is said of a product: only what differs, of texts by language."""

    sku: Sku
    revision: int
    """The product's after it."""
    at: Instant
    by: str
    before: dict[str, Any] = Field(default_factory=dict)
    after: dict[str, Any] = Field(default_factory=dict)


def revision_between(before: Product | None, after: Product, *, by: str) -> ProductRevision | None:
    """Return what somebody changed of a product; None if only the moment at which its source said so is another."""
    old, new = _said(before), _said(after)
    differs = {name for name in old.keys() | new if old.get(name) != new.get(name)}
    if not differs:
        return None
    was, is_now = ({name: said[name] for name in sorted(differs & said.keys())} for said in (old, new))
    known = {"sku": after.sku, "revision": after.revision, "at": after.updated_at, "by": by}
    return ProductRevision(**known, before=_bounded(was), after=_bounded(is_now))


def _said(product: Product | None) -> dict[str, Any]:
    if product is None:
        return {}
    said = product.facts.model_dump(mode="json", exclude_defaults=True)
    texts = said.pop("texts", {})
    deleted = {} if product.deleted_at is None else {"deleted_at": product.deleted_at.isoformat()}
    return {**said, **{f"texts.{locale}": text for locale, text in texts.items()}, **deleted}


def _bounded(said: dict[str, Any]) -> dict[str, Any]:
    size = sum(len(name) + len(str(value)) for name, value in said.items())
    return said if size <= MOST_TOLD else {"too_long": sorted(said)}
