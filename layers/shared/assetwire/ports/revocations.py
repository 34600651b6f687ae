"""The port of revocations: what became of each decision that ended what could be seen."""

from typing import Protocol

from assetwire.domain.revocation import Revocation


class Revocations(Protocol):
    """Revocations, written once and kept for good."""

    def note(self, revocation: Revocation) -> bool:
        """Write the revocation of an asset's generation, unless one stands there; tell whether none did."""
        ...

    def of(self, asset_id: str) -> list[Revocation]:
        """Return all of an asset, the newest first, read consistently."""
        ...
