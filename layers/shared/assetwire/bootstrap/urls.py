"""Wiring of what mints URLs."""

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from assetwire import settings
from assetwire.bootstrap import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assetwire.domain.errors import AssetwireError
    from assetwire.domain.viewer_paths import TokenKey
    from assetwire.requests import CookiesRequest, UrlItem
    from assetwire.services.gallery_urls import AssetCookies
    from assetwire.services.signed_url import SignedUrl


class UrlApi:
    """The minting of URLs; the key of tokens is read with the first URL that needs it."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.reader import DynamoAssetReader
        from assetwire.adapters.signing_secret import signer_from_secret

        self._known = known = settings.load(settings.SignedUrlSettings)
        self._signer = signer_from_secret(
            known.signing_secret_id, key=known.signing_key, key_pair_id=known.signing_key_pair_id
        )
        self._terms: dict[str, Any] = {
            "assets": DynamoAssetReader(known.catalog_table),
            "base_url": known.delivery_base_url,
            "maximum_ttl": known.maximum_url_seconds,
            "bucket": known.url_bucket_seconds,
        }

    def sign(self, asset_id: str, rendition: str, **wanted: Any) -> "SignedUrl":
        """Mint a signed URL for territories and a usage."""
        from assetwire.services.signed_url import sign_url

        return sign_url(asset_id, rendition, **wanted, **self._terms, signer=self._signer, now=moment.now())

    def sign_all(self, items: "Sequence[UrlItem]") -> "list[SignedUrl | AssetwireError]":
        """Mint signed URLs of many files."""
        from assetwire.services.signed_url import WantedUrl, sign_urls

        wanted = [
            WantedUrl(each.asset_id, each.rendition, each.territories, each.usage, each.ttl, each.ip) for each in items
        ]
        return sign_urls(wanted, **self._terms, signer=self._signer, now=moment.now())

    def cookies(self, wanted: "CookiesRequest") -> "dict[str, AssetCookies | AssetwireError]":
        """Mint the cookies that open all files of some assets."""
        from assetwire.services.gallery_urls import Viewers, sign_cookies

        viewers = Viewers(wanted.territories, wanted.usage, wanted.ttl, wanted.ip)
        return sign_cookies(wanted.asset_ids, viewers=viewers, **self._terms, signer=self._signer, now=moment.now())

    def for_channel(self, asset_id: str, rendition: str, *, channel: str, ttl: int) -> "SignedUrl":
        """Mint a URL whose path opens a file to a channel."""
        from assetwire.domain.channels import shipped_channels
        from assetwire.services.signed_url import url_for_channel

        known = shipped_channels().named(channel)
        return url_for_channel(
            asset_id,
            rendition,
            channel=known.name,
            territory=known.territory,
            usage=known.usage,
            ttl=ttl,
            token_key=self._token_key,
            **self._terms,
            now=moment.now(),
        )

    @cached_property
    def _token_key(self) -> "TokenKey":
        from assetwire.adapters.signing_secret import token_key_from_secret

        return token_key_from_secret(self._known.signing_secret_id, key=self._known.token_key)


@cache
def signed_url() -> UrlApi:
    """Return the minting of URLs."""
    return UrlApi()
