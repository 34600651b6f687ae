"""Reviews: an answer changes the links, their lists and the question together, once, and by whoever may give it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.asset import Deletion
from assetwire.domain.errors import AssetwireError, Conflict, InvalidRequest, NotFound
from assetwire.domain.inspection import Identifier
from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, LinkState, Place
from assetwire.domain.product import ProductFacts, ProductStatus
from assetwire.domain.review import Step
from assetwire.domain.work import LEASE, Outcome, Queue, Resolution, WorkItem, WorkState
from assetwire.services.links import arrange
from assetwire.services.matching import match_asset
from assetwire.services.products import put_product
from assetwire.services.review import Decision, Reviewing, Wanted, decide, decide_all
from assetwire.services.worklist import claim, release
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.interleaving import every_order, step
from fakes.products import FakeProducts
from fakes.reviews import FakeReviews
from fakes.some import NOW

SHOE = some.asset_id()
FACTS = ProductFacts(status=ProductStatus.PUBLISHED)


def says(sku: str, confidence: float = 0.6, source: str = "manifest") -> Identifier:
    return Identifier(kind="sku", value=sku, source=source, where="", confidence=confidence)


@dataclass
class House:
    """Products, and the asset `shoe.jpg` that is suggested for some of them."""

    said: tuple[Identifier, ...] = (says("S-1"), says("S-2"))
    products: FakeProducts = field(default_factory=FakeProducts)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)

    def __post_init__(self) -> None:
        self.catalog.save(some.asset(inspection=some.inspection(identifiers=self.said)))
        for sku in ("S-1", "S-2", "S-3"):
            put_product(sku, FACTS, products=self.products, now=NOW)
        self.match()

    @property
    def ports(self) -> Reviewing:
        return Reviewing(self.catalog, FakeReviews(self.catalog, self.products), self.products, self.catalog)

    def match(self) -> None:
        ports: dict[str, Any] = {"assets": self.catalog, "products": self.products, "matches": self.products}
        match_asset(SHOE, **ports, worklist=self.catalog, clock=lambda: NOW)

    def item(self) -> WorkItem:
        (item,) = (record for record in self.catalog.records.values() if isinstance(record, WorkItem))
        return item

    def decide(self, kind: Step, *, by: str = "anna", now: datetime = NOW, **said: Any) -> WorkItem:
        return decide(Decision(self.item().work_id, kind, **said), by=by, ports=self.ports, now=now)

    def states(self) -> dict[tuple[str, str, str], str]:
        """Return the state of each link of the asset, by its place."""
        return {(one.sku, one.role.value, one.market): one.state.value for one in self.products.links_of(SHOE)}

    def assets(self, sku: str, role: LinkRole = LinkRole.ALTERNATE) -> tuple[str, ...]:
        return self.products.media(sku).assets(role, "DE")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(AssetwireError) as caught:
        call()
    return caught.value.code


def test_what_is_confirmed_counts_and_what_else_was_suggested_is_rejected() -> None:
    house = House()
    item = house.decide(Step.CONFIRM, skus=("S-1",), note="the sole tells", now=NOW + LEASE)
    assert house.states() == {("S-1", "alternate", "any"): "confirmed", ("S-2", "alternate", "any"): "rejected"}
    assert house.assets("S-1") == (SHOE,)
    assert (item.state, item.resolution, item.closed_by, item.note) == ("closed", "linked", "anna", "the sole tells")
    assert {a.sku: a.outcome for a in item.answers} == {"S-1": Outcome.CONFIRMED, "S-2": Outcome.REJECTED}
    assert {(a.sku, a.origin) for a in item.answers} == {("S-1", "declared"), ("S-2", "declared")}
    assert house.item() == item
    told = house.products.of_asset(SHOE, limit=9, before=None).changes
    assert {(each.sku, each.by, each.after["state"]) for each in told[:2]} == {
        ("S-1", "anna", "confirmed"),
        ("S-2", "anna", "rejected"),
    }


def test_the_only_suggestion_needs_no_name_and_of_several_one_must_be_named() -> None:
    house = House((says("S-1"),))
    assert house.decide(Step.CONFIRM).resolution == Resolution.LINKED
    several = House()
    assert refusal(lambda: several.decide(Step.CONFIRM)) == "name_skus"
    assert refusal(lambda: several.decide(Step.CONFIRM, skus=("S-3",))) == "not_suggested"
    assert several.decide(Step.CONFIRM, skus=("S-1", "S-2")).linked[1].sku == "S-2"


def test_what_is_rejected_is_not_proposed_again_by_the_same_evidence() -> None:
    house = House()
    assert house.decide(Step.REJECT).resolution == Resolution.NOT_LINKED
    assert set(house.states().values()) == {"rejected"}
    house.match()
    assert set(house.states().values()) == {"rejected"}
    assert house.item().resolution == Resolution.NOT_LINKED
    assert house.assets("S-1") == ()


def test_a_correction_links_what_it_names_and_rejects_what_was_suggested() -> None:
    house = House()
    wanted = (Wanted("S-3", LinkRole.HERO), Wanted("S-1", LinkRole.DETAIL, "DE"))
    item = house.decide(Step.CORRECT, links=wanted)
    assert house.states() == {
        ("S-1", "alternate", "any"): "rejected",
        ("S-2", "alternate", "any"): "rejected",
        ("S-3", "hero", "any"): "confirmed",
        ("S-1", "detail", "DE"): "confirmed",
    }
    assert house.assets("S-3", LinkRole.HERO) == (SHOE,)
    assert {a.outcome for a in item.answers} == {Outcome.CORRECTED}
    house.match()
    assert house.item() == item
    assert list(house.states().values()).count("confirmed") == 2


def test_a_correction_without_a_role_takes_the_one_that_the_asset_has() -> None:
    house = House()
    house.decide(Step.CORRECT, links=(Wanted("S-3"),))
    assert house.states()["S-3", "alternate", "any"] == "confirmed"


def test_what_the_item_closes_stays_closed_when_evidence_is_matched_again() -> None:
    house = House()
    item = house.decide(Step.CONFIRM, skus=("S-1",))
    house.match()
    assert house.item() == item


def test_the_same_answer_of_the_same_person_twice_is_one_and_another_is_refused() -> None:
    house = House()
    first = house.decide(Step.CONFIRM, skus=("S-1",))
    writes = house.products.writes
    assert house.decide(Step.CONFIRM, skus=("S-1",)) == first
    assert house.products.writes == writes
    for other in ({"skus": ("S-2",)}, {"skus": ("S-1", "S-2")}, {"skus": ("S-1",), "by": "ben"}):
        assert refusal(lambda other=other: house.decide(Step.CONFIRM, **other)) == "already_closed"
    assert refusal(lambda: house.decide(Step.REJECT)) == "already_closed"
    corrected = House()
    once = corrected.decide(Step.CORRECT, links=(Wanted("S-3"),))
    assert corrected.decide(Step.CORRECT, links=(Wanted("S-3"),)) == once
    assert refusal(lambda: corrected.decide(Step.CORRECT, links=(Wanted("S-2"),))) == "already_closed"


def test_somebody_elses_claim_refuses_an_answer_until_it_ends_or_is_given_back() -> None:
    house = House()
    claim(house.item().work_id, by="anna", worklist=house.catalog, now=NOW)
    assert refusal(lambda: house.decide(Step.REJECT, by="ben")) == "claimed_by_other"
    assert set(house.states().values()) == {"proposed"}
    assert house.decide(Step.REJECT, by="ben", now=NOW + LEASE).closed_by == "ben"
    other = House()
    claim(other.item().work_id, by="anna", worklist=other.catalog, now=NOW)
    release(other.item().work_id, by="anna", worklist=other.catalog, now=NOW)
    assert other.decide(Step.REJECT, by="ben").closed_by == "ben"


def test_an_answer_about_another_revision_or_another_question_is_refused() -> None:
    house = House()
    assert refusal(lambda: house.decide(Step.REJECT, if_revision=7)) == "revision"
    other = WorkItem.opened(Queue.NEAR_DUPLICATE, "x", asset_id=SHOE, now=NOW)
    house.catalog.open(other)
    asked = Decision(other.work_id, Step.REJECT)
    assert refusal(lambda: decide(asked, by="anna", ports=house.ports, now=NOW)) == "not_a_link_review"


@pytest.mark.parametrize(
    ("links", "code"),
    [
        ((Wanted("S-9"),), "product_not_found"),
        ((Wanted("S-3"), Wanted("S-3")), "duplicate_link"),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(links: tuple[Wanted, ...], code: str) -> None:
    house = House()
    assert refusal(lambda: house.decide(Step.CORRECT, links=links)) == code
    assert set(house.states().values()) == {"proposed"}
    assert house.item().state is WorkState.OPEN


def test_what_a_person_confirms_comes_behind_what_is_placed_and_before_the_rest() -> None:
    house = House()
    placed, found = some.asset("placed.jpg"), some.asset("aaa.jpg")
    house.catalog.save(placed)
    house.catalog.save(found)
    where = Place("S-1", LinkRole.ALTERNATE)
    ports: dict[str, Any] = {"products": house.products, "catalog": house.catalog, "now": NOW}
    arrange(where, [placed.asset_id], origin=LinkOrigin.PIM, by="pim", **ports)
    seen = some.link("aaa.jpg", role=LinkRole.ALTERNATE, origin=LinkOrigin.BARCODE, rank="aaa.jpg")
    media = house.products.media("S-1")
    (order,) = media.orders
    listed = order.model_copy(update={"assets": (*order.assets, found.asset_id), "revision": order.revision + 1})
    house.products.arrange(Arrangement(listed, (seen,), (order, *media.links)))
    house.decide(Step.CONFIRM, skus=("S-1",))
    assert house.assets("S-1") == (placed.asset_id, SHOE, found.asset_id)


def test_many_answers_are_taken_each_on_its_own() -> None:
    house = House()
    known = house.item().work_id
    unknown = WorkItem.opened(Queue.LINK_REVIEW, "none", now=NOW).work_id
    asked = [Decision(unknown, Step.REJECT), Decision(known, Step.CONFIRM, skus=("S-1",)), Decision(known, Step.REJECT)]
    missing, taken, late = decide_all(asked, by="anna", ports=house.ports, now=NOW)
    assert isinstance(missing, NotFound)
    assert isinstance(taken, WorkItem)
    assert taken.resolution == Resolution.LINKED
    assert isinstance(late, Conflict)
    assert late.code == "already_closed"


def test_a_deleted_asset_is_linked_to_nothing() -> None:
    house = House()
    asset = house.catalog.asset(SHOE)
    deletion = Deletion(by="me", at=NOW, due_at=NOW, begun_at=NOW)
    house.catalog.save(asset.model_copy(update={"deletion": deletion, "revision": asset.revision + 1}))
    assert refusal(lambda: house.decide(Step.CONFIRM, skus=("S-1",))) == "unknown_asset"


def test_whatever_two_people_answer_at_once_one_answer_stands_whole() -> None:
    outcomes: dict[str, str] = {}
    places: list[House] = []

    class Stepping(FakeCatalog):
        def item(self, work_id: str) -> WorkItem:
            step()
            return super().item(work_id)

        def save(self, record: Any) -> None:
            step()
            super().save(record)

    def begin() -> list[Callable[[], None]]:
        outcomes.clear()
        places[:] = [House(catalog=Stepping())]
        house, work_id = places[0], places[0].item().work_id

        def task(by: str, decision: Decision) -> Callable[[], None]:
            def run() -> None:
                try:
                    decide(decision, by=by, ports=house.ports, now=NOW)
                    outcomes[by] = "taken"
                except Conflict as error:
                    outcomes[by] = error.code

            return run

        first = Decision(work_id, Step.CONFIRM, skus=("S-1",))
        return [task("anna", first), task("ben", Decision(work_id, Step.CORRECT, links=(Wanted("S-2"),)))]

    for _ in every_order(begin):
        item, house = places[0].item(), places[0]
        assert sorted(outcomes.values()) == ["already_closed", "taken"]
        shown = "S-1" if item.closed_by == "anna" else "S-2"
        assert outcomes[item.closed_by] == "taken"
        confirmed = [sku for (sku, *_), state in house.states().items() if state == LinkState.CONFIRMED]
        assert confirmed == [shown]
        assert (house.assets("S-1") == (SHOE,)) is (shown == "S-1")


def test_more_than_one_transaction_holds_is_refused() -> None:
    house = House()
    for number in range(60):
        put_product(f"T-{number}", FACTS, products=house.products, now=NOW)
    links = tuple(Wanted(f"T-{number}") for number in range(30))
    with pytest.raises(InvalidRequest) as caught:
        house.decide(Step.CORRECT, links=links)
    assert caught.value.code == "too_many_changes"
    assert house.decide(Step.CORRECT, links=links[:20]).state is WorkState.CLOSED


def test_an_answer_takes_what_was_linked_meanwhile_for_a_persons() -> None:
    house = House()
    ports: dict[str, Any] = {"products": house.products, "catalog": house.catalog, "now": NOW + timedelta(seconds=1)}
    arrange(Place("S-1", LinkRole.ALTERNATE), [SHOE], origin=LinkOrigin.PIM, by="pim", **ports)
    item = house.decide(Step.CONFIRM, skus=("S-1",))
    assert item.resolution == Resolution.LINKED
    link = next(each for each in house.products.links_of(SHOE) if each.sku == "S-1")
    assert (link.origin, link.by) == (LinkOrigin.PERSON, "anna")
