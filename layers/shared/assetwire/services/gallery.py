"""Galleries: what a page or a channel shows of a product, with URLs that last as long as its rights."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.channels import Channel, Channels
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest
from assetwire.domain.gallery import (
    LeftOut,
    Manifest,
    Signature,
    Slot,
    Swatch,
    left_out,
    manifest_of,
    slot_of,
    swatch_of,
)
from assetwire.domain.gallery_places import Place, places_of_channel, places_of_page
from assetwire.domain.imagery import Imagery
from assetwire.domain.product import Product
from assetwire.domain.rights import Usage
from assetwire.domain.territories import TERRITORIES
from assetwire.ports import AssetReader
from assetwire.ports.products import ProductMediaReader
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.families import read_imagery
from assetwire.services.gallery_urls import AssetUrls, Viewers
from assetwire.services.swatches import LookShown, looks_shown

MOST_PLACES = 100
"""Places that are filled at the most: each has some 12 KB with all its URLs, and Lambda answers with 6 MB."""


class Audience(NamedTuple):
    """For whom a gallery is: viewers in a territory, who read a language; of a channel, if one is named."""

    territory: str
    locale: str
    channel: Channel | None = None

    @property
    def usage(self) -> Usage:
        """What its pictures are shown for."""
        return Usage.WEB if self.channel is None else self.channel.usage


Sign = Callable[[Sequence[Asset], Viewers], dict[str, AssetUrls | AssetwireError]]
"""Signs the files of assets for viewers: the URLs of each asset by its id, or why it has none."""


def audience_of(*, channel: str | None, territory: str | None, locale: str | None, channels: Channels) -> Audience:
    """Return for whom a gallery is asked; a channel has a territory and a language of its own.

    Raises:
        NotFound: there is no such channel (`channel_not_found`).
        InvalidRequest: a territory or locale is missing (`missing_territory`, `missing_locale`), the territory is none
            (`invalid_territory`), or not the channel's (`other_territory`).
    """
    known = None if channel is None else channels.named(channel)
    where = territory.upper() if territory is not None else None
    if known is not None and where not in {None, known.territory}:
        raise InvalidRequest(f"channel {known.name} is in {known.territory}, not in {where}", code="other_territory")
    where = where if known is None else known.territory
    language = locale or (None if known is None else known.locale)
    if where is not None and where not in TERRITORIES:
        raise InvalidRequest(f"{where!r} is no ISO 3166-1 alpha-2 code", code="invalid_territory")
    if where is None:
        raise InvalidRequest("name the territory of the viewers, or a channel", code="missing_territory")
    if language is None:
        raise InvalidRequest("name the locale of the texts, or a channel", code="missing_locale")
    return Audience(where, language, known)


def gallery(
    sku: str,
    audience: Audience,
    *,
    ttl: int,
    channels: Channels,
    products: ProductMediaReader,
    assets: AssetReader,
    sign: Sign,
    now: datetime,
) -> Manifest:
    """Return what is shown of a product to an audience, in order, and what is not and why.

    The product with its links and lists is one query, as is each product that may lend it theirs (`read_imagery`); its
    assets are read once, a hundred at a time, and nothing else is; each asset has one signature for all its files.

    Raises:
        NotFound: there is no such product.
        Denied: it is not published (`product_unpublished`).
        InvalidRequest: `ttl` is not a positive number of seconds.
    """
    imagery = read_imagery(sku, products=products)
    product = imagery.own.product
    if not product.is_published:
        raise Denied(f"product {sku} is not published", code="product_unpublished")
    places = list(_places(imagery, audience, channels=channels, at=now))
    on_page = audience.channel is None
    looks = looks_shown(imagery, audience.territory, products=products) if on_page else []
    stand_for = [each.asset_id for each in looks if each.asset_id is not None]
    known = assets_by_id((*(place.asset_id for place in places[:MOST_PLACES]), *stand_for), assets=assets)
    viewers = Viewers((audience.territory,), audience.usage.value, ttl)
    signed = sign(list(known.values()), viewers)
    found = [_filled(place, product, known, signed, locale=audience.locale) for place in places[:MOST_PLACES]]
    found += [left_out(each, "too_many", f"a gallery has {MOST_PLACES} places") for each in places[MOST_PLACES:]]
    name = None if audience.channel is None else audience.channel.name
    whom = {"channel": name, "locale": audience.locale, "territory": audience.territory, "usage": audience.usage}
    return manifest_of(product, found, [_swatch(each, known, signed) for each in looks], **whom)


def _swatch(shown: LookShown, known: dict[str, Asset], signed: dict[str, AssetUrls | AssetwireError]) -> Swatch:
    urls = signed.get(shown.asset_id or "")
    signature = Signature(urls.url, urls.opened.expires_at) if isinstance(urls, AssetUrls) else None
    return swatch_of(shown.look, known.get(shown.asset_id or ""), signature, is_own=shown.is_own)


def _places(imagery: Imagery, audience: Audience, *, channels: Channels, at: datetime) -> Iterator[Place]:
    if audience.channel is None:
        return places_of_page(imagery, audience.territory)
    spec = channels.spec(audience.channel)
    edition = spec.edition(at)
    if edition is None:
        raise Denied(f"channel {audience.channel.name} takes nothing at this moment", code="not_in_effect")
    return places_of_channel(imagery, audience.territory, spec, edition)


def _filled(
    place: Place,
    product: Product,
    known: dict[str, Asset],
    signed: dict[str, AssetUrls | AssetwireError],
    *,
    locale: str,
) -> Slot | LeftOut:
    asset = known.get(place.asset_id)
    if asset is None:
        return left_out(place, "asset_not_found", f"no asset {place.asset_id}")
    if not place.slot:
        return left_out(place, "no_slot", "the channel has no slot left for it")
    urls = signed[place.asset_id]
    if isinstance(urls, AssetwireError):
        return left_out(place, urls.code, urls.message)
    slot = slot_of(place, product, asset, Signature(urls.url, urls.opened.expires_at), locale=locale)
    if slot is None:
        wanted = "for the web" if place.rendition is None else f"named {place.rendition}"
        return left_out(place, "not_delivered", f"no file {wanted} of asset {place.asset_id} is in delivery")
    return slot
