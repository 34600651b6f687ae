"""Spins: made of their frames, shown as long as every frame may be, and of nothing else than frames that fit."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.archive import Act, ArchiveState
from assetwire.domain.asset import Asset, AssetStatus, Edit
from assetwire.domain.due import DueKind
from assetwire.domain.inspection import Kind
from assetwire.domain.lifecycle import restore, withdraw
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.rights_phase import State
from assetwire.domain.spec import Encoding, Format, Frame, Spec
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.spin_manifest import SPIN_TYPE, SpinManifest
from assetwire.domain.transcode_spec import transcodes
from assetwire.domain.transcoding import Claim
from assetwire.services.declarations import declare
from assetwire.services.judging import Judge
from assetwire.services.spins import look_after
from assetwire.services.transcode import Tools, Transcoded
from fakes import some
from fakes.catalog import FakeCatalog, InterruptedCatalog
from fakes.intake import finding, take_in
from fakes.media import FakeRenderer
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeRenditionStore
from fakes.transcoding import FakeLabeller, FakeTranscoder

KEY = "shoes/red.spin.json"
SPIN = some.asset_id(KEY)
KEYS = [f"shoes/{number}.jpg" for number in range(8)]
FRAMES = [some.asset_id(key) for key in KEYS]
GRACE = timedelta(days=7)
JPEG = Encoding(format=Format.JPEG, quality=80)
POSTERS = (Spec(name="web", ladder=True, frames={"320": Frame(width=320)}, encodings=(JPEG,)),)
NAMES = {f"spin-{number:03}-{width}.webp" for number in range(1, 9) for width in (640, 1280)}
NAMES |= {"web-320.jpg", "spin.json"}


class World:
    """Frames, a spin of them, and what is made of it."""

    def __init__(self, *, frames: int = 8, by_id: bool = False) -> None:
        self.catalog = InterruptedCatalog()
        self.masters = FakeMasters()
        self.store = FakeRenditionStore()
        self.renderer = FakeRenderer()
        self.left = 800.0
        for number in range(frames):
            self.upload_frame(number)
        names = FRAMES if by_id else [key.rpartition("/")[2] for key in KEYS]
        self.manifest = SpinManifest(spin=1, frames=tuple(names))
        self.upload(
            KEY, 1, self.manifest.text().encode(), kind=Kind.SPIN, media_type=SPIN_TYPE, width=None, height=None
        )

    def upload(self, key: str, number: int, data: bytes, **facts: Any) -> None:
        inspector = finding(**facts)
        take_in(some.upload(key, number), data, catalog=self.catalog, masters=self.masters, inspector=inspector)

    def upload_frame(self, place: int, number: int = 1, data: bytes = b"", **facts: Any) -> None:
        self.upload(KEYS[place], number, data or f"frame {place} {number}".encode(), **facts)
        if self.frame(place).rights is None:
            self.change(FRAMES[place], rights=some.rights())

    def change(self, asset_id: str, **changes: Any) -> None:
        asset = self.catalog.asset(asset_id)
        FakeCatalog.save_asset(self.catalog, asset.with_life(now=NOW, **changes))

    def allow(self, place: int, rights: Rights) -> None:
        FakeCatalog.save_asset(self.catalog, self.frame(place).with_rights(rights, now=NOW))

    def run(self, asset_id: str = SPIN, at: datetime = NOW) -> Transcoded:
        tools = Tools(
            catalog=self.catalog,
            masters=self.masters,
            store=self.store,
            here=FakeTranscoder(),
            elsewhere=None,
            labeller=FakeLabeller(),
            renderer=self.renderer,
            book=SpecBook(POSTERS, transcodes=transcodes()),
            grace=GRACE,
            left=lambda: self.left,
            claim=Claim(run="message", until=at),
        )
        return look_after(asset_id, tools=tools, now=at)

    @property
    def spin(self) -> Asset:
        return self.catalog.asset(SPIN)

    def frame(self, place: int) -> Asset:
        return self.catalog.asset(FRAMES[place])

    @property
    def reason(self) -> str | None:
        state = self.spin.transcoding
        return None if state is None else state.left_out["spin.json"].problem.code

    @property
    def told(self) -> dict[str, Any]:
        """What viewers are told."""
        digest = self.spin.transcoded.outputs["spin.json"]
        key = f"{SPIN}/{self.spin.current_version}/{digest}/spin.json"
        return dict(json.loads(self.store.objects[key]))


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("by_id", [False, True])
def test_every_frame_is_made_and_a_manifest_beside_them(by_id: bool) -> None:
    world = World(by_id=by_id)
    assert world.run() == Transcoded(made=18)
    assert set(world.spin.transcoded.outputs) == NAMES
    assert world.spin.rights == some.rights()
    assert (world.spin.transcoding, world.spin.transcode_at) == (None, None)
    assert [frame["number"] for frame in world.told["frames"]] == list(range(1, 9))
    assert [image["name"] for image in world.told["frames"][2]["images"]] == ["spin-003-640.webp", "spin-003-1280.webp"]
    assert [image["name"] for image in world.told["poster"]] == ["web-320.jpg"]
    types = {name.rsplit(".")[-1]: kind for name, kind in world.store.media_types.items()}
    assert types == {"webp": "image/webp", "jpg": "image/jpeg", "json": "application/json"}


def test_every_frame_is_fetched_once_and_knows_its_spin(world: World) -> None:
    world.run()
    assert [upload.key for upload in world.masters.fetched] == [KEY, *KEYS]
    assert all(world.frame(place).part_of == (SPIN,) for place in range(8))


def test_a_second_run_makes_and_writes_nothing(world: World) -> None:
    world.run()
    before = len(world.catalog.changes), world.store.writes
    assert world.run() == Transcoded(kept=17)
    assert (len(world.catalog.changes), world.store.writes) == before


def test_a_photograph_that_is_no_frame_is_left_alone(world: World) -> None:
    world.upload("other.jpg", 1, b"other")
    before = len(world.catalog.changes)
    assert world.run(some.asset_id("other.jpg")) == Transcoded()
    assert len(world.catalog.changes) == before
    assert world.masters.fetched == []


class TestFrames:
    """What happens to a frame reaches its spins."""

    def test_one_that_comes_later_is_waited_for_ever_more_seldom(self) -> None:
        world = World(frames=7)
        assert world.run() == Transcoded(left_out=1)
        assert (world.reason, world.spin.transcoded) == ("frame_missing", None)
        assert (world.spin.due.kind, world.spin.due.at) == (DueKind.TRANSCODES, NOW + timedelta(minutes=1))
        before = len(world.catalog.changes)
        world.run()
        assert len(world.catalog.changes) == before
        later = NOW + timedelta(hours=2)
        world.run(at=later)
        assert timedelta(hours=1) < world.spin.due.at - later < timedelta(hours=3)
        world.upload_frame(7)
        assert world.run(at=later).made == 18
        assert (world.reason, world.spin.transcode_at) == (None, None)

    def test_one_that_never_comes_is_given_up(self) -> None:
        world = World(frames=7)
        world.run(at=NOW + timedelta(days=15))
        assert (world.reason, world.spin.transcode_at) == ("frame_missing", None)

    @pytest.mark.parametrize("status", [AssetStatus.WITHDRAWN, AssetStatus.QUARANTINED])
    def test_one_that_is_out_of_use_takes_the_spin_with_it(self, world: World, status: AssetStatus) -> None:
        world.run()
        generation = world.spin.generation
        frame = world.frame(3)
        world.catalog.records["asset", FRAMES[3]] = frame.model_copy(update={"status": status})
        world.run(FRAMES[3])
        assert (world.spin.rights, world.spin.generation) == (Rights(), generation + 1)
        assert world.reason == "frame_not_accepted"
        world.catalog.records["asset", FRAMES[3]] = frame
        world.run(FRAMES[3])
        assert (world.spin.rights, world.reason) == (some.rights(), None)

    def test_one_that_is_deleted_takes_the_spin_with_it(self, world: World) -> None:
        world.run()
        world.catalog.records["asset", FRAMES[3]] = world.frame(3).model_copy(update={"status": AssetStatus.DELETED})
        world.run(FRAMES[3])
        assert (world.spin.rights, world.reason) == (Rights(), "frame_missing")

    def test_a_narrowing_of_one_frame_narrows_the_spin(self, world: World) -> None:
        world.run()
        world.allow(5, some.rights(usages=(Usage.WEB,), territories=("DE",)))
        world.run(FRAMES[5])
        assert (world.spin.rights.usages, world.spin.rights.territories) == ((Usage.WEB,), ("DE",))
        assert world.spin.generation == 2
        assert set(world.spin.transcoded.outputs) == NAMES

    def test_without_any_rights_a_spin_has_none(self) -> None:
        world = World()
        for place in range(8):
            world.change(FRAMES[place], rights=None)
        world.run()
        assert world.spin.rights is None
        assert set(world.spin.transcoded.outputs) == NAMES

    def test_a_new_take_of_one_frame_is_made_anew_alone(self, world: World) -> None:
        world.run()
        before = dict(world.spin.transcoded.outputs)
        world.renderer.rendered.clear()
        world.upload_frame(2, 2)
        assert world.run(FRAMES[2]) == Transcoded()
        assert set(world.renderer.rendered) == {"spin-003-640.webp", "spin-003-1280.webp"}
        changed = {name for name, digest in world.spin.transcoded.outputs.items() if before[name] != digest}
        assert changed == {*world.renderer.rendered}

    def test_a_take_of_another_size_leaves_the_spin_as_it_was_with_a_reason(self, world: World) -> None:
        world.run()
        before = world.spin.transcoded
        world.upload_frame(2, 2, width=1999)
        world.run(FRAMES[2])
        assert (world.reason, world.spin.transcoded) == ("frames_differ", before)

    def test_what_is_written_inside_a_frame_is_the_frames_own(self, world: World) -> None:
        edits = {"credit_line": Edit(value="Ann", at=NOW)}
        world.change(FRAMES[1], edits=edits)
        world.run()
        said = [inscription.fields.get("credit_line") for inscription in world.renderer.inscriptions]
        assert said == [None, "Ann", *([None] * 6)]

    def test_a_damaged_frame_is_a_reason_and_no_error(self, world: World) -> None:
        world.upload_frame(4, 2, b"damaged frame")
        assert world.run() == Transcoded(left_out=1)
        assert world.reason == "frame_damaged"

    def test_a_frame_in_cold_storage_is_recalled(self, world: World) -> None:
        world.masters.cold.add(some.upload(KEYS[0]))
        assert world.run().waiting == 1
        assert world.frame(0).archive.state is ArchiveState.RECALLING
        assert world.spin.transcoded is None

    def test_a_manifest_in_cold_storage_is_recalled_and_nothing_is_given_up(self, world: World) -> None:
        world.masters.cold.add(some.upload(KEY))
        assert world.run() == Transcoded()
        assert world.spin.archive.state is ArchiveState.RECALLING
        assert (world.spin.transcoded, world.spin.transcoding) == (None, None)

    def test_one_that_a_new_manifest_does_not_name_is_let_go(self, world: World) -> None:
        world.upload_frame(0)
        world.run()
        others = tuple(key.rpartition("/")[2] for key in (*KEYS[1:], KEYS[1]))
        manifest = SpinManifest(spin=1, frames=others)
        world.upload(KEY, 2, manifest.text().encode(), kind=Kind.SPIN, media_type=SPIN_TYPE, width=None, height=None)
        world.run()
        assert world.frame(0).part_of == (SPIN,)
        world.run(FRAMES[0])
        assert (world.frame(0).part_of, world.frame(1).part_of) == ((), (SPIN,))

    def test_a_frame_of_a_spin_that_is_out_of_use_changes_nothing(self, world: World) -> None:
        world.run()
        world.catalog.records["asset", SPIN] = world.spin.model_copy(update={"status": AssetStatus.WITHDRAWN})
        before = world.spin
        world.run(FRAMES[0])
        assert world.spin == before


class TestTime:
    """A run makes what it has the time for."""

    def test_frames_that_do_not_fit_are_made_later(self, world: World) -> None:
        world.left = 30.0
        first = world.run()
        assert (first.made, first.later) == (3, True)
        assert (world.spin.due.kind, world.spin.due.at) == (DueKind.TRANSCODES, NOW)
        for _ in range(7):
            world.run()
        assert set(world.spin.transcoded.outputs) == NAMES
        assert world.spin.transcode_at is None

    def test_superseded_pictures_go_after_a_grace_period(self, world: World) -> None:
        world.run()
        world.upload_frame(2, 2)
        world.run()
        before = len(world.store.objects)
        assert world.spin.due.at == NOW + GRACE
        world.run(at=NOW + GRACE)
        assert len(world.store.objects) == before - 2  # two widths; the manifest says the same, by the same names
        assert set(world.spin.transcoded.outputs) == NAMES


def test_a_frame_that_changes_while_the_spin_is_made_is_not_overlooked(world: World) -> None:
    narrower = some.rights(usages=(Usage.WEB,))

    def narrow() -> None:
        world.allow(6, narrower)

    world.catalog.before_save = [narrow]
    world.run()
    assert world.frame(6).part_of == (SPIN,)
    world.run(FRAMES[6])
    assert world.spin.rights.usages == (Usage.WEB,)


def cold(world: World) -> None:
    world.masters.cold.add(world.catalog.version(SPIN, world.spin.current_version).upload)


@pytest.mark.parametrize("how", ["narrowed", "withdrawn"])
def test_a_frame_narrows_its_spin_also_while_the_manifest_is_in_cold_storage(how: str) -> None:
    world = World()
    world.run()
    cold(world)
    if how == "narrowed":
        world.allow(0, Rights())
    else:
        FakeCatalog.save_asset(world.catalog, withdraw(world.frame(0), Act(by="legal", at=NOW)))
    before = world.spin
    world.run(FRAMES[0])
    assert (world.spin.phase.state, world.spin.generation) == (State.CLOSED, before.generation + 1)
    (change,) = world.catalog.changes_of(SPIN)[:1]
    assert (change.by, change.reason) == ("assetwire", "the rights of its frames")
    assert SPIN in world.frame(0).part_of


def test_a_spin_that_was_out_of_use_comes_back_with_the_rights_that_its_frames_have_by_then() -> None:
    world = World()
    world.run()
    act = Act(by="librarian", at=NOW)
    FakeCatalog.save_asset(world.catalog, withdraw(world.spin, act, may_set_rights=False))
    world.allow(0, Rights())
    world.run(FRAMES[0])
    FakeCatalog.save_asset(world.catalog, restore(world.spin, act, may_set_rights=False))
    assert world.spin.phase.state is State.CLOSED


def test_no_manifest_beside_a_spin_gives_it_rights_of_its_own() -> None:
    world = World()
    world.run()
    for number, authorised in enumerate((False, True)):
        said = some.declaration(KEY, rights=some.rights(territories=("*",)), category=None, authorised=authorised)
        wanted = said.model_copy(update={"said_at": NOW + timedelta(minutes=number)})
        declare(wanted, declarations=world.catalog, catalog=world.catalog, now=NOW, judge=Judge(world.catalog))
        assert world.spin.rights == some.rights()
