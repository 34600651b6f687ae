"""The Products port: the fake and DynamoDB keep the same promises."""

import pytest

from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, LinkState
from assetwire.domain.product import ProductStatus
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
