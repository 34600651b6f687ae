"""Enforce where the content is another: a new version, other renditions, a version that is refused."""

import pytest

from assetwire.domain.asset import AssetStatus
from assetwire.domain.inspection import Problem
from assetwire.services.enforce import Enforced
from fakes import some
from fakes.delivery_world import ASSET, WITHDRAWN, Stop, World
from fakes.some import NOW


@pytest.fixture
def world() -> World:
    return World(some.rights())


class TestNewContent:
    """Versions and renditions come and change."""

    def test_a_new_version_takes_the_place_of_the_old_one(self, world: World) -> None:
        world.enforce()
        world.view_everything()
        second = world.add_version(2)
        world.render(second)
        world.enforce()
        assert world.delivered == world.expected(second)
        assert world.edge.cached == {}

    def test_at_every_moment_one_of_the_two_is_there_and_what_a_url_is_minted_for_is(self, world: World) -> None:
        world.enforce()
        second = world.add_version(2)
        world.render(second)
        seen: list[bool] = []

        def look() -> None:
            recorded = world.asset.delivered
            prefix = f"{world.asset.asset_id}/g1/{recorded.version_id}"
            seen.append({f"{prefix}/{name}" for name in recorded.renditions} <= world.delivered)

        world.delivery.log.clear()
        world.delivery.before_copy = [look, look]
        world.delivery.after_remove = [look]
        world.enforce()
        assert (seen, world.delivery.log) == ([True] * 3, ["copy", "copy", "remove", "forget"])
        assert not world.asset.delivered.unsure

    def test_a_run_that_ended_before_the_old_version_was_removed_is_made_good(self, world: World) -> None:
        def stop() -> None:
            raise Stop

        world.enforce()
        world.view_everything()
        second = world.add_version(2)
        world.render(second)
        world.delivery.after_remove = [stop]
        with pytest.raises(Stop):
            world.enforce()
        assert world.asset.delivered.unsure
        assert world.enforce().purging
        assert (world.delivered, world.edge.cached) == (world.expected(second), {})
        assert not world.asset.delivered.unsure

    def test_a_withdrawal_while_one_takes_the_others_place_leaves_neither(self, world: World) -> None:
        world.enforce()
        second = world.add_version(2)
        world.render(second)
        world.delivery.after_remove = [lambda: world.set_rights(WITHDRAWN)]
        world.enforce()
        assert world.delivered == set()

    def test_an_old_version_stays_until_the_new_one_is_rendered_completely(self, world: World) -> None:
        world.enforce()
        second = world.add_version(2)
        world.enforce()
        assert world.delivered == world.expected(world.first)
        world.render(second, "web-320.jpg", finish=False)
        world.enforce()
        assert world.delivered == world.expected(world.first)
        world.render(second)
        world.enforce()
        assert world.delivered == world.expected(second)

    def test_a_version_that_is_refused_goes_at_once(self, world: World) -> None:
        world.enforce()
        world.view_everything()
        refused = world.first.refused(Problem(code="undecodable", field="file", message="damaged"))
        world.catalog.save_asset(world.asset.judged([refused], now=NOW), versions=[refused])
        world.enforce()
        assert world.delivered == set()
        assert world.edge.cached == {}

    def test_a_refused_version_goes_though_an_older_one_stands_in_for_it_unrendered(self, world: World) -> None:
        second = world.add_version(2)
        world.render(second)
        world.enforce()
        refused = second.refused(Problem(code="undecodable", field="file", message="damaged"))
        world.catalog.save_asset(world.asset.judged([world.first, refused], now=NOW), versions=[refused])
        assert world.asset.status is AssetStatus.ACCEPTED
        world.enforce()
        assert world.delivered == set()
        world.render(world.first)
        world.enforce()
        assert world.delivered == world.expected(world.first, generation=2)

    def test_a_refused_version_goes_first_though_an_older_one_is_rendered_in_its_place_already(
        self, world: World
    ) -> None:
        second = world.add_version(2)
        world.render(second)
        world.enforce()
        refused = second.refused(Problem(code="undecodable", field="file", message="damaged"))
        world.catalog.save_asset(world.asset.judged([world.first, refused], now=NOW), versions=[refused])
        world.render(world.first)
        world.delivery.log.clear()
        world.enforce()
        assert world.delivery.log == ["remove", "forget", "copy", "copy"]
        assert world.delivered == world.expected(world.first, generation=2)

    def test_renditions_of_other_specs_are_not_delivered(self, world: World) -> None:
        old = some.rendition(world.first, "web-111.jpg", digest="fedcba9876543210")
        etag = world.renditions.hold(old.key, b"old")
        world.catalog.save_renditions([old.model_copy(update={"etag": etag})])
        world.enforce()
        assert world.delivered == world.expected()

    def test_new_bytes_of_a_rendition_replace_the_old_ones_in_caches_too(self, world: World) -> None:
        world.enforce()
        world.view_everything()
        world.render(world.first, content="sharper")
        world.delivery.log.clear()
        world.enforce()
        world.view_everything()
        assert all(data.endswith(b"sharper") for data in world.edge.cached.values())
        assert world.delivery.log[-1] == "forget"

    def test_a_run_that_ended_between_replacement_and_purge_is_made_good(self, world: World) -> None:
        def stop() -> None:
            raise Stop

        world.enforce()
        world.view_everything()
        world.render(world.first, content="sharper")
        world.delivery.before_copy = [lambda: None, stop]
        with pytest.raises(Stop):
            world.enforce()
        world.enforce()
        world.view_everything()
        assert all(data.endswith(b"sharper") for data in world.edge.cached.values())

    def test_a_rendition_that_is_added_is_copied(self, world: World) -> None:
        world.enforce()
        world.render(world.first, "web-960.jpg")
        assert world.enforce().copied == 1
        assert "web-960.jpg" in world.asset.delivered.renditions

    def test_a_foreign_object_is_removed(self, world: World) -> None:
        world.enforce()
        world.delivery.objects[f"{ASSET}/g1/planted.jpg"] = b"x"
        assert world.enforce() == Enforced(copied=0, removed=1, purging=True)
        assert world.delivered == world.expected()

    def test_an_object_that_was_lost_is_copied_again(self, world: World) -> None:
        world.enforce()
        world.delivery.objects.popitem()
        assert world.enforce().copied == 1
        assert world.delivered == world.expected()
