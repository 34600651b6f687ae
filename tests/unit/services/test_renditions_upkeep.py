"""Renditions: what is superseded goes after a while, what is lost comes back, and what is cold is waited for."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, ArchiveState
from assetwire.domain.channels import shipped_channels
from assetwire.domain.due import Due, DueKind
from assetwire.domain.events import ItemDue
from assetwire.domain.outbox import Change, events_of
from assetwire.domain.rendition import Rendition
from assetwire.domain.spec import Format
from assetwire.services.clock import sweep
from assetwire.services.renditions import Made
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.rendition_world import ASSET, GRACE, NAMES, WEB, World, with_quality
from fakes.some import NOW
from fakes.stores import etag_of


@pytest.fixture
def world() -> World:
    world = World()
    world.upload(1, b"A")
    return world


class TestUpkeep:
    """What nobody needs stays for a grace period, and no longer."""

    def rendered_anew(self, world: World, at: datetime = NOW) -> list[Rendition]:
        """Change the quality of the JPEGs; return the renditions that this supersedes."""
        world.make()
        old = [rendition for rendition in world.renditions if rendition.format is Format.JPEG]
        world.spec = with_quality(90)
        world.make(at)
        return old

    def test_what_is_superseded_stands_until_its_grace_period_is_over(self, world: World) -> None:
        old = self.rendered_anew(world)
        assert world.asset.due == Due(kind=DueKind.RENDITIONS, at=NOW + GRACE)
        before = world.writes()
        assert world.make(NOW + GRACE - timedelta(seconds=1)) == Made(made=0, kept=4)
        assert world.writes() == before
        assert world.make(NOW + GRACE) == Made(made=0, kept=4, removed=2)
        assert not {rendition.key for rendition in old} & world.store.objects.keys()
        assert {rendition.key for rendition in world.renditions} == world.store.objects.keys()
        assert (world.asset.tidy_at, world.asset.due) == (None, None)

    def test_the_clock_wakes_what_is_to_be_removed(self, world: World) -> None:
        self.rendered_anew(world)
        assert sweep(agenda=world.catalog, now=NOW + GRACE).woken == 1
        old, new = world.catalog.changes[-1]
        (event,) = events_of(Change("r", NOW + GRACE, old, new))
        assert event == ItemDue(
            event_id=event.event_id, occurred_at=NOW + GRACE, item="asset", item_id=ASSET, kind="renditions"
        )
        assert world.make(NOW + GRACE).removed == 2

    def test_two_that_were_superseded_at_different_times_go_at_different_times(self, world: World) -> None:
        self.rendered_anew(world)
        day = timedelta(days=1)
        world.spec = with_quality(95)
        world.make(NOW + day)
        assert world.asset.tidy_at == NOW + GRACE
        assert world.make(NOW + GRACE).removed == 2
        assert world.asset.tidy_at == NOW + GRACE + day
        assert world.make(NOW + GRACE + day).removed == 2
        assert len(world.store.objects) == 4

    def test_a_channel_that_is_switched_on_and_off_adds_and_removes_its_own_files_alone(self, world: World) -> None:
        world.change_rights()
        world.make()
        fetched = len(world.masters.fetched)
        world.channels = shipped_channels().only(["ebay-de"])
        assert world.make()[:2] == (1, len(NAMES))
        assert sorted(world.asset.rendered.outputs) == ["ebay-picture.jpg", *NAMES]
        assert len(world.masters.fetched) == fetched + 1
        world.channels = shipped_channels().only([])
        assert world.make()[:3] == (0, len(NAMES), 0)
        assert sorted(world.asset.rendered.outputs) == NAMES
        assert world.make(NOW + GRACE)[:3] == (0, len(NAMES), 1)
        assert sorted(r.name for r in world.renditions) == NAMES

    def test_a_spec_that_is_taken_back_finds_its_files(self, world: World) -> None:
        old = self.rendered_anew(world)
        world.spec = WEB
        world.renderer.rendered.clear()
        assert world.make(NOW + timedelta(days=3)) == Made(made=0, kept=4)
        assert world.renderer.rendered == []
        assert {r.digest for r in old} <= set(world.asset.rendered.outputs.values())
        assert world.make(NOW + 2 * GRACE).removed == 2
        assert {rendition.key for rendition in old} <= world.store.objects.keys()

    def test_the_version_that_was_shown_goes_when_another_is(self, world: World) -> None:
        world.make()
        first = world.asset.current_version
        world.upload(2, b"B")
        world.make()
        assert len(world.store.objects) == 8
        assert world.make(NOW + GRACE).removed == 4
        assert world.catalog.renditions(ASSET, first) == []
        assert {key.split("/")[1] for key in world.store.objects} == {world.asset.current_version}

    def test_an_object_that_nothing_names_goes_once_it_is_older_than_any_run(self, world: World) -> None:
        world.make()
        world.store.hold(f"{ASSET}/stray.jpg", b"x")
        assert world.make(NOW + GRACE - timedelta(seconds=1)).removed == 0
        world.store.written[f"{ASSET}/stray.jpg"] = NOW
        assert world.make(NOW + GRACE).removed == 1
        assert f"{ASSET}/stray.jpg" not in world.store.objects

    def test_a_withdrawn_asset_keeps_what_it_has_and_is_not_woken(self, world: World) -> None:
        self.rendered_anew(world)
        act = Act(by="me", at=NOW)
        world.catalog.save_asset(lifecycle.withdraw(world.asset, act))
        assert (world.asset.due, world.make(NOW + 2 * GRACE)) == (None, Made(0, 0))
        world.catalog.save_asset(lifecycle.restore(world.asset, act))
        assert world.asset.due == Due(kind=DueKind.RENDITIONS, at=NOW + GRACE)

    def test_what_is_removed_while_somebody_takes_its_spec_back_is_made_again(self, world: World) -> None:
        """A run removes what is superseded; before its last write, another, begun later, needs just that."""
        self.rendered_anew(world)
        late = NOW + GRACE

        def take_back() -> None:
            world.spec = WEB
            world.make(late)

        remove = world.store.remove

        def remove_and_be_overtaken(keys: Any) -> None:
            world.store.remove = remove  # type: ignore[method-assign]
            seen = dict(world.store.objects)
            take_back()  # it finds what it needs
            assert seen.keys() >= {r.key for r in world.renditions}
            remove(keys)

        world.store.remove = remove_and_be_overtaken  # type: ignore[method-assign]
        world.make(late)
        shown = {r.key for r in world.renditions if world.asset.rendered.outputs.get(r.name) == r.digest}
        assert len(shown) == 4
        assert shown <= world.store.objects.keys()


class TestLoss:
    """What is recorded and does not stand is made again."""

    def test_a_lost_object_is_made_again_and_nothing_else(self, world: World) -> None:
        world.make()
        lost = world.renditions[1]
        del world.store.objects[lost.key]
        asset = world.asset
        assert world.make() == Made(made=1, kept=3)
        assert world.store.objects.keys() == {rendition.key for rendition in world.renditions}
        assert world.asset == asset

    def test_an_object_that_holds_other_bytes_is_made_again(self, world: World) -> None:
        world.make()
        spoilt = world.renditions[0]
        world.store.objects[spoilt.key] = b"other"
        assert world.make() == Made(made=1, kept=3)
        assert etag_of(world.store.objects[spoilt.key]) == spoilt.etag

    def test_who_asked_is_answered_once_though_nothing_was_missing(self, world: World) -> None:
        world.make()
        job = some.job().job_id
        world.catalog.save_asset(world.asset.with_asked(rendering=job, now=NOW))
        assert world.make() == Made(made=0, kept=4)
        assert world.asset.rendered.answers == job
        before = world.writes()
        world.make()
        assert world.writes() == before

    def test_who_asks_while_it_is_looked_at_is_answered_as_well(self, world: World) -> None:
        job = some.job().job_id
        world.catalog.before_save = [
            lambda: FakeCatalog.save_asset(world.catalog, world.asset.with_asked(rendering=job, now=NOW))
        ]
        world.make()
        assert world.asset.rendered.answers == job


class TestColdStorage:
    """What needs the master waits for it, and what is shown stays."""

    def test_a_master_in_the_cold_is_asked_for_and_what_is_shown_stays(self, world: World) -> None:
        world.make()
        shown = world.asset.rendered
        world.masters.cold.add(some.upload())
        world.spec = with_quality(90)
        assert world.make() == Made(made=0, kept=2)
        assert world.asset.archive.state is ArchiveState.RECALLING
        assert (world.asset.rendered, world.asset.tidy_at) == (shown, None)
        assert {rendition.superseded_at for rendition in world.renditions} == {None}
        revision = world.asset.revision
        world.make()  # asked once is enough
        assert world.asset.revision == revision
        world.masters.cold.clear()
        assert world.make() == Made(made=2, kept=2)
        assert world.asset.tidy_at == NOW + GRACE
