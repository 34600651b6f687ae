"""Renditions: what is missing is made, and nothing twice."""

from typing import Any

import pytest

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.errors import Conflict, NotFound, Unavailable, Undecodable, Unmet
from assetwire.domain.inspection import Kind
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Format
from assetwire.services.renditions import Made
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.media import FakeRenderer
from fakes.rendition_world import ASSET, NAMES, World, with_quality
from fakes.some import NOW
from fakes.stores import etag_of


class FailsLater(FakeRenderer):
    """Makes some files, and finds then that the master is damaged."""

    def __call__(self, *args: Any, **values: Any) -> Any:
        files = super().__call__(*args, **values)
        yield next(files)
        raise Undecodable("damaged below the middle")


class HasNoRoom(FakeRenderer):
    """Makes everything but one file, whose bytes do not suffice."""

    def __call__(self, *args: Any, **values: Any) -> Any:
        yield from (file for file in super().__call__(*args, **values) if "web-320.jpg" not in file.names)
        raise Unmet("too much detail", names=("web-320.jpg",))


def complete(world: World) -> Rendered:
    """Return the note that all that stands of the current version is complete."""
    outputs = {rendition.name: rendition.digest for rendition in world.renditions}
    return Rendered(version_id=world.asset.current_version, outputs=outputs)


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
    assert world.asset.rendered == complete(world)
    assert list(world.asset.rendered.outputs) == ["web-320.webp", "web-320.jpg", "web-640.webp", "web-640.jpg"]


def test_an_asset_is_complete_without_an_output_that_its_spec_gives_too_few_bytes(world: World) -> None:
    world.renderer = HasNoRoom()
    assert world.make() == Made(made=3, kept=0, unmet=("web-320.jpg",))
    assert sorted(rendition.name for rendition in world.renditions) == sorted(set(NAMES) - {"web-320.jpg"})
    assert world.asset.rendered.outputs.keys() == set(NAMES) - {"web-320.jpg"}
    assert list(world.asset.rendered.unmet) == ["web-320.jpg"]
    before = world.writes()
    assert world.make() == Made(made=0, kept=3)
    assert world.writes() == before, "it is not tried again"
    world.renderer, world.spec = FakeRenderer(), with_quality(90)
    assert world.make() == Made(made=2, kept=2)
    assert (world.asset.rendered.unmet, sorted(world.asset.rendered.outputs)) == ({}, NAMES)


def test_the_sizes_are_those_of_the_plan(world: World) -> None:
    world.make()
    assert {(r.name, r.width, r.height) for r in world.renditions if r.format is Format.JPEG} == {
        ("web-320.jpg", 320, 160),
        ("web-640.jpg", 640, 320),
    }


def test_a_second_run_makes_and_changes_nothing(world: World) -> None:
    world.make()
    before = world.writes()
    assert world.make() == Made(made=0, kept=4)
    assert world.writes() == before


def test_only_what_is_missing_is_made(world: World) -> None:
    world.make()
    missing = next(r for r in world.renditions if r.name == "web-320.webp")
    del world.catalog.records["rendition", ASSET, missing.version_id, missing.name, missing.digest]
    world.renderer.rendered.clear()
    assert world.make() == Made(made=1, kept=3)
    assert world.renderer.rendered == ["web-320.webp"]


def test_a_spec_that_changed_makes_what_it_touches_anew_beside_what_stands(world: World) -> None:
    world.make()
    before = {rendition.key: rendition for rendition in world.renditions}
    world.spec = with_quality(90)
    assert world.make() == Made(made=2, kept=2)
    made = [rendition for rendition in world.renditions if rendition.key not in before]
    assert sorted(rendition.name for rendition in made) == ["web-320.jpg", "web-640.jpg"]
    touched = {"superseded_at": NOW}
    assert [rendition for rendition in world.renditions if rendition.key in before] == [
        each if each.name.endswith(".webp") else each.model_copy(update=touched) for each in before.values()
    ]
    assert before.keys() | {rendition.key for rendition in made} == world.store.objects.keys()
    assert {rendition.digest for rendition in made} <= set(world.asset.rendered.outputs.values())


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
        (
            {
                "kind": Kind.DOCUMENT,
                "media_type": "application/pdf",
                "width": None,
                "height": None,
                "metadata": {"technical": {"page_width_points": 419.53, "page_height_points": 595.28}},
            },
            (640, 908),
        ),
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
    assert world.asset.rendered == Rendered(version_id=world.asset.current_version)
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
    world.store.puts_until_failure = 3
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

    def test_a_version_that_is_current_by_now_is_rendered_as_well_and_shown_in_place_of_the_old_one(
        self, world: World
    ) -> None:
        first = world.asset.current_version
        world.catalog.before_save = [lambda: world.upload(2, b"B")]
        assert world.make().made == 8
        assert world.asset.rendered.version_id == world.asset.current_version != first
        shown = [new.rendered for _, new in world.catalog.changes if isinstance(new, Asset) and new.rendered]
        assert shown == [world.asset.rendered]

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
