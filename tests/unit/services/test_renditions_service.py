"""Renditions: what is missing is made, and nothing twice."""

from collections.abc import Callable
from typing import Any

import pytest

from assetwire.domain.asset import Asset, AssetStatus, Rendered
from assetwire.domain.errors import Conflict, NotFound, Unavailable, Undecodable
from assetwire.domain.inspection import Kind
from assetwire.domain.rendition import Encoding, Format, Profile, Rendition
from assetwire.services.ingest import ingest
from assetwire.services.judging import Judge
from assetwire.services.renditions import Made, make_renditions
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.media import FakeInspector, FakeRenderer, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeRenditionStore, FakeVault, etag_of

ENCODINGS = (Encoding(format=Format.WEBP, quality=78, effort=4), Encoding(format=Format.JPEG, quality=80, effort=0))
PROFILE = Profile(name="web", widths=(320, 640), encodings=ENCODINGS)
NAMES = ["web-320.jpg", "web-320.webp", "web-640.jpg", "web-640.webp"]
ASSET = some.asset_id()


class InterruptedCatalog(FakeCatalog):
    """Lets somebody act right before an asset is saved."""

    def __init__(self) -> None:
        super().__init__()
        self.before_save: list[Callable[[], object]] = []

    def save_asset(self, *args: Any, **values: Any) -> None:
        if self.before_save:
            self.before_save.pop(0)()
        super().save_asset(*args, **values)


class World:
    """Masters, a Catalog that knows them, and the renditions bucket."""

    def __init__(self) -> None:
        self.catalog = InterruptedCatalog()
        self.masters = FakeMasters()
        self.store = FakeRenditionStore()
        self.renderer = FakeRenderer()
        self.profile = PROFILE

    def upload(self, number: int, data: bytes, inspector: Any = None) -> None:
        ingest(
            self.masters.put(some.upload(number=number), data),
            catalog=self.catalog,
            masters=self.masters,
            vault=FakeVault(now=NOW),
            inspector=inspector or FakeInspector(),
            index=self.catalog,
            worklist=self.catalog,
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            maximum_bytes=1000,
            judge=Judge(self.catalog),
            now=NOW,
        )

    def make(self) -> Made:
        return make_renditions(
            ASSET,
            catalog=self.catalog,
            masters=self.masters,
            store=self.store,
            renderer=self.renderer,
            profile=self.profile,
            now=NOW,
        )

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(ASSET)

    @property
    def renditions(self) -> list[Rendition]:
        return self.catalog.renditions(ASSET, self.asset.current_version)

    def change_rights(self) -> None:
        FakeCatalog.save_asset(self.catalog, self.asset.with_rights(some.rights(), now=NOW))


class FailsLater(FakeRenderer):
    """Makes some files, and finds then that the master is damaged."""

    def __call__(self, *args: Any, **values: Any) -> Any:
        files = super().__call__(*args, **values)
        yield next(files)
        raise Undecodable("damaged below the middle")


@pytest.fixture
def world() -> World:
    world = World()
    world.upload(1, b"A")
    return world


def test_all_that_the_profile_names_is_made_stored_and_recorded(world: World) -> None:
    assert world.make() == Made(made=4, kept=0)
    assert [rendition.name for rendition in world.renditions] == NAMES
    for rendition in world.renditions:
        data = world.store.objects[rendition.key]
        assert rendition.etag == etag_of(data)
        assert rendition.bytes == len(data)
        assert rendition.spec_digest == PROFILE.digest
    assert world.asset.rendered == Rendered(version_id=world.asset.current_version, spec_digest=PROFILE.digest)


def test_the_sizes_are_those_of_the_plan(world: World) -> None:
    world.make()
    assert {(r.name, r.width, r.height) for r in world.renditions if r.format is Format.JPEG} == {
        ("web-320.jpg", 320, 160),
        ("web-640.jpg", 640, 320),
    }


def test_a_second_run_makes_and_changes_nothing(world: World) -> None:
    world.make()
    changes, fetched = len(world.catalog.changes), len(world.masters.fetched)
    assert world.make() == Made(made=0, kept=4)
    assert (len(world.catalog.changes), len(world.masters.fetched)) == (changes, fetched)


def test_only_what_is_missing_is_made(world: World) -> None:
    world.make()
    missing = next(r for r in world.renditions if r.name == "web-320.webp")
    del world.catalog.records["rendition", ASSET, missing.version_id, missing.name]
    world.renderer.rendered.clear()
    assert world.make() == Made(made=1, kept=3)
    assert world.renderer.rendered == ["web-320.webp"]


def test_a_profile_that_changed_makes_everything_anew(world: World) -> None:
    world.make()
    world.profile = PROFILE.model_copy(
        update={"encodings": (ENCODINGS[0], ENCODINGS[1].model_copy(update={"quality": 90}))}
    )
    assert world.make() == Made(made=4, kept=0)
    assert {r.spec_digest for r in world.renditions} == {world.profile.digest}
    assert world.asset.rendered.spec_digest == world.profile.digest


def test_a_new_version_gets_renditions_of_its_own(world: World) -> None:
    world.make()
    first = world.asset.current_version
    world.upload(2, b"B")
    assert world.make() == Made(made=4, kept=0)
    assert world.asset.rendered.version_id == world.asset.current_version != first
    assert len(world.catalog.renditions(ASSET, first)) == 4


def test_what_is_not_accepted_is_left_alone(world: World) -> None:
    world.catalog.records["asset", ASSET] = world.asset.model_copy(update={"status": AssetStatus.QUARANTINED})
    assert world.make() == Made(0, 0)
    assert world.store.objects == {}


def inspected(**facts: Any) -> World:
    """Return a world whose master is found to be of another kind."""
    world = World()
    world.upload(1, b"A", inspector=lambda *_, **__: some.inspection(**facts))
    return world


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({"kind": Kind.VIDEO, "media_type": "video/mp4", "width": 1080, "height": 1920}, (640, 1138)),
        ({"kind": Kind.AUDIO, "media_type": "audio/mpeg", "width": None, "height": None}, (640, 160)),
        ({"kind": Kind.DOCUMENT, "media_type": "application/pdf", "width": 420, "height": 595}, (640, 907)),
        ({"kind": Kind.IMAGE, "media_type": "image/svg+xml", "width": 24, "height": 12}, (640, 320)),
    ],
)
def test_other_media_are_rendered_by_the_picture_that_stands_for_them(
    facts: dict[str, Any], size: tuple[int, int]
) -> None:
    world = inspected(**facts)
    assert world.make() == Made(made=4, kept=0)
    assert max((r.width, r.height) for r in world.renditions) == size
    assert world.renderer.media_types == {facts["media_type"]}


@pytest.mark.parametrize("media_type", ["application/pdf", "application/msword", "video/mp4"])
def test_what_has_no_picture_is_complete_without_renditions(media_type: str) -> None:
    kind = Kind.VIDEO if media_type.startswith("video") else Kind.DOCUMENT
    world = inspected(kind=kind, media_type=media_type, width=None, height=None)
    assert world.make() == Made(made=0, kept=0)
    assert world.store.objects == {}
    assert world.asset.rendered == Rendered(version_id=world.asset.current_version, spec_digest=PROFILE.digest)
    assert world.asset.status is AssetStatus.ACCEPTED


def test_a_photograph_without_a_size_is_an_error() -> None:
    with pytest.raises(NotFound, match="no size"):
        inspected(width=None, height=None).make()


def test_an_asset_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound):
        World().make()


def test_a_master_that_is_gone_is_not_found(world: World) -> None:
    world.masters.delete(some.upload())
    with pytest.raises(NotFound):
        world.make()


def test_a_store_that_fails_is_raised_and_the_next_run_goes_on_from_there(world: World) -> None:
    put, puts = world.store.put, []

    def full(*args: Any, **values: Any) -> str:
        puts.append(args)
        if len(puts) == 3:
            raise Unavailable("slow down")
        return put(*args, **values)

    world.store.put = full  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.make()
    assert world.asset.rendered is None
    assert world.make() == Made(made=2, kept=2)
    assert world.asset.rendered is not None


class TestDamage:
    """A master whose pixels turn out to be damaged is refused."""

    def test_an_only_version_is_quarantined(self, world: World) -> None:
        world.renderer = FailsLater()
        assert world.make() == Made(0, 0)
        assert world.asset.status is AssetStatus.QUARANTINED
        (version,) = world.catalog.versions(ASSET)
        assert [problem.code for problem in version.inspection.problems] == ["undecodable"]
        assert world.asset.inspection == version.inspection
        assert world.asset.rendered is None

    def test_the_version_before_stands_in(self, world: World) -> None:
        world.make()
        first = world.asset.current_version
        world.upload(2, b"B")
        world.renderer = FailsLater()
        world.make()
        assert (world.asset.status, world.asset.current_version) == (AssetStatus.ACCEPTED, first)
        assert not world.catalog.versions(ASSET)[1].accepted

    def test_a_version_that_came_meanwhile_is_not_overlooked(self, world: World) -> None:
        world.renderer = FailsLater()
        world.catalog.before_save = [lambda: world.upload(2, b"B")]
        world.make()
        first, second = world.catalog.versions(ASSET)
        assert (world.asset.current_version, world.asset.status) == (second.version_id, AssetStatus.ACCEPTED)
        assert not first.accepted

    def test_two_runs_at_once_refuse_it_once(self, world: World) -> None:
        world.renderer = FailsLater()
        world.catalog.before_save = [world.make]
        world.make()
        (version,) = world.catalog.versions(ASSET)
        assert len(version.inspection.problems) == 1
        assert world.asset.revision == 1

    def test_a_redelivery_leaves_it_quarantined(self, world: World) -> None:
        world.renderer = FailsLater()
        world.make()
        changes = len(world.catalog.changes)
        assert world.make() == Made(0, 0)
        assert len(world.catalog.changes) == changes

    def test_conflicts_without_end_are_raised(self, world: World) -> None:
        world.renderer = FailsLater()
        world.catalog.before_save = [
            lambda: FakeCatalog.save_asset(
                world.catalog, world.asset.model_copy(update={"revision": world.asset.revision + 1})
            )
        ] * 8
        with pytest.raises(Conflict):
            world.make()


class TestConcurrency:
    """The asset may change while it is rendered."""

    def test_rights_that_are_set_meanwhile_are_kept(self, world: World) -> None:
        world.catalog.before_save = [world.change_rights]
        world.make()
        assert world.asset.rights == some.rights()
        assert world.asset.rendered is not None

    def test_a_version_that_is_current_by_now_is_not_called_rendered(self, world: World) -> None:
        world.catalog.before_save = [lambda: world.upload(2, b"B")]
        assert world.make().made == 4
        assert world.asset.rendered is None
        assert world.make().made == 4
        assert world.asset.rendered.version_id == world.asset.current_version

    def test_two_runs_at_once_end_alike(self, world: World) -> None:
        world.catalog.before_save = [world.make]
        world.make()
        assert [r.name for r in world.renditions] == NAMES
        assert world.asset.revision == 1

    def test_conflicts_without_end_are_raised(self, world: World) -> None:
        def change() -> None:
            holder = str(world.asset.revision)
            FakeCatalog.save_asset(world.catalog, world.asset.with_rights(some.rights(holder=holder), now=NOW))

        world.catalog.before_save = [change] * 8
        with pytest.raises(Conflict):
            world.make()
