"""Custody: masters are where their asset's life cycle says, whenever it is called, and whoever else is at work."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain import lifecycle
from assetwire.domain.asset import AssetStatus, UploadRecord
from assetwire.domain.declaration import Declaration
from assetwire.domain.errors import Conflict, NotFound, Refused
from assetwire.domain.metadata import Origin
from assetwire.domain.shown import Delivered
from assetwire.domain.source import Source
from assetwire.services.clock import sweep
from assetwire.services.custody import Outcome
from assetwire.services.declarations import Said
from assetwire.services.ingest import Outcome as Ingest
from assetwire.services.lifecycle import deletion
from fakes import some
from fakes.custody_world import ASSET, DUE, MONTH, World, stocked


@pytest.fixture
def world() -> World:
    return stocked()


class TestDeletion:
    """When the grace period ends, everything goes, and a record of it stays."""

    def test_nothing_is_deleted_before_its_time(self, world: World) -> None:
        world.delete()
        assert world.keep(DUE - timedelta(seconds=1)) is Outcome.NOTHING
        assert len(world.vault.places) == 3
        assert len(world.catalog.versions(ASSET)) == 2

    def test_every_master_of_every_source_goes_and_every_rendition(self, world: World) -> None:
        world.renditions.hold(f"{ASSET}x/other/web-320.jpg", b"of another asset")
        world.delete()
        assert world.keep(DUE) is Outcome.DELETED
        assert world.vault.places == {}
        assert list(world.renditions.objects) == [f"{ASSET}x/other/web-320.jpg"]

    def test_what_was_read_out_of_the_masters_goes_and_what_they_were_stays(self, world: World) -> None:
        world.delete()
        world.keep(DUE)
        kinds = {type(record).__name__ for record in world.catalog.records.values()}
        assert kinds == {"Asset", "AssetChange", "Named", "Source", "Belonging", "UploadRecord"}
        left = world.asset
        assert (left.status, left.deletion.by, left.deletion.done_at) == (AssetStatus.DELETED, "me", DUE)
        assert set(left.deletion.used_in) == {"source s3://masters/shoe.jpg", "source s3://masters/copy.jpg"}

    def test_what_was_declared_of_it_goes_and_the_same_may_be_declared_of_its_successor(self, world: World) -> None:
        said = some.declaration("shoe.jpg")
        assert world.declare(said) is Said.APPLIED
        world.delete()
        world.keep(DUE)
        assert not any(isinstance(record, Declaration) for record in world.catalog.records.values())
        _, successor = world.ingest(world.upload("shoe.jpg", 4, b"C"))
        assert world.catalog.asset(str(successor)).rights is None
        assert world.declare(said) is Said.APPLIED
        assert world.catalog.asset(str(successor)).rights == said.rights
        assert world.keep(DUE + MONTH) is Outcome.NOTHING
        assert world.declare(said) is Said.UNCHANGED

    def test_what_was_said_of_its_stem_stands_for_others_and_for_its_successor(self, world: World) -> None:
        world.ingest(world.upload("shoe.tif", 3, b"of another asset"))
        said = some.declaration("shoe", origin=Origin.SIDECAR, rights=None, skus=(), fields={"headline": "both"})
        world.declare(said)
        world.delete()
        world.keep(DUE)
        (left,) = [record for record in world.catalog.records.values() if isinstance(record, Declaration)]
        assert left.applied == ("shoe.tif",)
        _, successor = world.ingest(world.upload("shoe.jpg", 4, b"C"))
        assert world.catalog.asset(str(successor)).edits["headline"].value == "both"

    def test_what_is_declared_while_it_is_deleted_is_for_its_successor(self, world: World) -> None:
        world.delete()
        said = some.declaration("shoe.jpg")
        world.catalog.before_save = [lambda: None, lambda: world.declare(said)]  # before the tombstone is written
        world.keep(DUE)
        _, successor = world.ingest(world.upload("shoe.jpg", 4, b"C"))
        assert world.catalog.asset(str(successor)).rights == said.rights

    def test_run_again_it_does_nothing(self, world: World) -> None:
        world.delete()
        world.keep(DUE)
        changes = len(world.catalog.changes)
        assert world.keep(DUE + MONTH) is Outcome.NOTHING
        assert len(world.catalog.changes) == changes

    def test_the_clock_wakes_it_and_forgets_it_once_it_is_done(self, world: World) -> None:
        world.delete()
        assert sweep(agenda=world.catalog, now=DUE - timedelta(minutes=1)) == (0, 0)
        assert sweep(agenda=world.catalog, now=DUE) == (1, 0)
        world.keep(DUE)
        assert world.asset.due is None
        assert sweep(agenda=world.catalog, now=DUE + MONTH) == (0, 0)

    def test_a_run_that_broke_off_is_woken_again_and_does_the_rest(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world.delete()
        with monkeypatch.context() as patch:
            patch.setattr(world.renditions, "clear", lambda prefix: (_ for _ in ()).throw(RuntimeError("gone")))
            with pytest.raises(RuntimeError):
                world.keep(DUE)
        assert world.asset.status is AssetStatus.WITHDRAWN
        assert sweep(agenda=world.catalog, now=DUE + timedelta(minutes=1)).woken == 1
        assert world.keep(DUE + timedelta(minutes=1)) is Outcome.DELETED
        assert world.renditions.objects == {}

    @pytest.mark.parametrize("step", [lifecycle.place_hold, lifecycle.restore])
    def test_a_hold_or_a_restoration_right_before_it_keeps_everything(self, world: World, step: Any) -> None:
        world.delete()
        world.catalog.before_save.append(lambda: world.take(step, at=DUE))
        assert world.keep(DUE) is Outcome.NOTHING
        assert len(world.vault.places) == 3
        assert world.asset.status is not AssetStatus.DELETED

    @pytest.mark.parametrize("step", [lifecycle.place_hold, lifecycle.restore, lifecycle.withdraw])
    def test_a_hold_or_a_restoration_after_it_began_is_refused(
        self, world: World, step: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refusals: list[str] = []

        def meanwhile(uploads: object) -> None:
            with pytest.raises(Refused) as refused:
                world.take(step, at=DUE)
            refusals.append(refused.value.code)

        monkeypatch.setattr(world.vault, "destroy", meanwhile)
        world.delete()
        assert world.keep(DUE) is Outcome.DELETED
        assert refusals == ["already_deleted"]

    def test_what_others_note_on_it_meanwhile_does_not_hold_it_up(self, world: World) -> None:
        def note() -> None:
            world.catalog.save_asset(world.asset.with_delivered(Delivered(generation=2), now=DUE))

        world.delete()
        world.catalog.before_save += [lambda: None, note]
        assert world.keep(DUE) is Outcome.DELETED
        assert world.asset.status is AssetStatus.DELETED

    def test_an_asset_that_keeps_changing_is_a_conflict(self, world: World) -> None:
        def note() -> None:
            world.catalog.before_save.insert(0, lambda: None)
            generation = (world.asset.delivered or Delivered(generation=0)).generation + 1
            world.catalog.save_asset(world.asset.with_delivered(Delivered(generation=generation), now=DUE))

        world.delete()
        world.catalog.before_save += [note] * 20
        with pytest.raises(Conflict):
            world.keep(DUE)

    def test_an_asset_that_nobody_knows_is_not_found(self, world: World) -> None:
        with pytest.raises(NotFound):
            world.keep(asset_id=some.asset_id("nothing.jpg"))


class TestAfterwards:
    """What comes after a deletion is another asset."""

    @pytest.fixture
    def gone(self, world: World) -> World:
        world.delete()
        world.keep(DUE)
        return world

    def test_a_later_upload_to_its_key_is_a_new_asset(self, gone: World) -> None:
        outcome, asset_id = gone.ingest(gone.upload("shoe.jpg", 4, b"C"))
        assert outcome is Ingest.NEW_ASSET
        assert asset_id not in {None, ASSET}
        assert gone.catalog.source("masters", "shoe.jpg").asset_id == asset_id
        assert gone.asset.status is AssetStatus.DELETED
        assert gone.ingest(gone.upload("shoe.jpg", 5, b"D")) == (Ingest.NEW_VERSION, asset_id)

    @pytest.mark.parametrize("key", ["shoe.jpg", "other.jpg"])
    def test_its_bytes_uploaded_again_are_a_new_asset(self, gone: World, key: str) -> None:
        outcome, asset_id = gone.ingest(gone.upload(key, 4, b"A"))
        assert (outcome, asset_id == ASSET) == (Ingest.NEW_ASSET, False)
        assert gone.ingest(gone.upload("third.jpg", 5, b"A")) == (Ingest.NEW_SOURCE, asset_id)

    def test_the_next_asset_of_its_key_may_be_deleted_too_and_has_a_successor(self, gone: World) -> None:
        _, second = gone.ingest(gone.upload("shoe.jpg", 4, b"A"))
        gone.take(deletion(grace=MONTH, catalog=gone.catalog), asset_id=str(second))
        assert gone.keep(DUE, asset_id=str(second)) is Outcome.DELETED
        assert gone.vault.places == {}
        _, third = gone.ingest(gone.upload("shoe.jpg", 5, b"A"))
        assert len({ASSET, second, third}) == 3

    def test_an_upload_that_was_announced_before_it_is_known(self, gone: World) -> None:
        assert gone.ingest(some.upload("shoe.jpg", 1)) == (Ingest.KNOWN, ASSET)

    @pytest.mark.parametrize(("key", "data"), [("shoe.jpg", b"C"), ("shoe.jpg", b"A"), ("other.jpg", b"B")])
    def test_what_is_uploaded_while_it_is_deleted_is_a_new_asset_and_stays(
        self, world: World, key: str, data: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found: list[str | None] = []
        destroy = world.vault.destroy

        def meanwhile(uploads: Any) -> None:
            destroy(uploads)
            found.append(world.ingest(world.upload(key, 9, data))[1])

        monkeypatch.setattr(world.vault, "destroy", meanwhile)
        world.delete()
        world.keep(DUE)
        (asset_id,) = found
        assert asset_id not in {None, ASSET}
        assert list(world.vault.places) == [("masters", key, "v9")]
        assert world.catalog.asset(str(asset_id)).status is AssetStatus.ACCEPTED
        (version,) = world.catalog.versions(str(asset_id))
        assert world.catalog.blob(version.inspection.sha256).asset_id == asset_id

    @pytest.mark.parametrize(("key", "data"), [("shoe.jpg", b"C"), ("other.jpg", b"B")])
    def test_what_is_recorded_right_before_it_begins_goes_with_it(self, world: World, key: str, data: bytes) -> None:
        world.delete()
        upload = world.upload(key, 9, data)
        world.catalog.before_save.append(lambda: world.ingest(upload))
        world.keep(DUE)
        assert world.vault.places == {}

    def test_a_source_is_not_added_to_an_asset_whose_deletion_began_meanwhile(self, world: World) -> None:
        """Ingest read the asset before, and writes after: the condition of its transaction tells it."""
        upload = some.upload("late.jpg", 9)
        world.delete()
        world.catalog.save_asset(lifecycle.begin_deletion(world.asset, now=DUE))
        with pytest.raises(Conflict):
            world.catalog.record(
                UploadRecord(upload=upload, asset_id=ASSET),
                source=Source(bucket="masters", key="late.jpg", asset_id=ASSET),
            )
