"""Variants show their own pictures, else those of variants that look alike, else their parents'."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import imagery_oracle as oracle

from assetwire.domain.imagery import Imagery, Shown
from assetwire.domain.link import LinkOrigin, LinkRole
from assetwire.services.families import read_imagery
from assetwire.services.products import delete_product
from fakes import some
from fakes.families import FamilyHouse
from fakes.some import NOW

RED, BLUE = {"colour": "red"}, {"colour": "blue"}
HERO, ALTERNATE = LinkRole.HERO, LinkRole.ALTERNATE


def shown(house: FamilyHouse, sku: str, role: LinkRole = HERO, market: str = "any") -> list[tuple[str, str | None]]:
    names = {some.asset_id(name): name for name in "abcdefgh"}
    return [(names[each.asset_id], each.lender) for each in imagery(house, sku).shown(role, market)]


def imagery(house: FamilyHouse, sku: str) -> Imagery:
    return read_imagery(sku, products=house.products)


@pytest.fixture
def house() -> FamilyHouse:
    """A shoe in red 42, red 43 and blue 42."""
    house = FamilyHouse(*"abcdefgh")
    house.put("SHOE")
    for sku, looks in (("R42", RED), ("R43", RED), ("B42", BLUE)):
        house.put(sku, parent="SHOE", attributes=looks | {"size": sku[1:]})
    return house


def test_a_variant_shows_what_its_parent_lends_it(house: FamilyHouse) -> None:
    house.arrange("SHOE", "b", "a")
    assert shown(house, "R42") == [("b", "SHOE"), ("a", "SHOE")]
    assert shown(house, "SHOE") == [("b", None), ("a", None)]
    assert shown(house, "R42", ALTERNATE) == []


def test_a_list_of_its_own_takes_the_place_of_what_it_inherits_in_that_role_alone(house: FamilyHouse) -> None:
    house.arrange("SHOE", "a")
    house.arrange("SHOE", "b", role=ALTERNATE)
    house.arrange("R42", "c")
    assert shown(house, "R42") == [("c", None)]
    assert shown(house, "R42", ALTERNATE) == [("b", "SHOE")]
    house.arrange("R42")
    assert shown(house, "R42") == [("a", "SHOE")]


def test_what_is_scoped_is_for_variants_that_have_the_attributes_and_comes_first(house: FamilyHouse) -> None:
    house.arrange("SHOE", "a", "b", "c", scopes={"b": {"colour": "RED"}, "c": BLUE})
    assert shown(house, "R43") == [("b", "SHOE"), ("a", "SHOE")]
    assert shown(house, "B42") == [("c", "SHOE"), ("a", "SHOE")]
    assert len(shown(house, "SHOE")) == 3
    house.put("X", parent="SHOE")
    assert shown(house, "X") == [("a", "SHOE")]


def test_evidence_of_one_size_shows_every_size_of_that_colour(house: FamilyHouse) -> None:
    house.arrange("SHOE", "a")
    house.find("R42", "b")
    assert shown(house, "R43") == [("b", "R42")]
    assert shown(house, "B42") == [("a", "SHOE")]


@pytest.mark.parametrize("origin", [LinkOrigin.PERSON, LinkOrigin.PIM, LinkOrigin.FILE_NAME])
def test_what_somebody_binds_to_one_variant_is_that_ones(house: FamilyHouse, origin: LinkOrigin) -> None:
    house.find("R42", "b", origin=origin)
    assert shown(house, "R43") == []


def test_what_somebody_refuses_a_variant_does_not_come_back_by_inheritance(house: FamilyHouse) -> None:
    house.arrange("SHOE", "a")
    house.find("R42", "b")
    house.refuse("R43", "b")
    assert shown(house, "R43") == [("a", "SHOE")]


def test_variants_of_which_the_colour_is_not_known_share_nothing() -> None:
    house = FamilyHouse(*"abcdefgh")
    house.put("SHOE")
    for sku, attributes in (("1", {"brand": "x"}), ("2", {"brand": "x"}), ("3", {}), ("4", {})):
        house.put(sku, parent="SHOE", attributes=attributes)
    house.find("1", "a")
    house.find("3", "b")
    assert (shown(house, "2"), shown(house, "4")) == ([], [])


def test_an_attribute_that_nobody_thought_of_tells_variants_apart(house: FamilyHouse) -> None:
    house.put("R43", parent="SHOE", attributes=RED | {"size": "43", "heel": "high"})
    house.find("R42", "b")
    assert shown(house, "R43") == []


def test_a_product_may_say_which_attributes_are_seen(house: FamilyHouse) -> None:
    house.put("SHOE", image_axes=("heel",))
    for sku in ("R42", "B42"):
        house.put(sku, parent="SHOE", attributes={"colour": sku[0], "heel": "flat"})
    house.find("R42", "b")
    assert shown(house, "B42") == [("b", "R42")]
    assert shown(house, "R43") == []


def test_a_size_of_a_colour_of_a_model_inherits_from_both() -> None:
    house = FamilyHouse(*"abcdefgh")
    house.put("MODEL")
    house.put("RED", parent="MODEL", attributes=RED)
    house.put("R42", parent="RED", attributes={"size": "42"})
    house.arrange("MODEL", "a", "b", "c", scopes={"b": RED, "c": BLUE})
    assert shown(house, "R42") == [("b", "MODEL"), ("a", "MODEL")]
    house.arrange("RED", "d")
    assert shown(house, "R42") == [("d", "RED")]


def test_a_market_has_its_own_list_wherever_that_is_inherited_from(house: FamilyHouse) -> None:
    house.arrange("SHOE", "a")
    house.arrange("SHOE", "b", market="FR")
    assert shown(house, "R42", market="FR") == [("b", "SHOE")]
    assert shown(house, "R42", market="DE") == [("a", "SHOE")]
    lent = [(each.role, each.market) for each in imagery(house, "R42").inherited()]
    assert lent == [(HERO, "any"), (HERO, "FR")]


def test_products_that_are_variants_of_each_other_are_no_trap() -> None:
    house = FamilyHouse(*"abcdefgh")
    house.put("A", parent="B")
    house.put("B", parent="A")
    house.arrange("A", "a")
    assert imagery(house, "B").shown(HERO, "any") == (Shown(some.asset_id("a"), "A"),)
    house.settle()
    assert house.live() == {some.asset_id("a")}


def test_reads_are_the_product_its_parents_and_those_of_its_look(house: FamilyHouse) -> None:
    reads: list[str] = []
    read = house.products.media
    house.products.media = lambda sku: (reads.append(sku), read(sku))[1]  # type: ignore[method-assign]
    for number in range(44, 144):
        house.put(f"R{number}", parent="SHOE", attributes=RED | {"size": str(number)})
    imagery(house, "R42")
    assert (reads[:2], len(reads)) == (["R42", "SHOE"], 22)


# --- what is in use ---


def test_what_a_parent_lent_to_the_last_variant_ends_when_that_one_goes_elsewhere(house: FamilyHouse) -> None:
    house.put("SHOE", published=False)
    house.arrange("SHOE", "a", scopes={"a": BLUE})
    house.settle()
    assert house.live() == {some.asset_id("a")}
    house.put("OTHER", published=False)
    house.put("B42", parent="OTHER", attributes=BLUE)
    house.settle()
    assert house.live() == set()


def test_what_a_model_lends_to_a_size_of_a_colour_is_in_use_whatever_becomes_of_another_colour() -> None:
    house = FamilyHouse("a")
    house.put("MODEL", published=False)
    for colour in ("RED", "BLUE"):
        house.put(colour, published=False, parent="MODEL", attributes={"colour": colour})
    house.put("R42", parent="RED", attributes={"size": "42"})
    house.arrange("MODEL", "a")
    house.settle()
    house.put("BLUE", published=False, parent="MODEL", attributes={"colour": "navy"})
    house.settle()
    assert house.live() == {some.asset_id("a")}
    house.put("R42", published=False, parent="RED", attributes={"size": "42"})
    house.settle()
    assert house.live() == set()


def test_an_own_list_ends_the_use_of_what_it_takes_the_place_of(house: FamilyHouse) -> None:
    house.put("SHOE", published=False)
    house.arrange("SHOE", "a", scopes={"a": BLUE})
    house.arrange("B42", "b")
    house.settle()
    assert house.live() == {some.asset_id("b")}
    house.arrange("B42")
    house.settle()
    assert house.live() == {some.asset_id("a")}


def test_a_product_that_is_deleted_lends_nothing(house: FamilyHouse) -> None:
    house.arrange("SHOE", "a")
    house.find("R42", "b")
    house.settle()
    for sku in ("SHOE", "R42"):
        delete_product(sku, products=house.products, now=NOW)
    house.notice()
    house.settle()
    assert [shown(house, sku) for sku in ("R43", "B42")] == [[], []]
    assert house.live() == set()


# --- against the oracle ---

_SKUS = ("P", "Q", "A", "B", "C", "D")
_PARENTS: Mapping[str, Any] = {"P": st.just(None), "Q": st.sampled_from([None, "P"])}
_MARKETS, _ROLES = ["any", "DE"], ["hero", "alternate"]
_ORIGINS = ["person", "pim", "declared", "embedded", "barcode", "file_name"]
_attributes = st.dictionaries(st.sampled_from(["colour", "size", "heel"]), st.sampled_from(["1", "2"]), max_size=3)
_hung = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(_ORIGINS),
        st.sampled_from([(), (("colour", "1"),), (("colour", "2"),), (("size", "1"), ("heel", "2"))]),
    ).map(lambda said: oracle.Hung(*said)),
    max_size=3,
    unique_by=lambda hung: hung.name,
)


@st.composite
def houses(draw: st.DrawFn) -> oracle.House:
    items = {}
    for sku in _SKUS:
        parent = draw(_PARENTS.get(sku, st.sampled_from([None, "P", "Q"])))
        shelves = draw(
            st.dictionaries(st.tuples(st.sampled_from(_ROLES), st.sampled_from(_MARKETS)), _hung, max_size=3)
        )
        refused = frozenset(draw(st.sets(st.sampled_from("abcdef"), max_size=1)))
        items[sku] = oracle.Item(sku, parent, draw(_attributes), draw(st.booleans()), shelves, refused)
    return items


def built(plan: oracle.House) -> FamilyHouse:
    house = FamilyHouse(*"abcdef")
    for item in plan.values():
        house.put(item.sku, published=item.offered, parent=item.parent, attributes=item.attributes)
        for (role, market), hung in item.shelves.items():
            links = [
                some.link(
                    each.name, item.sku, LinkRole(role), market=market, origin=each.origin, scope=dict(each.scope)
                )
                for each in hung
            ]
            order = some.media_order(*(each.name for each in hung), sku=item.sku, role=LinkRole(role), market=market)
            house.put_list(order, links)
        for name in item.refused:
            house.refuse(item.sku, name)
    return house


@settings(max_examples=60, deadline=None)
@given(houses())
def test_what_is_shown_and_in_use_is_what_the_oracle_says(plan: oracle.House) -> None:
    house = built(plan)
    for sku in plan:
        for role in _ROLES:
            for market in _MARKETS:
                found = [some.asset_id(name) for name in oracle.pictures(plan, sku, role, market)]
                assert list(imagery(house, sku).assets(LinkRole(role), market)) == found, (sku, role, market)
    house.settle()
    assert house.live() == {some.asset_id(name) for name in oracle.used(plan, _MARKETS, _ROLES)}


@settings(max_examples=40, deadline=None)
@given(houses(), houses())
def test_whatever_becomes_of_a_family_its_assets_know_whether_they_are_in_use(
    plan: oracle.House, other: oracle.House
) -> None:
    """From one house to another, a product at a time, each change followed before or after the next one."""
    house = built(plan)
    house.settle()
    for number, item in enumerate(other.values()):
        plan[item.sku] = plan[item.sku]._replace(parent=item.parent, attributes=item.attributes, offered=item.offered)
        house.put(item.sku, published=item.offered, parent=item.parent, attributes=item.attributes)
        if number % 2:
            house.settle()
            assert house.live() == {some.asset_id(name) for name in oracle.used(plan, _MARKETS, _ROLES)}
    house.settle()
    assert house.live() == {some.asset_id(name) for name in oracle.used(plan, _MARKETS, _ROLES)}
