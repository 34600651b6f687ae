"""The Matches port, and the names that products are saved with: fake and DynamoDB keep the same promises."""

from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.matches import DynamoMatches
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.domain.errors import Conflict
from assetwire.domain.link import Arrangement, LinkState
from assetwire.domain.match import AssetMatch
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from fakes import some
from fakes.products import FakeProducts
from fakes.some import NOW

SHOE, HAT = some.asset_id(), some.asset_id("hat.jpg")
MATCH = AssetMatch(asset_id=SHOE, names=("gtin:04012345123456", "sku:s-1"), at=NOW)


class Place(NamedTuple):
    """Both ports over the same records."""

    products: Products
    matches: Matches


@pytest.fixture(params=["fake", "dynamodb"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "fake":
        both = FakeProducts()
        return Place(both, both)
    table = request.getfixturevalue("table")
    return Place(DynamoProducts(table, region="us-east-1"), DynamoMatches(table, region="us-east-1"))


def test_a_product_stands_at_its_names_from_the_moment_that_it_is_there(place: Place) -> None:
    place.products.save(some.product(), named=["sku:s-1", "sku:old"])
    place.products.save(some.product("S-2"), named=["sku:old"])
    found = place.matches.skus_at(["sku:old", "sku:s-1", "sku:s"])
    assert {name: set(skus) for name, skus in found.items()} == {
        "sku:old": {"S-1", "S-2"},
        "sku:s-1": {"S-1"},
        "sku:s": set(),
    }
    changed = some.product().model_copy(update={"revision": 1})
    place.products.save(changed, named=["sku:new"], forgotten=["sku:old"])
    assert place.matches.skus_at(["sku:old", "sku:new"]) == {"sku:old": ("S-2",), "sku:new": ("S-1",)}


def test_a_product_that_moved_leaves_its_names_as_they_were(place: Place) -> None:
    place.products.save(some.product(), named=["sku:s-1"])
    with pytest.raises(Conflict):
        place.products.save(some.product(), named=["sku:x"], forgotten=["sku:s-1"])
    assert place.matches.skus_at(["sku:s-1", "sku:x"]) == {"sku:s-1": ("S-1",), "sku:x": ()}


def test_assets_stand_at_names_until_they_are_forgotten_there(place: Place) -> None:
    names = [f"sku:{number}" for number in range(30)]
    place.matches.note_names(SHOE, names)
    place.matches.note_names(SHOE, names[:3])
    place.matches.note_names(HAT, names[:1])
    assert set(place.matches.assets_at(names)) == {SHOE, HAT}
    place.matches.forget_names(SHOE, names[:29])
    place.matches.forget_names(SHOE, names[:1])
    assert place.matches.assets_at(names[:29]) == [HAT]
    assert place.matches.assets_at(names[29:]) == [SHOE]
    assert place.matches.assets_at([]) == []


def test_a_match_is_replaced_only_by_who_read_it_last(place: Place) -> None:
    assert place.matches.match(SHOE) is None
    place.matches.save_match(MATCH)
    with pytest.raises(Conflict):
        place.matches.save_match(MATCH)
    later = MATCH.model_copy(update={"skus": ("S-1",), "revision": 1})
    place.matches.save_match(later)
    assert place.matches.match(SHOE) == later


def test_links_are_written_as_long_as_no_other_run_came_later(place: Place) -> None:
    place.products.save(some.product())
    place.matches.save_match(MATCH)
    place.matches.link(Arrangement(some.media_order("shoe.jpg"), (some.link(),)), MATCH)
    later = MATCH.model_copy(update={"revision": 1})
    place.matches.save_match(later)
    proposed = some.link(state=LinkState.PROPOSED, revision=1)
    with pytest.raises(Conflict):
        place.matches.link(Arrangement(None, (proposed,)), MATCH)
    assert place.products.media("S-1").links == (some.link(),)
    place.matches.link(Arrangement(None, (proposed,)), later)
    assert place.products.media("S-1").links == (proposed,)
    assert place.products.media("S-1").orders == (some.media_order("shoe.jpg"),)
    with pytest.raises(Conflict):
        place.matches.link(Arrangement(None, (proposed,)), later)
