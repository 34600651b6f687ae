"""Wiring of galleries."""

from functools import cache
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from assetwire.product_requests import GalleryQuery


@cache
def gallery() -> "Callable[[str, GalleryQuery], dict[str, Any]]":
    """Return what is shown of a product, by its SKU, for whom a caller of the API asks; as JSON."""
    from functools import partial

    from assetwire.adapters.catalog.product_reader import DynamoProductMediaReader
    from assetwire.adapters.catalog.reader import DynamoAssetReader
    from assetwire.adapters.signing_secret import signer_from_secret
    from assetwire.domain.channels import shipped_channels
    from assetwire.services.gallery import audience_of
    from assetwire.services.gallery import gallery as service
    from assetwire.services.gallery_urls import sign_assets

    known = settings.load(settings.GallerySettings)
    sign = partial(
        sign_assets,
        signer=signer_from_secret(
            known.signing_secret_id, key=known.signing_key, key_pair_id=known.signing_key_pair_id
        ),
        base_url=known.delivery_base_url,
        maximum_ttl=known.maximum_url_seconds,
        bucket=known.url_bucket_seconds,
    )
    ports: dict[str, Any] = {
        "products": DynamoProductMediaReader(known.catalog_table),
        "assets": DynamoAssetReader(known.catalog_table),
    }

    def read(sku: str, asked: "GalleryQuery") -> dict[str, Any]:
        channels, now = shipped_channels(), moment.now()
        whom = audience_of(channel=asked.channel, territory=asked.territory, locale=asked.locale, channels=channels)
        found = service(
            sku,
            whom,
            ttl=asked.ttl,
            channels=channels,
            **ports,
            sign=lambda assets, viewers: sign(assets, viewers=viewers, now=now),
            now=now,
        )
        return found.model_dump(mode="json")

    return read
