"""Near-duplicates in the Catalog: how a version is found by its picture, and which pairs a person should look at."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Version
from assetwire.domain.ids import AssetId, VersionId
from assetwire.domain.inspection import Status
from assetwire.domain.model import Value
from assetwire.domain.similarity import BANDS, COLOUR_BITS, SHAPE_BITS, THRESHOLD, bands, distance
from assetwire.domain.work import Queue, WorkItem

_HASH = re.compile(rf"[0-9a-f]{{{(SHAPE_BITS + 2 * COLOUR_BITS) // 4}}}")
_BAND_DIGITS = SHAPE_BITS // 4 // BANDS


class Likeness(Value):
    """A version's picture as one band of the index knows it; made of the version alone, so twice is once."""

    band: str
    asset_id: AssetId
    version_id: VersionId
    file_name: str
    sha256: str
    perceptual_hash: str

    @property
    def place(self) -> str:
        """The hash, turned so that it begins with this band: within a band, what is alike stands side by side.

        Source: Charikar, "Similarity estimation techniques from rounding algorithms" (2002), 3: sorted rotations. So
        the nearest are found first where a band holds more than a look-up reads.
        """
        at = bands(self.perceptual_hash).index(self.band) * _BAND_DIGITS
        return self.perceptual_hash[at:] + self.perceptual_hash[:at]


class Near(NamedTuple):
    """Another asset's picture, and how many bits its hash is away."""

    likeness: Likeness
    distance: int


def likenesses(version: Version) -> tuple[Likeness, ...]:
    """Return what the index holds of a version: one likeness a band; none if its bytes are refused or hold no picture.

    What the template says of its metadata does not matter: that may be mended, and the picture stays what it is.
    """
    known = version.inspection
    if known.status is not Status.ACCEPTED or not _HASH.fullmatch(known.perceptual_hash or ""):
        return ()
    return tuple(
        Likeness(
            band=band,
            asset_id=version.asset_id,
            version_id=version.version_id,
            file_name=version.upload.file_name,
            sha256=known.sha256,
            perceptual_hash=str(known.perceptual_hash),
        )
        for band in bands(str(known.perceptual_hash))
    )


def nearest(mine: Likeness, found: Iterable[Likeness]) -> list[Near]:
    """Return the other assets within the threshold, the nearest first, each by the version that is nearest."""
    best: dict[str, Near] = {}
    for likeness in found:
        if likeness.asset_id == mine.asset_id or len(likeness.perceptual_hash) != len(mine.perceptual_hash):
            continue
        near = Near(likeness, distance(mine.perceptual_hash, likeness.perceptual_hash))
        if near.distance <= THRESHOLD:
            best[likeness.asset_id] = min(near, best.get(likeness.asset_id, near), key=_order)
    return sorted(best.values(), key=_order)


def work_item(mine: Likeness, near: Near, *, now: datetime) -> WorkItem:
    """Return the work item of a pair; its id comes from the two assets, so either of them opens the same one, once."""
    first, second = sorted((mine, near.likeness), key=lambda likeness: likeness.asset_id)
    shown = [likeness.model_dump(mode="json", exclude={"band"}) for likeness in (first, second)]
    return WorkItem.opened(
        Queue.NEAR_DUPLICATE,
        first.asset_id,
        second.asset_id,
        asset_id=first.asset_id,
        other=second.asset_id,
        now=now,
        distance=near.distance,
        pictures=shown,
    )


def _order(near: Near) -> tuple[int, str, str]:
    return near.distance, near.likeness.asset_id, near.likeness.version_id
