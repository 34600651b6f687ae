"""Revocations: what could be seen and may not be any more, and when each step made sure that it cannot."""

from enum import StrEnum

from assetwire.domain.ids import AssetId
from assetwire.domain.model import Instant, Value


class Cause(StrEnum):
    """Why every URL that was minted for an asset is void."""

    RIGHTS_NARROWED = "rights_narrowed"
    """Rights were set, a collection's or a master's limits came, that allow less than before."""
    RIGHTS_ENDED = "rights_ended"
    """A window ended."""
    VERSION_REFUSED = "version_refused"
    """A version that was shown is refused."""
    WITHDRAWN = "withdrawn"
    """Somebody took the asset out of use."""
    PRODUCT_UNPUBLISHED = "product_unpublished"
    """The last published product that it showed is not offered any more, or not shown by it."""


class Narrowing(Value):
    """The decision that began a generation, which every URL minted before does not survive."""

    generation: int
    cause: Cause
    at: Instant


class Revocation(Value):
    """How a decision reached everybody: each step with its time."""

    asset_id: AssetId
    generation: int
    cause: Cause
    decided_at: Instant
    removed_at: Instant
    """The origin holds nothing any more that was delivered before."""
    purged_at: Instant | None = None
    """Caches were told to forget all of it; CloudFront's edges follow within seconds. None while that is pending."""
    restored_at: Instant | None = None
    """What is still allowed stands under its new paths; None if nothing is."""
    files: int = 0
    """How many files could be seen, as delivery was last recorded."""

    @property
    def exposure_seconds(self) -> float | None:
        """Seconds from the decision until the origin was empty and the caches were told; None while they are not."""
        if self.purged_at is None:
            return None
        return (max(self.removed_at, self.purged_at) - self.decided_at).total_seconds()
