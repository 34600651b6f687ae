"""Signed URLs: mint a time-limited URL of a rendition, if its rights allow it."""

from datetime import UTC, datetime
from typing import NamedTuple

from assetwire.domain.asset import AssetStatus
from assetwire.domain.decisions import decide
from assetwire.domain.delivery import delivery_path
from assetwire.domain.errors import Denied, InvalidRequest, NotDelivered, NotFound
from assetwire.ports import AssetReader, Signer


class SignedUrl(NamedTuple):
    """A URL and the first moment at which it is refused."""

    url: str
    expires_at: datetime


def sign_url(
    asset_id: str,
    rendition: str,
    *,
    territory: str,
    usage: str,
    ttl: int,
    assets: AssetReader,
    signer: Signer,
    base_url: str,
    maximum_ttl: int,
    now: datetime,
) -> SignedUrl:
    """Return a URL that lives `ttl` seconds, or less: as long as the maximum and the rights allow.

    Raises:
        InvalidRequest: `ttl` is not a positive number of seconds.
        NotFound: there is no such asset, or it has no such rendition.
        Denied: the rights do not allow it; the code says why.
        NotDelivered: it is allowed, but not in place yet: ask again in a moment.
    """
    if ttl < 1:
        raise InvalidRequest("ttl is a number of seconds, at least 1", code="invalid_ttl")
    asset = assets.asset(asset_id)
    if asset.status is not AssetStatus.ACCEPTED:
        raise Denied(f"asset {asset_id} is {asset.status.value}", code=f"asset_{asset.status.value}")
    decision = decide(asset.effective_rights, at=now, territory=territory, usage=usage)
    if not decision.allowed:
        raise Denied(f"asset {asset_id} may not be shown: {decision.reason.value}", code=decision.reason.value)
    delivered = asset.delivered
    if delivered is None or delivered.version_id is None or delivered.generation != asset.generation:
        raise NotDelivered(f"asset {asset_id} is not in delivery yet")
    if rendition not in delivered.renditions:
        names = ", ".join(delivered.renditions)
        raise NotFound(f"asset {asset_id} has no rendition {rendition!r}, but {names}", code="rendition_not_found")

    # Whole seconds, as CloudFront counts them, and never later than the rights end.
    moment = now.timestamp()
    expires = int(moment) + (min(ttl, maximum_ttl))
    if decision.expires_at is not None:
        expires = min(expires, int(decision.expires_at.timestamp()))
        if expires <= moment:
            raise Denied(f"the rights of asset {asset_id} end within this second", code="expired")
    path = delivery_path(asset_id, asset.generation, str(delivered.version_of(rendition)), rendition)
    return SignedUrl(signer.sign(f"{base_url}/{path}", expires=expires), datetime.fromtimestamp(expires, UTC))
