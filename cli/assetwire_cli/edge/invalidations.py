"""Follows the distribution's invalidations through the CloudFront API and purges the local cache for each."""

from typing import Any, Protocol

from assetwire_cli.edge.cache import ResponseCache
from assetwire_cli.edge.following import Follower

POLL_SECONDS = 0.2


class InvalidationSource(Protocol):
    """The part of boto3's CloudFront client that is used here."""

    def list_invalidations(self, *, DistributionId: str, Marker: str = ...) -> Any:  # noqa: N803 - boto3's own shape and names
        """List a page of invalidations."""

    def get_invalidation(self, *, DistributionId: str, Id: str) -> Any:  # noqa: N803 - boto3's own shape and names
        """Return one invalidation with its paths."""


class InvalidationFollower(Follower):
    """Purges the cache for each invalidation that has not been applied yet."""

    def __init__(self, client: InvalidationSource, distribution_id: str, cache: ResponseCache) -> None:
        super().__init__(f"invalidations of {distribution_id}")
        self._client = client
        self._distribution_id = distribution_id
        self._cache = cache
        self._applied: set[str] = set()

    def prepare(self) -> None:
        """Take the invalidations that exist as applied; right only while the cache is empty."""
        self._applied.update(self._list())

    def apply_once(self) -> int:
        """Apply what is new and count it; one that cannot be read stays to be tried again and is raised last."""
        applied = 0
        failure: Exception | None = None
        for each in self._list():
            if each in self._applied:
                continue
            try:
                answer = self._client.get_invalidation(DistributionId=self._distribution_id, Id=each)
            except Exception as error:  # noqa: BLE001 - the others are applied first, then it is raised
                failure = error
                continue
            self._cache.invalidate(answer["Invalidation"]["InvalidationBatch"]["Paths"].get("Items", []))
            self._applied.add(each)
            applied += 1
        if failure is not None:
            raise failure
        return applied

    def _list(self) -> list[str]:
        """List the ids of all invalidations, the oldest first where CloudFront lists the newest first."""
        ids: list[str] = []
        marker: dict[str, str] = {}
        while True:
            page = self._client.list_invalidations(DistributionId=self._distribution_id, **marker)["InvalidationList"]
            ids.extend(each["Id"] for each in page.get("Items", []))
            if not page.get("IsTruncated") or not page.get("NextMarker"):
                return ids[::-1]
            marker = {"Marker": page["NextMarker"]}
