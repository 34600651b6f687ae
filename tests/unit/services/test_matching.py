"""Evidence against decisions: what people and PIM decided about an asset stays as they decided."""

from typing import Any

import pytest

from assetwire.domain.evidence import claims_of, evidence_digest
from assetwire.domain.inspection import Identifier, Kind
from assetwire.domain.link import Arrangement, Link, LinkOrigin, LinkRole, LinkState, Place
from assetwire.domain.product import ProductFacts, ProductStatus
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.services.links import arrange
from assetwire.services.matching import match_asset, match_product
from assetwire.services.products import delete_product, put_product
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

SHOE = some.asset_id()
GTINS = {"S-1": "04012345123456", "S-2": "04006381333931"}


def says(sku: str, source: str = "barcode", confidence: float = 0.97) -> Identifier:
    """Return what a witness says: the GTIN of a product."""
    gtin = GTINS[sku]
    return Identifier(kind="gtin", value=gtin, source=source, where="", confidence=confidence, gtin=gtin)


class House:
    """The asset `shoe.jpg`, of which something is said, and two products."""

    def __init__(self, *said: Identifier, **of: Any) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        self.catalog.save(some.asset(inspection=some.inspection(identifiers=said, **of)))
        for sku, gtin in GTINS.items():
            put_product(sku, _facts(gtin), products=self.products, now=NOW)
        self.match()

    def ports(self) -> dict[str, Any]:
        ports = {"assets": self.catalog, "products": self.products, "matches": self.products}
        return ports | {"worklist": self.catalog, "clock": lambda: NOW}

    def match(self) -> bool:
        return match_asset(SHOE, **self.ports())

    def match_product(self, sku: str) -> int:
        return match_product(self.products.media(sku), **self.ports())

    def hear(self, *said: Identifier) -> None:
        """Have something else said of the asset, and match it."""
        asset = self.catalog.asset(SHOE)
        self.catalog.save(asset.with_declared(declared=said, now=NOW))
        self.match()

    def decide(self, sku: str, *keys: str, origin: LinkOrigin = LinkOrigin.PERSON) -> None:
        """Make the product's list of alternates what somebody says, and match the asset."""
        self.arrange(sku, *keys, origin=origin)
        self.match()

    def bind(self, sku: str) -> None:
        self.arrange(sku, "shoe.jpg", origin=LinkOrigin.PERSON)

    def arrange(self, sku: str, *keys: str, origin: LinkOrigin) -> None:
        assets = [some.asset_id(key) for key in keys]
        ports: dict[str, Any] = {"products": self.products, "catalog": self.catalog}
        arrange(Place(sku, LinkRole.ALTERNATE), assets, origin=origin, by="somebody", now=NOW, **ports)

    def reject(self, sku: str) -> None:
        """Have a person reject what is proposed, and match the asset."""
        link = self.link(sku)
        assert link is not None
        rejected = link.now_is(LinkState.REJECTED, origin=LinkOrigin.PERSON, by="somebody", now=NOW)
        self.products.arrange(Arrangement(None, (rejected,)))
        self.match()

    def link(self, sku: str) -> Link | None:
        return next((link for link in self.products.media(sku).links if link.asset_id == SHOE), None)

    def state(self, sku: str) -> LinkState | None:
        link = self.link(sku)
        return None if link is None else link.state

    def questions(self) -> list[WorkItem]:
        return self.catalog.items([Queue.LINK_REVIEW], WorkState.OPEN, limit=100, after=None).items


def _facts(gtin: str, **more: Any) -> ProductFacts:
    return ProductFacts(status=ProductStatus.PUBLISHED, gtins=(gtin,), **more)


def test_what_is_certain_counts_with_its_evidence() -> None:
    house = House(says("S-1"))
    link = house.link("S-1")
    assert link is not None
    assert (link.state, link.origin, link.role) == (LinkState.CONFIRMED, LinkOrigin.BARCODE, LinkRole.ALTERNATE)
    digest = evidence_digest(claims_of(house.catalog.asset(SHOE)))
    claim = {"source": "barcode", "kind": "gtin", "value": GTINS["S-1"], "where": ""}
    assert link.evidence == {"digest": digest, "claims": [claim]}
    assert house.products.media("S-1").assets(LinkRole.ALTERNATE, "DE") == (SHOE,)
    assert house.questions() == []


def test_a_deleted_product_is_no_evidences_any_more_and_is_found_again_when_it_comes_back() -> None:
    house = House(says("S-1"))
    delete_product("S-1", products=house.products, now=NOW)
    assert house.match_product("S-1") == 1
    assert house.state("S-1") is LinkState.REMOVED
    put_product("S-1", _facts(GTINS["S-1"]), products=house.products, now=NOW)
    assert house.match_product("S-1") == 1
    assert house.state("S-1") is LinkState.CONFIRMED


def test_what_somebody_decided_stays_with_a_deleted_product() -> None:
    house = House()
    house.decide("S-1", "shoe.jpg")
    delete_product("S-1", products=house.products, now=NOW)
    house.match_product("S-1")
    assert house.state("S-1") is LinkState.CONFIRMED


def test_what_is_uncertain_is_asked_with_suggestions() -> None:
    house = House(says("S-1", "xmp", 0.6))
    assert house.state("S-1") is LinkState.PROPOSED
    (item,) = house.questions()
    assert (item.asset_id, item.evidence["verdict"]) == (SHOE, "uncertain")
    assert item.evidence["suggestions"] == [{"sku": "S-1", "origin": "embedded", "confidence": 0.6}]
    assert house.products.media("S-1").assets(LinkRole.ALTERNATE, "DE") == ()


def test_a_question_that_is_answered_by_what_comes_later_is_closed() -> None:
    house = House(says("S-1", "xmp", 0.6))
    house.hear(says("S-1"))
    assert house.state("S-1") is LinkState.CONFIRMED
    assert house.questions() == []


def test_a_question_that_was_settled_is_asked_again_when_what_settled_it_is_over() -> None:
    house = House(says("S-1", "xmp", 0.6))
    delete_product("S-1", products=house.products, now=NOW)
    house.match_product("S-1")
    assert house.questions() == []
    put_product("S-1", _facts(GTINS["S-1"]), products=house.products, now=NOW)
    house.match_product("S-1")
    assert house.state("S-1") is LinkState.PROPOSED
    (item,) = house.questions()
    assert (item.resolution, item.closed_at, item.level, item.due is None) == ("", None, 0, False)
    assert not house.match()


def test_a_name_that_two_products_have_is_asked() -> None:
    house = House(says("S-1"))
    put_product("S-3", _facts(GTINS["S-1"]), products=house.products, now=NOW)
    house.match_product("S-3")
    assert {house.state("S-1"), house.state("S-3")} == {LinkState.PROPOSED}
    assert house.questions()[0].evidence["verdict"] == "ambiguous"


def test_a_product_that_loses_its_number_loses_its_assets() -> None:
    house = House(says("S-1"))
    put_product("S-1", _facts("04012345123463"), products=house.products, now=NOW)
    house.match_product("S-1")
    assert house.state("S-1") is LinkState.REMOVED
    assert house.products.media("S-1").assets(LinkRole.ALTERNATE, "any") == ()


def test_a_witness_that_names_what_nobody_knows_leaves_it_open() -> None:
    unknown = Identifier(kind="sku", value="S-99", source="manifest", confidence=0.95)
    house = House(says("S-1"), unknown)
    assert house.state("S-1") is LinkState.PROPOSED
    put_product("S-99", _facts("04012345123463"), products=house.products, now=NOW)
    house.match_product("S-99")
    assert house.questions()[0].evidence["verdict"] == "contradiction"
    assert {house.state("S-1"), house.state("S-99")} == {LinkState.PROPOSED}


def test_an_asset_that_is_deleted_is_linked_no_more() -> None:
    house = House(says("S-1"))
    asset = house.catalog.asset(SHOE)
    from assetwire.domain.asset import Deletion

    deletion = Deletion(by="me", at=NOW, reason="old", due_at=NOW, begun_at=NOW)
    house.catalog.save(asset.with_life(deletion=deletion, now=NOW))
    house.match()
    assert house.state("S-1") is LinkState.REMOVED


class TestDecisions:
    """A person beats PIM, and both beat evidence."""

    def test_what_a_person_rejected_is_not_proposed_again_by_the_same_evidence(self) -> None:
        house = House(says("S-1", "xmp", 0.6))
        house.reject("S-1")
        assert (house.state("S-1"), house.questions()) == (LinkState.REJECTED, [])
        assert not house.match()

    def test_other_evidence_may_ask_again_and_never_decides(self) -> None:
        house = House(says("S-1", "xmp", 0.6))
        house.reject("S-1")
        house.hear(says("S-1"))
        assert house.state("S-1") is LinkState.PROPOSED
        assert not house.match()
        house.reject("S-1")
        assert house.state("S-1") is LinkState.REJECTED
        house.hear()  # back to the first evidence, which was rejected before
        assert house.state("S-1") is LinkState.REJECTED

    @pytest.mark.parametrize("origin", [LinkOrigin.PERSON, LinkOrigin.PIM])
    def test_what_somebody_took_off_a_list_does_not_come_back(self, origin: LinkOrigin) -> None:
        house = House(says("S-1"))
        house.decide("S-1", origin=origin)
        assert house.state("S-1") is LinkState.REMOVED
        assert not house.match()

    def test_what_somebody_confirmed_for_one_product_is_confirmed_for_no_other_by_evidence(self) -> None:
        house = House(says("S-1"))
        house.decide("S-2", "shoe.jpg", origin=LinkOrigin.PIM)
        assert (house.state("S-1"), house.state("S-2")) == (LinkState.PROPOSED, LinkState.CONFIRMED)
        assert [each["sku"] for each in house.questions()[0].evidence["suggestions"]] == ["S-1"]

    def test_a_decision_that_the_index_does_not_find_yet_stands_against_evidence(self) -> None:
        house = House(says("S-1"))
        house.products.hidden.add(("S-2", SHOE))
        house.bind("S-2")
        for event in ({"sku": "S-2"}, {}):  # the link's own, and one that comes later
            match_asset(SHOE, **event, **house.ports())
            assert (house.state("S-1"), house.state("S-2")) == (LinkState.PROPOSED, LinkState.CONFIRMED)

    def test_a_rejection_that_the_index_does_not_find_yet_stands_against_evidence(self) -> None:
        house = House(says("S-1", "xmp", 0.6))
        house.products.hidden.add(("S-1", SHOE))
        house.reject("S-1")
        assert (house.state("S-1"), house.questions()) == (LinkState.REJECTED, [])

    def test_what_is_only_suggested_is_not_asked_beside_a_decision(self) -> None:
        house = House(says("S-1", "xmp", 0.6))
        house.decide("S-2", "shoe.jpg")
        assert (house.state("S-1"), house.questions()) == (LinkState.REMOVED, [])

    def test_who_lists_what_evidence_confirmed_makes_it_their_own(self) -> None:
        house = House(says("S-1"))
        house.decide("S-1", "shoe.jpg", origin=LinkOrigin.PIM)
        link = house.link("S-1")
        assert link is not None
        assert (link.origin, link.state) == (LinkOrigin.PIM, LinkState.CONFIRMED)
        put_product("S-1", _facts("04012345123463"), products=house.products, now=NOW)
        house.match_product("S-1")
        assert house.state("S-1") is LinkState.CONFIRMED

    def test_pim_does_not_take_away_what_a_person_listed(self) -> None:
        house = House()
        house.catalog.save(some.asset("other.jpg"))
        house.decide("S-1", "shoe.jpg")
        house.decide("S-1", "other.jpg", origin=LinkOrigin.PIM)
        order = house.products.media("S-1").assets(LinkRole.ALTERNATE, "any")
        assert order == (some.asset_id("other.jpg"), SHOE)
        house.decide("S-1", "other.jpg")
        assert house.products.media("S-1").assets(LinkRole.ALTERNATE, "any") == (some.asset_id("other.jpg"),)

    def test_evidence_joins_a_list_behind_what_somebody_placed(self) -> None:
        house = House()
        for key in ("z.jpg", "a.jpg"):
            house.catalog.save(some.asset(key))
        house.decide("S-1", "z.jpg", "a.jpg")
        house.hear(says("S-1"))
        assert house.products.media("S-1").assets(LinkRole.ALTERNATE, "any") == tuple(
            some.asset_id(key) for key in ("z.jpg", "a.jpg", "shoe.jpg")
        )


@pytest.mark.parametrize(
    ("of", "role"),
    [
        ({}, LinkRole.ALTERNATE),
        ({"kind": Kind.VIDEO}, LinkRole.VIDEO),
        ({"kind": Kind.DOCUMENT}, LinkRole.MANUAL),
        ({"kind": Kind.SPIN}, LinkRole.SPIN),
    ],
)
def test_the_role_is_that_of_the_media(of: dict[str, Any], role: LinkRole) -> None:
    link = House(says("S-1"), **of).link("S-1")
    assert link is not None
    assert link.role is role


@pytest.mark.parametrize(
    ("where", "role"),
    [("amazon variant=MAIN", LinkRole.HERO), ("amazon variant=SWCH", LinkRole.SWATCH), ("number", LinkRole.ALTERNATE)],
)
def test_the_role_is_what_the_files_name_says(where: str, role: LinkRole) -> None:
    named = says("S-1", "filename", 0.35).model_copy(update={"where": where})
    link = House(says("S-1"), named).link("S-1")
    assert link is not None
    assert link.role is role


def test_an_asset_whose_role_changes_moves_from_list_to_list() -> None:
    house = House(says("S-1"))
    asset = house.catalog.asset(SHOE)
    house.catalog.save(asset.with_declared(category="swatch", now=NOW))
    house.match()
    media = house.products.media("S-1")
    assert (media.assets(LinkRole.ALTERNATE, "any"), media.assets(LinkRole.SWATCH, "any")) == ((), (SHOE,))
