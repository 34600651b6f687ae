"""Products are written as PIM tells of them, and only where that says something new."""

from datetime import timedelta

import pytest

from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.product import Product, ProductStatus, ProductTexts
from assetwire.domain.product_change import Outcome, ProductChange
from assetwire.domain.product_feed import Told
from assetwire.domain.product_history import revision_between
from assetwire.services.products import delete_product, follow, put_product, require_there
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


def test_a_deleted_product_is_found_under_no_name_and_comes_back_with_all() -> None:
    products = FakeProducts()
    made = put_product("S-1", FACTS, products=products, now=NOW)
    gone = delete_product("S-1", products=products, now=NOW)
    assert (gone.is_deleted, products.skus_at(made.names)) == (True, {"sku:s-1": ()})
    assert delete_product("S-1", products=products, now=NOW + timedelta(hours=1)) == gone
    with pytest.raises(NotFound) as caught:
        require_there(gone)
    assert caught.value.code == "product_not_found"
    back = put_product("S-1", FACTS, products=products, now=NOW)
    assert (back.is_deleted, back.revision, products.skus_at(made.names)) == (False, 2, {"sku:s-1": ("S-1",)})


def test_a_product_is_deleted_only_as_its_caller_knows_it() -> None:
    products = FakeProducts()
    with pytest.raises(NotFound):
        delete_product("S-1", products=products, now=NOW)
    put_product("S-1", FACTS, products=products, now=NOW)
    with pytest.raises(Conflict) as caught:
        delete_product("S-1", if_revision=1, products=products, now=NOW)
    assert caught.value.code == "revision"
    assert delete_product("S-1", if_revision=0, products=products, now=NOW).is_deleted


def outcomes(*changes: ProductChange, products: FakeProducts) -> list[Outcome]:
    return [each.outcome for each in follow(changes, products=products, now=NOW)]


def _change(sku: str, name: str | None, minutes: int = 0) -> ProductChange:
    facts = None if name is None else some.product(texts={"en": {"name": name}}).facts
    at = NOW + timedelta(minutes=minutes)
    return ProductChange(sku, facts, Told(source="pim", ref=f"product:{sku}", changed_at=at, seen_at=at))


def test_of_many_changes_those_are_written_that_say_something_new() -> None:
    products = FakeProducts()
    said = [_change(f"S-{number}", "Shoe") for number in range(5)]
    assert outcomes(*said, products=products) == [Outcome.APPLIED] * 5
    again = [*said[:4], _change("S-4", "Boot", 1), _change("S-4", "Shoe")]
    expected = [*[Outcome.UNCHANGED] * 4, Outcome.APPLIED, Outcome.OLDER]
    assert outcomes(*again, products=products) == expected
    assert products.writes == 6
    assert outcomes(*again, products=products)[4:] == [Outcome.UNCHANGED, Outcome.OLDER]
    assert products.writes == 6


def test_names_follow_what_a_feed_says() -> None:
    products = FakeProducts()
    follow([_change("S-1", "Shoe")], products=products, now=NOW)
    assert products.skus_at(["sku:s-1"]) == {"sku:s-1": ("S-1",)}
    follow([_change("S-1", None, 1)], products=products, now=NOW)
    assert products.skus_at(["sku:s-1"]) == {"sku:s-1": ()}


def test_who_loses_the_race_for_a_product_decides_anew() -> None:
    products = FakeProducts()
    follow([_change("S-1", "Shoe")], products=products, now=NOW)
    read = products.products_named
    others = iter([_change("S-1", "Sandal", 9)])

    def raced(skus: list[str]) -> list[Product]:
        found = read(skus)
        for other in others:
            follow([other], products=products, now=NOW)
        return found

    products.products_named = raced  # type: ignore[method-assign,assignment]
    assert outcomes(_change("S-1", "Boot", 5), products=products) == [Outcome.OLDER]
    assert products.product("S-1").facts.texts["en"].name == "Sandal"


def test_a_product_stands_among_the_variants_of_the_one_that_it_is_a_variant_of() -> None:
    products = FakeProducts()
    for sku in ("P", "Q"):
        put_product(sku, FACTS, products=products, now=NOW)
    for parent, expected in (("P", [1, 0]), ("Q", [0, 1]), (None, [0, 0])):
        put_product("S-1", FACTS.model_copy(update={"parent": parent}), products=products, now=NOW)
        assert [len(products.media(sku).variants) for sku in ("P", "Q")] == expected


def test_what_changed_of_a_product_is_noted_with_who_said_so() -> None:
    products = FakeProducts()
    put_product("S-1", FACTS, by="client:pim", products=products, now=NOW)
    texts = {**FACTS.texts, "fr": ProductTexts(name="Chaussure")}
    put_product("S-1", FACTS.model_copy(update={"texts": texts}), by="cognito:anna", products=products, now=NOW)
    told = Told(source="akeneo", ref="product:1", changed_at=NOW, seen_at=NOW)
    follow([ProductChange("S-1", None, told)], products=products, now=NOW)
    made, changed, gone = products.revisions
    assert (made.revision, made.by, made.before, made.after["status"]) == (0, "client:pim", {}, "published")
    assert (changed.by, changed.before, changed.after) == ("cognito:anna", {}, {"texts.fr": {"name": "Chaussure"}})
    assert (gone.by, gone.before, set(gone.after)) == ("feed:akeneo", {}, {"deleted_at"})


def test_what_only_says_when_something_was_said_is_no_change() -> None:
    products = FakeProducts()
    for hours in (0, 1):
        told = Told(source="akeneo", ref="product:1", changed_at=NOW, seen_at=NOW + timedelta(hours=hours), left_out=())
        follow([ProductChange("S-1", FACTS, told)], products=products, now=NOW)
    other = told.model_copy(update={"changed_at": NOW + timedelta(hours=2), "seen_at": NOW + timedelta(hours=2)})
    follow([ProductChange("S-1", FACTS, other)], products=products, now=NOW)
    assert len(products.revisions) == 1


def test_of_texts_too_long_for_a_record_the_names_are_told() -> None:
    long = {f"l{number:02d}": ProductTexts(name="n" * 1000, caption="c" * 1000) for number in range(40)}
    facts = FACTS.model_copy(update={"texts": long})
    found = revision_between(None, Product(sku="S-1", facts=facts, created_at=NOW, updated_at=NOW), by="me")
    assert found is not None
    assert found.after["too_long"][:2] == ["status", "texts.l00"]
