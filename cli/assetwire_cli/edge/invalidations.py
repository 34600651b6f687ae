"""Follows the distribution's invalidations through the CloudFront API and purges the local cache for each."""

import sys
import threading
from typing import Any, Protocol

from assetwire_cli.edge.cache import ResponseCache

POLL_SECONDS = 0.2


class InvalidationSource(Protocol):
    """The part of boto3's CloudFront client that is used here."""

    def list_invalidations(self, *, DistributionId: str, Marker: str = ...) -> Any:  # noqa: N803 - boto3's own shape and names
        """List a page of invalidations."""

    def get_invalidation(self, *, DistributionId: str, Id: str) -> Any:  # noqa: N803 - boto3's own shape and names
        """Return one invalidation with its paths."""


class InvalidationFollower:
    """Purges the cache for each invalidation that has not been applied yet."""

    def __init__(self, client: InvalidationSource, distribution_id: str, cache: ResponseCache) -> None:
        self._client = client
        self._distribution_id = distribution_id
        self._cache = cache
        self._applied: set[str] = set()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._complaint = ""

    def skip_existing(self) -> None:
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

    def start(self, poll_seconds: float = POLL_SECONDS) -> None:
        """Follow from now on, in a daemon thread, until `stop`."""
        try:
            self.skip_existing()
        except Exception as error:  # noqa: BLE001 - then they are applied to an empty cache, which does no harm
            self._complain(error)
        self._thread = threading.Thread(target=self._follow, args=(poll_seconds,), name="invalidations", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following and wait for the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _follow(self, poll_seconds: float) -> None:
        while not self._stopping.wait(poll_seconds):
            try:
                self.apply_once()
                self._complaint = ""
            except Exception as error:  # noqa: BLE001 - a dead follower would let the edge serve purged bytes
                self._complain(error)

    def _complain(self, error: Exception) -> None:
        """Write an error to stderr, once while it lasts."""
        complaint = f"edge: invalidations of {self._distribution_id}: {type(error).__name__}: {error}\n"
        if complaint != self._complaint:
            self._complaint = complaint
            sys.stderr.write(complaint)
            sys.stderr.flush()

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
