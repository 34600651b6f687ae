"""The ports of histories: who changed what of an asset, or of links, read back."""

from typing import NamedTuple, Protocol

from assetwire.domain.history import AssetChange
from assetwire.domain.link_history import LinkChange


class Histories(Protocol):
    """Changes of assets, each written in the transaction that made it."""

    def changes(self, asset_id: str, *, limit: int, before: int | None) -> list[AssetChange]:
        """List the changes of an asset, newest first, at most `limit`, from before a revision on."""
        ...


class LinkChangesPage(NamedTuple):
    """A part of a history of links, newest first; `next` is the place after it, None at the end."""

    changes: list[LinkChange]
    next: str | None


class LinkHistories(Protocol):
    """Changes of links and lists, each written in the transaction that made it."""

    def of_product(self, sku: str, *, limit: int, before: str | None) -> LinkChangesPage:
        """List the changes of a product's links and lists, newest first, at most `limit`, from before a place on."""
        ...

    def of_asset(self, asset_id: str, *, limit: int, before: str | None) -> LinkChangesPage:
        """List the changes of an asset's links likewise; an index finds them, late for new ones."""
        ...
