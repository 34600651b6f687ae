"""Transcode: what is missing is made, nothing twice, and whatever cannot be made has a reason."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.archive import ArchiveState
from assetwire.domain.asset import AssetStatus, Edit
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import NotFound
from assetwire.domain.inspection import Kind
from assetwire.domain.metadata import Metadata
from assetwire.domain.transcoding import PATIENCE
from assetwire.ports.transcoding import Progress, State
from assetwire.services.transcode import LOOK, Transcoded
from fakes import some
from fakes.some import NOW
from fakes.stores import etag_of
from fakes.transcode_world import ASSET, FILM, GRACE, LONG, NAMES, SOUND, World, interrupt_the_third_put
from fakes.transcoding import problem


@pytest.fixture
def world() -> World:
    return World()


def test_everything_that_is_wanted_is_made_stored_and_recorded_the_cheapest_first(world: World) -> None:
    assert world.run() == Transcoded(made=6)
    assert world.here.begun[:2] == ["loop-320.webp", "preview-480.mp4"]
    assert world.here.begun[-1] == LONG
    assert {rendition.name for rendition in world.renditions} == NAMES
    for rendition in world.renditions:
        assert rendition.etag == etag_of(world.store.objects[rendition.key])
        assert (rendition.seconds, rendition.made != "") == (1.0, True)
    assert world.asset.transcoded.outputs == {r.name: r.digest for r in world.renditions}
    assert world.asset.transcoded.version_id == world.asset.current_version
    assert (world.asset.transcoding, world.asset.due) == (None, None)
    assert world.asset.rendered is None
    types = {name.rsplit(".")[-1]: kind for name, kind in world.store.media_types.items()}
    assert types == {"mp4": "video/mp4", "webm": "video/webm", "webp": "image/webp"}


def test_a_second_run_makes_reads_and_writes_nothing(world: World) -> None:
    world.run()
    before = world.writes()
    assert world.run() == Transcoded(kept=6)
    assert world.writes() == before


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": Kind.IMAGE},
        {"kind": Kind.DOCUMENT, "media_type": "application/msword", "width": None, "height": None},
    ],
)
def test_other_media_are_left_alone_at_once(facts: dict[str, Any]) -> None:
    world = World(**facts)
    before = world.writes()
    assert world.run() == Transcoded()
    assert world.writes() == before


def test_what_is_not_accepted_is_left_alone(world: World) -> None:
    world.catalog.records["asset", ASSET] = world.asset.model_copy(update={"status": AssetStatus.WITHDRAWN})
    assert world.run() == Transcoded()
    assert world.store.objects == {}


def test_sounds_and_pages_are_made() -> None:
    assert World(**SOUND).run() == Transcoded(made=5)
    pages = World(kind=Kind.DOCUMENT, media_type="application/pdf", width=595, height=842, pages=3)
    assert pages.run() == Transcoded(made=3)


def test_only_what_is_missing_or_lost_is_made(world: World) -> None:
    world.run()
    (lost,) = (rendition for rendition in world.renditions if rendition.name == "loop-320.webp")
    world.store.remove([lost.key])
    world.here.begun.clear()
    assert world.run() == Transcoded(made=1, kept=5)
    assert world.here.begun == ["loop-320.webp"]


def test_a_new_version_is_made_anew_and_the_old_one_is_shown_until_then(world: World) -> None:
    world.run()
    first = world.asset.transcoded
    world.upload(2, b"B")
    assert world.asset.transcoded == first
    assert world.run() == Transcoded(made=6)
    assert world.asset.transcoded.version_id == world.asset.current_version != first.version_id


def test_a_film_that_becomes_a_photograph_is_shown_no_longer(world: World) -> None:
    world.run()
    world.upload(2, b"B", kind=Kind.IMAGE)
    assert (world.asset.transcoded, world.asset.transcoding) == (None, None)


def test_a_run_that_broke_off_goes_on_with_what_is_missing(world: World) -> None:
    interrupt_the_third_put(world)
    assert (len(world.renditions), world.asset.transcoded) == (2, None)
    assert world.run() == Transcoded(made=4, kept=2)


def test_what_is_not_there_is_not_found(world: World) -> None:
    world.masters.delete(some.upload())
    with pytest.raises(NotFound):
        world.run()
    world.catalog.records.clear()
    with pytest.raises(NotFound):
        world.run()


def test_a_master_in_cold_storage_is_recalled(world: World) -> None:
    world.masters.cold.add(some.upload())
    assert world.run() == Transcoded()
    assert world.asset.archive.state is ArchiveState.RECALLING
    assert world.asset.transcoded is None
    before = len(world.catalog.changes)
    world.run()
    assert len(world.catalog.changes) == before


class TestTime:
    """A run makes what it has the time for; the clock begins the next."""

    def test_what_does_not_fit_any_more_is_made_later(self, world: World) -> None:
        world.here.seconds = 900.0
        assert world.run() == Transcoded(made=1, later=True)
        assert world.asset.due == Due(kind=DueKind.TRANSCODES, at=NOW)
        assert world.asset.transcoded is None
        world.message = "the clock's"
        for made in range(1, 6):
            assert world.run().kept == made
        assert set(world.asset.transcoded.outputs) == NAMES
        assert world.asset.due is None

    def test_the_first_of_a_run_is_begun_in_any_case(self, world: World) -> None:
        world.here.seconds, world.left = 900.0, 10.0
        assert world.run().made == 1

    def test_what_was_too_slow_at_the_end_of_a_run_is_tried_at_the_beginning_of_another(self, world: World) -> None:
        world.here.failing[LONG] = "too_slow"
        assert world.run() == Transcoded(made=5, later=True)
        world.has_elsewhere = False
        assert world.run() == Transcoded(kept=5, left_out=1)
        assert world.reasons == {LONG: "too_slow"}


class TestReasons:
    """What cannot be made is no failure: the asset says why, and is complete without."""

    def test_a_damaged_master_leaves_reasons_and_is_not_refused(self) -> None:
        world = World()
        world.upload(2, b"damaged film")
        assert world.run() == Transcoded(left_out=6)
        assert set(world.reasons.values()) == {"undecodable"}
        assert (world.asset.status, world.asset.transcoded.outputs) == (AssetStatus.ACCEPTED, {})

    def test_what_was_given_up_is_not_tried_again_unasked(self, world: World) -> None:
        world.here.failing[LONG] = "undecodable"
        world.run()
        begun, before = len(world.here.begun), world.writes()
        assert world.run() == Transcoded(kept=5, left_out=1)
        assert (len(world.here.begun), world.writes()) == (begun, before)

    def test_it_is_tried_again_when_somebody_asks_or_its_spec_changes(self, world: World) -> None:
        world.here.failing[LONG] = "undecodable"
        world.run()
        world.here.failing.clear()
        world.change(lambda asset: asset.with_asked(now=NOW, rendering=some.job().job_id))
        assert world.run() == Transcoded(made=1, kept=5)
        assert (world.reasons, world.asset.transcoded.answers) == ({}, some.job().job_id)
        assert world.run() == Transcoded(kept=6)

    def test_a_film_that_is_too_long_has_a_reason_where_nobody_else_makes_it(self, world: World) -> None:
        world.has_elsewhere = False
        world.here.refused[LONG] = "too_long"
        assert world.run() == Transcoded(made=5, left_out=1)
        assert world.reasons == {LONG: "too_long"}
        assert set(world.asset.transcoded.outputs) == NAMES - {LONG}

    def test_a_photograph_of_reasons_goes_with_its_version(self, world: World) -> None:
        world.here.failing[LONG] = "undecodable"
        world.run()
        world.here.failing.clear()
        world.upload(2, b"B")
        assert world.run() == Transcoded(made=6)
        assert world.asset.transcoding is None


class TestElsewhere:
    """What does not fit here is made by somebody who answers later."""

    @pytest.fixture(autouse=True)
    def _too_long(self, world: World) -> None:
        world.here.refused[LONG] = "too_long"

    def test_the_rest_is_made_and_the_set_is_complete_when_the_answer_comes(self, world: World) -> None:
        assert world.run() == Transcoded(made=5, waiting=1)
        assert world.elsewhere.begun == [LONG]
        assert world.asset.transcoded is None
        assert world.asset.due == Due(kind=DueKind.TRANSCODES, at=NOW + LOOK)
        assert world.run() == Transcoded(kept=5, waiting=1)
        world.elsewhere.end(LONG)
        assert world.run() == Transcoded(made=1, kept=5)
        assert set(world.asset.transcoded.outputs) == NAMES
        assert (world.asset.transcoding, world.asset.due, world.elsewhere.begun) == (None, None, [LONG])

    def test_what_fails_there_has_its_reason(self, world: World) -> None:
        world.run()
        world.elsewhere.end(LONG, State(Progress.FAILED, problem("job_failed")))
        assert world.run() == Transcoded(kept=5, left_out=1)
        assert world.reasons == {LONG: "job_failed"}

    def test_what_is_refused_or_not_taken_there_has_its_reason(self, world: World) -> None:
        world.elsewhere.refused[LONG] = "too_large"
        world.here.refused["video-480.mp4"] = "too_long"
        world.elsewhere.not_taken.add("video-480.mp4")
        assert world.run() == Transcoded(made=4, left_out=2)
        assert world.reasons == {LONG: "too_large", "video-480.mp4": "not_taken"}

    def test_what_nobody_finishes_is_given_up_after_a_day(self, world: World) -> None:
        world.run()
        assert world.run(NOW + PATIENCE).waiting == 1
        assert world.run(NOW + PATIENCE + timedelta(seconds=1)) == Transcoded(kept=5, left_out=1)
        assert world.reasons == {LONG: "never_finished"}

    def test_what_was_made_there_and_is_gone_has_its_reason(self, world: World) -> None:
        world.run()
        world.elsewhere.look = lambda *_: State(Progress.DONE)  # type: ignore[method-assign]
        assert world.run() == Transcoded(kept=5, left_out=1)
        assert world.reasons == {LONG: "not_made"}

    def test_a_place_that_is_no_more_leaves_a_reason(self, world: World) -> None:
        world.run()
        world.has_elsewhere = False
        assert world.run() == Transcoded(kept=5, left_out=1)
        assert world.reasons == {LONG: "not_made"}

    def test_new_labels_meanwhile_ask_for_no_second_job(self, world: World) -> None:
        world.run()
        world.entitle("Shoe")
        assert world.run().waiting == 1
        world.elsewhere.end(LONG)
        world.run()
        assert world.elsewhere.begun == [LONG]
        assert set(world.asset.transcoded.outputs) == NAMES

    def test_a_damaged_master_is_not_asked_for_elsewhere(self, world: World) -> None:
        world.here.failing["video-480.mp4"] = "undecodable"
        world.run()
        assert world.elsewhere.begun == [LONG]

    def test_a_job_that_is_asked_for_is_noted_before_anything_else_happens(self, world: World) -> None:
        world.catalog.before_save = [lambda: world.entitle("Shoe")]
        world.run()
        assert list(world.asset.transcoding.tickets) == [LONG]
        assert world.elsewhere.begun == [LONG]


class TestLabels:
    """What is written inside changes without anything being made again."""

    def test_a_new_title_copies_films_and_makes_pictures_anew(self, world: World) -> None:
        world.run()
        before = {r.name: r for r in world.renditions}
        world.here.begun.clear()
        world.entitle("Shoe")
        assert world.run() == Transcoded(made=6)
        assert set(world.labeller.labelled) == NAMES - {"loop-320.webp"}
        assert world.here.begun == ["loop-320.webp"]
        shown = {r.name: r for r in world.renditions if world.asset.transcoded.outputs[r.name] == r.digest}
        assert all(shown[name].digest != before[name].digest for name in NAMES)
        assert all(shown[name].made == before[name].made for name in NAMES)

    def test_a_file_that_was_lost_or_spoilt_is_made_again(self, world: World) -> None:
        world.run()
        for rendition in world.renditions:
            if rendition.name == LONG:
                world.store.remove([rendition.key])
        world.here.begun.clear()
        world.entitle("Shoe")
        world.run()
        assert set(world.here.begun) == {"loop-320.webp", LONG}

    def test_other_fields_change_nothing(self, world: World) -> None:
        world.run()
        world.change(lambda asset: asset.with_declared(now=NOW, edits={"rating": Edit(value=3, at=NOW)}))
        assert world.run() == Transcoded(kept=6)

    def test_superseded_files_go_after_a_grace_period(self, world: World) -> None:
        world.run()
        old = {r.key for r in world.renditions}
        world.entitle("Shoe")
        world.run()
        assert world.asset.due == Due(kind=DueKind.TRANSCODES, at=NOW + GRACE)
        assert old <= set(world.store.objects)
        world.run(NOW + GRACE)
        assert not old & set(world.store.objects)
        assert len(world.store.objects) == len(world.renditions) == 6
        assert world.asset.due is None

    def test_a_title_that_is_taken_back_finds_its_files(self, world: World) -> None:
        world.run()
        world.entitle("Shoe")
        world.run()
        world.change(lambda asset: asset.with_declared(now=NOW, edits={}))
        made = len(world.here.begun) + len(world.labeller.labelled)
        assert world.run(NOW + timedelta(days=1)) == Transcoded(kept=6)
        assert len(world.here.begun) + len(world.labeller.labelled) == made
        world.run(NOW + GRACE)
        assert {r.digest for r in world.renditions if r.superseded_at is None} == set(
            world.asset.transcoded.outputs.values()
        )


def test_technical_facts_decide_over_what_is_made() -> None:
    small = World(**{**FILM, "metadata": Metadata(technical={"frame_rate": 25.0}), "width": 320, "height": 180})
    small.run()
    assert set(small.asset.transcoded.outputs) == {
        "loop-320.webp",
        "preview-480.mp4",
        "video-480.mp4",
        "video-480.webm",
    }
