"""Drift: every way in which PIM's view and ours can differ is told by its kind, and repaired as it is asked for."""

from typing import Any

import pytest

from assetwire.domain.drift import DriftKind, PimView, Repair
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.link import LinkOrigin, LinkRole, LinkState, Place
from assetwire.services import links
from assetwire.services.drift import Compared, compare
from assetwire.services.notify import notify
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.pim import FakeAssociations, FakePim
from fakes.products import FakeProducts
from fakes.some import NOW


class House:
    """A product S-1 that shows a and b as its heroes, and a PIM."""

    def __init__(self) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        self.associations, self.pim = FakeAssociations(), FakePim()
        self.products.save(some.product())
        for name in "abcd":
            self.catalog.save(some.asset(name))
        self.arrange("a", "b", origin=LinkOrigin.PIM)

    def arrange(self, *names: str, origin: LinkOrigin = LinkOrigin.PERSON) -> None:
        whom: dict[str, Any] = {"origin": origin, "by": "me", "now": NOW}
        assets = [some.asset_id(name) for name in names]
        links.arrange(Place("S-1", LinkRole.HERO), assets, **whom, products=self.products, catalog=self.catalog)

    def compare(self, *names: str, sku: str = "S-1", repair: Repair | None = None, **view: Any) -> Compared:
        lists = [{"role": "hero", "market": "any", "assets": [some.asset_id(name) for name in names]}]
        views = [PimView.model_validate({"sku": sku, "lists": lists} | view)]
        ports: Any = {"products": self.products, "assets": self.catalog, "associations": self.associations}
        (found,) = compare(views, repair=repair, by="client:pim", **ports, now=NOW)
        return found

    def kinds(self, *names: str, **asked: Any) -> list[tuple[DriftKind, str]]:
        names_of = {some.asset_id(name): name for name in "abcdx"}
        found = self.compare(*names, **asked).differences
        return [(each.kind, names_of.get(each.asset_id or "", "")) for each in found]

    def shown(self) -> str:
        names = {some.asset_id(name): name for name in "abcd"}
        order = self.products.media("S-1").order(Place("S-1", LinkRole.HERO))
        assert order is not None
        return "".join(names[each] for each in order.assets)

    def tell(self) -> None:
        ports: Any = {"products": self.products, "associations": self.associations, "receiver": self.pim}
        notify("S-1", **ports, clock=lambda: NOW)


def test_two_views_that_are_one_do_not_differ() -> None:
    assert House().kinds("a", "b") == []
    assert House().kinds(sku="S-9", lists=[]) == []


def test_every_difference_is_told_by_its_kind() -> None:
    house = House()
    assert house.kinds("a", sku="S-9") == [(DriftKind.UNKNOWN_PRODUCT, "")]
    assert house.kinds("a") == [(DriftKind.MISSING_IN_PIM, "b")]
    assert house.kinds("a", "b", "c") == [(DriftKind.MISSING_HERE, "c")]
    assert house.kinds("a", "b", "x") == [(DriftKind.UNKNOWN_ASSET, "x")]
    assert house.kinds("b", "a") == [(DriftKind.ORDER, "")]
    assert house.kinds(lists=[]) == [(DriftKind.MISSING_IN_PIM, "a"), (DriftKind.MISSING_IN_PIM, "b")]
    assert house.kinds("b", "c", "a") == [(DriftKind.MISSING_HERE, "c"), (DriftKind.ORDER, "")]


def test_what_is_here_in_another_state_is_told_with_that_and_by_whom() -> None:
    house = House()
    house.arrange("a")
    (found,) = house.compare("a", "b").differences
    assert (found.kind, found.state, found.by) == (DriftKind.STATE, LinkState.REMOVED, "me")


def test_our_lists_become_pims() -> None:
    house = House()
    found = house.compare("c", "a", "x", repair=Repair.THEIRS)
    assert house.shown() == "ca"
    assert found.repaired == [{"role": "hero", "market": "any", "effect": "followed_in_part"}]
    assert house.kinds("c", "a") == []
    (whole,) = house.compare("a", repair=Repair.THEIRS).repaired
    assert (whole["effect"], house.shown()) == ("followed", "a")


def test_a_persons_word_stands_before_pims() -> None:
    house = House()
    house.arrange("a", "c")
    assert house.compare("b", "d", repair=Repair.THEIRS).repaired[0]["effect"] == "followed_in_part"
    assert house.shown() == "dac"


def test_pim_is_told_what_differs_whatever_it_took_before() -> None:
    house = House()
    house.tell()
    assert house.compare("b", "a", repair=Repair.OURS).repaired == [{"role": "hero", "market": "any", "effect": "told"}]
    told = house.associations.told("S-1")
    assert told is not None
    assert (told.unsure, told.asked) == (("hero/any",), 1)
    house.tell()
    assert house.pim.messages[-1][1]["data"]["lists"][0]["assets"] == [some.asset_id("a"), some.asset_id("b")]


def test_pim_is_told_that_a_product_which_is_not_here_has_no_lists() -> None:
    house = House()
    assert house.compare("a", sku="S-9", repair=Repair.OURS).repaired[0]["effect"] == "told"
    ports: Any = {"products": house.products, "associations": house.associations, "receiver": house.pim}
    assert notify("S-9", **ports, clock=lambda: NOW)
    assert house.pim.messages[-1][1]["data"]["lists"][0]["assets"] == []
    assert house.compare("a", sku="S-9", repair=Repair.THEIRS).repaired == []


def test_what_pim_took_last_stands_for_its_view_where_it_says_none() -> None:
    house = House()
    assert [kind for kind, _ in house.kinds(lists=None)] == [DriftKind.MISSING_IN_PIM] * 2
    house.tell()
    assert house.kinds(lists=None) == []
    house.arrange("b")
    assert house.kinds(lists=None) == [(DriftKind.STATE, "a")]


def test_a_product_is_compared_once() -> None:
    house = House()
    ports: Any = {"products": house.products, "assets": house.catalog, "associations": house.associations}
    with pytest.raises(InvalidRequest) as caught:
        compare([PimView(sku="S-1"), PimView(sku="S-1")], by="me", **ports, now=NOW)
    assert caught.value.code == "duplicate_product"
