"""Conflicts: whoever lost a race for a record reads again and decides again, a bounded number of times."""

from collections.abc import Callable
from typing import TypeVar

from assetwire.domain.asset import Asset
from assetwire.domain.errors import Conflict
from assetwire.domain.history import change_between
from assetwire.ports import Catalog

ATTEMPTS = 8
"""How often a decision is taken anew before its message must come again."""
_Decided = TypeVar("_Decided")
_Record = TypeVar("_Record")


def decided(attempt: Callable[[], _Decided], *, attempts: int = ATTEMPTS) -> _Decided:
    """Return what an attempt returns; it is made again while it loses races, and must then read everything anew.

    Raises:
        Conflict: it lost every race; or a precondition of the caller's does not hold, which has a code of its own and
            is never tried again.
    """
    for _ in range(attempts - 1):
        try:
            return attempt()
        except Conflict as error:
            if error.code != Conflict.code:
                raise
    return attempt()


def saved(save: Callable[[_Record], None], record: _Record) -> bool:
    """Save a record; tell whether no other change was first."""
    try:
        save(record)
    except Conflict:
        return False
    return True


def require_revision(asset: Asset, revision: int | None) -> None:
    """Raise unless an asset is at the revision that the caller knows; None is any.

    Raises:
        Conflict: it is at another.
    """
    if revision is not None and asset.revision != revision:
        raise Conflict(f"asset {asset.asset_id} is at revision {asset.revision}, not {revision}", code="revision")


def change_asset(
    asset_id: str,
    change: Callable[[Asset], Asset],
    *,
    if_revision: int | None = None,
    read: Asset | None = None,
    by: str | None = None,
    reason: str = "",
    catalog: Catalog,
) -> Asset:
    """Change an asset and return it; a change that returns what it was given writes nothing.

    `by` is who changes it, if a person or a caller of the API does: that is noted in its history. `read` is the asset
    as the caller read it already: the first attempt begins with that.

    Raises:
        NotFound: there is no such asset.
        Conflict: the asset is not at `if_revision`, or others kept changing it.
    """
    known = [] if read is None else [read]

    def attempt() -> Asset:
        asset = known.pop() if known else catalog.asset(asset_id)
        require_revision(asset, if_revision)
        changed = change(asset)
        if changed is not asset:
            noted = None if by is None else change_between(asset, changed, by=by, reason=reason)
            catalog.save_asset(changed, change=noted)
        return changed

    return decided(attempt)
