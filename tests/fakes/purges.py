"""Purges in memory, caches that are purged, and CloudFront with its quota."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from assetwire.domain.errors import Unavailable
from assetwire.domain.purge import BY_TAG, Purge, PurgesInProgress, Quota
from assetwire.services.purge import Purged, purge
from fakes.catalog import FakeCatalog
from fakes.revocations import FakeRevocations
from fakes.stores import FakeDeliveryStore


class FakePurges:
    """Purges beside the assets of a Catalog; `before_save` lets somebody act first, once."""

    def __init__(self, catalog: FakeCatalog | None = None) -> None:
        self.catalog = FakeCatalog() if catalog is None else catalog
        self.before_save: list[Callable[[], object]] = []

    def purge(self, asset_id: str) -> Purge | None:
        found = self.catalog.records.get(("purge", asset_id))
        return found if isinstance(found, Purge) else None

    def purges_of(self, asset_ids: Collection[str]) -> list[Purge]:
        return [found for asset_id in sorted(set(asset_ids)) if (found := self.purge(asset_id)) is not None]

    def save_purge(self, purge: Purge) -> None:
        if self.before_save:
            self.before_save.pop(0)()
        self.catalog.save(purge)

    def in_progress(self) -> PurgesInProgress:
        found = self.catalog.records.get(("purges in progress",))
        return found if isinstance(found, PurgesInProgress) else PurgesInProgress()

    def save_in_progress(self, known: PurgesInProgress) -> None:
        self.catalog.save(known)

    @property
    def pending(self) -> list[str]:
        """The assets whose caches must still forget something."""
        found = [record for record in self.catalog.records.values() if isinstance(record, Purge)]
        return [each.asset_id for each in found if each.is_pending]


class FakeEdge:
    """Caches in front of an origin: what a viewer saw stays there until it is purged."""

    def __init__(self, origin: FakeDeliveryStore | None = None) -> None:
        self.calls: list[list[str]] = []
        self.cached: dict[str, bytes] = {}
        self.quota = BY_TAG
        self._origin = origin

    def purge(self, asset_ids: Sequence[str]) -> None:
        self.calls.append(list(asset_ids))
        self.cached = {key: data for key, data in self.cached.items() if key.partition("/")[0] not in asset_ids}

    def view(self, key: str) -> bytes | None:
        """Answer a viewer whose signature is valid: from the cache, else from the origin, through the cache."""
        if key not in self.cached and self._origin is not None and key in self._origin.objects:
            self.cached[key] = self._origin.objects[key]
        return self.cached.get(key)


class FakeCloudFront(FakeEdge):
    """Refuses what exceeds its quota; each invalidation counts until it is completed, after so many seconds."""

    def __init__(self, clock: Callable[[], datetime], *, quota: Quota = BY_TAG, seconds: float = 25) -> None:
        super().__init__()
        self.quota = quota
        self.refused = self.most_in_progress = 0
        self._clock, self._seconds = clock, timedelta(seconds=seconds)
        self._begun: list[tuple[datetime, int]] = []

    @property
    def in_progress(self) -> int:
        """How many items are in progress now."""
        return sum(items for begun, items in self._begun if begun + self._seconds > self._clock())

    def purge(self, asset_ids: Sequence[str]) -> None:
        if self.in_progress + len(asset_ids) > self.quota.items:
            self.refused += 1
            raise Unavailable("TooManyInvalidationsInProgress")
        super().purge(asset_ids)
        self._begun.append((self._clock(), len(asset_ids)))
        self.most_in_progress = max(self.most_in_progress, self.in_progress)


class Clock:
    """A clock that stands still unless somebody waits; `meanwhile` is what others do while somebody does."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.meanwhile: list[Callable[[], object]] = []

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()


def run_purge(
    asset_ids: Collection[str],
    *,
    purges: FakePurges,
    edge: FakeEdge,
    clock: Clock,
    revocations: Any = None,
    seconds: float = 110,
) -> Purged:
    """Let `purge` run for so many seconds at the most."""
    began = clock.now
    return purge(
        asset_ids,
        purges=purges,
        revocations=FakeRevocations() if revocations is None else revocations,
        edge=edge,
        clock=clock,
        left=lambda: seconds - (clock.now - began).total_seconds(),
        pause=clock.wait,
    )
