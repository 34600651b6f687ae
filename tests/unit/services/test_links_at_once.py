"""Whoever arranges, binds, unbinds, reorders and decides at once: no step of anybody's leaves a list wrong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from assetwire.domain import link, link_operations, relisting
from assetwire.domain.errors import Conflict
from assetwire.domain.link import Arrangement
from assetwire.services import bulk_links
from fakes import products as fake
from fakes.catalog import FakeCatalog
from fakes.link_machine import LinkMachine, Ports
from fakes.products import FakeProducts
from fakes.reviews import FakeReviews

Patch = pytest.MonkeyPatch


def in_memory() -> Ports:
    products, catalog = FakeProducts(), FakeCatalog()
    return Ports(products, catalog, products, products, FakeReviews(catalog, products), products)


class InMemory(LinkMachine):
    ports = staticmethod(in_memory)


def run(*phases: Phase) -> None:
    asked = settings(max_examples=30, stateful_step_count=60, phases=phases)
    run_state_machine_as_test(InMemory, settings=asked)


def test_lists_links_and_history_are_right_after_every_step() -> None:
    run(*Phase)


def nobody_looks_whether_a_list_moved(patch: Patch) -> None:
    patch.setattr(FakeProducts, "require_unchanged", lambda *_: None)


def a_part_is_carried_out_again(patch: Patch) -> None:
    def twice(products: FakeProducts, part: Any, arrangement: Arrangement | None) -> None:
        if arrangement is not None:
            products.arrange(arrangement)
        products._parts.setdefault((part.request_id, part.serial, part.place), part)

    patch.setattr(FakeProducts, "carry_out", twice)
    begun = bulk_links.begun

    def at_once(known: Any, *of: Any, now: datetime) -> Any:
        is_held = known is not None and not known.is_done
        return begun(known.model_copy(update={"held_until": now}) if is_held else known, *of, now=now)

    patch.setattr(bulk_links, "begun", at_once)


def a_request_is_not_known_again(patch: Patch) -> None:
    begun = bulk_links.begun
    patch.setattr(bulk_links, "begun", lambda _, *of, **asked: begun(None, f"{of[0]} {id(asked)}", *of[1:], **asked))


def links_are_written_without_their_list(patch: Patch) -> None:
    relisted = relisting.relisted
    patch.setattr("assetwire.domain.review.relisted", lambda *of, **asked: relisted(*of, **asked)._replace(order=None))


def the_history_is_in_the_order_of_clocks(patch: Patch) -> None:
    for module in (link, link_operations, relisting):
        patch.setattr(module, "moment_after", lambda now, _: now)


def a_change_in_three_is_not_told(patch: Patch) -> None:
    changes_of = fake.changes_of

    def most(arrangement: Arrangement) -> Any:
        told = changes_of(arrangement)
        return told[1:] if told and told[0].revision % 3 == 2 else told

    patch.setattr(fake, "changes_of", most)


def a_lost_race_is_answered_as_if_it_were_won(patch: Patch) -> None:
    arrange = FakeProducts.arrange

    def quietly(products: FakeProducts, arrangement: Arrangement) -> None:
        try:
            arrange(products, arrangement)
        except Conflict:
            return

    patch.setattr(FakeProducts, "arrange", quietly)


def an_asset_is_bound_beside_itself(patch: Patch) -> None:
    arrangement = link_operations._List.arrangement

    def doubled(list_: Any, **asked: Any) -> Arrangement | None:
        found = arrangement(list_, **asked)
        if found is None or found.order is None or len(found.order.assets) < 3:
            return found
        return found._replace(
            order=found.order.model_copy(update={"assets": (*found.order.assets, found.order.assets[0])})
        )

    patch.setattr(link_operations._List, "arrangement", doubled)


MUTANTS: tuple[Callable[[Patch], None], ...] = (
    nobody_looks_whether_a_list_moved,
    a_part_is_carried_out_again,
    a_request_is_not_known_again,
    links_are_written_without_their_list,
    the_history_is_in_the_order_of_clocks,
    a_change_in_three_is_not_told,
    a_lost_race_is_answered_as_if_it_were_won,
    an_asset_is_bound_beside_itself,
)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_fault_is_found(mutant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    mutant(monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)) as found:
        run(Phase.generate)
    assert found.group_contains(AssertionError) if isinstance(found.value, ExceptionGroup) else True
