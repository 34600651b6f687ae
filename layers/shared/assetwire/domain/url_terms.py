"""On which terms a URL of an asset is minted: whether its rights allow it, and until when it lives."""

from collections.abc import Sequence
from datetime import datetime

from assetwire.domain import rights_sets
from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.decisions import decide
from assetwire.domain.errors import Denied, InvalidRequest, NotDelivered
from assetwire.domain.shown import Delivered
from assetwire.domain.territories import TERRITORIES, WORLDWIDE

_EVERYWHERE = tuple(sorted(TERRITORIES))


def checked_territories(territories: Sequence[str]) -> Sequence[str]:
    """Return each territory that a URL is asked for, where `*` stands for all of them.

    Raises:
        InvalidRequest: there is none.
    """
    if not territories:
        raise InvalidRequest("at least one territory is needed", code="invalid_territory")
    return _EVERYWHERE if WORLDWIDE in territories else territories


def checked_life(ttl: int, maximum: int) -> int:
    """Return how long (seconds) a URL may live at the most, if somebody asks for `ttl`.

    Raises:
        InvalidRequest: `ttl` is not a positive number of seconds.
    """
    if ttl < 1:
        raise InvalidRequest("ttl is a number of seconds, at least 1", code="invalid_ttl")
    return min(ttl, maximum)


def rights_end(asset: Asset, territories: Sequence[str], usage: str, now: datetime) -> datetime | None:
    """Return when the rights end first in any of these territories (one at the least); None if never.

    Raises:
        Denied: they do not allow it in one of them; the code says why, the message where.
    """
    if asset.status is not AssetStatus.ACCEPTED:
        raise Denied(f"asset {asset.asset_id} is {asset.status.value}", code=f"asset_{asset.status.value}")
    rights, first, several = asset.effective_rights, territories[0], len(territories) > 1
    decision = decide(rights, at=now, territory=first, usage=usage)
    if several and decision.allowed and rights is not None:
        # windows hold everywhere alike: what one territory allows now ends at the same moment in all that are licensed
        licensed = rights_sets.territories(rights)
        first = next((other for other in territories if other not in licensed), first)
        decision = decide(rights, at=now, territory=first, usage=usage)
    if not decision.allowed:
        where = f" in {first}" if several else ""
        raise Denied(
            f"asset {asset.asset_id} may not be shown{where}: {decision.reason.value}", code=decision.reason.value
        )
    return decision.expires_at


def delivered_now(asset: Asset) -> Delivered:
    """Return what stands in delivery of an asset under its present generation.

    Raises:
        NotDelivered: nothing is known to stand there.
    """
    delivered = asset.delivered
    if delivered is None or delivered.version_id is None or delivered.generation != asset.generation:
        raise NotDelivered(f"asset {asset.asset_id} is not in delivery yet")
    return delivered


def url_end(asset: Asset, life: int, *, bucket: int, rights_end: datetime | None, now: datetime) -> int:
    """Return the first second (epoch) at which a URL is refused: whole ones, and never later than the rights end.

    Raises:
        Denied: the rights end within this second.
    """
    moment = now.timestamp()
    expires = aligned_end(int(moment), life, bucket)
    if rights_end is not None:
        expires = min(expires, int(rights_end.timestamp()))
        if expires <= moment:
            raise Denied(f"the rights of asset {asset.asset_id} end within this second", code="expired")
    return expires


def aligned_end(now: int, life: int, bucket: int) -> int:
    """Return the end of a URL that is minted now and lives `life` seconds at the most: one for a whole time bucket.

    Lives are counted from the bucket's beginning, so nothing lives longer than was asked. A bucket has half of the life
    at the most, so that what is minted at its very end has the other half before it; 0 or 1: none.
    """
    step = min(bucket, life // 2)
    return (now - now % step if step > 1 else now) + life
