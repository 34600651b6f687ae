"""URLs of galleries: one signature for every file of an asset, in the query of each URL or in cookies.

Its policy covers whatever stands, or will stand, in delivery of the asset under its present generation, for viewers in
the territories that were asked for. docs/decisions/0014 says why that is no more than the rights allow.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from assetwire.domain.asset import Asset
from assetwire.domain.delivery import everything_of_generation
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest, NotDelivered, NotFound
from assetwire.domain.ids import ASSET_ID, checked_asset_id
from assetwire.domain.rights import Usage, checked_usage
from assetwire.domain.shown import Delivered
from assetwire.domain.signed_policy import LAST_EPOCH, Conditions, checked_conditions, custom_policy
from assetwire.domain.url_terms import checked_life, checked_territories, delivered_now, rights_end, url_end
from assetwire.domain.viewer_paths import territorial_path
from assetwire.ports import AssetReader
from assetwire.ports.signing import Signer
from assetwire.services.asset_batches import assets_by_id


class Viewers(NamedTuple):
    """For whom a gallery is, for what and how many seconds; from an IPv4 network alone, if one is named.

    Territories are ISO 3166-1 alpha-2, or `*` for everywhere.
    """

    territories: tuple[str, ...]
    usage: str
    ttl: int
    ip: str | None = None


class OpenedAsset(NamedTuple):
    """What one signature opens of an asset: every file that is delivered."""

    asset_id: str
    prefix: str
    """What the URL of every file begins with: scheme, host, territories, asset, generation."""
    delivered: Delivered
    expires: int
    """The first moment at which it is refused, in seconds since 1970."""

    def url(self, rendition: str) -> str:
        """Return the URL of a file, without what signs it.

        Raises:
            NotFound: no such file is delivered.
        """
        if rendition not in self.delivered.renditions:
            raise NotFound(f"asset {self.asset_id} has no rendition {rendition!r}", code="rendition_not_found")
        return f"{self.prefix}{self.delivered.version_of(rendition)}/{rendition}"

    @property
    def expires_at(self) -> datetime:
        """The first moment at which it is refused."""
        return datetime.fromtimestamp(self.expires, UTC)


class AssetUrls(NamedTuple):
    """The URLs of an asset's files, by one signature that stands in the query of each."""

    opened: OpenedAsset
    query: str

    def url(self, rendition: str) -> str:
        """Return the signed URL of a file.

        Raises:
            NotFound: no such file is delivered.
        """
        return f"{self.opened.url(rendition)}?{self.query}"


class AssetCookies(NamedTuple):
    """The cookies that open an asset's files, by name, and to where they are to be sent."""

    opened: OpenedAsset
    cookies: dict[str, str]

    @property
    def attributes(self) -> dict[str, Any]:
        """Where a browser keeps them, as `Set-Cookie` has it: to this host and path alone, and from no script."""
        place = urlsplit(self.opened.prefix)
        return {
            "domain": place.hostname,
            "path": place.path,
            "secure": place.scheme == "https",
            "http_only": True,
            "same_site": "Lax",
        }


def sign_assets(
    assets: Sequence[Asset],
    *,
    viewers: Viewers,
    signer: Signer,
    base_url: str,
    maximum_ttl: int,
    bucket: int,
    now: datetime,
) -> dict[str, AssetUrls | AssetwireError]:
    """Return the URLs of each of these assets, by its id, or why it has none. Lives are those of `sign_url`.

    Raises:
        InvalidRequest: `ttl` is not a positive number of seconds, there is no territory, the usage is none
            (`unknown_usage`), or `ip` is no IPv4 network.
    """
    terms = _checked(viewers, maximum_ttl)
    answers: dict[str, AssetUrls | AssetwireError] = {}
    for asset in assets:
        try:
            opened = _opened(asset, terms, base_url=base_url, bucket=bucket, now=now)
        except (Denied, NotDelivered) as error:
            answers[asset.asset_id] = error
        else:
            answers[asset.asset_id] = AssetUrls(opened, signer.sign_policy(_policy(opened, terms)))
    return answers


def sign_cookies(
    asset_ids: Sequence[str],
    *,
    viewers: Viewers,
    assets: AssetReader,
    signer: Signer,
    base_url: str,
    maximum_ttl: int,
    bucket: int,
    now: datetime,
) -> dict[str, AssetCookies | AssetwireError]:
    """Return the cookies of each of these assets, by its id, or why it has none.

    Raises:
        InvalidRequest: as `sign_assets` does.
        Unavailable: the Catalog did not answer.
    """
    terms = _checked(viewers, maximum_ttl)
    wanted = list(dict.fromkeys(asset_ids))
    known = assets_by_id((each for each in wanted if re.fullmatch(ASSET_ID, each)), assets=assets)
    answers: dict[str, AssetCookies | AssetwireError] = {}
    for asset_id in wanted:
        try:
            if checked_asset_id(asset_id) not in known:
                raise NotFound(f"no asset {asset_id}", code="asset_not_found")
            opened = _opened(known[asset_id], terms, base_url=base_url, bucket=bucket, now=now)
        except (Denied, InvalidRequest, NotDelivered, NotFound) as error:
            answers[asset_id] = error
        else:
            answers[asset_id] = AssetCookies(opened, signer.cookies(_policy(opened, terms)))
    return answers


def _checked(viewers: Viewers, maximum_ttl: int) -> Viewers:
    network = None if viewers.ip is None else checked_conditions(LAST_EPOCH, ip=viewers.ip).network
    checked_territories(viewers.territories)
    checked_usage(viewers.usage)
    return viewers._replace(ttl=checked_life(viewers.ttl, maximum_ttl), ip=network)


def _opened(asset: Asset, viewers: Viewers, *, base_url: str, bucket: int, now: datetime) -> OpenedAsset:
    """Return what a signature opens, if these viewers may see all of it.

    Raises:
        Denied: the rights deny what was asked for, or the usage of another file that it would open.
        NotDelivered: nothing is in delivery yet, or nobody knows what for.
    """
    where = checked_territories(viewers.territories)
    ends = rights_end(asset, where, viewers.usage, now)
    delivered = delivered_now(asset)
    if not delivered.usages:
        raise NotDelivered(f"nothing of asset {asset.asset_id} is in delivery, or nobody noted what for: reconcile it")
    for usage in delivered.usages:
        if usage != viewers.usage:
            ends = _earlier(ends, _end_for_another(asset, where, usage, now))
    place = everything_of_generation(asset.asset_id, asset.generation)
    prefix = f"{base_url}/{territorial_path(viewers.territories, place)}"
    expires = url_end(asset, viewers.ttl, bucket=bucket, rights_end=ends, now=now)
    return OpenedAsset(asset.asset_id, prefix, delivered, expires)


def _policy(opened: OpenedAsset, viewers: Viewers) -> str:
    return custom_policy(f"{opened.prefix}*", Conditions(opened.expires, network=viewers.ip))


def _end_for_another(asset: Asset, territories: Sequence[str], usage: Usage, now: datetime) -> datetime | None:
    try:
        return rights_end(asset, territories, usage, now)
    except Denied as error:
        raise Denied(f"one signature opens what is for {usage.value}, too: {error.message}", code=error.code) from error


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((end for end in (one, other) if end is not None), default=None)
