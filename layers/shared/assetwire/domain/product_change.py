"""What a feed tells of one product, whatever its form was, and what that changes."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from assetwire.domain.product import Product, ProductFacts, ProductStatus
from assetwire.domain.product_feed import Told


class ProductChange(NamedTuple):
    """A product as a feed says it is now; without facts, it is there no more."""

    sku: str
    facts: ProductFacts | None
    told: Told


class Outcome(StrEnum):
    """What became of a change."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """It said what was known."""
    OLDER = "older"
    """Something newer was said since: by its source, or by a caller of the API after the same word."""
    TAKEN = "taken"
    """Its source has another kind of thing under the same SKU, which is there."""


class Followed(NamedTuple):
    """What became of a change, and the product after it; that is what was known where nothing is to be written."""

    outcome: Outcome
    product: Product


def followed(known: Product | None, change: ProductChange, *, now: datetime) -> Followed:
    """Return what a change makes of what is known of its product.

    A product that nobody knows and that is gone is remembered as deleted: an older word of it may still come.
    Where the same is said anew, only the moment of the source's change is remembered: a later look at it says nothing.
    What a feed does not say of the axes of pictures stays as the house said.
    """
    facts, told = change.facts, change.told
    if known is None:
        gone = {} if facts is not None else {"deleted_at": now}
        said = facts or ProductFacts(status=ProductStatus.UNPUBLISHED)
        product = Product(sku=change.sku, facts=said, created_at=now, updated_at=now, told=told, **gone)
        return Followed(Outcome.APPLIED, product)
    if facts is not None and facts.image_axes is None:
        facts = facts.model_copy(update={"image_axes": known.facts.image_axes})
    before = known.told
    if before is not None and told.is_older_than(before):
        return Followed(Outcome.OLDER, known)
    if before is not None and _is_another(before, told) and not known.is_deleted:
        return Followed(Outcome.TAKEN, known)
    same = known.is_deleted if facts is None else known.facts == facts and not known.is_deleted
    if same and before is not None and _says_the_same(before, told):
        return Followed(Outcome.UNCHANGED, known)
    product = known.deleted(told=told, now=now) if facts is None else known.saying(facts, told=told, now=now)
    return Followed(Outcome.UNCHANGED if same else Outcome.APPLIED, product)


def _is_another(before: Told, after: Told) -> bool:
    return before.source == after.source and before.kind != after.kind


def _says_the_same(before: Told, after: Told) -> bool:
    return before.model_copy(update={"seen_at": after.seen_at}) == after
