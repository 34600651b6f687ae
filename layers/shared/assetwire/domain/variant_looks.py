"""Which variants of a product look alike: by the attributes in which its variants differ, except those that no picture
tells apart."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, NamedTuple

from pydantic import Field

from assetwire.domain.attributes import AttributeName
from assetwire.domain.data_files import shipped
from assetwire.domain.link import LinkOrigin
from assetwire.domain.model import Value
from assetwire.domain.product import Product, ProductMedia
from assetwire.domain.variant import Variant

MOST_ALIKE = 20
"""Variants whose assets one of the same look may show: each is one more read."""


class ImageryRules(Value):
    """How variants come by pictures, unless a product says so itself (`image_axes`)."""

    name: str
    same_picture: tuple[AttributeName, ...]
    """Attributes that no picture tells apart: a shoe of size 42 looks like one of size 43."""
    shared: Annotated[tuple[LinkOrigin, ...], Field(min_length=1)]
    """Where a link comes from whose asset shows every variant of that look; what people and PIM bind to one is its."""


@cache
def imagery_rules() -> ImageryRules:
    """Return the rules that ship with the code."""
    (rules,) = shipped("imagery", ImageryRules)
    return rules


class Look(NamedTuple):
    """What variants look like that look alike, and which these are, in the order of their SKUs."""

    attributes: dict[str, str]
    variants: tuple[Variant, ...]


def axes_of(parent: ProductMedia, rules: ImageryRules) -> tuple[str, ...]:
    """Return the attributes that tell the looks of a product's variants apart.

    They are those that the product names; else all in which its variants differ, where having none differs too, except
    what no picture tells apart. So an attribute that nobody thought of costs a variant its pictures, and never lends it
    a wrong one.
    """
    if parent.product.facts.image_axes is not None:
        return parent.product.facts.image_axes
    names = {name for variant in parent.variants for name in variant.attributes} - set(rules.same_picture)
    return tuple(sorted(name for name in names if len({_value(v.attributes, name) for v in parent.variants}) > 1))


def alike(product: Product, parent: ProductMedia, rules: ImageryRules) -> tuple[str, ...]:
    """Return the SKUs of the other variants that look as this one does, `MOST_ALIKE` at the most, in their order.

    A variant that lacks an attribute by which looks are told apart looks like none. Nor do two that differ in nothing
    that is known: something must tell them apart, and who knows whether it is seen.
    """
    axes, own = axes_of(parent, rules), product.facts.attributes
    look = _look(own, axes)
    if look is None:
        return ()
    named = parent.product.facts.image_axes is not None
    found = [
        other.sku
        for other in sorted(parent.variants, key=lambda variant: variant.sku)
        if other.sku != product.sku
        and _look(other.attributes, axes) == look
        and (named or _differ_unseen(own, other.attributes, rules))
    ]
    return tuple(found[:MOST_ALIKE])


def looks_of(parent: ProductMedia, rules: ImageryRules) -> list[Look]:
    """Return the looks of a product's published variants, in the order of the first SKU of each."""
    axes = axes_of(parent, rules)
    found: dict[tuple[str, ...], list[Variant]] = {}
    for variant in sorted(parent.variants, key=lambda variant: variant.sku):
        look = _look(variant.attributes, axes)
        if look and variant.is_published:
            found.setdefault(look, []).append(variant)
    return [Look({name: variants[0].attributes[name] for name in axes}, tuple(variants)) for variants in found.values()]


def within(scope: Mapping[str, str], attributes: Mapping[str, str]) -> bool:
    """Tell whether a product of these attributes is one of those that a scope names; case does not count."""
    return all(_value(attributes, name) == value.casefold() for name, value in scope.items())


def _look(attributes: Mapping[str, str], axes: tuple[str, ...]) -> tuple[str, ...] | None:
    values = [_value(attributes, name) for name in axes]
    return None if None in values else tuple(value for value in values if value is not None)


def _differ_unseen(one: Mapping[str, str], other: Mapping[str, str], rules: ImageryRules) -> bool:
    """Tell whether an attribute that no picture tells apart says what makes two variants two."""
    both = [name for name in rules.same_picture if name in one and name in other]
    return any(_value(one, name) != _value(other, name) for name in both)


def _value(attributes: Mapping[str, str], name: str) -> str | None:
    return attributes[name].casefold() if name in attributes else None
