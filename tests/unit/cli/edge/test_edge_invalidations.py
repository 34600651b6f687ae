"""Following invalidations: each is applied once, old ones are skipped, errors are said and survived."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from assetwire_cli.edge.cache import Answer, CacheKey, ResponseCache
from assetwire_cli.edge.invalidations import InvalidationFollower


class FakeCloudFront:
    """Invalidations as CloudFront lists them: the newest first, two a page."""

    def __init__(self) -> None:
        self.batches: dict[str, list[str]] = {}
        self.broken: set[str] = set()
        self.reads: list[str] = []

    def invalidate(self, *paths: str) -> str:
        name = f"I{len(self.batches)}"
        self.batches[name] = list(paths)
        return name

    def list_invalidations(self, *, DistributionId: str, Marker: str = "") -> Any:  # noqa: N803 - boto3's names
        assert DistributionId == "D"
        if "list" in self.broken:
            raise ConnectionRefusedError("not there")
        ids = list(self.batches)[::-1]
        begin = ids.index(Marker) + 1 if Marker else 0
        page = ids[begin : begin + 2]
        more = begin + 2 < len(ids)
        listed: dict[str, Any] = {"IsTruncated": more, **({"NextMarker": page[-1]} if more else {})}
        if page:
            listed["Items"] = [{"Id": each, "Status": "Completed"} for each in page]
        return {"InvalidationList": listed}

    def get_invalidation(self, *, DistributionId: str, Id: str) -> Any:  # noqa: N803 - boto3's names
        assert DistributionId == "D"
        if Id in self.broken:
            raise ConnectionResetError(Id)
        self.reads.append(Id)
        return {"Invalidation": {"Id": Id, "InvalidationBatch": {"Paths": {"Items": self.batches[Id]}}}}


@pytest.fixture
def api() -> FakeCloudFront:
    return FakeCloudFront()


@pytest.fixture
def cache() -> ResponseCache:
    filled = ResponseCache(lambda: datetime(2030, 1, 1, tzinfo=UTC))
    for name in ("/a/1", "/a/2", "/b/1"):
        filled.put(CacheKey(name), Answer(200), 60, filled.mark())
    return filled


def kept(cache: ResponseCache) -> list[str]:
    return [name for name in ("/a/1", "/a/2", "/b/1") if cache.get(CacheKey(name))]


def test_each_invalidation_is_applied_once(api: FakeCloudFront, cache: ResponseCache) -> None:
    follower = InvalidationFollower(api, "D", cache)
    assert follower.apply_once() == 0
    api.invalidate("/a/*", "/c")
    assert follower.apply_once() == 1
    assert kept(cache) == ["/b/1"]
    cache.put(CacheKey("/a/1"), Answer(200), 60, cache.mark())
    assert follower.apply_once() == 0
    assert kept(cache) == ["/a/1", "/b/1"]


def test_all_pages_are_read_and_applied_from_the_oldest(api: FakeCloudFront, cache: ResponseCache) -> None:
    names = [api.invalidate(f"/{number}") for number in range(7)]
    assert InvalidationFollower(api, "D", cache).apply_once() == 7
    assert api.reads == names


def test_invalidations_from_before_the_start_are_skipped(api: FakeCloudFront, cache: ResponseCache) -> None:
    api.invalidate("/*")
    follower = InvalidationFollower(api, "D", cache)
    follower.prepare()
    assert follower.apply_once() == 0
    api.invalidate("/b/1")
    assert follower.apply_once() == 1
    assert kept(cache) == ["/a/1", "/a/2"]


def test_one_that_cannot_be_read_stops_no_other_and_is_tried_again(api: FakeCloudFront, cache: ResponseCache) -> None:
    follower = InvalidationFollower(api, "D", cache)
    bad = api.invalidate("/a/1")
    api.invalidate("/b/*")
    api.broken.add(bad)
    with pytest.raises(ConnectionResetError):
        follower.apply_once()
    assert kept(cache) == ["/a/1", "/a/2"]
    api.broken.clear()
    assert follower.apply_once() == 1
    assert kept(cache) == ["/a/2"]


def until(condition: Any) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_thread_says_an_error_once_and_goes_on(
    api: FakeCloudFront, cache: ResponseCache, capsys: pytest.CaptureFixture[str]
) -> None:
    api.broken.add("list")
    follower = InvalidationFollower(api, "D", cache)
    follower.start(poll_seconds=0.005)
    try:
        time.sleep(0.05)
        api.invalidate("/a/*")
        api.broken.clear()
        until(lambda: kept(cache) == ["/b/1"])
    finally:
        follower.stop()
    said = capsys.readouterr().err
    assert said == "edge: invalidations of D: ConnectionRefusedError: not there\n"


def test_a_started_follower_skips_old_invalidations_and_stops_when_told(
    api: FakeCloudFront, cache: ResponseCache
) -> None:
    api.invalidate("/*")
    follower = InvalidationFollower(api, "D", cache)
    follower.start(poll_seconds=0.005)
    api.invalidate("/b/*")
    until(lambda: kept(cache) == ["/a/1", "/a/2"])
    follower.stop()
    api.invalidate("/a/*")
    time.sleep(0.03)
    assert kept(cache) == ["/a/1", "/a/2"]
