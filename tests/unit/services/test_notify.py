"""PIM is told what it does not know, once it is known; nothing is lost, whatever breaks off where."""

from collections.abc import Callable
from contextlib import suppress
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetwire.domain.associations import Associations, lists_of, seconds_after
from assetwire.domain.errors import Unavailable
from assetwire.domain.link import LinkOrigin, LinkRole, Place
from assetwire.services import links
from assetwire.services.notify import notify
from assetwire.services.products import delete_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.pim import FakeAssociations, FakePim
from fakes.products import FakeProducts
from fakes.some import NOW


class House:
    """A product S-1, assets a to d, and a PIM that is told."""

    def __init__(self) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        self.associations, self.pim = FakeAssociations(), FakePim()
        self.products.save(some.product())
        for name in "abcd":
            self.catalog.save(some.asset(name))

    def arrange(self, *names: str, role: LinkRole = LinkRole.HERO, market: str = "any") -> None:
        assets = [some.asset_id(name) for name in names]
        whom: dict[str, Any] = {"origin": LinkOrigin.PERSON, "by": "me", "now": NOW}
        links.arrange(Place("S-1", role, market), assets, **whom, products=self.products, catalog=self.catalog)

    def tell(self) -> bool:
        ports: Any = {"products": self.products, "associations": self.associations, "receiver": self.pim}
        return notify("S-1", **ports, clock=lambda: NOW)

    def told(self) -> Associations:
        found = self.associations.told("S-1")
        assert found is not None
        return found

    @property
    def agrees(self) -> bool:
        return self.pim.lists("S-1") == lists_of(self.products.media("S-1"))


def test_a_delta_says_whole_lists_and_what_they_gain_and_lose() -> None:
    house = House()
    house.arrange("a", "b")
    house.arrange("c", role=LinkRole.SWATCH, market="DE")
    assert house.tell()
    house.arrange("b", "d")
    assert house.tell()
    a, b, d = (some.asset_id(name) for name in "abd")
    (_, first), (_, second) = house.pim.messages
    assert [(each["role"], each["market"]) for each in first["data"]["lists"]] == [("hero", "any"), ("swatch", "DE")]
    assert second == {
        "type": "assetwire.associations.changed",
        "timestamp": NOW.isoformat().replace("+00:00", "Z"),
        "data": {
            "sku": "S-1",
            "sequence": 2,
            "lists": [{"role": "hero", "market": "any", "assets": [b, d], "bound": [d], "unbound": [a]}],
        },
    }
    assert house.agrees


def test_what_pim_knows_is_not_told_again() -> None:
    house = House()
    assert not house.tell()
    house.arrange("a")
    assert (house.tell(), house.tell(), len(house.pim.messages)) == (True, False, 1)


def test_changes_of_one_product_are_told_together() -> None:
    house = House()
    for names in ("a", "ab", "b", "bc"):
        house.arrange(*names)
    house.tell()
    assert (len(house.pim.messages), house.agrees) == (1, True)


def test_a_product_that_is_deleted_has_no_lists_and_its_lists_come_back_with_it() -> None:
    house = House()
    house.arrange("a")
    house.tell()
    delete_product("S-1", products=house.products, now=NOW)
    assert house.tell()
    assert house.pim.lists("S-1") == {}
    product = house.products.product("S-1")
    house.products.save(product.saying(product.facts, now=NOW))
    assert house.tell()
    assert house.agrees


def test_what_nobody_acknowledged_is_told_again_with_a_higher_number() -> None:
    house = House()
    house.arrange("a")
    house.pim.down = True
    with pytest.raises(Unavailable):
        house.tell()
    house.pim.down = False
    assert house.tell()
    assert [message["data"]["sequence"] for _, message in house.pim.messages] == [2]
    assert house.agrees


def test_a_list_that_goes_back_to_what_was_acknowledged_is_told_all_the_same() -> None:
    """PIM took the delta between, and its answer was lost: it differs, though not from what it acknowledged."""
    house = House()
    house.arrange("a")
    house.tell()
    house.arrange("b")
    house.pim.deaf = True
    with pytest.raises(Unavailable):
        house.tell()
    house.pim.deaf = False
    house.arrange("a")
    assert house.tell()
    assert house.agrees


def test_a_run_that_stood_still_while_another_told_more_does_not_tell_less() -> None:
    house = House()
    house.arrange("a")
    read = house.products.media

    def meanwhile(sku: str) -> Any:
        found = read(sku)
        house.products.media = read  # type: ignore[method-assign]
        house.arrange("b")
        house.tell()
        return found

    house.products.media = meanwhile  # type: ignore[method-assign]
    house.tell()
    assert house.agrees
    assert house.told().unsure == ()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_deltas_that_come_late_or_twice_leave_pim_with_the_last(order: tuple[int, ...]) -> None:
    house = House()
    for names in ("a", "ab", "c"):
        house.arrange(*names)
        house.tell()
    late = FakePim()
    for number in (*order, *order):
        late.send(*house.pim.messages[number])
    assert late.lists("S-1") == house.pim.lists("S-1")


def test_a_message_has_an_id_of_its_own() -> None:
    house = House()
    for names in ("a", "b", "a"):
        house.arrange(*names)
        house.tell()
    assert len({message_id for message_id, _ in house.pim.messages}) == 3


_steps = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.sampled_from(["hero", "swatch"]), st.permutations("abc").map(lambda p: p[:2])),
        st.tuples(st.sampled_from(["tell", "tell while it is down", "tell while it is deaf", "die after it took it"])),
    ),
    max_size=12,
)


class _Died(BaseException):
    pass


@settings(max_examples=150, deadline=None)
@given(_steps)
def test_whatever_breaks_off_where_the_next_that_is_told_makes_pim_know_all(steps: list[Any]) -> None:
    house = House()
    save = house.associations.save_told
    for step in steps:
        if step[0] == "list":
            house.arrange(*step[2], role=LinkRole(step[1]))
            continue
        house.pim.down, house.pim.deaf = step[0].endswith("down"), step[0].endswith("deaf")
        if step[0].startswith("die"):
            house.associations.save_told = _dying(save)  # type: ignore[method-assign]
        with suppress(Unavailable, _Died):
            house.tell()
        house.associations.save_told = save  # type: ignore[method-assign]
    house.pim.down = house.pim.deaf = False
    house.tell()
    assert house.agrees
    known = house.associations.told("S-1")
    assert (known.acknowledged if known else {}) == lists_of(house.products.media("S-1"))


def _dying(save: Callable[[Associations], None]) -> Callable[[Associations], None]:
    """Return what dies where it is to note that something was taken."""

    def saved(associations: Associations) -> None:
        if not associations.unsure:
            raise _Died
        save(associations)

    return saved


def test_what_was_told_in_vain_waits_longer_each_time_up_to_an_hour() -> None:
    assert [seconds_after(times) for times in (1, 2, 3, 7, 8, 100)] == [30, 60, 120, 1920, 3600, 3600]
