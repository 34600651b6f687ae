"""Ingest: one upload makes one version, once, whoever else is at work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.archive import Place, Tier
from assetwire.domain.asset import AssetStatus, Blob, Upload
from assetwire.domain.errors import Conflict, Misconfigured
from assetwire.domain.inspection import Kind
from assetwire.domain.work import Queue, WorkItem, WorkState
from assetwire.services.ingest import Ingested, Outcome, ingest, ingest_recalled
from assetwire.services.judging import Judge
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.media import FakeInspector, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeVault


class World:
    """A bucket, a Catalog, and the ingest between them."""

    def __init__(self, catalog: FakeCatalog | None = None) -> None:
        self.catalog = catalog or FakeCatalog()
        self.masters = FakeMasters()
        self.inspector = FakeInspector()
        self.vault = FakeVault(now=NOW)

    def upload(self, key: str, number: int, data: bytes) -> Upload:
        return self.masters.put(some.upload(key, number), data)

    def cold(self, key: str, number: int, data: bytes) -> Upload:
        """Upload straight into cold storage."""
        upload = self.upload(key, number, data)
        self.masters.cold.add(upload)
        self.vault.places[upload.bucket, upload.key, upload.s3_version] = Place.COLD
        return upload

    def copy_comes(self, upload: Upload) -> Ingested:
        """Do what S3 does when a copy is there; it tells of that with another time, and without a sequencer."""
        self.masters.cold.discard(upload)
        self.vault.copies_come()
        told = upload.model_copy(update={"uploaded_at": NOW + timedelta(hours=5), "sequencer": ""})
        return self.ingest(told, recalled=True)

    def work(self) -> list[WorkItem]:
        return [record for record in self.catalog.records.values() if isinstance(record, WorkItem)]

    def ingest(self, upload: Upload, *, recalled: bool = False) -> Ingested:
        return (ingest_recalled if recalled else ingest)(
            upload,
            vault=self.vault,
            catalog=self.catalog,
            masters=self.masters,
            inspector=self.inspector,
            index=self.catalog,
            worklist=self.catalog,
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            maximum_bytes=1000,
            judge=Judge(self.catalog),
            now=NOW,
        )


@pytest.fixture
def world() -> World:
    return World()


def test_a_first_upload_makes_an_asset(world: World) -> None:
    upload = world.upload("shoe.jpg", 1, b"A")
    assert world.ingest(upload)[:2] == (Outcome.NEW_ASSET, some.asset_id())
    asset = world.catalog.asset(some.asset_id())
    (version,) = world.catalog.versions(asset.asset_id)
    assert (asset.status, asset.current_version, asset.revision) == (AssetStatus.ACCEPTED, upload.version_id, 0)
    assert (version.upload, version.inspection.bytes) == (upload, 1)
    assert world.catalog.source("masters", "shoe.jpg").asset_id == asset.asset_id
    assert world.catalog.blob(version.inspection.sha256).asset_id == asset.asset_id
    assert world.catalog.upload("masters", "shoe.jpg", "v1").version_id == upload.version_id


def test_another_upload_to_the_same_key_makes_a_version_of_the_same_asset(world: World) -> None:
    world.ingest(world.upload("shoe.jpg", 1, b"A"))
    second = world.upload("shoe.jpg", 2, b"B")
    assert world.ingest(second)[:2] == (Outcome.NEW_VERSION, some.asset_id())
    assert world.catalog.asset(some.asset_id()).current_version == second.version_id
    assert len(world.catalog.versions(some.asset_id())) == 2


def test_an_older_upload_that_comes_late_is_a_version_but_not_the_current_one(world: World) -> None:
    first, second = world.upload("shoe.jpg", 1, b"A"), world.upload("shoe.jpg", 2, b"B")
    world.ingest(second)
    world.ingest(first)
    asset = world.catalog.asset(some.asset_id())
    assert asset.current_version == second.version_id
    assert [v.version_id for v in world.catalog.versions(asset.asset_id)] == [first.version_id, second.version_id]


def test_the_same_bytes_under_another_key_are_another_source_of_the_same_asset(world: World) -> None:
    world.ingest(world.upload("shoe.jpg", 1, b"A"))
    before = world.catalog.asset(some.asset_id())
    assert world.ingest(world.upload("copy.jpg", 2, b"A"))[:2] == (Outcome.NEW_SOURCE, some.asset_id())
    assert world.catalog.source("masters", "copy.jpg").asset_id == some.asset_id()
    assert world.catalog.upload("masters", "copy.jpg", "v2").version_id is None
    assert world.catalog.asset(some.asset_id()) == before
    assert len(world.catalog.versions(some.asset_id())) == 1


def test_new_bytes_under_the_other_key_are_a_version_of_that_asset_too(world: World) -> None:
    world.ingest(world.upload("shoe.jpg", 1, b"A"))
    world.ingest(world.upload("copy.jpg", 2, b"A"))
    third = world.upload("copy.jpg", 3, b"C")
    assert world.ingest(third)[:2] == (Outcome.NEW_VERSION, some.asset_id())
    assert world.catalog.asset(some.asset_id()).current_version == third.version_id


def test_a_b_a_are_three_versions_and_two_blobs_each_read_once(world: World) -> None:
    for number, data in enumerate((b"A", b"B", b"A"), start=1):
        assert world.ingest(world.upload("shoe.jpg", number, data)).asset_id == some.asset_id()
    versions = world.catalog.versions(some.asset_id())
    assert len(versions) == 3
    assert len({v.inspection.sha256 for v in versions}) == 2
    assert sum(key[0] == "blob" for key in world.catalog.records) == 2
    assert len(world.inspector.inspected) == 2
    assert world.catalog.asset(some.asset_id()).current_version == versions[2].version_id


@pytest.mark.parametrize("deliveries", [2, 3])
def test_a_redelivery_changes_and_reads_nothing(world: World, deliveries: int) -> None:
    upload = world.upload("shoe.jpg", 1, b"A")
    world.ingest(upload)
    records, changes = dict(world.catalog.records), len(world.catalog.changes)
    for _ in range(deliveries - 1):
        assert world.ingest(upload)[:2] == (Outcome.KNOWN, some.asset_id())
    assert (world.catalog.records, len(world.catalog.changes)) == (records, changes)
    assert len(world.masters.fetched) == 1


def test_a_redelivery_of_what_became_a_source_is_known_too(world: World) -> None:
    world.ingest(world.upload("shoe.jpg", 1, b"A"))
    copy = world.upload("copy.jpg", 2, b"A")
    world.ingest(copy)
    assert world.ingest(copy)[:2] == (Outcome.KNOWN, some.asset_id())


def test_a_damaged_master_is_a_quarantined_version(world: World) -> None:
    assert world.ingest(world.upload("shoe.jpg", 1, b"damaged")).outcome is Outcome.NEW_ASSET
    asset = world.catalog.asset(some.asset_id())
    assert asset.status is AssetStatus.QUARANTINED
    assert [problem.code for problem in asset.inspection.problems] == ["undecodable"]


def test_a_damaged_new_version_leaves_the_good_one_current(world: World) -> None:
    first = world.upload("shoe.jpg", 1, b"A")
    world.ingest(first)
    world.ingest(world.upload("shoe.jpg", 2, b"damaged"))
    asset = world.catalog.asset(some.asset_id())
    assert (asset.status, asset.current_version) == (AssetStatus.ACCEPTED, first.version_id)
    assert len(world.catalog.versions(asset.asset_id)) == 2


def test_the_same_manifest_of_a_spin_in_another_folder_is_another_asset(world: World) -> None:
    world.inspector = lambda *_, sha256, size, **__: some.inspection(kind=Kind.SPIN, sha256=sha256, bytes=size)
    for number, key in enumerate(("red/a.spin.json", "blue/a.spin.json", "red/a.spin.json")):
        world.ingest(world.upload(key, number + 1, b"{}"))
    assert world.catalog.source("masters", "blue/a.spin.json").asset_id == some.asset_id("blue/a.spin.json")
    assert len(world.catalog.versions(some.asset_id("red/a.spin.json"))) == 2
    assert not [record for record in world.catalog.records.values() if isinstance(record, Blob)]


def test_an_object_that_is_gone_is_nothing_to_ingest(world: World) -> None:
    upload = world.upload("shoe.jpg", 1, b"A")
    world.masters.delete(upload)
    assert world.ingest(upload)[:2] == (Outcome.GONE, None)
    assert world.catalog.records == {}


def test_an_announcement_without_version_is_that_of_the_newest(world: World) -> None:
    newest = world.upload("shoe.jpg", 1, b"A")
    announced = newest.model_copy(update={"s3_version": ""})
    assert world.ingest(announced).outcome is Outcome.NEW_ASSET
    assert world.ingest(newest).outcome is Outcome.KNOWN


def test_any_other_failure_is_raised(world: World) -> None:
    class ClosedMasters(FakeMasters):
        def fetch(self, *_: Any, **__: Any) -> Any:
            raise Misconfigured("access denied")

    world.masters = ClosedMasters()
    with pytest.raises(Misconfigured):
        world.ingest(some.upload())


class ContestedCatalog(FakeCatalog):
    """Lets others act right before a number of this one's writes."""

    def __init__(self, *others: Callable[[], object]) -> None:
        super().__init__()
        self._others = list(others)

    def then(self, other: Callable[[], object]) -> None:
        self._others.append(other)

    def record(self, *args: Any, **values: Any) -> None:
        if self._others:
            self._others.pop(0)()
        super().record(*args, **values)


def conflict() -> None:
    raise Conflict("somebody was first")


class TestConcurrency:
    """Whoever loses a race reads again, and decides again."""

    @pytest.mark.parametrize("conflicts", [1, 7])
    def test_a_conflict_is_tried_again(self, conflicts: int) -> None:
        world = World(ContestedCatalog(*[conflict] * conflicts))
        assert world.ingest(world.upload("shoe.jpg", 1, b"A")).outcome is Outcome.NEW_ASSET
        assert world.catalog.asset(some.asset_id()).revision == 0

    def test_conflicts_without_end_are_raised(self) -> None:
        world = World(ContestedCatalog(*[conflict] * 8))
        with pytest.raises(Conflict):
            world.ingest(world.upload("shoe.jpg", 1, b"A"))
        assert world.catalog.records == {}

    def test_two_deliveries_at_once_make_one_version(self) -> None:
        catalog = ContestedCatalog()
        world = World(catalog)
        upload = world.upload("shoe.jpg", 1, b"A")
        outcomes = []
        catalog.then(lambda: outcomes.append(world.ingest(upload).outcome))
        outcomes.append(world.ingest(upload).outcome)
        assert outcomes == [Outcome.NEW_ASSET, Outcome.KNOWN]
        assert len(world.catalog.versions(some.asset_id())) == 1

    def test_two_versions_at_once_are_both_recorded_and_the_newer_is_current(self) -> None:
        catalog = ContestedCatalog()
        world = World(catalog)
        world.ingest(world.upload("shoe.jpg", 1, b"A"))
        older, newer = world.upload("shoe.jpg", 2, b"B"), world.upload("shoe.jpg", 3, b"C")
        catalog.then(lambda: world.ingest(newer))
        assert world.ingest(older).outcome is Outcome.NEW_VERSION
        asset = world.catalog.asset(some.asset_id())
        assert (asset.current_version, asset.revision) == (newer.version_id, 2)
        assert len(world.catalog.versions(asset.asset_id)) == 3

    def test_the_same_bytes_under_two_keys_at_once_are_one_asset_with_two_sources(self) -> None:
        catalog = ContestedCatalog()
        world = World(catalog)
        one, two = world.upload("one.jpg", 1, b"A"), world.upload("two.jpg", 2, b"A")
        catalog.then(lambda: world.ingest(two))
        assert world.ingest(one)[:2] == (Outcome.NEW_SOURCE, some.asset_id("two.jpg"))
        assert world.catalog.source("masters", "one.jpg").asset_id == some.asset_id("two.jpg")
        assert sum(key[0] == "asset" for key in world.catalog.records) == 1

    def test_two_first_uploads_of_one_key_at_once_are_two_versions_of_one_asset(self) -> None:
        catalog = ContestedCatalog()
        world = World(catalog)
        first, second = world.upload("shoe.jpg", 1, b"A"), world.upload("shoe.jpg", 2, b"B")
        catalog.then(lambda: world.ingest(second))
        assert world.ingest(first)[:2] == (Outcome.NEW_VERSION, some.asset_id())
        assert world.catalog.asset(some.asset_id()).current_version == second.version_id

    def test_rights_that_are_set_meanwhile_are_kept(self) -> None:
        catalog = ContestedCatalog()
        world = World(catalog)
        world.ingest(world.upload("shoe.jpg", 1, b"A"))
        catalog.then(lambda: catalog.save_asset(catalog.asset(some.asset_id()).with_rights(some.rights(), now=NOW)))
        world.ingest(world.upload("shoe.jpg", 2, b"B"))
        assert world.catalog.asset(some.asset_id()).rights == some.rights()


def test_a_master_that_came_into_cold_storage_is_recalled_and_shown_to_people(world: World) -> None:
    upload = world.cold("shoe.jpg", 1, b"A")
    for _ in range(2):  # a redelivery changes nothing
        assert world.ingest(upload)[:2] == (Outcome.COLD, None)
    assert world.vault.asked[0] == ("shoe.jpg", 7, Tier.STANDARD)
    (item,) = world.work()
    assert (item.queue, item.state, item.asset_id) == (Queue.COLD_MASTER, WorkState.OPEN, None)
    assert item.evidence["upload"]["key"] == "shoe.jpg"
    assert world.catalog.records.keys() == {("work", item.work_id)}


def test_it_is_ingested_as_it_was_uploaded_when_its_copy_came(world: World) -> None:
    first = world.cold("shoe.jpg", 1, b"A")
    world.ingest(first)
    second = world.upload("shoe.jpg", 2, b"B")
    world.ingest(second)
    assert world.copy_comes(first)[:2] == (Outcome.NEW_VERSION, some.asset_id())
    asset = world.catalog.asset(some.asset_id())
    assert (asset.current_version, world.catalog.versions(asset.asset_id)[0].upload) == (second.version_id, first)
    (item,) = world.work()
    assert (item.state, item.resolution, item.closed_by) == (WorkState.CLOSED, "recalled", "assetwire")
    records = dict(world.catalog.records)
    assert world.copy_comes(first)[:2] == (Outcome.KNOWN, some.asset_id())
    assert world.catalog.records == records


def test_what_people_decided_about_it_stands_when_its_copy_comes(world: World) -> None:
    upload = world.cold("shoe.jpg", 1, b"A")
    world.ingest(upload)
    (item,) = world.work()
    world.catalog.save(item.closed("sent_again", by="ada", now=NOW))
    assert world.copy_comes(upload).outcome is Outcome.NEW_ASSET
    assert world.work()[0].closed_by == "ada"


def test_a_copy_that_ended_before_it_was_read_is_asked_for_again(world: World) -> None:
    upload = world.cold("shoe.jpg", 1, b"A")
    world.ingest(upload)
    world.vault.places[upload.bucket, upload.key, upload.s3_version] = Place.COLD
    assert world.ingest(upload, recalled=True).outcome is Outcome.COLD
    assert len(world.vault.asked) == 2
    assert world.work()[0].state is WorkState.OPEN


def test_the_copy_of_a_master_that_was_ingested_before_it_went_to_the_cold_concerns_nobody(world: World) -> None:
    upload = world.upload("shoe.jpg", 1, b"A")
    world.ingest(upload)
    records = dict(world.catalog.records)
    assert world.ingest(upload, recalled=True).outcome is Outcome.NOT_AWAITED
    world.masters.delete(upload)
    assert world.ingest(upload.model_copy(update={"s3_version": ""}), recalled=True).outcome is Outcome.GONE
    assert world.catalog.records == records


def test_a_sidecar_in_cold_storage_is_waited_for_too(world: World) -> None:
    sidecar = world.cold("shoe.jpg.xmp", 1, b"<x/>")
    assert world.ingest(sidecar).outcome is Outcome.COLD
    assert world.copy_comes(sidecar).outcome is Outcome.SIDECAR
