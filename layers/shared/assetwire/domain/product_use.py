"""Whether an asset is used by products that are offered."""

from enum import StrEnum


class ProductUse(StrEnum):
    """What published products made of an asset."""

    NEVER = "never"
    """No published product ever showed it: it may be of use elsewhere."""
    LIVE = "live"
    """At least one shows it."""
    ENDED = "ended"
    """At least one did, and none does any more."""

    def after(self, shows_published: bool) -> "ProductUse":
        """Return the use from now on: whether a published product shows the asset."""
        if shows_published:
            return ProductUse.LIVE
        return ProductUse.ENDED if self is ProductUse.LIVE else self
