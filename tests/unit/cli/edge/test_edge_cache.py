"""The edge's cache: lifetimes, purging by path, bounds, and purges that race with reads of the origin."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from assetwire_cli.edge.cache import Answer, CacheKey, ResponseCache, lifetime
from assetwire_cli.edge.template import CachePolicy

POLICY = CachePolicy(min_ttl=0, default_ttl=86400, max_ttl=31536000, query_in_key=False)
BOUNDED = CachePolicy(min_ttl=60, default_ttl=100, max_ttl=3600, query_in_key=False)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def filled(*paths: str, clock: Clock | None = None) -> ResponseCache:
    cache = ResponseCache(clock or Clock())
    for path in paths:
        cache.put(CacheKey(*path.split("?")), Answer(200, body=path.encode()), 60, cache.mark())
    return cache


def kept(cache: ResponseCache, *paths: str) -> list[str]:
    return [path for path in paths if cache.get(CacheKey(*path.split("?"))) is not None]


@pytest.mark.parametrize(
    ("cache_control", "free", "bounded"),
    [
        (None, 86400, 100),
        ("", 86400, 100),
        ("public", 86400, 100),
        ("max-age=300", 300, 300),
        ("public, MAX-AGE=300", 300, 300),
        ("max-age=300, s-maxage=600", 600, 600),
        ("s-maxage=0, max-age=300", 0, 60),
        ("max-age=99999999", 31536000, 3600),
        ('max-age="300"', 300, 300),
        ("max-age=soon", 0, 60),
        ("max-age=-1", 0, 60),
        ("no-store", 0, 60),
        ("private, max-age=300", 0, 60),
        ("no-cache", 0, 60),
    ],
)
def test_an_answer_lives_as_long_as_asked_within_the_policys_bounds(
    cache_control: str | None, free: int, bounded: int
) -> None:
    assert lifetime(cache_control, POLICY) == free
    assert lifetime(cache_control, BOUNDED) == bounded


def test_an_answer_ages_and_dies() -> None:
    clock = Clock()
    cache = filled("/a", clock=clock)
    clock.advance(59.9)
    assert cache.get(CacheKey("/a")) == (Answer(200, body=b"/a"), 59)
    clock.advance(0.1)
    assert cache.get(CacheKey("/a")) is None
    assert (len(cache), cache.size) == (0, 0)


def test_an_answer_without_a_life_is_not_kept() -> None:
    cache = filled()
    assert not cache.put(CacheKey("/a"), Answer(403), 0, cache.mark())
    assert cache.get(CacheKey("/a")) is None


def test_queries_are_told_apart_by_the_key() -> None:
    assert kept(filled("/a?x=1"), "/a", "/a?x=1", "/a?x=2") == ["/a?x=1"]


@pytest.mark.parametrize(
    ("item", "left"),
    [
        ("/a1/x.jpg", ["/a1/x.jpg?s=1", "/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
        ("a1/x.jpg", ["/a1/x.jpg?s=1", "/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
        ("/a1/x.jpg?s=1", ["/a1/x.jpg", "/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
        ("/a1/x.jpg*", ["/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
        ("/a1/x.jpg?*", ["/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
        ("/a1/*", ["/a10/x.jpg"]),
        ("/a1*", []),
        ("/*", []),
        ("/a1/y%20z.jpg", ["/a1/x.jpg", "/a1/x.jpg?s=1", "/a10/x.jpg", "/a1/é.jpg"]),
        ("/a1/%C3%A9*", ["/a1/x.jpg", "/a1/x.jpg?s=1", "/a1/y z.jpg", "/a10/x.jpg"]),
        ("/A1/*", ["/a1/x.jpg", "/a1/x.jpg?s=1", "/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
        ("/*/x.jpg", ["/a1/x.jpg", "/a1/x.jpg?s=1", "/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]),
    ],
)
def test_an_invalidation_drops_its_path_or_every_path_that_its_last_star_continues(item: str, left: list[str]) -> None:
    paths = ["/a1/x.jpg", "/a1/x.jpg?s=1", "/a1/y z.jpg", "/a10/x.jpg", "/a1/é.jpg"]
    cache = filled(*paths)
    assert cache.invalidate([item]) == len(paths) - len(left)
    assert kept(cache, *paths) == left


def test_an_answer_that_was_read_before_a_purge_is_not_kept_after_it() -> None:
    cache = filled()
    mark = cache.mark()
    cache.invalidate(["/a/*"])
    assert not cache.put(CacheKey("/a/x"), Answer(200, body=b"old"), 60, mark)
    assert cache.get(CacheKey("/a/x")) is None


def test_the_least_recently_used_answer_goes_first() -> None:
    cache = ResponseCache(Clock(), max_bytes=3 * 1600)
    for name in ("/a", "/b", "/c"):
        cache.put(CacheKey(name), Answer(200, body=bytes(1000)), 60, cache.mark())
    cache.get(CacheKey("/a"))
    cache.put(CacheKey("/d"), Answer(200, body=bytes(1000)), 60, cache.mark())
    assert kept(cache, "/a", "/b", "/c", "/d") == ["/a", "/c", "/d"]
    assert cache.size <= 3 * 1600


def test_an_answer_larger_than_the_cache_is_not_kept_and_drives_nothing_out() -> None:
    cache = ResponseCache(Clock(), max_bytes=4000)
    cache.put(CacheKey("/a"), Answer(200, body=bytes(1000)), 60, cache.mark())
    assert not cache.put(CacheKey("/b"), Answer(200, body=bytes(4000)), 60, cache.mark())
    assert kept(cache, "/a", "/b") == ["/a"]


def test_replacing_an_answer_counts_its_bytes_once() -> None:
    cache = filled("/a")
    size = cache.size
    cache.put(CacheKey("/a"), Answer(200, body=b"/b"), 60, cache.mark())
    assert (len(cache), cache.size) == (1, size)


def test_headers_are_found_whatever_their_case() -> None:
    assert Answer(200, (("ETag", '"1"'),)).header("etag") == '"1"'
    assert Answer(200).header("etag") is None


def test_many_threads_leave_the_books_balanced() -> None:
    cache = ResponseCache(Clock(), max_bytes=20_000)

    def work(number: int) -> None:
        for turn in range(300):
            key = CacheKey(f"/{(number + turn) % 40}")
            cache.put(key, Answer(200, body=bytes(turn % 50)), 60, cache.mark())
            cache.get(key)
            if turn % 50 == 0:
                cache.invalidate([f"/{number}*"])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert 0 <= cache.size <= 20_000
    cache.invalidate(["/*"])
    assert (len(cache), cache.size) == (0, 0)
