"""The port of revocations: what became of each decision that ended what could be seen."""

from datetime import datetime
from typing import Protocol

from assetwire.domain.revocation import Revocation


class Revocations(Protocol):
    """Revocations, each time of them written once, and kept for good."""

    def note(self, revocation: Revocation) -> bool:
        """Write the revocation of an asset's generation, unless one stands there; tell whether none did."""
        ...

    def purged(self, asset_id: str, generation: int, *, at: datetime) -> None:
        """Note when caches were told, unless that is noted already; of what was never noted there is nothing to say."""
        ...

    def restored(self, asset_id: str, generation: int, *, at: datetime) -> None:
        """Note when what is still allowed stood again, likewise."""
        ...

    def of(self, asset_id: str) -> list[Revocation]:
        """Return all of an asset, the newest first, read consistently."""
        ...
