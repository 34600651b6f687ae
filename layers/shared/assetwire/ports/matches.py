"""Where products and assets meet, as services need it."""

from collections.abc import Collection, Iterable
from typing import Protocol

from assetwire.domain.link import Arrangement
from assetwire.domain.match import AssetMatch


class Matches(Protocol):
    """Notes of names, and what evidence came to. Everything is read consistently."""

    def match(self, asset_id: str) -> AssetMatch | None:
        """Return what an asset's evidence came to last, if it was ever judged."""
        ...

    def save_match(self, match: AssetMatch) -> None:
        """Replace a match that was read at the revision before; write a new one at revision 0.

        Raises:
            Conflict: its revision moved.
        """
        ...

    def note_names(self, asset_id: str, names: Collection[str]) -> None:
        """Note at these names that an asset says them; what is noted already is no error."""
        ...

    def forget_names(self, asset_id: str, names: Collection[str]) -> None:
        """Take these notes away; what is gone already is no error."""
        ...

    def skus_at(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return, by name, the products that have it."""
        ...

    def assets_at(self, names: Iterable[str]) -> list[str]:
        """Return the assets whose evidence says one of these names, each once."""
        ...

    def link(self, arrangement: Arrangement, match: AssetMatch) -> None:
        """Write links, and a list if it changes, all or nothing, as long as the match is at this revision.

        Raises:
            Conflict: a revision moved, the match's among them.
        """
        ...
