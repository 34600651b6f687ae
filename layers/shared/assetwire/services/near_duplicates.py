"""Near-duplicates: tell people of pairs of assets that show nearly the same picture, and hold nothing up."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, Version
from assetwire.domain.near_duplicates import Likeness, Near, likenesses, nearest, work_item
from assetwire.ports import Catalog
from assetwire.ports.similarity import SimilarityIndex
from assetwire.ports.worklist import Worklist

LARGEST_BAND = 100
"""Pictures that are read of one band at the most; of a fuller one, those whose hashes stand next in order."""
MOST_PAIRS = 50
"""Pairs that one upload reports, and that one look-up returns, at the most: the nearest."""
_CANDIDATES = 99
"""Assets that are read to tell which are deleted: with the asset itself as many as one BatchGetItem reads."""


class Reported(NamedTuple):
    """Work items opened for an upload's picture; near assets beyond the limit, and bands not read to their end."""

    opened: int = 0
    left_out: int = 0
    cut_bands: int = 0


class Similar(NamedTuple):
    """Another asset that shows nearly the same picture; `current` if it is the version that counts there."""

    asset: Asset
    likeness: Likeness
    distance: int

    @property
    def current(self) -> bool:
        """Tell whether the near picture is the asset's current version."""
        return self.asset.current_version == self.likeness.version_id

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for answers of the API."""
        return {
            "asset_id": self.asset.asset_id,
            "status": self.asset.status,
            "distance": self.distance,
            "version_id": self.likeness.version_id,
            "file_name": self.likeness.file_name,
            "current": self.current,
        }


class Found(NamedTuple):
    """The assets near another, the nearest first; and what was left out, as in `Reported`."""

    similar: list[Similar]
    left_out: int = 0
    cut_bands: int = 0


def report(
    version: Version, *, index: SimilarityIndex, catalog: Catalog, worklist: Worklist, now: datetime
) -> Reported:
    """Put a version's picture into the index, and open a work item for each asset that shows nearly the same.

    Written first and read then, consistently: of two uploads at once, whichever has written last sees the other.
    """
    mine = likenesses(version)
    if not mine:
        return Reported()
    index.add(mine)
    found = _near(mine, index=index, catalog=catalog)
    opened = sum(
        worklist.open(work_item(mine[0], Near(similar.likeness, similar.distance), now=now))
        for similar in found.similar
    )
    return Reported(opened, found.left_out, found.cut_bands)


def similar_to(asset_id: str, *, index: SimilarityIndex, catalog: Catalog) -> Found:
    """Return the assets that show nearly the same picture as this one's current version; none for a deleted asset.

    Raises:
        NotFound: there is no such asset.
    """
    asset = catalog.asset(asset_id)
    if asset.is_gone:
        return Found([])
    mine = likenesses(catalog.version(asset_id, asset.current_version))
    return _near(mine, index=index, catalog=catalog) if mine else Found([])


def _near(mine: Sequence[Likeness], *, index: SimilarityIndex, catalog: Catalog) -> Found:
    neighbours = index.neighbours(mine, limit=LARGEST_BAND)
    near = nearest(mine[0], neighbours.likenesses)
    asked = [mine[0].asset_id, *(each.likeness.asset_id for each in near[:_CANDIDATES])] if near else []
    stand = {a.asset_id: a for a in catalog.assets_named(asked) if not a.is_gone}
    if mine[0].asset_id not in stand:
        return Found([], cut_bands=neighbours.cut)
    there = [each for each in near[:_CANDIDATES] if each.likeness.asset_id in stand]
    shown = [Similar(stand[each.likeness.asset_id], *each) for each in there[:MOST_PAIRS]]
    return Found(shown, len(there) - len(shown) + len(near[_CANDIDATES:]), neighbours.cut)
