"""The Products port, and the history of links: the fakes and DynamoDB keep the same promises."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.link_history import DynamoLinkHistories
from assetwire.adapters.catalog.matches import DynamoMatches
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, LinkState, Place
from assetwire.domain.link_history import LinkChange, changes_of
from assetwire.domain.match import AssetMatch
from assetwire.domain.product import ProductStatus
from assetwire.ports.history import LinkHistories
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from fakes import some
from fakes.products import FakeProducts
from fakes.some import NOW


@pytest.fixture(params=["fake", "dynamodb"])
def products(request: pytest.FixtureRequest) -> Products:
    if request.param == "fake":
        return FakeProducts()
    return DynamoProducts(request.getfixturevalue("table"), region="us-east-1")


def test_a_product_that_is_not_there_is_said_so(products: Products) -> None:
    for read in (products.product, products.media):
        with pytest.raises(NotFound) as caught:
            read("S-1")
        assert caught.value.code == "product_not_found"


def test_a_product_is_read_as_it_was_written(products: Products) -> None:
    product = some.product(gtins=("4012345123456",), parent="S 0.5+x")
    products.save(product)
    assert products.product("S-1") == product
    assert products.media("S-1").product == product
    assert products.products_named(["S-2", "S-1", "S-1"]) == [product]


def test_a_product_is_replaced_only_by_who_read_it_last(products: Products) -> None:
    product = some.product()
    products.save(product)
    with pytest.raises(Conflict):
        products.save(some.product(published=False))
    gone = product.saying(product.facts.model_copy(update={"status": ProductStatus.UNPUBLISHED}), now=NOW)
    products.save(gone)
    with pytest.raises(Conflict):
        products.save(gone)
    assert products.product("S-1") == gone


def test_a_list_and_its_links_are_written_together(products: Products) -> None:
    products.save(some.product())
    products.save(some.product("S-10"))
    order, links = some.media_order("a.jpg", "b.jpg"), (some.link("a.jpg"), some.link("b.jpg"))
    products.arrange(Arrangement(order, links))
    other = some.link("a.jpg", "S-10", LinkRole.SWATCH, market="DE")
    products.arrange(Arrangement(some.media_order("a.jpg", sku="S-10", role=LinkRole.SWATCH, market="DE"), (other,)))
    media = products.media("S-1")
    assert sorted(media.links, key=lambda link: link.asset_id) == sorted(links, key=lambda link: link.asset_id)
    assert media.orders == (order,)
    assert {link.sku for link in products.links_of(some.asset_id("a.jpg"))} == {"S-1", "S-10"}
    assert products.links_of(some.asset_id("c.jpg")) == []


def test_a_list_that_moved_takes_none_of_its_links_with_it(products: Products) -> None:
    products.save(some.product())
    products.arrange(Arrangement(some.media_order("a.jpg"), (some.link("a.jpg"),)))
    with pytest.raises(Conflict):
        products.arrange(Arrangement(some.media_order("b.jpg"), (some.link("b.jpg"),)))
    assert [link.asset_id for link in products.media("S-1").links] == [some.asset_id("a.jpg")]


def test_a_link_that_moved_leaves_the_list_as_it_was(products: Products) -> None:
    products.save(some.product())
    link = some.link("a.jpg")
    products.arrange(Arrangement(some.media_order("a.jpg"), (link,)))
    removed = link.now_is(LinkState.REMOVED, origin=LinkOrigin.PERSON, by="me", now=NOW)
    products.arrange(Arrangement(some.media_order(revision=1), (removed,)))
    with pytest.raises(Conflict):
        products.arrange(Arrangement(some.media_order("a.jpg", revision=2), (removed,)))
    media = products.media("S-1")
    assert (media.links, media.orders) == ((removed,), (some.media_order(revision=1),))
    assert products.links_of(link.asset_id) == [removed]


class Kept(NamedTuple):
    """Products, what evidence came to, and the history of links."""

    products: Products
    matches: Matches
    histories: LinkHistories


@pytest.fixture(params=["fake", "dynamodb"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "fake":
        fake = FakeProducts()
        return Kept(fake, fake, fake)
    table = request.getfixturevalue("table")
    return Kept(*(kind(table, region="us-east-1") for kind in (DynamoProducts, DynamoMatches, DynamoLinkHistories)))


def _changed_three_times(kept: Kept) -> list[LinkChange]:
    """Have a link proposed by evidence, confirmed and removed by a person; return what that changed, newest first."""
    match = AssetMatch(asset_id=some.asset_id("a.jpg"), at=NOW)
    kept.matches.save_match(match)
    proposed = some.link("a.jpg", state=LinkState.PROPOSED, origin=LinkOrigin.BARCODE, by="assetwire")
    later, last = (NOW + timedelta(seconds=seconds) for seconds in (1, 2))
    confirmed = proposed.now_is(LinkState.CONFIRMED, origin=LinkOrigin.PERSON, by="me", now=later)
    removed = confirmed.now_is(LinkState.REMOVED, origin=LinkOrigin.PERSON, by="me", now=last)
    order = some.media_order("a.jpg", by="me", at=later)
    emptied = some.media_order(by="me", at=last, revision=1)
    first = Arrangement(None, (proposed,))
    second = Arrangement(order, (confirmed,), (proposed,))
    third = Arrangement(emptied, (removed,), (order, confirmed))
    kept.matches.link(first, match)
    kept.products.arrange(second)
    kept.products.arrange(third)
    # of one moment, the list's change comes after those of the links
    return [change for made in (third, second, first) for change in reversed(changes_of(made))]


@pytest.mark.parametrize("limit", [1, 2, 5, 9])
def test_every_change_is_told_once_newest_first_page_by_page(kept: Kept, limit: int) -> None:
    written = _changed_three_times(kept)
    assert len(written) == 5
    for read, about, wanted in (
        (kept.histories.of_product, "S-1", written),
        (kept.histories.of_asset, some.asset_id("a.jpg"), [each for each in written if each.asset_id is not None]),
    ):
        found: list[LinkChange] = []
        before = None
        while True:
            page = read(about, limit=limit, before=before)
            assert len(page.changes) <= limit
            found += page.changes
            before = page.next
            if before is None:
                break
        assert found == wanted
    assert kept.histories.of_product("S-10", limit=9, before=None).changes == []
    assert kept.histories.of_asset(some.asset_id("b.jpg"), limit=9, before=None).changes == []


def test_a_change_that_lost_its_race_is_told_nowhere(kept: Kept) -> None:
    kept.products.arrange(Arrangement(some.media_order("a.jpg"), (some.link("a.jpg"),)))
    told = kept.histories.of_product("S-1", limit=9, before=None)
    with pytest.raises(Conflict):
        kept.products.arrange(Arrangement(some.media_order("b.jpg"), (some.link("b.jpg"),)))
    assert kept.histories.of_product("S-1", limit=9, before=None) == told
    assert kept.histories.of_asset(some.asset_id("b.jpg"), limit=9, before=None).changes == []


def test_a_parent_knows_its_variants_by_notes_that_come_and_go_with_them(products: Products) -> None:
    parent, red = some.product("S"), some.product(parent="S", attributes={"colour": "red"})
    products.save(parent)
    products.save(red, noted=red.as_variant)
    other = some.product("S-10", published=False, parent="S")
    products.save(other, noted=other.as_variant)
    assert products.media("S").variants == (red.as_variant, other.as_variant)
    assert products.media("S-1").variants == ()
    alone = red.saying(red.facts.model_copy(update={"parent": None}), now=NOW)
    products.save(alone, left=red.as_variant)
    assert products.media("S").variants == (other.as_variant,)
    with pytest.raises(Conflict):
        products.save(red, noted=red.as_variant)
    assert products.media("S").variants == (other.as_variant,)


def test_lists_are_read_by_their_places_many_at_once(products: Products) -> None:
    products.save(some.product())
    orders = [some.media_order("a.jpg", market=market) for market in ("any", "DE")]
    for order in orders:
        products.arrange(Arrangement(order, (some.link("a.jpg", market=order.market),)))
    places = [Place(f"S-{number}", LinkRole.HERO, market) for number in range(1, 80) for market in ("any", "DE")]
    assert sorted(products.lists(places), key=lambda order: order.market) == sorted(orders, key=lambda o: o.market)
    assert products.lists([Place("S-1", LinkRole.SWATCH)]) == []
