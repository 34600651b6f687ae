"""Enforce: delivery holds what may be seen now, and caches hold no more."""

import itertools
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.domain.delivery import delivery_path
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.lifecycle import restore, withdraw
from assetwire.domain.purge import Purge, Urgency
from assetwire.domain.revocation import Cause, Revocation
from assetwire.domain.rights import Window
from assetwire.domain.shown import Rendered
from assetwire.services.enforce import Enforced, enforce
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.delivery_world import ASSET, NAMES, NARROWER, WITHDRAWN, Stop, World
from fakes.purges import FakePurges
from fakes.revocations import FakeRevocations
from fakes.some import NOW
from fakes.stores import FakeDeliveryStore, FakeRenditionStore


@pytest.fixture
def world() -> World:
    return World(some.rights())


def test_what_may_be_seen_is_copied_and_noted(world: World) -> None:
    assert world.enforce() == Enforced(copied=2, removed=0, purging=False)
    assert world.delivered == world.expected()
    noted = world.asset.delivered
    assert (noted.generation, noted.version_id, noted.renditions) == (1, world.first.version_id, NAMES)


def test_a_second_run_does_and_changes_nothing(world: World) -> None:
    world.enforce()
    revision = world.asset.revision
    assert world.enforce() == Enforced(0, 0, purging=False)
    assert world.asset.revision == revision
    assert world.edge.calls == []


def test_without_rights_nothing_is_copied() -> None:
    world = World()
    assert world.enforce() == Enforced(0, 0, purging=False)
    assert world.delivered == set()


def test_an_asset_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        enforce(
            some.asset_id("nothing"),
            catalog=FakeCatalog(),
            delivery=FakeDeliveryStore(FakeRenditionStore()),
            purges=FakePurges(),
            revocations=FakeRevocations(),
            clock=lambda: NOW,
        )


def test_films_of_the_version_before_are_delivered_beside_the_pictures_of_the_new_one(world: World) -> None:
    world.render(world.first, "video-480.mp4", finish=False)
    films = Rendered(version_id=world.first.version_id, outputs={"video-480.mp4": some.DIGEST})
    world.catalog.save_asset(world.asset.with_transcoding(now=NOW, transcoded=films))
    second = world.add_version(2)
    world.render(second)
    world.enforce()
    film = delivery_path(world.asset.asset_id, 1, world.first.version_id, "video-480.mp4")
    assert world.delivered == {*world.expected(second), film}
    assert world.asset.delivered.version_of("video-480.mp4") == world.first.version_id


def test_nothing_of_another_asset_is_touched(world: World) -> None:
    others = {f"{ASSET}x/g1/v/web.jpg": b"x", "b/g1/v/web.jpg": b"x"}
    world.delivery.objects.update(others)
    world.set_rights(WITHDRAWN)
    world.enforce()
    assert world.delivery.objects == others


class TestWithdrawal:
    """What may not be seen any more goes: from the origin, then from the caches."""

    def test_a_withdrawal_empties_delivery_and_caches(self, world: World) -> None:
        world.enforce()
        world.view_everything()
        world.set_rights(WITHDRAWN)
        assert world.enforce() == Enforced(copied=0, removed=2, purging=True)
        assert world.delivered == set()
        assert world.edge.cached == {}
        assert world.asset.delivered.renditions == ()

    def test_caches_are_purged_after_the_origin_is_empty(self, world: World) -> None:
        world.enforce()
        world.delivery.log.clear()
        world.set_rights(WITHDRAWN)
        world.enforce()
        assert world.delivery.log == ["remove", "forget"]

    def test_what_must_go_goes_before_anything_is_copied(self, world: World) -> None:
        world.enforce()
        world.delivery.log.clear()
        world.set_rights(NARROWER)
        world.enforce()
        assert world.delivery.log == ["remove", "forget", "copy", "copy"]

    def test_a_licence_that_ran_out_empties_delivery(self) -> None:
        world = World(some.rights(windows=(Window(ends=NOW + timedelta(hours=1)),)))
        world.enforce()
        world.view_everything()
        world.enforce(NOW + timedelta(hours=1))
        assert world.delivered == set()
        assert world.edge.cached == {}

    def test_a_licence_that_is_extended_fills_it_again(self) -> None:
        world = World(some.rights(windows=(Window(ends=NOW),)))
        world.enforce()
        world.set_rights(some.rights())
        world.enforce()
        assert world.delivered == world.expected()

    def test_a_run_that_ended_between_removal_and_purge_is_made_good(self, world: World) -> None:
        def stop() -> None:
            raise Stop

        world.enforce()
        world.view_everything()
        world.set_rights(WITHDRAWN)
        world.delivery.after_remove = [stop]
        with pytest.raises(Stop):
            world.enforce()
        assert world.delivered == set()
        assert world.edge.cached != {}
        assert world.enforce().purging
        assert world.edge.cached == {}

    def test_a_rendition_that_is_finished_after_a_withdrawal_never_gets_there(self, world: World) -> None:
        world.set_rights(WITHDRAWN)
        world.render(world.first, "web-960.jpg")
        world.enforce()
        assert world.delivered == set()

    def test_a_narrowing_moves_everything_under_a_new_generation(self, world: World) -> None:
        world.enforce()
        world.view_everything()
        world.set_rights(NARROWER)
        assert world.enforce() == Enforced(copied=2, removed=2, purging=True)
        assert world.delivered == world.expected(generation=2)
        assert world.edge.cached == {}
        assert world.asset.delivered.generation == 2

    def test_a_widening_leaves_everything_where_it_is(self) -> None:
        world = World(NARROWER)
        world.enforce()
        world.set_rights(some.rights())
        assert world.enforce() == Enforced(0, 0, purging=False)
        assert world.delivered == world.expected(generation=1)


class TestRevocations:
    """Whatever ended what could be seen is noted, with the time of each step."""

    def run(self, world: World, *, seconds: float = 1) -> None:
        """Enforce with a clock that goes on by so many seconds each time that it is asked."""
        times = itertools.count()
        enforce(
            ASSET,
            catalog=world.catalog,
            delivery=world.delivery,
            purges=world.purges,
            revocations=world.revocations,
            clock=lambda: NOW + timedelta(seconds=seconds * next(times)),
        )

    def test_a_narrowing_is_noted_with_each_step_and_its_exposure(self, world: World) -> None:
        self.run(world)
        assert world.revocations.noted == {}
        world.set_rights(NARROWER)
        pending = world.asset.unfollowed
        assert (pending.generation, pending.cause, pending.at) == (2, Cause.RIGHTS_NARROWED, NOW)
        self.run(world)
        (noted,) = world.revocations.of(ASSET)
        assert noted == Revocation(
            asset_id=ASSET,
            generation=2,
            cause=Cause.RIGHTS_NARROWED,
            decided_at=NOW,
            removed_at=NOW + timedelta(seconds=1),
            restored_at=NOW + timedelta(seconds=3),
            files=2,
        )
        assert (noted.exposure_seconds, world.asset.unfollowed) == (None, None)
        world.purge(NOW + timedelta(seconds=4))
        (told,) = world.revocations.of(ASSET)
        assert (told.purged_at, told.exposure_seconds) == (NOW + timedelta(seconds=4), 4.0)

    def test_a_withdrawal_and_an_end_say_what_they_are_and_restore_nothing(self, world: World) -> None:
        self.run(world)
        world.catalog.save_asset(withdraw(world.asset, Act(by="me", at=NOW)))
        self.run(world)
        world.catalog.save_asset(restore(world.asset, Act(by="me", at=NOW)))
        self.run(world)
        end = some.rights().windows[0].ends
        world.catalog.save_asset(world.asset.in_phase(now=end))
        world.enforce(end)
        causes = [(each.cause, each.restored_at, each.files) for each in world.revocations.of(ASSET)]
        assert causes == [(Cause.RIGHTS_ENDED, None, 2), (Cause.WITHDRAWN, None, 2)]

    def test_what_nobody_could_see_is_no_revocation(self) -> None:
        world = World(some.rights())
        world.set_rights(NARROWER)
        self.run(world)
        assert (world.asset.generation, world.revocations.noted) == (2, {})

    def test_a_run_that_is_repeated_leaves_the_first_times(self, world: World) -> None:
        self.run(world)
        world.set_rights(WITHDRAWN)
        with patch.object(world.catalog, "save_asset", side_effect=Stop), pytest.raises(Stop):
            self.run(world)
        world.purge(NOW + timedelta(seconds=2))
        self.run(world, seconds=100)
        assert world.purges.pending == [ASSET]
        world.purge(NOW + timedelta(seconds=300))
        (noted,) = world.revocations.of(ASSET)
        assert (noted.removed_at, noted.exposure_seconds) == (NOW + timedelta(seconds=1), 2.0)


class TestUrgency:
    """What somebody may still ask for with a URL goes first; what has died already may wait."""

    def wanted(self, world: World, at: datetime = NOW) -> list[Urgency]:
        world.purge(at)
        world.purges.catalog.changes.clear()
        ports = {"delivery": world.delivery, "purges": world.purges, "revocations": world.revocations}
        enforce(ASSET, catalog=world.catalog, **ports, clock=lambda: at)  # type: ignore[arg-type]
        found = [new for _, new in world.catalog.changes if isinstance(new, Purge)]
        return list(dict.fromkeys(each.urgency for each in found))

    def test_what_was_narrowed_or_withdrawn_is_urgent(self, world: World) -> None:
        world.enforce()
        world.set_rights(NARROWER)
        assert self.wanted(world) == [Urgency.URGENT]
        world.catalog.save_asset(withdraw(world.asset, Act(by="me", at=NOW)))
        assert self.wanted(world) == [Urgency.URGENT]

    def test_what_ended_by_itself_is_hygiene(self, world: World) -> None:
        world.enforce()
        end = some.rights().windows[0].ends
        world.catalog.save_asset(world.asset.in_phase(now=end))
        assert self.wanted(world, end) == [Urgency.HYGIENE]

    def test_what_was_narrowed_first_and_ended_then_is_urgent(self, world: World) -> None:
        world.enforce()
        world.set_rights(NARROWER)
        end = some.rights().windows[0].ends
        world.catalog.save_asset(world.asset.in_phase(now=end))
        assert world.asset.unfollowed.cause is Cause.RIGHTS_NARROWED  # the decision that delivery follows first
        assert self.wanted(world, end) == [Urgency.URGENT]

    def test_a_file_that_is_wanted_no_more_is_urgent_and_one_more_file_is_hygiene(self, world: World) -> None:
        world.enforce()
        world.render(world.first, "web-960.jpg")
        assert self.wanted(world) == [Urgency.HYGIENE]
        fewer = Rendered(version_id=world.first.version_id, outputs=dict.fromkeys(NAMES, some.DIGEST))
        world.catalog.save_asset(world.asset.with_rendered(fewer, now=NOW))
        assert self.wanted(world) == [Urgency.URGENT]

    def test_a_file_that_gets_other_bytes_and_one_that_is_superseded_are_hygiene(self, world: World) -> None:
        world.enforce()
        world.render(world.first, content="sharper")
        assert self.wanted(world) == [Urgency.HYGIENE]
        world.render(world.add_version(2))
        assert self.wanted(world) == [Urgency.HYGIENE]


class TestConcurrency:
    """The asset may change while its delivery is brought in line."""

    def test_a_withdrawal_while_objects_are_copied_ends_with_an_empty_delivery(self, world: World) -> None:
        world.delivery.before_copy = [lambda: None, lambda: world.set_rights(WITHDRAWN)]
        world.enforce()
        assert world.delivered == set()
        assert world.asset.delivered.renditions == ()

    def test_a_withdrawal_and_its_own_run_while_objects_are_copied_end_so_too(self, world: World) -> None:
        def withdraw() -> None:
            world.set_rights(WITHDRAWN)
            world.enforce()

        world.delivery.before_copy = [lambda: None, withdraw]
        world.enforce()
        assert world.delivered == set()

    def test_a_withdrawal_during_a_run_that_has_nothing_to_note_is_seen(self, world: World) -> None:
        world.enforce()
        world.delivery.objects.popitem()
        world.delivery.before_copy = [lambda: world.set_rights(WITHDRAWN)]
        world.enforce()
        assert world.delivered == set()

    def test_what_a_viewer_saw_between_two_removals_is_purged_as_well(self, world: World) -> None:
        """A run at the withdrawn revision ends before its note; another, begun before, copies; it comes again."""

        def withdraw_and_stop() -> None:
            world.set_rights(WITHDRAWN)
            with pytest.raises(Stop):
                enforce(
                    ASSET,
                    catalog=NoNotes(world.catalog),
                    delivery=world.delivery,
                    purges=world.purges,
                    revocations=world.revocations,
                    clock=lambda: NOW,
                )

        class NoNotes(FakeCatalog):
            def __init__(self, real: FakeCatalog) -> None:
                self.records, self.changes = real.records, real.changes

            def save_asset(self, *_: object, **__: object) -> None:
                raise Stop

        world.enforce()
        world.view_everything()
        world.delivery.objects.popitem()  # so that the run begun before has something to copy
        world.delivery.before_copy = [withdraw_and_stop]
        saved = world.catalog.asset
        reads = []

        def read_and_view(asset_id: str) -> Asset:
            reads.append(asset_id)
            if len(reads) > 1:
                world.view_everything()
            return saved(asset_id)

        world.catalog.asset = read_and_view  # type: ignore[method-assign]
        world.enforce()
        world.enforce()
        assert world.delivered == set()
        assert world.edge.cached == {}

    def test_changes_without_end_are_a_conflict(self, world: World) -> None:
        present = world.delivery.present

        def present_and_change(prefix: str) -> dict[str, str]:
            world.set_rights(some.rights(holder=f"Holder {world.asset.revision}"))
            return present(prefix)

        world.delivery.present = present_and_change  # type: ignore[method-assign]
        with pytest.raises(Conflict):
            world.enforce()
