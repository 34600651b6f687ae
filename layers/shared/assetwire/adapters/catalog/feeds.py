"""The Feeds port: what is known of the looks at PIMs, and which products are mirrored."""

from collections.abc import Iterator

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.job import Job
from assetwire.domain.reconciliation import Feed, SeenPage


class DynamoFeeds:
    """Feeds in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def feed(self, source: str) -> Feed | None:
        """Return a feed, read consistently."""
        return self._table.find(Feed, keys.feed(source))

    def feeds(self) -> list[Feed]:
        """Return every feed: they stand in one partition."""
        return self._table.all(Feed, keys.feed(""))

    def save(self, feed: Feed) -> None:
        """Replace a feed, if its revision is the one before."""
        self._table.save(feed)

    def write(self, job: Job, *, feed: Feed | None = None, seen: SeenPage | None = None) -> None:
        """Write a job, its feed and what it saw in one transaction; a page takes the place of an earlier run's."""
        table = self._table
        if feed is None and seen is None:
            table.save(job)
            return
        with table.transaction(f"saving job {job.job_id}") as transaction:
            transaction.save(table.item_of(job), condition=table.unchanged(job))
            if feed is not None:
                transaction.save(table.item_of(feed), condition=table.unchanged(feed))
            if seen is not None:
                transaction.save(table.item_of(seen))

    def seen(self, source: str, job_id: str) -> set[str]:
        """Read the pages of a run; those that are left of longer ones before it are another's."""
        pages = self._table.all(SeenPage, keys.seen_page(source, None))
        return {sku for page in pages if page.job_id == job_id for sku in page.skus}

    def mirrored(self) -> Iterator[str]:
        """Yield the SKUs that the listing index names."""
        for partition in keys.listings(keys.PRODUCTS):
            for key, _ in self._table.listed(partition):
                yield keys.sku_in(key)
