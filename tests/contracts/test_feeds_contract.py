"""The Feeds port: the fake and DynamoDB keep the same promises."""

from typing import Any

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.feeds import DynamoFeeds
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.errors import Conflict
from assetwire.domain.job import RECONCILE_PRODUCTS, Job
from assetwire.domain.reconciliation import Feed, SeenPage
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.feeds import FakeFeeds
from fakes.products import FakeProducts
from fakes.some import NOW

FIRST, SECOND = (f"j{letter * 15}" for letter in "ab")


class Place:
    """Feeds with the jobs and products that stand beside them."""

    def __init__(self, feeds: Any, agenda: Any, products: Any) -> None:
        self.feeds, self.agenda, self.products = feeds, agenda, products


@pytest.fixture(params=["fake", "dynamodb"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "fake":
        agenda, products = FakeCatalog(), FakeProducts()
        return Place(FakeFeeds(agenda, products), agenda, products)
    table = request.getfixturevalue("table")
    there = {"region": "us-east-1"}
    return Place(DynamoFeeds(table, **there), DynamoAgenda(table, **there), DynamoProducts(table, **there))


def job(job_id: str = FIRST) -> Job:
    return Job.started(job_id, RECONCILE_PRODUCTS, {"source": "akeneo", "full": True}, by="me", now=NOW)


def page(number: int, *skus: str, job_id: str = FIRST, source: str = "akeneo") -> SeenPage:
    return SeenPage(source=source, page=number, job_id=job_id, skus=skus)


def test_a_feed_is_read_as_it_was_written(place: Place) -> None:
    assert (place.feeds.feed("akeneo"), place.feeds.feeds()) == (None, [])
    one, other = Feed(source="akeneo", since=NOW), Feed(source="b")
    for feed in (other, one):
        place.feeds.save(feed)
    assert place.feeds.feed("akeneo") == one
    assert place.feeds.feeds() == [one, other]
    with pytest.raises(Conflict):
        place.feeds.save(one)
    place.feeds.save(one.changed(job_id=FIRST))
    assert place.feeds.feed("akeneo") == one.changed(job_id=FIRST)


def test_a_run_and_its_feed_are_written_together_or_not_at_all(place: Place) -> None:
    feed = Feed(source="akeneo", job_id=FIRST)
    place.feeds.write(job(), feed=feed)
    assert (place.agenda.job(FIRST), place.feeds.feed("akeneo")) == (job(), feed)
    with pytest.raises(Conflict):
        place.feeds.write(job(SECOND), feed=feed)
    with pytest.raises(Conflict):
        place.feeds.write(job(), feed=feed.changed())
    assert place.feeds.feed("akeneo") == feed
    assert [each.job_id for each in place.agenda.jobs(limit=10, after=None).jobs] == [FIRST]


def test_what_a_run_saw_is_what_its_own_pages_say(place: Place) -> None:
    place.feeds.write(job(), seen=page(0, "S-1", "S-2"))
    place.feeds.write(job().progressed(now=NOW), seen=page(1, "S-3"))
    place.feeds.write(job(SECOND), seen=page(0, "S-1", job_id=SECOND))
    place.feeds.write(job(SECOND).progressed(now=NOW), seen=page(1, "S-9", source="b"))
    assert place.feeds.seen("akeneo", SECOND) == {"S-1"}
    assert place.feeds.seen("akeneo", FIRST) == {"S-3"}


def test_a_page_of_a_run_that_moved_on_is_not_written(place: Place) -> None:
    place.feeds.write(job(), seen=page(0, "S-1"))
    with pytest.raises(Conflict):
        place.feeds.write(job(), seen=page(0, "S-9"))
    assert place.feeds.seen("akeneo", FIRST) == {"S-1"}


def test_products_are_listed_until_they_are_deleted(place: Place) -> None:
    for sku in ("S-1", "S 2", "S-3"):
        place.products.save(some.product(sku))
    place.products.save(some.product("S-3").deleted(now=NOW))
    assert sorted(place.feeds.mirrored()) == ["S 2", "S-1"]
