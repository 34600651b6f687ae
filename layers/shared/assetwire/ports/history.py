"""The port of histories: who changed what of an asset, read back."""

from typing import Protocol

from assetwire.domain.history import AssetChange


class Histories(Protocol):
    """Changes of assets, each written in the transaction that made it."""

    def changes(self, asset_id: str, *, limit: int, before: int | None) -> list[AssetChange]:
        """List the changes of an asset, newest first, at most `limit`, from before a revision on."""
        ...
