"""Ingest and duplicates: near pictures become work items, the same bytes with other rights too; nothing is held up."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset, AssetStatus, Upload
from assetwire.domain.declaration import Declaration
from assetwire.domain.errors import Unavailable
from assetwire.domain.inspection import Inspection
from assetwire.domain.lifecycle import withdraw
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.rights import Rights
from assetwire.domain.rights_phase import State
from assetwire.domain.rights_sets import strictest
from assetwire.domain.work import Queue, WorkItem
from assetwire.services.ingest import Ingested, Outcome, ingest
from assetwire.services.judging import Judge
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.interleaving import every_order, step
from fakes.media import FakeInspector, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeVault

HASH = "0123456789abcdef" * 3 + "00000000"
NEAR = "0123456789abcdee" * 3 + "00000000"
RIGHTS, OTHER_RIGHTS = some.rights(territories=("DE",)), some.rights()


class SeeingInspector(FakeInspector):
    """Reads the picture's hash out of its content: whatever comes after `#`."""

    def __call__(self, file: Path, *, sha256: str, size: int) -> Inspection:
        found = super().__call__(file, sha256=sha256, size=size)
        _, mark, perceptual_hash = file.read_bytes().decode().partition("#")
        return found.model_copy(update={"perceptual_hash": perceptual_hash if mark else None})


class World:
    """A bucket, a Catalog, and the ingest between them."""

    def __init__(self, catalog: FakeCatalog | None = None) -> None:
        self.catalog = catalog or FakeCatalog()
        self.masters = FakeMasters()
        self.inspector = SeeingInspector()

    def upload(self, key: str, number: int, data: str) -> Upload:
        return self.masters.put(some.upload(key, number), data.encode())

    def ingest(self, upload: Upload) -> Ingested:
        return ingest(
            upload,
            catalog=self.catalog,
            masters=self.masters,
            vault=FakeVault(now=NOW),
            inspector=self.inspector,
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            judge=Judge(self.catalog),
            index=self.catalog,
            worklist=self.catalog,
            maximum_bytes=1000,
            now=NOW,
        )

    @property
    def work(self) -> list[WorkItem]:
        return [record for record in self.catalog.records.values() if isinstance(record, WorkItem)]

    def give(self, key: str, rights: Rights) -> None:
        asset = self.catalog.asset(some.asset_id(key))
        self.catalog.save_asset(asset.with_rights(rights, now=NOW))


@pytest.fixture
def world() -> World:
    return World()


class TestNearDuplicates:
    """Two pictures that are nearly the same."""

    def test_both_are_taken_and_one_item_is_opened(self, world: World) -> None:
        first = world.ingest(world.upload("a.jpg", 1, f"A#{HASH}"))
        second = world.ingest(world.upload("b.jpg", 2, f"B#{NEAR}"))
        assert (first.reported.opened, second.reported.opened) == (0, 1)
        assert [world.catalog.asset(some.asset_id(key)).status for key in ("a.jpg", "b.jpg")] == [
            AssetStatus.ACCEPTED,
            AssetStatus.ACCEPTED,
        ]
        (item,) = world.work
        assert item.evidence["distance"] == 3

    def test_the_same_bytes_are_a_source_and_no_pair(self, world: World) -> None:
        world.ingest(world.upload("a.jpg", 1, f"A#{HASH}"))
        assert world.ingest(world.upload("copy.jpg", 2, f"A#{HASH}")).outcome is Outcome.NEW_SOURCE
        assert world.work == []

    def test_a_damaged_picture_is_no_pair(self, world: World) -> None:
        world.ingest(world.upload("a.jpg", 1, f"A#{HASH}"))
        world.ingest(world.upload("b.jpg", 2, f"damaged#{HASH}"))
        assert world.work == []

    def test_a_picture_whose_recording_came_no_further_is_reported_when_it_comes_again(self) -> None:
        class Failing(FakeCatalog):
            def add(self, *_: Any) -> None:
                raise Unavailable("not now")

        world = World()
        world.ingest(world.upload("a.jpg", 1, f"A#{HASH}"))
        upload = world.upload("b.jpg", 2, f"B#{NEAR}")
        failing = Failing()
        failing.records = world.catalog.records
        kept, world.catalog = world.catalog, failing
        with pytest.raises(Unavailable):
            world.ingest(upload)
        world.catalog = kept
        assert world.work == []
        again = world.ingest(upload)
        assert (again.outcome, again.reported.opened) == (Outcome.KNOWN, 1)
        assert len(world.inspector.inspected) == 2

    def test_whoever_records_and_falls_asleep_has_it_made_good_by_another_delivery(self) -> None:
        """The first delivery records the upload; before it writes the index, a second one comes and goes."""
        slow = FakeCatalog()
        world = World(slow)
        world.ingest(world.upload("a.jpg", 1, f"A#{HASH}"))
        upload = world.upload("b.jpg", 2, f"B#{NEAR}")
        real, outcomes = slow.add, []

        def add(likenesses: Any) -> None:
            slow.add = real  # type: ignore[method-assign]  # once
            outcomes.append(world.ingest(upload))
            real(likenesses)

        slow.add = add  # type: ignore[method-assign]  # what happens meanwhile
        outcomes.append(world.ingest(upload))
        assert [each.outcome for each in outcomes] == [Outcome.KNOWN, Outcome.NEW_ASSET]
        assert len(world.work) == 1


class SteppingCatalog(FakeCatalog):
    """Another upload may go on before each of these calls."""

    def __getattribute__(self, name: str) -> Any:
        if name in {"blob", "record"}:
            step()
        return super().__getattribute__(name)


def test_the_same_bytes_under_two_keys_are_one_blob_and_one_asset_in_every_order() -> None:
    world = World()

    def begin() -> list[Callable[[], object]]:
        nonlocal world
        world = World(SteppingCatalog())
        uploads = [world.upload(key, 1, "A") for key in ("one.jpg", "two.jpg")]
        return [lambda upload=upload: world.ingest(upload) for upload in uploads]

    orders = 0
    for orders in every_order(begin):
        kinds = sorted(type(record).__name__ for record in world.catalog.records.values())
        assert kinds == [
            "Asset",
            *["Belonging"] * 2,
            "Blob",
            *["Named"] * 2,
            *["Source"] * 2,
            *["UploadRecord"] * 2,
            "Version",
        ], orders
    assert orders > 60


class TestRights:
    """The same bytes with other rights."""

    def record(self, world: World, key: str, declared: Rights | None) -> Asset:
        """Ingest bytes that are known, under a key that is not, with declared rights; return their asset."""
        if declared is not None:
            said = {"origin": Origin.MANIFEST, "rights": declared, "said_at": NOW}
            world.catalog.declare(Declaration(bucket=some.BUCKET, name=key, **said))
        before = world.catalog.asset(some.asset_id("a.jpg"))
        assert world.ingest(world.upload(key, 9, "A"))[:2] == (Outcome.NEW_SOURCE, before.asset_id)
        assert world.catalog.asset(before.asset_id) == before
        return before

    @pytest.fixture(autouse=True)
    def _known(self, world: World) -> None:
        world.ingest(world.upload("a.jpg", 1, "A"))

    def test_other_rights_are_reviewed_and_the_asset_keeps_its_own(self, world: World) -> None:
        world.give("a.jpg", RIGHTS)
        asset = self.record(world, "copy.jpg", OTHER_RIGHTS)
        (item,) = world.work
        assert (item.queue, item.asset_id) == (Queue.RIGHTS_CONFLICT, asset.asset_id)
        assert Rights.model_validate(item.evidence["rights"]) == RIGHTS
        assert Rights.model_validate(item.evidence["declared"]) == OTHER_RIGHTS

    def test_rights_are_not_given_to_an_asset_without_any(self, world: World) -> None:
        self.record(world, "copy.jpg", RIGHTS)
        assert len(world.work) == 1
        assert world.catalog.asset(some.asset_id("a.jpg")).rights is None

    @pytest.mark.parametrize("declared", [RIGHTS, None])
    def test_the_same_rights_and_none_declared_are_nothing_to_review(
        self, world: World, declared: Rights | None
    ) -> None:
        world.give("a.jpg", RIGHTS)
        self.record(world, "copy.jpg", declared)
        assert world.work == []

    def test_free_text_about_a_licence_is_read_by_people_once(self) -> None:
        texts = {"a": "Europe only", "b": "Europe only", "c": "anywhere"}

        class Reading(SeeingInspector):
            def __call__(self, file: Path, *, sha256: str, size: int) -> Inspection:
                text = FieldValue(value={"x-default": texts[file.read_text()]}, source=Origin.XMP)
                known = super().__call__(file, sha256=sha256, size=size)
                return known.model_copy(update={"metadata": Metadata(fields={"region_constraints": text})})

        world = World()
        world.inspector = Reading()
        for number, data in enumerate("abc", 1):
            world.ingest(world.upload("shoe.jpg", number, data))
        first, last = world.work
        assert (first.queue, first.asset_id) == (Queue.RIGHTS_REVIEW, some.asset_id("shoe.jpg"))
        asked = [item.evidence["constraints"]["region_constraints"]["x-default"] for item in (first, last)]
        assert asked == ["Europe only", "anywhere"]
        assert world.catalog.asset(some.asset_id("shoe.jpg")).rights is None

    def test_the_item_is_written_with_the_upload_or_not_at_all(self, world: World) -> None:
        self.record(world, "copy.jpg", RIGHTS)
        last = {type(new).__name__ for _, new in world.catalog.changes[-6:]}
        assert last == {"UploadRecord", "Belonging", "Source", "Named", "WorkItem", "Declaration"}

    def test_bytes_of_another_asset_under_a_known_key_are_reviewed_if_the_rights_of_the_two_differ(
        self, world: World
    ) -> None:
        world.ingest(world.upload("b.jpg", 1, "B"))
        world.give("a.jpg", RIGHTS)
        world.give("b.jpg", OTHER_RIGHTS)
        assert world.ingest(world.upload("b.jpg", 2, "A")).outcome is Outcome.NEW_VERSION
        conflict, review = world.work
        assert (conflict.queue, conflict.asset_id) == (Queue.RIGHTS_CONFLICT, some.asset_id("a.jpg"))
        assert (review.queue, review.asset_id) == (Queue.RIGHTS_REVIEW, some.asset_id("b.jpg"))
        other = world.catalog.asset(some.asset_id("b.jpg"))
        assert (other.rights, other.effective_rights) == (OTHER_RIGHTS, strictest([OTHER_RIGHTS, RIGHTS]))

    @pytest.mark.parametrize("known", [None, RIGHTS])
    def test_bytes_of_another_asset_are_no_conflict_without_rights_or_with_the_same(
        self, world: World, known: Rights | None
    ) -> None:
        world.ingest(world.upload("b.jpg", 1, "B"))
        for key in ("a.jpg", "b.jpg") if known else ():
            world.give(key, RIGHTS)
        world.ingest(world.upload("b.jpg", 2, "A"))
        assert world.work == []
        assert world.catalog.asset(some.asset_id("b.jpg")).held_limits is None

    @pytest.mark.parametrize("rights", [None, RIGHTS, OTHER_RIGHTS])
    def test_bytes_that_were_taken_down_are_not_shown_as_a_version_of_another_asset(
        self, world: World, rights: Rights | None
    ) -> None:
        world.ingest(world.upload("b.jpg", 1, "B"))
        world.give("a.jpg", RIGHTS)
        if rights is not None:
            world.give("b.jpg", rights)
        taken_down = world.catalog.asset(some.asset_id("a.jpg"))
        world.catalog.save_asset(withdraw(taken_down, Act(by="legal", at=NOW)))
        world.ingest(world.upload("b.jpg", 2, "A"))
        shown = world.catalog.asset(some.asset_id("b.jpg")).with_rights(OTHER_RIGHTS, now=NOW)
        assert (shown.effective_rights, shown.phase.state) == (strictest([OTHER_RIGHTS, Rights()]), State.CLOSED)
        assert Queue.RIGHTS_REVIEW in {item.queue for item in world.work}
