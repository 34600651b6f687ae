"""The edge's response cache: bounded, least recently used goes first, purged by path as CloudFront purges."""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote

from assetwire_cli.edge.template import CachePolicy

_ENTRY_BYTES = 512  # what an entry costs beside its body and headers, roughly


class CacheKey(NamedTuple):
    """What tells answers apart: the percent-decoded path, and the query if the cache policy says so."""

    path: str
    query: str = ""


@dataclass(frozen=True)
class Answer:
    """What the origin answered."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the case of its name."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


@dataclass(frozen=True)
class _Entry:
    answer: Answer
    stored: datetime
    seconds: int
    size: int


class ResponseCache:
    """A thread-safe cache of the origin's answers, of at most `max_bytes` in memory."""

    def __init__(
        self, clock: Callable[[], datetime], max_bytes: int = 256 * 1024 * 1024, tag_header: str | None = None
    ) -> None:
        self._clock = clock
        self._tag_header = tag_header
        self._max_bytes = max_bytes
        self._entries: OrderedDict[CacheKey, _Entry] = OrderedDict()
        self._bytes = 0
        self._invalidations = 0
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes that the entries occupy."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: CacheKey) -> tuple[Answer, int] | None:
        """Return a fresh answer and its age in seconds, or `None`."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            age = (self._clock() - entry.stored).total_seconds()
            if age >= entry.seconds:
                self._drop(key)
                return None
            self._entries.move_to_end(key)
            return entry.answer, max(0, int(age))

    def mark(self) -> int:
        """Take the mark that `put` wants, before the origin is asked."""
        with self._lock:
            return self._invalidations

    def put(self, key: CacheKey, answer: Answer, seconds: int, mark: int) -> bool:
        """Keep an answer, unless it cannot live, does not fit, or was read before the latest invalidation."""
        size = len(answer.body) + sum(len(name) + len(value) for name, value in answer.headers) + _ENTRY_BYTES
        with self._lock:
            if seconds <= 0 or size > self._max_bytes or mark != self._invalidations:
                return False
            self._drop(key)
            self._entries[key] = _Entry(answer, self._clock(), seconds, size)
            self._bytes += size
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))
            return True

    def invalidate(self, paths: Iterable[str]) -> int:
        """Drop what the items name and count what was dropped.

        An item is a path (a `*` at the end stands for any continuation) or, behind `#`, a tag.
        """
        items = list(paths)
        tests = [_path_test(item) for item in items if not item.startswith("#")]
        tags = {item[1:].lower() for item in items if item.startswith("#")}
        with self._lock:
            self._invalidations += 1
            doomed = [
                key
                for key, entry in self._entries.items()
                if any(test(key) for test in tests) or (tags and not tags.isdisjoint(self._tags(entry.answer)))
            ]
            for key in doomed:
                self._drop(key)
            return len(doomed)

    def _tags(self, answer: Answer) -> set[str]:
        """Return an answer's tags, whose case does not count.

        Source: CloudFront Developer Guide, "What you need to know when invalidating tags".
        """
        said = answer.header(self._tag_header) if self._tag_header else None
        return {tag.strip().lower() for tag in (said or "").split(",")} - {""}

    def _drop(self, key: CacheKey) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size


def lifetime(cache_control: str | None, policy: CachePolicy) -> int:
    """Return how many seconds an answer lives: what the origin asks, within the policy's bounds.

    Follows the CloudFront Developer Guide, "Manage how long content stays in the cache": `s-maxage` before `max-age`,
    and the minimum for what must not be kept or is not understood.
    """
    directives: dict[str, str] = {}
    for part in (cache_control or "").lower().split(","):
        name, _, value = part.strip().partition("=")
        directives.setdefault(name, value.strip('"'))
    if directives.keys() & {"no-store", "no-cache", "private"}:
        return policy.min_ttl
    asked = directives.get("s-maxage", directives.get("max-age"))
    if asked is None:
        return policy.default_ttl
    seconds = int(asked) if re.fullmatch(r"[0-9]{1,12}", asked) else 0
    return min(max(seconds, policy.min_ttl), policy.max_ttl)


def _path_test(item: str) -> Callable[[CacheKey], bool]:
    item = item if item.startswith("/") else f"/{item}"
    wild = item.endswith("*")
    raw_path, mark, query = item.removesuffix("*").partition("?")
    path = unquote(raw_path)
    if wild and mark:
        return lambda key: key.path == path and key.query.startswith(query)
    if wild:
        return lambda key: key.path.startswith(path)
    return lambda key: key == (path, query)
