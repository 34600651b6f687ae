"""Transcode, while the asset changes and other runs are at it."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import Conflict
from assetwire.services.transcode import Transcoded
from fakes import some
from fakes.some import NOW
from fakes.transcode_world import GRACE, LONG, NAMES, World, interrupt_the_third_put


@pytest.fixture
def world() -> World:
    return World()


def claimed() -> None:
    """Nothing happens before the first save of a run, which is its claim."""


class TestConcurrency:
    """The asset may change while its films are made."""

    def test_rights_that_are_set_meanwhile_are_kept(self, world: World) -> None:
        rights = some.rights()
        world.catalog.before_save = [claimed, lambda: world.change(lambda asset: asset.with_rights(rights, now=NOW))]
        world.run()
        assert world.asset.rights == some.rights()
        assert set(world.asset.transcoded.outputs) == NAMES

    def test_a_version_that_is_current_by_now_is_made_too(self, world: World) -> None:
        world.catalog.before_save = [claimed, lambda: world.upload(2, b"B")]
        assert world.run().made == 12
        assert world.asset.transcoded.version_id == world.asset.current_version

    def test_a_version_that_comes_while_a_reason_is_noted_is_made_too(self, world: World) -> None:
        world.here.failing["loop-320.webp"] = "undecodable"
        world.catalog.before_save = [claimed, lambda: world.upload(2, b"B")]
        world.run()
        assert world.asset.transcoded.version_id == world.asset.transcoding.version_id == world.asset.current_version

    @pytest.mark.parametrize("saves", [0, 1])
    def test_two_runs_of_one_message_end_alike(self, world: World, saves: int) -> None:
        world.catalog.before_save = [*([claimed] * saves), world.run]
        world.run()
        assert len(world.renditions) == 6
        assert set(world.asset.transcoded.outputs) == NAMES
        assert (world.asset.transcoding, world.asset.due) == (None, None)

    def test_who_hears_of_it_while_a_run_is_at_it_leaves_it_to_that_run(self, world: World) -> None:
        heard: list[Transcoded] = []

        def hear() -> None:
            world.entitle("Shoe")
            world.message = "message-2"
            heard.append(world.run())

        world.catalog.before_save = [claimed, hear]
        assert world.run().made == 12
        assert heard == [Transcoded(later=True)]
        assert world.here.begun[6:] == ["loop-320.webp"]
        assert len(world.labeller.labelled) == 5
        assert set(world.asset.transcoded.outputs) == NAMES
        assert (world.asset.transcoding, world.asset.due.at) == (None, NOW + GRACE)

    def test_a_run_that_died_is_followed_when_its_time_is_over(self, world: World) -> None:
        interrupt_the_third_put(world)
        due = world.asset.due
        assert due == Due(kind=DueKind.TRANSCODES, at=NOW + timedelta(seconds=900))
        world.message = "message-2"
        assert world.run(due.at - timedelta(seconds=1)) == Transcoded(kept=2, later=True)
        assert world.run(due.at) == Transcoded(made=4, kept=2)
        assert (world.asset.transcoding, world.asset.due) == (None, None)

    def test_what_changes_while_a_lost_file_is_labelled_anew_is_not_missed(self, world: World) -> None:
        world.run()
        world.entitle("Shoe")
        world.run()
        lost = next(r for r in world.renditions if r.name == LONG and r.superseded_at is None)
        del world.store.objects[lost.key]
        put = world.store.put

        def meanwhile(*args: Any, **values: Any) -> str:
            world.store.put = put  # type: ignore[method-assign]
            world.entitle("Boot")
            return put(*args, **values)

        world.store.put = meanwhile  # type: ignore[method-assign]
        world.run()
        shown = world.asset.transcoded.outputs
        boots = {r.name: r.digest for r in world.renditions if r.superseded_at is None}
        assert shown == boots
        assert shown[LONG] != lost.digest

    def test_what_another_run_wants_again_while_this_one_removes_it_is_made_again(self, world: World) -> None:
        world.run()
        world.entitle("Shoe")
        world.run()
        late = NOW + GRACE

        def take_back() -> None:
            world.change(lambda asset: asset.with_declared(now=late, edits={}))
            world.run(late)

        world.catalog.before_save = [take_back]
        world.run(late)
        shown = world.asset.transcoded.outputs
        standing = {(r.name, r.digest) for r in world.renditions if r.key in world.store.objects}
        assert set(shown.items()) <= standing

    def test_conflicts_without_end_are_raised(self, world: World) -> None:
        def change() -> None:
            holder = str(world.asset.revision)
            world.change(lambda asset: asset.with_rights(some.rights(holder=holder), now=NOW))

        world.catalog.before_save = [change] * 8
        with pytest.raises(Conflict):
            world.run()
