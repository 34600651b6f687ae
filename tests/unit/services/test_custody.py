"""Custody: masters are where their asset's life cycle says, whenever it is called, and whoever else is at work."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, ArchiveState, Place, Tier
from assetwire.domain.asset import Asset, AssetStatus, Source, Upload, UploadRecord
from assetwire.domain.declaration import Declaration
from assetwire.domain.due import DueKind
from assetwire.domain.errors import Conflict, NotFound, Refused
from assetwire.domain.metadata import Origin
from assetwire.domain.shown import Delivered, Rendered
from assetwire.services.clock import sweep
from assetwire.services.custody import Outcome, keep, keep_master
from assetwire.services.declarations import Said, declare
from assetwire.services.ingest import Outcome as Ingest
from assetwire.services.ingest import ingest
from assetwire.services.judging import Judge
from assetwire.services.lifecycle import deletion, take
from fakes import some
from fakes.catalog import InterruptedCatalog
from fakes.media import FakeInspector, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeRenditionStore, FakeVault

ASSET = some.asset_id()
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
DUE = NOW + MONTH


class World:
    """Masters, where they are stored, their renditions, and the Catalog that knows them."""

    def __init__(self) -> None:
        self.catalog = InterruptedCatalog()
        self.masters = FakeMasters()
        self.vault = FakeVault(now=NOW)
        self.renditions = FakeRenditionStore()

    def upload(self, key: str, number: int, data: bytes) -> Upload:
        upload = self.masters.put(some.upload(key, number), data)
        self.vault.places[upload.bucket, upload.key, upload.s3_version] = Place.AT_HAND
        return upload

    def ingest(self, upload: Upload) -> tuple[Ingest, str | None]:
        ingested = ingest(
            upload,
            catalog=self.catalog,
            masters=self.masters,
            vault=self.vault,
            inspector=FakeInspector(),
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            judge=Judge(self.catalog),
            index=self.catalog,
            worklist=self.catalog,
            maximum_bytes=1000,
            now=NOW,
        )
        return ingested.outcome, ingested.asset_id

    def take(self, step: Any, *, at: datetime = NOW, asset_id: str = ASSET) -> Asset:
        return take(step, asset_id, by="me", reason="why", catalog=self.catalog, now=at)

    def delete(self, grace: timedelta = MONTH) -> Asset:
        return self.take(deletion(grace=grace, catalog=self.catalog))

    def keep(self, at: datetime = NOW, *, days: int | None = None, asset_id: str = ASSET) -> Outcome:
        return keep(
            asset_id,
            catalog=self.catalog,
            declarations=self.catalog,
            vault=self.vault,
            renditions=self.renditions,
            archive_after=None if days is None else timedelta(days=days),
            now=at,
        )

    def declare(self, declaration: Declaration) -> Said:
        judge = Judge(self.catalog)
        return declare(declaration, declarations=self.catalog, catalog=self.catalog, now=NOW, judge=judge)

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(ASSET)


@pytest.fixture
def world() -> World:
    """Return a world with one asset: two versions under one key, and the bytes of one under another."""
    world = World()
    for key, number, data in (("shoe.jpg", 1, b"A"), ("shoe.jpg", 2, b"B"), ("copy.jpg", 3, b"A")):
        world.ingest(world.upload(key, number, data))
    version = world.asset.current_version
    rendition = some.rendition(world.catalog.versions(ASSET)[1])
    world.catalog.save_renditions([rendition])
    world.renditions.hold(rendition.key, b"pixels")
    world.renditions.hold(f"{ASSET}/an-older-version/web-320.jpg", b"pixels")
    asset = world.asset.with_rendered(Rendered(version_id=version, outputs={"a.jpg": "d"}), now=NOW)
    world.catalog.save_asset(asset)
    return world


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
