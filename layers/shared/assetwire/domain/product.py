"""Products: the light mirror of what PIM holds, as far as media need it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints, field_validator

from assetwire.domain import gtin
from assetwire.domain.attributes import AttributeName, Attributes
from assetwire.domain.evidence import gtin_name, sku_name
from assetwire.domain.ids import AssetId
from assetwire.domain.link import ANY_MARKET, Link, LinkRole, MediaOrder, Place
from assetwire.domain.locales import Locale
from assetwire.domain.model import Instant, Value
from assetwire.domain.product_feed import Told
from assetwire.domain.sku import Sku
from assetwire.domain.variant import Variant

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]
MOST_LOCALES = 100
MOST_GTINS = 20
MOST_ALIASES = 20
Alias = Sku
"""Whatever may stand for a SKU has its form."""


class ProductStatus(StrEnum):
    """Whether a product is offered."""

    PUBLISHED = "published"
    UNPUBLISHED = "unpublished"


class ProductTexts(Value):
    """What a product is called in one language, and what is said of its pictures."""

    name: Text = ""
    alt_text: Text = ""
    """Stands in for each picture of it that has no text of its own; without one, its name does."""
    caption: Text = ""
    attributes: Attributes = Field(default_factory=dict)
    """What its attributes are called in this language: `{"colour": "rot"}`."""


class ProductFacts(Value):
    """What PIM says of a product."""

    status: ProductStatus
    texts: Annotated[dict[Locale, ProductTexts], Field(max_length=MOST_LOCALES)] = Field(default_factory=dict)
    """By locale."""
    gtins: Annotated[tuple[str, ...], Field(max_length=MOST_GTINS)] = ()
    """GTIN-14, whatever form they came in; each once, sorted."""
    aliases: Annotated[tuple[Alias, ...], Field(max_length=MOST_ALIASES)] = ()
    """Other numbers that the house, a maker or a marketplace knows it by; case does not count."""
    parent: Sku | None = None
    """The product that this is a variant of."""
    attributes: Attributes = Field(default_factory=dict)
    """Whatever the language: `{"colour": "red", "size": "42"}`. A variant has those of its parent too."""
    image_axes: Annotated[tuple[AttributeName, ...], Field(max_length=10)] | None = None
    """Of a product with variants: the attributes by which pictures of them differ; None for the house's rules."""

    @field_validator("gtins")
    @classmethod
    def _are_normal(cls, numbers: tuple[str, ...]) -> tuple[str, ...]:
        normal = {number: gtin.gtin14(number) for number in numbers}
        if wrong := [number for number, found in normal.items() if found is None]:
            raise ValueError(f"no GTIN: {', '.join(wrong)[:200]}")
        return tuple(sorted({found for found in normal.values() if found is not None}))


class Product(Value):
    """A product by its SKU; `revision` counts its changes."""

    sku: Sku
    facts: ProductFacts
    created_at: Instant
    updated_at: Instant
    """When something else was said of it last, or it was deleted or came back."""
    deleted_at: Instant | None = None
    """When PIM gave it up; its record stays, so that older words of it are known to be older."""
    told: Told | None = None
    """What a feed told of it last; None where nobody but callers of the API ever did."""
    revision: int = 0

    @property
    def is_deleted(self) -> bool:
        """Tell whether PIM gave it up."""
        return self.deleted_at is not None

    @property
    def is_published(self) -> bool:
        """Tell whether it is offered."""
        return self.facts.status is ProductStatus.PUBLISHED and not self.is_deleted

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which evidence finds it, each once, sorted; a deleted one is not found."""
        if self.is_deleted:
            return ()
        numbers = (gtin_name(number) for number in self.facts.gtins)
        return tuple(sorted({sku_name(self.sku), *numbers, *map(sku_name, self.facts.aliases)}))

    @property
    def notes(self) -> tuple[str, ...]:
        """What it is noted under: its names, and what its feed calls it, by which that tells that it is gone."""
        return self.names if self.told is None else (*self.names, self.told.noted_as)

    @property
    def as_variant(self) -> Variant | None:
        """The note of it at the product that it is a variant of; None if it is of none, or deleted."""
        facts = self.facts
        if facts.parent is None or self.is_deleted:
            return None
        return Variant(parent=facts.parent, sku=self.sku, attributes=facts.attributes, is_published=self.is_published)

    def saying(self, facts: ProductFacts, *, told: Told | None = None, now: datetime) -> "Product":
        """Return this product, which is there, with what PIM says now; the same again changes nothing.

        Without `told` a caller of the API says so, which what a feed told before is not to undo when it comes again.
        """
        return self._with({"facts": facts, "deleted_at": None}, told=told, now=now)

    def deleted(self, *, told: Told | None = None, now: datetime) -> "Product":
        """Return this product given up; what was said of it stays, for when it comes back."""
        return self._with({"deleted_at": self.deleted_at or now}, told=told, now=now)

    def _with(self, fields: dict[str, Any], *, told: Told | None, now: datetime) -> "Product":
        if told in {None, self.told} and all(getattr(self, name) == value for name, value in fields.items()):
            return self
        if told is None and self.told is not None:
            told = self.told.model_copy(update={"overruled": True})
        after = self.model_copy(update={**fields, "told": told, "revision": self.revision + 1})
        said, says = ((each.facts, each.deleted_at) for each in (self, after))
        return after if says == said else after.model_copy(update={"updated_at": now})


class ProductMedia(Value):
    """A product with everything that says which assets show it."""

    product: Product
    links: tuple[Link, ...] = ()
    orders: tuple[MediaOrder, ...] = ()
    variants: tuple[Variant, ...] = ()
    """The notes of its variants."""

    def order(self, place: Place) -> MediaOrder | None:
        """Return a list, if somebody ever set it."""
        return next((each for each in self.orders if (each.sku, each.role, each.market) == place), None)

    def links_at(self, place: Place) -> tuple[Link, ...]:
        """Return the links of a list's place, in whichever state."""
        return tuple(each for each in self.links if (each.sku, each.role, each.market) == place)

    def assets(self, role: LinkRole, market: str) -> tuple[AssetId, ...]:
        """Return the assets of a role in a market: those on the market's own list, else on the one for any."""
        where = self.market_of(role, market)
        return next((order.assets for order in self.orders if (order.role, order.market) == (role, where)), ())

    def market_of(self, role: LinkRole, market: str) -> str:
        """Return the market whose list of a role counts in a market: its own, or `any`."""
        own = any(order.assets for order in self.orders if (order.role, order.market) == (role, market))
        return market if own else ANY_MARKET
