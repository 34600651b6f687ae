"""Histories of assets as callers of the API see them."""

from typing import NamedTuple

from assetwire.domain.history import AssetChange
from assetwire.ports import AssetReader
from assetwire.ports.history import Histories
from assetwire.services.cursors import number_of


class History(NamedTuple):
    """A page of an asset's changes, newest first, and the cursor of the next page; None at the end."""

    changes: list[AssetChange]
    cursor: str | None


def read_history(
    asset_id: str, *, limit: int, cursor: str | None = None, assets: AssetReader, histories: Histories
) -> History:
    """Return who changed what of an asset, newest first.

    Raises:
        NotFound: there is no such asset.
        InvalidRequest: the cursor is not one of a history's (`invalid_cursor`).
    """
    before = number_of(cursor, of="history")
    assets.asset(asset_id)
    found = histories.changes(asset_id, limit=limit + 1, before=before)
    return History(found[:limit], str(found[limit - 1].revision) if found[limit:] else None)
