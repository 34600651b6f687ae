"""The picker: what is found, by what, and that nothing is shown which the rights do not allow there."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.collection import Membership
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest, NotDelivered, NotFound
from assetwire.domain.evidence import sku_name
from assetwire.domain.link import Arrangement, LinkState
from assetwire.services.picker import Ports, Wanted, pick
from assetwire.services.signed_url import SignedUrl, WantedUrl
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

IN_GERMANY = some.rights(territories=("DE",))
GTIN = "04012345123456"
SHOOT = some.collection()


class Members:
    """A collection and who is in it."""

    def __init__(self, *names: str) -> None:
        self._notes = sorted(
            (Membership(collection_id=SHOOT.collection_id, asset_id=some.asset_id(n), by="me", at=NOW) for n in names),
            key=lambda note: note.asset_id,
        )

    def collection(self, collection_id: str) -> Any:
        if collection_id != SHOOT.collection_id:
            raise NotFound("no collection", code="collection_not_found")
        return SHOOT

    def members(self, _id: str, *, limit: int, after: str | None = None) -> list[Membership]:
        return [note for note in self._notes if after is None or note.asset_id > after][:limit]


class House:
    """Assets a to e, of which c may not be shown in Germany, and what finds them."""

    def __init__(self) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        for number, name in enumerate("abcde"):
            rights = some.rights(territories=("FR",)) if name == "c" else IN_GERMANY
            self.catalog.save(some.asset(name, rights=rights, created_at=NOW + timedelta(minutes=number)))
        self.refusals: dict[str, AssetwireError] = {}

    def sign(self, wanted: Sequence[WantedUrl]) -> list[SignedUrl | AssetwireError]:
        url = SignedUrl("https://m/thumb", NOW + timedelta(minutes=15))
        assert {(each.rendition, each.ttl) for each in wanted} <= {("thumb-256.jpg", 900)}
        return [self.refusals.get(each.asset_id, url) for each in wanted]

    def pick(self, **wanted: Any) -> dict[str, Any]:
        catalog: Any = self.catalog
        members: Any = Members("a", "b", "c")
        ports = Ports(catalog, self.products, self.products, members, catalog, self.sign)
        return pick(Wanted(**({"territory": "de", "usage": "web"} | wanted)), ports=ports, now=NOW)

    def names(self, **wanted: Any) -> list[tuple[str, str]]:
        """Return what is found on all pages, and why."""
        names = {some.asset_id(name): name for name in "abcde"}
        found: list[tuple[str, str]] = []
        while True:
            page = self.pick(**wanted)
            found += [(names[each["asset_id"]], each["found_by"]) for each in page["assets"]]
            if page["next_cursor"] is None:
                return found
            wanted["cursor"] = page["next_cursor"]


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_the_newest_are_found_without_what_the_rights_deny(limit: int) -> None:
    assert House().names(limit=limit) == [(name, "recent") for name in "edba"]


@pytest.mark.parametrize("limit", [1, 3])
def test_assets_of_a_product_come_in_the_order_of_its_lists_and_then_those_that_name_it(limit: int) -> None:
    house = House()
    house.products.save(some.product(), named=["sku:s-1"])
    links = (some.link("b"), some.link("c"), some.link("a"), some.link("e", state=LinkState.PROPOSED))
    house.products.arrange(Arrangement(some.media_order("b", "c", "a"), links))
    house.products.note_names(some.asset_id("d"), [sku_name("S-1")])
    expected = [("b", "linked"), ("a", "linked"), ("e", "linked"), ("d", "named")]
    assert house.names(sku="S-1", limit=limit) == expected


def test_assets_of_a_number_are_those_that_say_it_and_those_of_its_products() -> None:
    house = House()
    product = some.product(gtins=(GTIN,))
    house.products.save(product, named=product.names)
    house.products.arrange(Arrangement(some.media_order("b"), (some.link("b"),)))
    house.products.note_names(some.asset_id("a"), [f"gtin:{GTIN}"])
    assert sorted(house.names(gtin="4012345123456")) == [("a", "named"), ("b", "linked")]
    with pytest.raises(InvalidRequest) as caught:
        house.pick(gtin="4012345123457")
    assert caught.value.code == "invalid_gtin"


@pytest.mark.parametrize("limit", [1, 2])
def test_members_of_a_shoot_are_found_page_by_page(limit: int) -> None:
    assert sorted(House().names(job=SHOOT.collection_id, limit=limit)) == [("a", "job"), ("b", "job")]


def test_each_is_shown_with_what_it_is_and_its_links() -> None:
    house = House()
    house.products.save(some.product())
    house.products.arrange(Arrangement(some.media_order("a"), (some.link("a", scope={"colour": "red"}),)))
    (entry,) = house.pick(sku="S-1")["assets"]
    assert (entry["width"], entry["kind"], entry["status"]) == (2000, "image", "accepted")
    ends = (NOW + timedelta(minutes=15)).isoformat().replace("+00:00", "Z")
    assert entry["thumbnail"] == {"url": "https://m/thumb", "expires_at": ends}
    (link,) = entry["links"]
    assert (link["sku"], link["role"], link["state"], link["scope"]) == ("S-1", "hero", "confirmed", {"colour": "red"})


def test_one_that_is_not_delivered_yet_has_no_thumbnail_and_one_whose_rights_just_ended_is_not_there() -> None:
    house = House()
    house.refusals = {
        some.asset_id("a"): NotDelivered("not yet"),
        some.asset_id("b"): Denied("it ended", code="expired"),
    }
    found = {each["asset_id"]: each["thumbnail"] for each in house.pick()["assets"]}
    assert found[some.asset_id("a")] is None
    assert some.asset_id("b") not in found


def test_a_page_reads_as_many_assets_as_it_is_long_and_links_of_those_that_it_shows() -> None:
    house = House()
    asked: list[str] = []
    read = house.products.links_of
    house.products.links_of = lambda asset_id: (asked.append(asset_id), read(asset_id))[1]  # type: ignore[method-assign]
    page = house.pick(limit=3)
    assert (len(page["assets"]), len(asked)) == (2, 2)


@pytest.mark.parametrize(
    ("wanted", "error", "code"),
    [
        ({"sku": "S-1", "gtin": GTIN}, InvalidRequest, "several_sources"),
        ({"sku": "S-1"}, NotFound, "product_not_found"),
        ({"job": "c" + "b" * 25}, NotFound, "collection_not_found"),
        ({"similar": "a" + "b" * 25}, NotFound, "asset_not_found"),
        ({"territory": "UK"}, InvalidRequest, "invalid_territory"),
        ({"cursor": "x"}, InvalidRequest, "invalid_cursor"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(wanted: dict[str, Any], error: type[Exception], code: str) -> None:
    with pytest.raises(error) as caught:
        House().pick(**wanted)
    assert caught.value.code == code  # type: ignore[attr-defined]
