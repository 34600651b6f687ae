"""Lists of a product's assets: bound, reordered and unbound in one conditional step."""

from typing import Any

import pytest

from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.link import LONGEST_LIST, LinkOrigin, LinkRole, LinkState, MediaOrder, Place
from assetwire.services.links import Precondition, arrange
from assetwire.services.products import delete_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

HERO = Place("S-1", LinkRole.HERO)


class House:
    """A product and some assets."""

    def __init__(self, *keys: str) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        self.products.save(some.product())
        for key in keys:
            self.catalog.save(some.asset(key))

    def arrange(self, *keys: str, place: Place = HERO, **asked: Any) -> MediaOrder:
        assets = [some.asset_id(key) for key in keys]
        whom = {"origin": LinkOrigin.PIM, "by": "pim", "now": NOW} | asked
        return arrange(place, assets, **whom, products=self.products, catalog=self.catalog)

    def states(self) -> dict[str, LinkState]:
        return {link.asset_id: link.state for link in self.products.media("S-1").links}


def test_what_is_on_the_list_is_confirmed_in_its_order() -> None:
    house = House("a.jpg", "b.jpg")
    assert house.arrange("b.jpg", "a.jpg").assets == (some.asset_id("b.jpg"), some.asset_id("a.jpg"))
    assert set(house.states().values()) == {LinkState.CONFIRMED}


def test_what_is_not_on_it_any_more_is_removed_and_can_come_back() -> None:
    house = House("a.jpg", "b.jpg")
    house.arrange("a.jpg", "b.jpg")
    house.arrange("b.jpg")
    assert house.states()[some.asset_id("a.jpg")] is LinkState.REMOVED
    house.arrange("a.jpg")
    assert house.states() == {
        some.asset_id("a.jpg"): LinkState.CONFIRMED,
        some.asset_id("b.jpg"): LinkState.REMOVED,
    }


def test_the_same_list_again_writes_nothing() -> None:
    house = House("a.jpg")
    house.arrange("a.jpg")
    before = house.products.writes
    assert house.arrange("a.jpg").revision == 0
    assert house.products.writes == before


def test_an_empty_list_that_never_was_is_not_written() -> None:
    house = House()
    before = house.products.writes
    assert house.arrange().assets == ()
    assert house.products.writes == before


def test_a_list_is_changed_only_as_the_caller_knows_it() -> None:
    house = House("a.jpg", "b.jpg")
    for known in (Precondition(revision=0), Precondition(revision=7)):
        with pytest.raises(Conflict, match="there is no list"):
            house.arrange("a.jpg", only_if=known)
    house.arrange("a.jpg", only_if=Precondition(is_new=True))
    for known in (Precondition(is_new=True), Precondition(revision=1)):
        with pytest.raises(Conflict) as caught:
            house.arrange("b.jpg", only_if=known)
        assert caught.value.code == "revision"
    assert house.arrange("b.jpg", only_if=Precondition(revision=0)).revision == 1


def test_roles_and_markets_have_lists_of_their_own() -> None:
    house = House("a.jpg", "b.jpg")
    house.arrange("a.jpg")
    house.arrange("b.jpg", place=HERO._replace(market="DE"))
    media = house.products.media("S-1")
    assert media.assets(LinkRole.HERO, "DE") == (some.asset_id("b.jpg"),)
    assert media.assets(LinkRole.HERO, "FR") == (some.asset_id("a.jpg"),)
    assert media.assets(LinkRole.SWATCH, "DE") == ()
    house.arrange(place=HERO._replace(market="DE"))
    assert house.products.media("S-1").assets(LinkRole.HERO, "DE") == (some.asset_id("a.jpg"),)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (["a.jpg", "nowhere.jpg"], "unknown_asset"),
        (["a.jpg", "a.jpg"], "duplicate_asset"),
        (["a.jpg"] * (LONGEST_LIST + 1), "list_too_long"),
    ],
)
def test_a_list_that_cannot_be_is_refused_whole(keys: list[str], code: str) -> None:
    house = House("a.jpg")
    with pytest.raises(InvalidRequest) as caught:
        house.arrange(*keys)
    assert caught.value.code == code
    assert house.states() == {}


def test_more_than_one_transaction_holds_is_refused() -> None:
    keys = [f"{number}.jpg" for number in range(49)]
    house = House(*keys)
    with pytest.raises(InvalidRequest) as caught:
        house.arrange(*keys)
    assert caught.value.code == "too_many_changes"
    house.arrange(*keys[:48])
    assert len(house.arrange(*keys).assets) == 49


def test_a_product_that_is_not_there_has_no_lists() -> None:
    with pytest.raises(NotFound):
        House("a.jpg").arrange("a.jpg", place=Place("S-2", LinkRole.HERO))


def test_a_product_that_is_deleted_gets_no_lists() -> None:
    house = House("a.jpg")
    delete_product("S-1", products=house.products, now=NOW)
    with pytest.raises(NotFound) as caught:
        house.arrange("a.jpg")
    assert caught.value.code == "product_not_found"


def test_an_asset_may_be_of_some_variants_alone_and_stays_so_until_that_is_said_otherwise() -> None:
    house = House("a.jpg", "b.jpg")
    red = {some.asset_id("a.jpg"): {"colour": "red"}}

    def scopes() -> list[dict[str, str]]:
        return [link.scope for link in sorted(house.products.media("S-1").links, key=lambda link: link.rank)]

    house.arrange("a.jpg", scopes=red)
    house.arrange("a.jpg", "b.jpg")
    assert sorted(map(str, scopes())) == ["{'colour': 'red'}", "{}"]
    house.arrange("a.jpg", "b.jpg", scopes={})
    assert scopes() == [{}, {}]


def test_pim_does_not_say_anew_of_which_variants_a_persons_asset_is() -> None:
    house = House("a.jpg")
    house.arrange("a.jpg", origin=LinkOrigin.PERSON)
    house.arrange("a.jpg", scopes={some.asset_id("a.jpg"): {"colour": "red"}})
    assert [link.scope for link in house.products.media("S-1").links] == [{}]
