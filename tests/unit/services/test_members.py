"""Assets join and leave collections, many at once, each with a reason where it cannot."""

from typing import Any, NamedTuple

import pytest

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.collection import Collection, joined
from assetwire.domain.errors import NotFound, NotUnderstood, Refused
from assetwire.domain.shown import Delivered
from assetwire.services import members
from assetwire.services.collections import collections_of, delete_collection
from assetwire.services.members import Moved, add_members, list_members, read_each, remove_members
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.collections import FakeCollections
from fakes.some import NOW

DACH = some.rights(territories=("DACH",))


class World(NamedTuple):
    catalog: FakeCatalog
    collections: FakeCollections
    collection: Collection

    @property
    def ports(self) -> dict[str, Any]:
        return {"catalog": self.catalog, "collections": self.collections, "now": NOW}

    def add(self, *asset_ids: str) -> Moved:
        return add_members(self.collection.collection_id, asset_ids, by="me", reason="a shoot", **self.ports)

    def remove(self, *asset_ids: str) -> Moved:
        return remove_members(self.collection.collection_id, asset_ids, by="me", reason="", **self.ports)

    def member_ids(self) -> list[str]:
        return [each.asset_id for each in self.collections.members(self.collection.collection_id, limit=9999)]


@pytest.fixture
def world() -> World:
    catalog = FakeCatalog()
    collection = some.collection(rights=DACH)
    catalog._write(collection)
    return World(catalog, FakeCollections(catalog), collection)


def kept(world: World, *keys: str, **fields: Any) -> list[str]:
    assets = [some.asset(key, rights=some.rights(), **fields) for key in keys]
    world.catalog._write(*assets)
    return [asset.asset_id for asset in assets]


def test_many_join_and_each_that_cannot_has_its_reason(world: World) -> None:
    one, two = kept(world, "1.jpg", "2.jpg")
    (gone,) = kept(world, "3.jpg", status=AssetStatus.DELETED)
    missing = some.asset_id("4.jpg")
    moved = world.add(one, missing, gone, two, one)
    assert (moved.changed, moved.unchanged) == (2, 0)
    assert [(each["asset_id"], each["code"]) for each in moved.refused] == [
        (missing, "asset_not_found"),
        (gone, "already_deleted"),
    ]
    assert world.member_ids() == sorted([one, two])
    assert world.add(one, two) == Moved(0, 2, [])


def test_it_is_noted_who_put_an_asset_into_a_collection_and_why(world: World) -> None:
    (one,) = kept(world, "1.jpg")
    world.add(one)
    (change,) = world.catalog.changes_of(one)
    assert (change.by, change.reason) == ("me", "a shoot")
    assert (change.before, change.after) == ({"collections": []}, {"collections": [world.collection.collection_id]})


def test_a_thousand_join_in_turns_of_what_one_transaction_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asset_ids = kept(world, *(f"{n}.jpg" for n in range(1000)))
    turns: list[int] = []
    take = world.collections.take
    monkeypatch.setattr(
        world.collections, "take", lambda turn, *, of: (turns.append(len(turn.assets)), take(turn, of=of))
    )
    assert world.add(*asset_ids) == Moved(1000, 0, [])
    assert (len(turns), max(turns)) == (34, members.AT_ONCE)
    assert world.member_ids() == sorted(asset_ids)


def test_a_turn_holds_no_more_bytes_than_a_transaction_and_one_asset_at_least(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "MOST_BYTES", 1)
    asset_ids = kept(world, "1.jpg", "2.jpg", "3.jpg")
    assert world.add(*asset_ids) == Moved(3, 0, [])
    assert world.member_ids() == sorted(asset_ids)


def test_a_broken_record_holds_up_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = kept(world, "1.jpg", "2.jpg")

    def broken(*_: Any) -> Any:
        raise NotUnderstood("no asset at all")

    read = world.catalog.asset
    monkeypatch.setattr(world.catalog, "assets_named", broken)
    monkeypatch.setattr(world.catalog, "asset", lambda asset_id: broken() if asset_id == one else read(asset_id))
    found = read_each([one, two], catalog=world.catalog)
    assert (type(found[one]), type(found[two])) == (NotUnderstood, Asset)
    moved = world.add(one, two)
    assert (moved.changed, [each["code"] for each in moved.refused]) == (1, ["not_understood"])


def test_who_leaves_is_limited_no_more_and_who_was_no_member_stays_as_it_is(world: World) -> None:
    one, two = kept(world, "1.jpg", "2.jpg")
    world.add(one)
    assert world.catalog.asset(one).inherited == {world.collection.collection_id: DACH}
    assert world.remove(one, two) == Moved(1, 1, [])
    assert (world.catalog.asset(one).inherited, world.member_ids()) == ({}, [])


def test_nobody_joins_a_collection_that_is_deleted_or_not_there(world: World) -> None:
    (one,) = kept(world, "1.jpg")
    with pytest.raises(NotFound):
        add_members(some.collection("other").collection_id, [one], by="", reason="", **world.ports)
    delete_collection(world.collection.collection_id, by="me", reason="over", collections=world.collections, now=NOW)
    with pytest.raises(Refused, match="is deleted"):
        world.add(one)


def test_an_asset_names_its_collections(world: World) -> None:
    one, two = kept(world, "1.jpg", "2.jpg")
    world.add(one)
    ports = {"assets": world.catalog, "collections": world.collections}
    assert collections_of(one, **ports) == [world.collection]
    assert collections_of(two, **ports) == []


class TestListing:
    """Members as callers see them."""

    def listed(self, world: World, **asked: Any) -> list[dict[str, Any]]:
        asked = {"limit": 100, "cursor": None} | asked
        return list_members(world.collection.collection_id, **asked, **world.ports).members

    def test_pages_follow_each_other(self, world: World) -> None:
        asset_ids = sorted(kept(world, *(f"{n}.jpg" for n in range(5))))
        world.add(*asset_ids)
        name = world.collection.collection_id
        first = list_members(name, limit=3, cursor=None, **world.ports)
        last = list_members(name, limit=3, cursor=first.cursor, **world.ports)
        assert [each["asset_id"] for each in first.members + last.members] == asset_ids
        assert last.cursor is None

    def test_a_member_tells_whether_the_rights_of_its_collection_have_reached_it(self, world: World) -> None:
        (one,) = kept(world, "1.jpg")
        world.add(one)
        assert [(each["inherits"], each["enforced"]) for each in self.listed(world)] == [(True, True)]
        world.catalog._write(world.collection.changed(now=NOW, rights=some.rights(territories=("DE",))))
        assert [(each["inherits"], each["enforced"]) for each in self.listed(world)] == [(False, False)]

    @pytest.mark.parametrize(
        ("generation", "names", "enforced"),
        [(1, ("web-320.jpg",), False), (2, (), False), (2, ("web-320.jpg",), True)],
    )
    def test_rights_are_enforced_once_delivery_has_followed(
        self, world: World, generation: int, names: tuple[str, ...], enforced: bool
    ) -> None:
        version = some.version("1.jpg")
        asset = some.asset("1.jpg", rights=some.rights(), rendered=some.rendered(version))
        delivered = Delivered(generation=generation, version_id=version.version_id, renditions=names)
        member = joined(asset, world.collection, now=NOW).model_copy(update={"delivered": delivered})
        assert member.generation == 2
        assert members.is_enforced(member, at=NOW) is enforced

    def test_what_the_web_may_not_see_is_enforced_once_nothing_of_before_is_seen(self, world: World) -> None:
        version = some.version("1.jpg")
        asset = some.asset("1.jpg", rights=some.rights(), rendered=some.rendered(version))
        hidden = joined(asset, some.collection("x", rights=some.rights(usages=("print",))), now=NOW)
        assert members.is_enforced(hidden, at=NOW)
        seen = Delivered(generation=1, version_id=version.version_id, renditions=("web-320.jpg",))
        assert not members.is_enforced(hidden.model_copy(update={"delivered": seen}), at=NOW)

    def test_a_member_whose_record_is_missing_is_told_of_without_a_status(self, world: World) -> None:
        (one,) = kept(world, "1.jpg")
        world.add(one)
        del world.catalog.records["asset", one]
        assert [(each["status"], each["inherits"]) for each in self.listed(world)] == [(None, False)]
