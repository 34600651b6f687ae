"""What keeping masters needs of the outside world."""

from collections.abc import Sequence
from typing import Protocol

from assetwire.domain.archive import Kept, Tier
from assetwire.domain.asset import Upload


class Vault(Protocol):
    """The masters of one asset, kept at hand or in cold storage; each is one S3 version of one object."""

    def kept(self, upload: Upload) -> Kept:
        """Return where a master is."""
        ...

    def mark(self, upload: Upload) -> None:
        """Mark a master for cold storage; it moves when S3 gets to it. One that is gone is no error."""
        ...

    def unmark(self, upload: Upload) -> None:
        """Take the mark away, so that a master that has not moved stays at hand. One that is gone is no error."""
        ...

    def fetch_back(self, upload: Upload, *, days: int, tier: Tier) -> None:
        """Ask for a copy of a master in cold storage for some days; once asked, asking again changes nothing."""
        ...

    def destroy(self, uploads: Sequence[Upload]) -> None:
        """Delete these masters for good; those that are gone already are no error.

        Raises:
            Unavailable: some could not be deleted.
        """
        ...
