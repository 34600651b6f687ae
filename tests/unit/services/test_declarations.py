"""Declarations: whatever comes first, master, manifest or sidecar, the asset is the same in the end."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from assetwire.domain.archive import Act
from assetwire.domain.asset import Edit
from assetwire.domain.declaration import Slot, Standing
from assetwire.domain.errors import Conflict
from assetwire.domain.inspection import Status
from assetwire.domain.lifecycle import begin_deletion, schedule_deletion
from assetwire.domain.metadata import Origin
from assetwire.domain.rules import RuleKind
from assetwire.domain.work import Queue, WorkState
from assetwire.services.declarations import Counts, Said, declare_all
from assetwire.services.ingest import Outcome
from assetwire.services.judging import Judge
from assetwire.services.rules import put_rule
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.declaring import KEY, World
from fakes.some import NOW


@pytest.fixture
def world() -> World:
    return World()


def test_a_manifest_that_came_first_is_applied_in_the_write_that_makes_the_asset(world: World) -> None:
    assert world.manifest() is Said.WAITING
    world.put()
    asset = world.asset()
    assert (asset.revision, asset.category, asset.rights) == (0, "shoes", some.rights())
    assert {name: edit.source for name, edit in asset.edits.items()} == {
        "title": Origin.MANIFEST,
        "keywords": Origin.MANIFEST,
    }
    assert [(each.kind, each.value, each.where, each.gtin) for each in asset.declared] == [
        ("sku", "S-1", KEY, None),
        ("gtin", "4006381333931", KEY, "04006381333931"),
    ]


def test_a_manifest_that_comes_later_is_applied_in_one_write(world: World) -> None:
    world.put()
    assert world.manifest() is Said.APPLIED
    assert (world.asset().revision, world.asset().rights) == (1, some.rights())


ACTS: dict[str, Callable[[World], object]] = {
    "master": lambda world: world.put(),
    "manifest": lambda world: world.manifest(),
    "full": lambda world: world.sidecar("a/shoe.jpg.xmp", title={"de": "Sidecar"}, headline="full"),
    "stem": lambda world: world.sidecar("a/shoe.xmp", headline="stem", city="Ulm"),
    "other": lambda world: world.put(b"B", "a/shoe.tif"),
}


@pytest.mark.parametrize("acts", [("master", "manifest"), ("master", "manifest", "full", "stem"), tuple(ACTS)])
def test_the_order_of_master_manifest_and_sidecars_does_not_matter(acts: tuple[str, ...]) -> None:
    ends = []
    for order in permutations(acts):
        world = World()
        for act in order:
            ACTS[act](world)
        ends.append(world.end())
        for act in order:
            if act not in {"master", "other"}:
                ACTS[act](world)
        assert world.end() == ends[0], order
    assert ends[0]["edits"]["title"] == ({"de": "Schuh"}, Origin.MANIFEST)
    if "full" in acts:
        assert ends[0]["edits"]["headline"] == ("full", Origin.SIDECAR)
        assert "city" not in ends[0]["edits"]


def test_a_stems_sidecar_speaks_for_every_master_of_its_name_and_a_full_one_for_its_own_alone(world: World) -> None:
    world.put(b"A", "a/shoe.jpg")
    world.sidecar("a/shoe.XMP", headline="both")
    world.put(b"B", "a/shoe.tif")
    assert [world.asset(key).edits["headline"].value for key in ("a/shoe.jpg", "a/shoe.tif")] == ["both", "both"]
    world.sidecar("a/shoe.tif.xmp", headline="one")
    assert [world.asset(key).edits["headline"].value for key in ("a/shoe.jpg", "a/shoe.tif")] == ["both", "one"]


@pytest.mark.parametrize("first", ["master", "manifest"])
def test_the_same_manifest_twice_changes_nothing(world: World, first: str) -> None:
    for act in (first, "manifest" if first == "master" else "master"):
        ACTS[act](world)
    records, changes = dict(world.catalog.records), len(world.catalog.changes)
    assert world.manifest(minute=5) is Said.UNCHANGED
    assert (world.catalog.records, len(world.catalog.changes)) == (records, changes)


def test_what_is_said_later_stands_and_what_it_says_no_more_is_gone(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    assert world.manifest(minute=2, skus=("S-2",), gtins=(), fields={"headline": "new"}) is Said.APPLIED
    asset = world.asset()
    assert (set(asset.edits), [each.value for each in asset.declared]) == ({"headline"}, ["S-2"])
    assert world.manifest(minute=1) is Said.OUTDATED
    assert world.asset() == asset


def test_what_people_edited_stands_over_what_is_declared(world: World) -> None:
    world.put()
    asset = world.asset()
    by_hand = Edit(value={"de": "Von Hand"}, at=NOW)
    world.catalog.save_asset(asset.with_declared(now=NOW, edits={"title": by_hand}))
    world.manifest()
    assert world.asset().edits["title"] == by_hand
    assert world.asset().edits["keywords"].value == ["brown"]


def test_what_is_declared_of_a_deleted_asset_waits_for_the_next_master_of_its_key(world: World) -> None:
    world.put()
    act = Act(by="me", at=NOW, reason="why")
    gone = schedule_deletion(world.asset(), act, grace=timedelta(days=1), sources=[])
    world.catalog.save_asset(gone)
    world.catalog.save_asset(begin_deletion(gone, now=NOW + timedelta(days=1)))
    assert world.manifest() is Said.WAITING
    asset_id = world.put(b"B").asset_id
    assert asset_id == world.asset().asset_id != gone.asset_id
    assert world.asset().rights == some.rights()


def test_known_bytes_under_another_key_bring_evidence_and_never_rights(world: World) -> None:
    world.manifest()
    world.put()
    world.manifest(
        "b/copy.jpg",
        skus=("S-9",),
        gtins=(),
        fields={"title": {"de": "X"}, "city": "Ulm"},
        rights=some.rights(holder="Other"),
    )
    assert world.put(b"A", "b/copy.jpg").outcome is Outcome.NEW_SOURCE
    asset = world.asset()
    assert (asset.rights, asset.edits["title"].value, asset.edits["city"].value) == (
        some.rights(),
        {"de": "Schuh"},
        "Ulm",
    )
    assert [(each.value, each.where) for each in asset.declared if each.kind == "sku"] == [
        ("S-1", KEY),
        ("S-9", "b/copy.jpg"),
    ]
    (item,) = world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items
    assert (item.asset_id, item.evidence["key"], item.evidence["declared"]["holder"]) == (
        asset.asset_id,
        "b/copy.jpg",
        "Other",
    )


def test_a_damaged_sidecar_costs_itself_alone(world: World) -> None:
    assert world.put(b"no xmp", "a/shoe.jpg.xmp").outcome is Outcome.SIDECAR
    assert world.put().outcome is Outcome.NEW_ASSET
    said = world.catalog.declaration("masters", Slot(KEY, Origin.SIDECAR))
    assert said is not None
    assert [problem.code for problem in said.problems] == ["malformed_xmp"]


@pytest.mark.parametrize("key", ["drops/a.zip", "a/manifest.csv", "a/manifest.json"])
def test_drops_and_manifests_are_no_masters(world: World, key: str) -> None:
    assert world.put(b"A", key)[:2] == (Outcome.NO_MASTER, None)
    assert world.catalog.records == {}


class Meddling(FakeCatalog):
    """Lets somebody act right before a write, some times."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], object]] = []

    def _meddle(self) -> None:
        if self.before:
            self.before.pop(0)()

    def record(self, *args: Any, **rest: Any) -> None:
        self._meddle()
        super().record(*args, **rest)

    def settle(self, standing: Standing, **rest: Any) -> None:
        self._meddle()
        super().settle(standing, **rest)


def test_a_manifest_that_arrives_while_ingest_writes_is_not_lost() -> None:
    catalog = Meddling()
    world = World(catalog)
    catalog.before = [world.manifest]
    world.put()
    assert world.asset().rights == some.rights()
    assert world.asset().category == "shoes"


def test_a_stems_sidecar_that_arrives_while_ingest_writes_is_not_lost() -> None:
    catalog = Meddling()
    world = World(catalog)
    catalog.before = [lambda: world.sidecar("a/shoe.xmp", headline="there")]
    world.put()
    assert world.asset().edits["headline"].value == "there"


def test_an_asset_that_changes_while_a_manifest_is_applied_keeps_both_changes() -> None:
    catalog = Meddling()
    world = World(catalog)
    world.put()
    catalog.before = [lambda: world.put(b"B")]
    world.manifest()
    assert len(catalog.versions(world.asset().asset_id)) == 2
    assert world.asset().category == "shoes"


def test_a_declaration_that_others_keep_overtaking_gives_up_and_says_so() -> None:
    catalog = Meddling()
    world = World(catalog)
    world.put()
    asset_id = world.asset().asset_id

    def touch() -> None:
        asset = catalog.asset(asset_id)
        catalog.save_asset(asset.model_copy(update={"revision": asset.revision + 1}))

    catalog.before = [touch] * 8
    with pytest.raises(Conflict):
        world.manifest()
    assert world.manifest() is Said.APPLIED


def _ask_for_headlines(catalog: FakeCatalog) -> None:
    body = json.dumps({"name": "shoes", "fields": {"headline": {"required": True}}})
    put_rule(RuleKind.TEMPLATE, "shoes", body, store=catalog, judge=Judge(catalog), now=NOW)


def test_the_rules_judge_what_a_declaration_changes(world: World) -> None:
    world.put()
    _ask_for_headlines(world.catalog)
    world.manifest()
    assert (world.asset().status.value, world.asset().category) == (Status.QUARANTINED.value, "shoes")
    (problem,) = world.catalog.versions(world.asset().asset_id)[0].problems
    assert (problem.code, problem.field) == ("required", "headline")
    world.manifest(minute=1, fields={"headline": "Boot"})
    assert world.asset().status.value == Status.ACCEPTED.value


def test_rules_that_move_while_a_declaration_is_applied_judge_it_nevertheless() -> None:
    catalog = Meddling()
    world = World(catalog)
    world.put()
    put_rule(RuleKind.TEMPLATE, "shoes", '{"name": "shoes"}', store=catalog, judge=Judge(catalog), now=NOW)
    catalog.before = [lambda: _ask_for_headlines(catalog)]
    assert world.manifest() is Said.APPLIED
    assert [problem.code for problem in world.asset().problems] == ["required"]


def test_many_are_declared_and_counted(world: World) -> None:
    world.put()
    wanted = [some.declaration(key) for key in (KEY, "b.jpg", "c.jpg")]
    for expected in (Counts(applied=1, waiting=2), Counts(unchanged=1, waiting=2)):
        assert (
            declare_all(
                wanted,
                declarations=world.catalog,
                catalog=world.catalog,
                now=NOW,
                judge=Judge(world.catalog),
            )
            == expected
        )
