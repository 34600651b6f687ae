"""Lists under whatever many do to them at once: after each step, what must hold holds.

Each step is somebody's change between whose reading and writing somebody else changes the same lists.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from oracles.lists_oracle import broken

from assetwire.domain.errors import Conflict, Refused
from assetwire.domain.inspection import Identifier
from assetwire.domain.link import Arrangement, LinkOrigin, LinkRole, Place
from assetwire.domain.link_operations import LinkOperation
from assetwire.services.bulk_links import Asked, change_links
from assetwire.services.links import Precondition, arrange
from assetwire.services.matching import match_asset
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.products import FakeProducts
from fakes.some import NOW

NAMES = "abcdef"
SKUS = ("S-1", "S-2")
_place = st.builds(
    Place, st.sampled_from(SKUS), st.sampled_from([LinkRole.HERO, LinkRole.ALTERNATE]), st.sampled_from(["any", "DE"])
)
_origin = st.sampled_from([LinkOrigin.PERSON, LinkOrigin.PIM])
_some_assets = st.lists(st.sampled_from(NAMES), unique=True, max_size=5)
_operation = st.one_of(
    st.tuples(st.just("bind"), st.sampled_from(NAMES), st.sampled_from([None, 1, 2, 9])),
    st.tuples(st.just("unbind"), st.sampled_from(NAMES)),
    st.tuples(st.just("reorder"), st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=3)),
)
_revision = st.sampled_from([None, 0, 1, 2])
_arranging = st.tuples(st.just("arrange"), _place, _origin, _some_assets, _revision)
_operating = st.tuples(st.just("operate"), _place, _origin, st.lists(_operation, min_size=1, max_size=4), _revision)
_matching = st.tuples(st.just("match"), st.sampled_from(NAMES), st.sampled_from(SKUS))
_step = st.one_of(_arranging, _operating, _matching)


class Lists(RuleBasedStateMachine):
    """Two products, six assets, and people, PIM and evidence that change their lists."""

    def __init__(self) -> None:
        super().__init__()
        self.products, self.catalog = FakeProducts(), FakeCatalog()
        for sku in SKUS:
            product = some.product(sku)
            self.products.save(product, named=product.names)
        for name in NAMES:
            self.catalog.save(some.asset(name))
        self.requests = 0
        self.revisions: dict[tuple[str, ...], int] = {}

    @rule(step=_step)
    def alone(self, step: Any) -> None:
        self._do(step)

    @rule(step=_step, meanwhile=_step, others=st.lists(_step, max_size=2))
    def while_somebody_else(self, step: Any, meanwhile: Any, others: list[Any]) -> None:
        """Somebody reads, another one's changes are written, and then the first one's."""
        read = self.products.media

        def then(sku: str) -> Any:
            found = read(sku)
            self.products.media = read  # type: ignore[method-assign]
            for each in (meanwhile, *others):
                self._do(each)
            return found

        self.products.media = then  # type: ignore[method-assign]
        try:
            self._do(step)
        finally:
            self.products.media = read  # type: ignore[method-assign]

    @invariant()
    def every_list_and_link_agree(self) -> None:
        for sku in SKUS:
            media = self.products.media(sku)
            lists = {(order.role.value, order.market): order.assets for order in media.orders}
            counting = [(link.asset_id, (link.role.value, link.market)) for link in media.links if link.is_confirmed]
            assert broken(lists, counting) == []

    @invariant()
    def revisions_rise(self) -> None:
        for sku in SKUS:
            for order in self.products.media(sku).orders:
                where = (sku, order.role.value, order.market)
                assert order.revision >= self.revisions.get(where, 0)
                self.revisions[where] = order.revision

    def _do(self, step: Any) -> None:
        try:
            match step:
                case ("arrange", place, origin, names, revision):
                    self._arrange(place, origin, names, revision)
                case ("operate", place, origin, operations, revision):
                    self._operate(place, origin, operations, revision)
                case (_, name, sku):
                    self._match(name, sku)
        except (Conflict, Refused):
            pass  # it was told so, and wrote nothing: the invariants see to that

    def _arrange(self, place: Place, origin: LinkOrigin, names: list[str], revision: int | None) -> None:
        known: dict[str, Any] = {"origin": origin, "by": origin.value, "now": NOW, "only_if": Precondition(revision)}
        assets = [some.asset_id(name) for name in names]
        arrange(place, assets, **known, products=self.products, catalog=self.catalog)

    def _operate(self, place: Place, origin: LinkOrigin, operations: list[Any], revision: int | None) -> None:
        self.requests += 1
        read = {number: _read(place, said, revision) for number, said in enumerate(operations)}
        asked = Asked(read, f"request {self.requests}", "digest", origin, origin.value)
        ports: Any = {"products": self.products, "assets": self.catalog, "requests": self.products}
        first = change_links(asked, **ports, clock=lambda: NOW)
        assert change_links(asked, **ports, clock=lambda: NOW) == first

    def _match(self, name: str, sku: str) -> None:
        asset = self.catalog.asset(some.asset_id(name))
        said = (Identifier(kind="sku", value=sku, source="manifest", confidence=0.95),)
        self.catalog.save_asset(asset.with_declared(declared=said, now=NOW))
        ports: Any = {"assets": self.catalog, "products": self.products, "matches": self.products}
        match_asset(asset.asset_id, **ports, worklist=self.catalog, clock=lambda: NOW)


def _read(place: Place, said: Any, revision: int | None) -> LinkOperation:
    of: dict[str, Any] = {"op": said[0], **place._asdict(), "if_revision": revision}
    if said[0] == "reorder":
        return LinkOperation(**of, assets=tuple(some.asset_id(name) for name in said[1]))
    more = {"position": said[2]} if said[0] == "bind" else {}
    return LinkOperation(**of, asset_id=some.asset_id(said[1]), **more)


Lists.TestCase.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
TestLists = Lists.TestCase


@pytest.mark.parametrize(
    ("arrange_badly", "expected"),
    [
        (lambda write: lambda a: write(Arrangement(a.order, (), a.before)), "does not count"),
        (lambda write: lambda a: write(Arrangement(None, a.links, a.before)), "stands on no list"),
    ],
)
def test_what_writes_a_list_without_its_links_is_found(
    arrange_badly: Callable[[Any], Any], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Lists()
    monkeypatch.setattr(machine.products, "arrange", arrange_badly(machine.products.arrange))
    machine.alone(("arrange", Place("S-1", LinkRole.HERO), LinkOrigin.PIM, ["a"], None))
    with pytest.raises(AssertionError, match=expected):
        machine.every_list_and_link_agree()
