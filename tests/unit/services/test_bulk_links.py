"""Operations on lists, many at once: each has its outcome in its place, and the whole is done once for a key."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.errors import Conflict, InvalidRequest, Unavailable
from assetwire.domain.idempotency import KEPT, body_digest, request_id_of
from assetwire.domain.link import LONGEST_LIST, Arrangement, LinkOrigin, LinkRole, LinkState, Place
from assetwire.domain.link_operations import Effect, LinkOperation, OperationOutcome
from assetwire.services.bulk_links import Asked, change_links
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

PIM, PERSON = LinkOrigin.PIM, LinkOrigin.PERSON
APPLIED, UNCHANGED, REFUSED = Effect


def bind(name: str, sku: str = "S-1", **said: Any) -> dict[str, Any]:
    return {"op": "bind", "sku": sku, "role": "hero", "asset_id": some.asset_id(name)} | said


def unbind(name: str, sku: str = "S-1", **said: Any) -> dict[str, Any]:
    return bind(name, sku) | {"op": "unbind"} | said


def reorder(*names: str, sku: str = "S-1", **said: Any) -> dict[str, Any]:
    return {"op": "reorder", "sku": sku, "role": "hero", "assets": [some.asset_id(name) for name in names]} | said


class House:
    """Products S-1 and S-2, assets a to e, and callers who ask."""

    def __init__(self) -> None:
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        for sku in ("S-1", "S-2"):
            self.products.save(some.product(sku))
        for name in "abcde":
            self.catalog.save(some.asset(name))
        self.now = NOW
        self.clock: Callable[[], datetime] = lambda: self.now

    def ask(
        self, *operations: dict[str, Any], key: str | None = None, origin: LinkOrigin = PIM, by: str = "pim"
    ) -> list[OperationOutcome]:
        read = {number: LinkOperation.model_validate(each) for number, each in enumerate(operations)}
        name = key or f"key-{self.products.writes}"
        asked = Asked(read, request_id_of(by, name), body_digest(list(operations)), origin, by)
        ports: Any = {"products": self.products, "assets": self.catalog, "requests": self.products}
        found = change_links(asked, **ports, clock=self.clock)
        return [found[number] for number in range(len(operations))]

    def effects(self, *operations: dict[str, Any], **asked: Any) -> list[str]:
        """Return what became of operations: the effect, or why not."""
        return [outcome.code or outcome.effect.value for outcome in self.ask(*operations, **asked)]

    def shown(self, sku: str = "S-1") -> str:
        """Return the names of the list's assets, in order."""
        order = self.products.media(sku).order(Place(sku, LinkRole.HERO))
        names = {some.asset_id(name): name for name in "abcde"}
        return "" if order is None else "".join(names[each] for each in order.assets)

    def origins(self) -> dict[str, LinkOrigin]:
        names = {some.asset_id(name): name for name in "abcde"}
        return {names[link.asset_id]: link.origin for link in self.products.media("S-1").links}

    def found(self, *names: str) -> None:
        """Write the list as evidence has it."""
        links = tuple(some.link(name, origin=LinkOrigin.BARCODE, by="assetwire") for name in names)
        self.products.arrange(Arrangement(some.media_order(*names), links))


def test_assets_are_bound_in_order_at_a_place_and_taken_off() -> None:
    house = House()
    assert house.effects(bind("a"), bind("b"), bind("c", position=1)) == ["applied"] * 3
    assert house.shown() == "cab"
    assert house.effects(unbind("a"), bind("c", position=9), unbind("e")) == ["applied", "applied", "unchanged"]
    assert house.shown() == "bc"
    assert house.effects(reorder("c")) == ["applied"]
    assert house.shown() == "cb"


def test_operations_on_one_list_are_one_write_of_it() -> None:
    house = House()
    outcomes = house.ask(bind("a"), bind("b", "S-2"), bind("c"))
    assert [outcome.revision for outcome in outcomes] == [0, 0, 0]
    assert house.ask(reorder("c", "a"), unbind("a"))[0].revision == 1
    assert house.shown() == "c"


def test_what_is_so_already_writes_no_list() -> None:
    house = House()
    house.ask(bind("a"), bind("b"))
    assert house.effects(bind("a"), reorder("a", "b"), unbind("c")) == ["unchanged"] * 3
    assert house.ask(bind("a"))[0].revision == 0


def test_what_is_bound_and_taken_off_again_leaves_nothing() -> None:
    house = House()
    assert house.ask(bind("a"), unbind("a"))[1].revision is None
    assert house.products.media("S-1").links == ()


def test_each_operation_that_cannot_be_has_its_reason_and_the_others_are_done() -> None:
    house = House()
    house.ask(bind("a"))
    asked = [
        bind("x"),
        bind("b", "S-9"),
        reorder("a", "b"),
        reorder("a", "a"),
        bind("b", if_revision=7),
        bind("b", if_new=True),
        bind("c", if_revision=0),
    ]
    expected = ["unknown_asset", "product_not_found", "not_on_list", "duplicate_asset", "revision", "revision"]
    assert house.effects(*asked) == [*expected, "applied"]
    assert house.shown() == "ac"


def test_preconditions_are_of_the_list_before_the_call() -> None:
    house = House()
    assert house.effects(bind("a", if_new=True), bind("b", if_new=True)) == ["applied"] * 2
    assert house.effects(bind("c", if_revision=0), unbind("a", if_revision=0)) == ["applied"] * 2
    assert house.shown() == "bc"


def test_pim_does_not_undo_what_a_person_decided() -> None:
    house = House()
    house.ask(bind("a"), bind("b"), origin=PERSON, by="me")
    house.ask(unbind("b"), origin=PERSON, by="me")
    assert house.effects(unbind("a"), bind("b")) == ["person_decided"] * 2
    assert house.shown() == "a"
    assert house.effects(bind("b"), unbind("a"), origin=PERSON, by="me") == ["applied"] * 2


def test_what_is_reordered_is_placed_and_evidence_beside_it_stays_evidence() -> None:
    house = House()
    house.found("a", "b", "c")
    assert house.effects(bind("d"), reorder("c")) == ["applied"] * 2
    barcode = LinkOrigin.BARCODE
    assert (house.shown(), house.origins()) == ("cabd", {"a": barcode, "b": barcode, "c": PIM, "d": PIM})
    assert house.effects(bind("a")) == ["applied"]
    assert house.origins()["a"] is PIM


def test_scopes_say_of_which_variants_an_asset_is_and_stay_where_none_is_said() -> None:
    house = House()
    house.ask(bind("a", scope={"colour": "red"}))
    assert house.effects(bind("a"), bind("a", position=1), bind("a", scope={})) == ["unchanged", "unchanged", "applied"]
    assert [link.scope for link in house.products.media("S-1").links] == [{}]


def test_a_list_holds_no_more_than_it_may_and_one_call_changes_no_more_than_it_can() -> None:
    house = House()
    names = [f"n{number}" for number in range(LONGEST_LIST + 1)]
    for name in names:
        house.catalog.save(some.asset(name))
    effects = house.effects(*(bind(name) for name in names[:60]))
    assert effects == ["applied"] * 48 + ["too_many_changes"] * 12
    for start in range(48, LONGEST_LIST, 48):
        house.ask(*(bind(name) for name in names[start : min(start + 48, LONGEST_LIST)]))
    assert house.effects(bind(names[-1])) == ["list_too_long"]


@pytest.mark.parametrize(
    "said",
    [
        bind("a") | {"assets": [some.asset_id("b")]},
        reorder("a") | {"asset_id": some.asset_id("a")},
        {"op": "reorder", "sku": "S-1", "role": "hero"},
        {"op": "bind", "sku": "S-1", "role": "hero"},
        unbind("a", position=1),
        reorder("a", scope={}),
        bind("a", position=0),
        bind("a", op="swap"),
        bind("a", price=1),
    ],
)
def test_an_operation_says_what_it_needs_and_nothing_else(said: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="LinkOperation"):
        LinkOperation.model_validate(said)


# --- once ---


def test_the_same_request_is_answered_as_before_and_changes_nothing() -> None:
    house = House()
    first = house.ask(bind("a"), bind("x"), key="k")
    house.ask(unbind("a"))
    writes = house.products.writes
    assert house.ask(bind("a"), bind("x"), key="k") == first
    assert (house.products.writes, house.shown()) == (writes, "")


def test_a_key_with_another_body_is_refused_and_every_caller_has_keys_of_its_own() -> None:
    house = House()
    house.ask(bind("a"), key="k")
    with pytest.raises(InvalidRequest) as caught:
        house.ask(bind("b"), key="k")
    assert caught.value.code == "idempotency_key_reused"
    assert house.effects(bind("b"), key="k", by="somebody else") == ["applied"]


def test_a_twin_that_comes_meanwhile_is_told_so() -> None:
    house = House()
    read, refusals = house.products.media, []

    def meanwhile(sku: str) -> Any:
        house.products.media = read  # type: ignore[method-assign]
        with pytest.raises(Conflict) as caught:
            house.ask(bind("a"), key="k")
        refusals.append(caught.value.code)
        return read(sku)

    house.products.media = meanwhile  # type: ignore[method-assign]
    assert house.effects(bind("a"), key="k") == ["applied"]
    assert refusals == ["in_progress"]


def test_a_request_that_broke_off_goes_on_where_it_broke_off() -> None:
    """Its first list was written under a condition that does not hold any more: that is not asked again."""
    house = House()
    read = house.products.media

    def broken(sku: str) -> Any:
        if sku == "S-2":
            raise Unavailable("the Catalog does not answer")
        return read(sku)

    house.products.media = broken  # type: ignore[method-assign]
    asked = (bind("a", if_new=True), bind("b", "S-2", if_new=True))
    with pytest.raises(Unavailable):
        house.ask(*asked, key="k")
    assert house.shown() == "a"
    house.products.media = read  # type: ignore[method-assign]
    assert house.effects(*asked, key="k") == ["applied", "applied"]
    assert (house.shown(), house.shown("S-2")) == ("a", "b")


def test_a_request_whose_process_was_killed_is_taken_up_after_a_while_and_done_once() -> None:
    house = House()

    class Killed(BaseException):
        pass

    save = house.products.save_request

    def killed(request: Any) -> None:
        if request.is_done:
            raise Killed
        save(request)

    house.products.save_request = killed  # type: ignore[method-assign]
    with pytest.raises(Killed):
        house.ask(bind("a", if_new=True), key="k")
    house.products.save_request = save  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        house.ask(bind("a", if_new=True), key="k")
    house.now += timedelta(seconds=31)
    assert house.effects(bind("a", if_new=True), key="k") == ["applied"]
    assert house.products.media("S-1").orders[0].revision == 0


def test_a_key_is_forgotten_after_a_day() -> None:
    house = House()
    house.ask(bind("a"), key="k")
    house.now += KEPT
    assert house.effects(bind("b"), key="k") == ["applied"]
    assert house.effects(bind("b"), key="k") == ["applied"]
    assert house.shown() == "ab"


def test_a_list_that_moves_meanwhile_is_read_again() -> None:
    house = House()
    carry_out = house.products.carry_out

    def raced(*asked: Any) -> None:
        house.products.carry_out = carry_out  # type: ignore[method-assign]
        house.ask(bind("b"), origin=PERSON, by="me")
        carry_out(*asked)

    house.products.carry_out = raced  # type: ignore[method-assign]
    assert house.effects(bind("a")) == ["applied"]
    assert house.shown() == "ba"


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "x" * 256])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        request_id_of("pim", key)
    assert caught.value.code == "invalid_idempotency_key"


def test_pim_lists_nothing_that_a_person_took_away() -> None:
    house = House()
    removed = some.link("a", state=LinkState.REJECTED, origin=PERSON)
    house.products.put_link(removed)
    assert house.effects(bind("a")) == ["person_decided"]
