"""Upkeep: what is to be made, kept and removed of an asset's renditions, so that bucket and Catalog hold the same.

A rendition that is needed no more stays for a grace period: who was just given its URL still gets it from a cache that
asks again, and a spec or a text that is taken back finds its files where they were.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from assetwire.domain.rendition import Rendition
from assetwire.domain.shown import Rendered

Needed = tuple[str, str, str]
"""Version, name and digest of a rendition."""


class StoredObject(NamedTuple):
    """An object as a bucket lists it: the ETag of its bytes, and when they were written."""

    etag: str
    modified: datetime


class Upkeep(NamedTuple):
    """What is to be done about renditions beside those that are missing."""

    noted: tuple[Rendition, ...]
    """To be recorded anew: superseded from now on, or needed again."""
    removed: tuple[Rendition, ...]
    """Whose grace period is over."""
    strays: tuple[str, ...]
    """Keys of objects that nothing in the Catalog names, for longer than a grace period."""
    tidy_at: datetime | None
    """When the next grace period is over; None if none runs."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all objects that are to be removed."""
        return (*(rendition.key for rendition in self.removed), *self.strays)


def needed_by(rendered: Rendered | None) -> set[Needed]:
    """Return the renditions that were finished last."""
    return set() if rendered is None else {(rendered.version_id, *output) for output in rendered.outputs.items()}


def standing(recorded: Iterable[Rendition], present: Mapping[str, StoredObject]) -> set[Needed]:
    """Return the recorded renditions that stand with the bytes that were recorded."""
    return {_identity(r) for r in recorded if r.key in present and present[r.key].etag == r.etag}


class Asked(Protocol):
    """A file that is wanted: its name, and the digest of what it is made by."""

    @property
    def name(self) -> str:
        """The name of the file."""
        ...

    @property
    def digest(self) -> str:
        """Changes when the file would."""
        ...


_Asked = TypeVar("_Asked", bound=Asked)


def missing(
    wanted: Sequence[_Asked], version_id: str, recorded: Iterable[Rendition], present: Mapping[str, StoredObject]
) -> list[_Asked]:
    """Return the wanted outputs of a version that are not recorded, or whose bytes are not those that were."""
    stand = standing(recorded, present)
    return [each for each in wanted if (version_id, each.name, each.digest) not in stand]


def upkeep(
    needed: Collection[Needed],
    recorded: Iterable[Rendition],
    present: Mapping[str, StoredObject],
    *,
    grace: timedelta,
    at: datetime,
    others: Collection[str] = (),
) -> Upkeep:
    """Return what is to be done about an asset's recorded renditions of all versions, and what stands in the bucket.

    `others` are keys of what somebody else looks after.
    """
    noted, removed, waiting, known = [], [], [], set(others)
    for rendition in recorded:
        known.add(rendition.key)
        since = rendition.superseded_at
        if _identity(rendition) in needed:
            if since is not None:
                noted.append(rendition.model_copy(update={"superseded_at": None}))
        elif since is None:
            noted.append(rendition.model_copy(update={"superseded_at": at}))
            waiting.append(at + grace)
        elif since + grace <= at:
            removed.append(rendition)
        else:
            waiting.append(since + grace)
    # What is younger may be a file that somebody is about to record.
    strays = sorted(key for key, stored in present.items() if key not in known and stored.modified + grace <= at)
    return Upkeep(tuple(noted), tuple(removed), tuple(strays), min(waiting, default=None))


def _identity(rendition: Rendition) -> Needed:
    return rendition.version_id, rendition.name, rendition.digest
