"""What a feed tells of a product counts by the source's own moments, in whichever order it comes."""

from datetime import timedelta
from itertools import permutations, product
from typing import Any

import pytest

from assetwire.domain.product import Product, ProductFacts, ProductStatus
from assetwire.domain.product_change import Outcome, ProductChange, followed
from assetwire.domain.product_feed import LeftOut, Told
from fakes import some
from fakes.some import NOW

LATER = NOW + timedelta(hours=1)


def told(minutes: float = 0, *, seen: float | None = None, ref: str = "product:1", **more: Any) -> Told:
    changed_at = NOW + timedelta(minutes=minutes)
    seen_at = changed_at if seen is None else NOW + timedelta(minutes=seen)
    return Told(source="akeneo", ref=ref, changed_at=changed_at, seen_at=seen_at, **more)


def change(name: str | None, minutes: float = 0, **more: Any) -> ProductChange:
    facts = None if name is None else some.product(texts={"en": {"name": name}}).facts
    return ProductChange("S-1", facts, told(minutes, **more))


def after(*changes: ProductChange, known: Product | None = None) -> Product:
    for each in changes:
        known = followed(known, each, now=LATER).product
    assert known is not None
    return known


def test_only_what_is_said_moves_when_a_product_was_changed_last() -> None:
    known = followed(None, change("Shoe"), now=NOW).product
    assert after(change("Shoe", 5), known=known).updated_at == NOW
    assert after(change("Boot", 5), known=known).updated_at == LATER
    assert after(change(None, 5), known=known).updated_at == LATER


def name_of(found: Product) -> str | None:
    return None if found.is_deleted else found.facts.texts["en"].name


def test_a_product_that_nobody_knew_is_there() -> None:
    outcome, found = followed(None, change("Shoe"), now=LATER)
    assert (outcome, found) == (Outcome.APPLIED, after(change("Shoe")))
    assert (found.revision, found.created_at, found.told) == (0, LATER, told())


@pytest.mark.parametrize("order", list(permutations(range(4))))
@pytest.mark.parametrize("last", ["Boot", None])
def test_whatever_the_order_and_however_often_the_newest_word_stands(order: tuple[int, ...], last: str | None) -> None:
    said = [change("Shoe", 0), change(None, 1), change("Shoe", 2), change(last, 3)]
    found = after(*(said[number] for number in (*order, *order)))
    assert name_of(found) == last
    assert found.told == said[3].told


def test_what_is_older_says_nothing() -> None:
    known = after(change("Boot", 2))
    assert followed(known, change("Shoe", 1), now=LATER) == (Outcome.OLDER, known)
    assert followed(known, change(None, 1), now=LATER) == (Outcome.OLDER, known)


def test_what_says_the_same_is_no_change_and_remembers_the_moment_of_the_source() -> None:
    known = after(change("Shoe", 0))
    assert followed(known, change("Shoe", 0, seen=9), now=LATER) == (Outcome.UNCHANGED, known)
    outcome, found = followed(known, change("Shoe", 5), now=LATER)
    assert outcome is Outcome.UNCHANGED
    assert followed(found, change("Boot", 3), now=LATER).outcome is Outcome.OLDER


def test_what_is_inherited_changes_without_a_moment_of_its_own() -> None:
    known = after(change("Shoe", 0))
    assert name_of(after(change("Boot", 0, seen=9), known=known)) == "Boot"


def test_of_two_words_of_one_moment_the_later_to_come_stands() -> None:
    assert name_of(after(change("Shoe"), change("Boot"))) == "Boot"


def test_a_deletion_that_comes_before_the_product_is_remembered() -> None:
    found = after(change(None, 2))
    assert (found.is_deleted, found.is_published, found.names) == (True, False, ())
    assert followed(found, change("Shoe", 1), now=LATER).outcome is Outcome.OLDER
    assert followed(found, change(None, 2), now=LATER).outcome is Outcome.UNCHANGED


def test_a_deleted_product_comes_back_as_it_was() -> None:
    shoe = after(change("Shoe"))
    gone = after(change(None, 1), known=shoe)
    assert (gone.facts, gone.deleted_at) == (shoe.facts, LATER)
    back = after(change("Shoe", 2), known=gone)
    assert (back.facts, back.deleted_at, back.names) == (shoe.facts, None, shoe.names)


def test_what_could_not_be_taken_is_remembered_until_it_can() -> None:
    left = LeftOut(field="ean", code="no_gtin", message="123")
    found = after(change("Shoe"), change("Shoe", 1, left_out=(left,)))
    assert found.told == told(1, left_out=(left,))
    assert after(change("Shoe", 2), known=found).told == told(2)


def test_a_product_and_a_product_model_of_one_code_do_not_take_turns() -> None:
    model = after(change("Shoes", ref="product_model:S-1"))
    assert followed(model, change("Shoe", 1), now=LATER) == (Outcome.TAKEN, model)
    gone = after(change(None, 2, ref="product_model:S-1"), known=model)
    assert followed(gone, change("Shoe", 3), now=LATER).outcome is Outcome.APPLIED


def test_a_product_made_anew_under_its_sku_takes_its_place() -> None:
    known = after(change("Shoe", ref="product:1"))
    assert name_of(after(change("Boot", 1, ref="product:2"), known=known)) == "Boot"


@pytest.mark.parametrize(("published", "gone"), list(product([True, False], repeat=2)))
def test_what_callers_of_the_api_said_gives_way_to_a_feed(published: bool, gone: bool) -> None:
    known = some.product(published=published)
    assert known.told is None
    found = after(change(None if gone else "Boot"), known=known)
    assert found.is_published is not gone
    assert found.revision == 1


def test_the_axes_of_pictures_that_the_house_said_stay_where_a_feed_says_none() -> None:
    known = some.product(image_axes=("colour",))
    found = after(change("Boot"), known=known)
    assert (found.facts.image_axes, name_of(found)) == (("colour",), "Boot")
    other = ProductChange("S-1", found.facts.model_copy(update={"image_axes": ("size",)}), told(1))
    assert after(other, known=found).facts.image_axes == ("size",)


def test_what_a_caller_says_later_keeps_what_the_feed_told() -> None:
    known = after(change("Shoe", 5))
    edited = known.saying(ProductFacts(status=ProductStatus.UNPUBLISHED), now=LATER)
    assert edited.told == told(5, overruled=True)
    assert followed(edited, change("Boot", 4), now=LATER).outcome is Outcome.OLDER


@pytest.mark.parametrize("word", ["Shoe", None])
def test_a_word_that_comes_again_undoes_nothing_that_a_caller_said_since(word: str | None) -> None:
    known = after(change("Shoe", 0), change(word, 5))
    said = known.saying(ProductFacts(status=ProductStatus.UNPUBLISHED, gtins=("4006381333931",)), now=LATER)
    assert followed(said, change(word, 5), now=LATER) == (Outcome.OLDER, said)
    gone = said.deleted(now=LATER)
    assert followed(gone, change(word, 5), now=LATER) == (Outcome.OLDER, gone)


@pytest.mark.parametrize("newer", [change("Boot", 6), change("Boot", 5, seen=6), change("Shoe", 6)])
def test_a_newer_word_counts_over_what_a_caller_said_and_the_next_of_its_moment_again(newer: ProductChange) -> None:
    known = after(change("Shoe", 5)).saying(ProductFacts(status=ProductStatus.UNPUBLISHED), now=LATER)
    found = after(newer, known=known)
    assert (found.facts, found.told) == (newer.facts, newer.told)
    assert name_of(after(newer._replace(facts=change("Sandal").facts), known=found)) == "Sandal"


class TestADeletionThatALookInferred:
    """A look did not see the product: what is as of later knows better, though the product did not change."""

    GONE = change(None, 9, inferred=True)

    def test_yields_to_a_later_look_at_the_unchanged_product(self) -> None:
        gone = after(change("Shoe"), self.GONE)
        assert gone.is_deleted
        assert followed(gone, change("Shoe", 0, seen=8), now=LATER) == (Outcome.OLDER, gone)
        back = after(change("Shoe", 0, seen=10), known=gone)
        assert (name_of(back), back.told) == ("Shoe", told(0, seen=10))

    def test_stands_against_words_of_before_that_come_late(self) -> None:
        gone = after(change("Shoe"), self.GONE)
        assert followed(gone, change("Boot", 8), now=LATER) == (Outcome.OLDER, gone)
        assert name_of(after(change("Boot", 10), known=gone)) == "Boot"

    def test_says_nothing_of_what_was_seen_later(self) -> None:
        seen = after(change("Shoe", 0, seen=10))
        assert followed(seen, self.GONE, now=LATER) == (Outcome.OLDER, seen)

    def test_is_not_undone_by_it_where_the_source_said_that_it_is_gone(self) -> None:
        gone = after(change("Shoe"), change(None, 9))
        assert followed(gone, change("Shoe", 0, seen=10), now=LATER) == (Outcome.OLDER, gone)


def test_a_caller_who_says_what_is_known_says_nothing() -> None:
    known = after(change("Shoe"))
    assert known.saying(known.facts, now=LATER) is known
    gone = after(change(None, 1), known=known)
    assert gone.deleted(now=LATER) is gone
