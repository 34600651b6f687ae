"""Custody of cold storage: masters go there when asked to or unused, and come back when needed."""

from datetime import timedelta

import pytest

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, ArchiveState, Place, Tier
from assetwire.domain.asset import AssetStatus
from assetwire.domain.due import DueKind
from assetwire.services.clock import sweep
from assetwire.services.custody import Outcome, keep_master
from fakes import some
from fakes.custody_world import DAY, DUE, World, stocked
from fakes.some import NOW


@pytest.fixture
def world() -> World:
    return stocked()


class TestArchive:
    """Masters go to cold storage when somebody says so, or when they lie unused for too long; and come back."""

    def archived(self, world: World) -> None:
        world.take(lifecycle.archive)
        world.keep()
        world.vault.move_marked()
        world.keep(NOW + timedelta(days=1))

    def test_all_masters_are_marked_and_are_archived_once_s3_has_moved_them(self, world: World) -> None:
        world.take(lifecycle.archive)
        assert world.keep() is Outcome.KEPT
        assert len(world.vault.marked) == 3
        assert world.asset.archive.state is ArchiveState.ARCHIVING
        assert world.asset.due.kind is DueKind.MASTERS
        world.vault.move_marked()
        assert world.keep(NOW + timedelta(hours=9)) is Outcome.KEPT
        assert (world.asset.archive.state, world.asset.due) == (ArchiveState.ARCHIVED, None)
        assert world.asset.status is AssetStatus.ACCEPTED

    def test_they_are_looked_at_every_day_until_they_have_moved(self, world: World) -> None:
        world.take(lifecycle.archive)
        world.keep()
        for day in range(1, 4):
            at = NOW + timedelta(days=day)
            assert sweep(agenda=world.catalog, now=at).woken == 1
            world.keep(at)
            assert world.asset.due.at == at + timedelta(days=1)

    def test_a_second_run_at_the_same_time_writes_nothing(self, world: World) -> None:
        world.take(lifecycle.archive)
        world.keep()
        assert world.keep(NOW + timedelta(minutes=5)) is Outcome.NOTHING

    def test_a_recall_asks_for_a_copy_of_each_and_is_done_when_all_came(self, world: World) -> None:
        self.archived(world)
        world.take(lambda asset, act: lifecycle.recall(asset, act, tier=Tier.BULK, days=3))
        world.keep()
        assert world.vault.asked == [(key, 3, Tier.BULK) for key in ("shoe.jpg", "shoe.jpg", "copy.jpg")]
        world.keep(NOW + timedelta(hours=1))
        assert len(world.vault.asked) == 3
        assert world.asset.archive.state is ArchiveState.RECALLING
        world.vault.copies_come()
        world.keep(NOW + timedelta(hours=5))
        assert (world.asset.archive.state, world.asset.archive.until) == (ArchiveState.RECALLED, NOW + 3 * DAY)

    def test_copies_that_went_leave_the_masters_archived(self, world: World) -> None:
        self.archived(world)
        world.take(lifecycle.recall)
        world.keep()
        world.vault.copies_come()
        world.keep(NOW + timedelta(hours=5))
        world.vault.copies_go()
        end = world.asset.archive.until
        assert sweep(agenda=world.catalog, now=end).woken == 1
        world.keep(end)
        assert (world.asset.archive.state, world.asset.due) == (ArchiveState.ARCHIVED, None)

    def test_a_recall_before_s3_moved_anything_leaves_them_at_hand(self, world: World) -> None:
        world.take(lifecycle.archive)
        world.keep()
        world.take(lifecycle.recall)
        world.keep()
        assert (world.vault.marked, world.asset.archive, world.asset.due) == (set(), None, None)
        world.vault.move_marked()
        assert set(world.vault.places.values()) == {Place.AT_HAND}

    def test_a_longer_recall_asks_for_longer_copies(self, world: World) -> None:
        self.archived(world)
        world.take(lambda asset, act: lifecycle.recall(asset, act, days=2))
        world.keep()
        world.vault.copies_come()
        world.keep()
        world.take(lambda asset, act: lifecycle.recall(asset, act, days=9))
        world.keep()
        assert (world.asset.archive.state, world.asset.archive.until) == (ArchiveState.RECALLED, NOW + 9 * DAY)

    def test_masters_that_are_gone_from_s3_hold_nothing_up(self, world: World) -> None:
        world.vault.places.popitem()
        self.archived(world)
        assert world.asset.archive.state is ArchiveState.ARCHIVED

    def test_what_s3_tells_of_a_master_concerns_its_asset_and_of_others_nobody(self, world: World) -> None:
        world.take(lifecycle.archive)
        ports = {
            "catalog": world.catalog,
            "declarations": world.catalog,
            "vault": world.vault,
            "renditions": world.renditions,
        }
        known = keep_master(some.upload("copy.jpg", 3), **ports, archive_after=None, now=NOW)
        unknown = keep_master(some.upload("copy.jpg", 99), **ports, archive_after=None, now=NOW)
        assert (known, unknown) == (Outcome.KEPT, Outcome.NOTHING)

    def test_archived_masters_are_deleted_like_others(self, world: World) -> None:
        self.archived(world)
        world.delete()
        assert world.keep(DUE) is Outcome.DELETED
        assert (world.vault.places, world.asset.archive) == ({}, None)


class TestAge:
    """Masters that are of no use for so long are archived, without anybody asking."""

    def test_nobody_is_archived_unasked_unless_a_period_is_set(self, world: World) -> None:
        assert world.keep(NOW + 1000 * DAY) is Outcome.NOTHING
        assert world.asset.due is None

    def test_unused_masters_are_archived_by_the_clock(self, world: World) -> None:
        world.keep(days=90)
        assert world.asset.due.at == NOW + 90 * DAY
        assert sweep(agenda=world.catalog, now=NOW + 90 * DAY).woken == 1
        world.keep(NOW + 90 * DAY, days=90)
        assert world.asset.archive.asked == Act(by="assetwire", at=NOW + 90 * DAY, reason="unused for 90 days")
        world.keep(NOW + 90 * DAY, days=90)
        assert len(world.vault.marked) == 3

    def test_a_use_starts_the_period_anew_at_the_price_of_one_look(self, world: World) -> None:
        world.keep(days=90)
        edited = world.asset.with_life(now=NOW + 60 * DAY, category="swatch")
        world.catalog.save_asset(edited)
        assert world.keep(NOW + 60 * DAY, days=90) is Outcome.NOTHING
        world.keep(NOW + 90 * DAY, days=90)
        assert (world.asset.archive, world.asset.due.at) == (None, NOW + 150 * DAY)

    def test_the_period_taken_back_ends_the_looks(self, world: World) -> None:
        world.keep(days=90)
        world.keep(NOW + 90 * DAY)
        assert (world.asset.archive, world.asset.due) == (None, None)

    def test_a_withdrawn_asset_is_left_alone(self, world: World) -> None:
        world.keep(days=90)
        world.take(lifecycle.withdraw)
        world.keep(NOW + 90 * DAY, days=90)
        assert (world.asset.archive, world.asset.due) == (None, None)
