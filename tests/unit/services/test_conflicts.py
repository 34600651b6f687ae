"""Conflicts: a lost race is decided anew, so often and no more; a precondition never is."""

import pytest

from assetwire.domain.asset import Asset
from assetwire.domain.errors import Conflict, NotFound
from assetwire.services.conflicts import ATTEMPTS, change_asset, decided
from fakes import some
from fakes.catalog import FakeCatalog


class Races:
    """An attempt that loses so many races, and then returns which attempt it was."""

    def __init__(self, lost: int, code: str | None = None) -> None:
        self.lost, self.code, self.made = lost, code, 0

    def __call__(self) -> int:
        self.made += 1
        if self.made <= self.lost:
            raise Conflict("moved", code=self.code)
        return self.made


@pytest.mark.parametrize("lost", [0, 1, ATTEMPTS - 1])
def test_a_lost_race_is_run_again(lost: int) -> None:
    assert decided(Races(lost)) == lost + 1


def test_after_so_many_lost_races_the_conflict_is_the_callers() -> None:
    races = Races(ATTEMPTS)
    with pytest.raises(Conflict, match="moved"):
        decided(races)
    assert races.made == ATTEMPTS


def test_a_precondition_that_does_not_hold_is_tried_once() -> None:
    races = Races(ATTEMPTS, code="revision")
    with pytest.raises(Conflict):
        decided(races)
    assert races.made == 1


class Crowded(FakeCatalog):
    """A Catalog in which somebody else changes the asset before each of the first saves."""

    def __init__(self, others: int) -> None:
        super().__init__()
        self.others, self.reads = others, 0
        super().save_asset(some.asset())

    def asset(self, asset_id: str) -> Asset:
        self.reads += 1
        return super().asset(asset_id)

    def save_asset(self, asset: Asset, **rest: object) -> None:
        if self.others:
            self.others -= 1
            super().save_asset(super().asset(asset.asset_id).woken(some.NOW))
        super().save_asset(asset, **rest)  # type: ignore[arg-type]


def given(asset: Asset) -> Asset:
    return asset.with_rights(some.rights(), now=some.NOW)


def test_a_change_is_made_of_what_the_asset_is_by_then() -> None:
    catalog = Crowded(others=2)
    changed = change_asset(some.asset_id(), given, catalog=catalog)
    assert (changed.rights, changed.revision, catalog.reads) == (some.rights(), 3, 3)


def test_what_was_read_already_is_not_read_again_unless_it_moved() -> None:
    catalog = Crowded(others=0)
    assert change_asset(some.asset_id(), given, read=some.asset(), catalog=catalog).revision == 1
    assert catalog.reads == 0
    assert change_asset(some.asset_id(), given, read=some.asset(), catalog=catalog).revision == 1
    assert catalog.reads == 1  # the one above moved it, and what stands there now needs no change


def test_a_change_that_changes_nothing_writes_nothing() -> None:
    catalog = Crowded(others=0)
    written = len(catalog.changes)
    assert change_asset(some.asset_id(), lambda asset: asset, if_revision=0, catalog=catalog).revision == 0
    assert len(catalog.changes) == written


def test_an_asset_at_another_revision_is_not_changed() -> None:
    catalog = Crowded(others=0)
    with pytest.raises(Conflict, match="revision 0, not 4") as refused:
        change_asset(some.asset_id(), given, if_revision=4, catalog=catalog)
    assert (refused.value.code, catalog.reads) == ("revision", 1)
    with pytest.raises(NotFound):
        change_asset(some.asset_id("none.jpg"), given, catalog=catalog)
