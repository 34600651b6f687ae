"""The Reviews port: the fake and DynamoDB write an answer whole, or not at all."""

from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.link_history import DynamoLinkHistories
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.reviews import DynamoReviews
from assetwire.adapters.catalog.worklist import DynamoWorklist
from assetwire.domain.errors import Conflict
from assetwire.domain.link import Arrangement, Link, LinkOrigin, LinkState
from assetwire.domain.review import Reviewed
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.ports.history import LinkHistories
from assetwire.ports.products import Products
from assetwire.ports.reviews import Reviews
from assetwire.ports.worklist import Worklist
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.reviews import FakeReviews
from fakes.some import NOW


class Places(NamedTuple):
    reviews: Reviews
    worklist: Worklist
    products: Products
    histories: LinkHistories


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        catalog, products = FakeCatalog(), FakeProducts()
        return Places(FakeReviews(catalog, products), catalog, products, products)
    table = request.getfixturevalue("table")
    kinds = (DynamoReviews, DynamoWorklist, DynamoProducts, DynamoLinkHistories)
    return Places(*(kind(table, region="us-east-1") for kind in kinds))


def asked(places: Places) -> tuple[WorkItem, list[Link]]:
    """Have an asset suggested for two products."""
    item = WorkItem.opened(Queue.LINK_REVIEW, "cause", asset_id=some.asset_id(), now=NOW)
    places.worklist.open(item)
    proposed = [some.link(sku=sku, state=LinkState.PROPOSED, origin=LinkOrigin.BARCODE) for sku in ("S-1", "S-2")]
    for link in proposed:
        places.products.save(some.product(link.sku))
        places.products.arrange(Arrangement(None, (link,)))
    return item, proposed


def answered(item: WorkItem, proposed: list[Link]) -> Reviewed:
    """Confirm the first and reject the second."""
    said = {"origin": LinkOrigin.PERSON, "by": "anna", "now": NOW}
    first, second = proposed
    confirmed = Arrangement(some.media_order("shoe.jpg"), (first.now_is(LinkState.CONFIRMED, **said),), (first,))
    rejected = Arrangement(None, (second.now_is(LinkState.REJECTED, **said),), (second,))
    return Reviewed(item.closed("linked", by="anna", now=NOW), (confirmed, rejected))


def states(places: Places) -> list[LinkState]:
    return [link.state for sku in ("S-1", "S-2") for link in places.products.media(sku).links]


def test_an_answer_is_written_with_its_links_lists_and_history(places: Places) -> None:
    found = answered(*asked(places))
    places.reviews.decide(found)
    assert places.worklist.item(found.item.work_id) == found.item
    assert states(places) == [LinkState.CONFIRMED, LinkState.REJECTED]
    assert places.products.media("S-1").orders == (some.media_order("shoe.jpg"),)
    told = places.histories.of_asset(some.asset_id(), limit=9, before=None).changes
    assert sorted(change.after["state"] for change in told) == ["confirmed", "proposed", "proposed", "rejected"]
    with pytest.raises(Conflict):
        places.reviews.decide(found)


def test_a_question_that_somebody_else_claimed_meanwhile_leaves_the_links_as_they_are(places: Places) -> None:
    item, proposed = asked(places)
    places.worklist.save(item.claimed("ben", now=NOW))
    with pytest.raises(Conflict):
        places.reviews.decide(answered(item, proposed))
    assert states(places) == [LinkState.PROPOSED, LinkState.PROPOSED]
    assert places.worklist.item(item.work_id).state is WorkState.OPEN


def test_a_link_that_moved_leaves_the_question_open_and_the_other_links_as_they_are(places: Places) -> None:
    item, proposed = asked(places)
    moved = proposed[1].now_is(LinkState.REMOVED, origin=LinkOrigin.BARCODE, by="assetwire", now=NOW)
    places.products.arrange(Arrangement(None, (moved,), (proposed[1],)))
    with pytest.raises(Conflict):
        places.reviews.decide(answered(item, proposed))
    assert states(places) == [LinkState.PROPOSED, LinkState.REMOVED]
    assert places.worklist.item(item.work_id) == item
