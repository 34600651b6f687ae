"""Products are written as PIM tells of them, and only where that says something new."""

from datetime import timedelta

import pytest

from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.product import ProductStatus
from assetwire.services.products import put_product
from fakes import some
from fakes.products import FakeProducts
from fakes.some import NOW

FACTS = some.product().facts


def test_a_new_product_is_written() -> None:
    products = FakeProducts()
    assert put_product("S-1", FACTS, products=products, now=NOW) == products.product("S-1") == some.product()


def test_the_same_again_writes_nothing() -> None:
    products = FakeProducts()
    for minutes in (0, 5):
        put_product("S-1", FACTS, products=products, now=NOW + timedelta(minutes=minutes))
    assert products.writes == 1
    assert products.product("S-1").updated_at == NOW


def test_what_changed_is_written_over_the_revision_that_the_caller_knows() -> None:
    products = FakeProducts()
    put_product("S-1", FACTS, products=products, now=NOW)
    gone = FACTS.model_copy(update={"status": ProductStatus.UNPUBLISHED})
    with pytest.raises(Conflict) as caught:
        put_product("S-1", gone, if_revision=3, products=products, now=NOW)
    assert caught.value.code == "revision"
    assert put_product("S-1", gone, if_revision=0, products=products, now=NOW).revision == 1


def test_whoever_knows_a_revision_makes_no_new_product() -> None:
    with pytest.raises(NotFound):
        put_product("S-1", FACTS, if_revision=0, products=FakeProducts(), now=NOW)


def test_who_loses_the_race_for_a_new_product_reads_again() -> None:
    products = FakeProducts()
    first = products.product
    reads = iter([NotFound("no product", code="product_not_found")])

    def raced(sku: str) -> object:
        for error in reads:
            products.save(some.product(published=False))
            raise error
        return first(sku)

    products.product = raced  # type: ignore[method-assign,assignment]
    assert put_product("S-1", FACTS, products=products, now=NOW).revision == 1
