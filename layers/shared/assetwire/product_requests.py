"""What callers of the API may ask for about products' assets: query parameters and bodies, by route."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assetwire.domain.attributes import Attributes
from assetwire.domain.drift import MOST_PRODUCTS, PimView, Repair
from assetwire.domain.ids import AssetId, CollectionId
from assetwire.domain.link import ANY_MARKET, LONGEST_LIST, Market
from assetwire.domain.link_operations import MOST_OPERATIONS
from assetwire.domain.locales import Locale
from assetwire.domain.sku import Sku


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArrangeQuery(_Asked):
    """For which market a list of a product's assets is."""

    market: Market = ANY_MARKET


class ArrangeRequest(_Asked):
    """The assets of a product's list, in order, and of which variants they are: null leaves that as it is."""

    assets: tuple[AssetId, ...] = Field(max_length=LONGEST_LIST)
    scopes: dict[AssetId, Attributes] | None = Field(default=None, max_length=LONGEST_LIST)


class LinksRequest(_Asked):
    """Operations on lists, each a `LinkOperation`, or refused in its place."""

    operations: tuple[Any, ...] = Field(min_length=1, max_length=MOST_OPERATIONS)


class GalleryQuery(_Asked):
    """For whom a gallery is: a channel, or viewers in a territory; in which language, and for how many seconds."""

    channel: str | None = Field(default=None, min_length=1, max_length=63)
    territory: str | None = Field(default=None, min_length=2, max_length=2)
    locale: Locale | None = None
    ttl: int = Field(default=3600, ge=1, le=604800)


class DriftRequest(_Asked):
    """A page of PIM's view of associations, and whose view is to count where they differ; nobody's: only tell."""

    products: tuple[PimView, ...] = Field(min_length=1, max_length=MOST_PRODUCTS)
    repair: Repair | None = None


class PickerQuery(_Asked):
    """What assets are looked for by, one of these or none for the newest; for which viewers, and which page."""

    territory: str = Field(min_length=2, max_length=2)
    usage: str = Field(default="web", max_length=32)
    sku: Sku | None = None
    gtin: str | None = Field(default=None, min_length=1, max_length=100)
    job: CollectionId | None = None
    similar: AssetId | None = None
    limit: int = Field(default=20, ge=1, le=50)
    cursor: str | None = Field(default=None, max_length=500)
