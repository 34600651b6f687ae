"""Signed URLs: mint a time-limited URL of a rendition, if its rights allow it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.delivery import delivery_path
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest, NotDelivered, NotFound
from assetwire.domain.rights import checked_usage
from assetwire.domain.signed_policy import checked_conditions
from assetwire.domain.url_terms import checked_life, checked_territories, delivered_now, rights_end, url_end
from assetwire.domain.viewer_paths import TokenKey, path_by_token, territorial_path
from assetwire.ports import AssetReader
from assetwire.ports.signing import Signer
from assetwire.services.asset_batches import assets_by_id


class WantedUrl(NamedTuple):
    """A URL that is asked for: of which file, for whom, for how many seconds; from an IPv4 network alone, if named."""

    asset_id: str
    rendition: str
    territories: tuple[str, ...]
    usage: str
    ttl: int
    ip: str | None = None


class SignedUrl(NamedTuple):
    """A URL and the first moment at which it is refused."""

    url: str
    expires_at: datetime


def sign_url(
    asset_id: str,
    rendition: str,
    *,
    territories: Sequence[str],
    usage: str,
    ttl: int,
    ip: str | None = None,
    assets: AssetReader,
    signer: Signer,
    base_url: str,
    maximum_ttl: int,
    bucket: int,
    now: datetime,
) -> SignedUrl:
    """Return a URL for viewers in all of these territories, `*` for everywhere; it lives `ttl` seconds or less.

    It ends with the longest life that there is, and with the first of the rights to end in any of the territories. The
    same is asked for again within one time bucket (seconds; 0: there are none): it is the same URL.

    Raises:
        InvalidRequest: `ttl` is not a positive number of seconds, there is no territory, the usage is none
            (`unknown_usage`), or `ip` is no IPv4 network.
        NotFound: there is no such asset, or it has no such rendition.
        Denied: the rights do not allow it in one of them; the code says why, the message where.
        NotDelivered: it is allowed, but not in place yet: ask again in a moment.
    """
    life = checked_life(ttl, maximum_ttl)
    wanted = WantedUrl(asset_id, rendition, tuple(territories), usage, ttl, ip)
    return _signed(assets.asset(asset_id), wanted, life, signer=signer, base_url=base_url, bucket=bucket, now=now)


def sign_urls(
    wanted: Sequence[WantedUrl],
    *,
    assets: AssetReader,
    signer: Signer,
    base_url: str,
    maximum_ttl: int,
    bucket: int,
    now: datetime,
) -> list[SignedUrl | AssetwireError]:
    """Return for each of many what `sign_url` returns, or the error that it would raise, in the order asked for.

    Each asset is read once, a hundred at a time, and nothing else is.

    Raises:
        Unavailable: the Catalog did not answer.
    """
    known = assets_by_id((each.asset_id for each in wanted), assets=assets)
    answers: list[SignedUrl | AssetwireError] = []
    for each in wanted:
        try:
            life = checked_life(each.ttl, maximum_ttl)
            if each.asset_id not in known:
                raise NotFound(f"no asset {each.asset_id}", code="asset_not_found")
            answers.append(
                _signed(known[each.asset_id], each, life, signer=signer, base_url=base_url, bucket=bucket, now=now)
            )
        except (Denied, InvalidRequest, NotDelivered, NotFound) as error:
            answers.append(error)
    return answers


def _signed(
    asset: Asset, wanted: WantedUrl, life: int, *, signer: Signer, base_url: str, bucket: int, now: datetime
) -> SignedUrl:
    ends = rights_end(asset, checked_territories(wanted.territories), checked_usage(wanted.usage), now)
    key = _delivered_key(asset, wanted.rendition)
    expires = url_end(asset, life, bucket=bucket, rights_end=ends, now=now)
    network = None if wanted.ip is None else checked_conditions(expires, ip=wanted.ip).network
    signed = signer.sign(f"{base_url}/{territorial_path(wanted.territories, key)}", expires=expires, network=network)
    return SignedUrl(signed, datetime.fromtimestamp(expires, UTC))


def url_for_channel(
    asset_id: str,
    rendition: str,
    *,
    channel: str,
    territory: str,
    usage: str,
    ttl: int,
    assets: AssetReader,
    token_key: TokenKey,
    base_url: str,
    maximum_ttl: int,
    bucket: int,
    now: datetime,
) -> SignedUrl:
    """Return a URL without a query that a channel fetches a file by, from wherever its machines are.

    The rights are asked for where and for what the channel shows it.

    Raises:
        InvalidRequest, NotFound, Denied, NotDelivered: as `sign_url` does.
    """
    life = checked_life(ttl, maximum_ttl)
    asset = assets.asset(asset_id)
    ends = rights_end(asset, (territory,), usage, now)
    key = _delivered_key(asset, rendition)
    expires = url_end(asset, life, bucket=bucket, rights_end=ends, now=now)
    path = path_by_token(key, channel=channel, expires=expires, by=token_key)
    return SignedUrl(f"{base_url}/{path}", datetime.fromtimestamp(expires, UTC))


def _delivered_key(asset: Asset, rendition: str) -> str:
    """Return where a rendition stands in the delivery bucket."""
    delivered = delivered_now(asset)
    if rendition not in delivered.renditions:
        names = ", ".join(delivered.renditions)
        raise NotFound(
            f"asset {asset.asset_id} has no rendition {rendition!r}, but {names}", code="rendition_not_found"
        )
    return delivery_path(asset.asset_id, asset.generation, str(delivered.version_of(rendition)), rendition)
