"""What is known of the looks at PIMs, in memory; jobs are a fake Catalog's, and products those of a fake mirror."""

from collections.abc import Iterator

from assetwire.domain.errors import Conflict
from assetwire.domain.job import Job
from assetwire.domain.reconciliation import Feed, SeenPage
from assetwire.ports import Agenda
from fakes.products import FakeProducts


class FakeFeeds:
    """Feeds by their sources, and pages by source and number."""

    def __init__(self, agenda: Agenda, products: FakeProducts) -> None:
        self._agenda, self._products = agenda, products
        self._feeds: dict[str, Feed] = {}
        self._pages: dict[tuple[str, int], SeenPage] = {}

    def feed(self, source: str) -> Feed | None:
        return self._feeds.get(source)

    def feeds(self) -> list[Feed]:
        return [self._feeds[source] for source in sorted(self._feeds)]

    def save(self, feed: Feed) -> None:
        self._require(feed)
        self._feeds[feed.source] = feed

    def write(self, job: Job, *, feed: Feed | None = None, seen: SeenPage | None = None) -> None:
        if feed is not None:
            self._require(feed)
        self._agenda.save(job)
        if feed is not None:
            self._feeds[feed.source] = feed
        if seen is not None:
            self._pages[seen.source, seen.page] = seen

    def seen(self, source: str, job_id: str) -> set[str]:
        pages = [page for page in self._pages.values() if (page.source, page.job_id) == (source, job_id)]
        return {sku for page in pages for sku in page.skus}

    def mirrored(self) -> Iterator[str]:
        return iter(self._products.listed())

    def _require(self, feed: Feed) -> None:
        known = self._feeds.get(feed.source)
        if (-1 if known is None else known.revision) != feed.revision - 1:
            raise Conflict("its revision moved")
