"""Declarations: whatever comes first, master, manifest or sidecar, the asset is the same in the end."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset, Edit
from assetwire.domain.declaration import Declaration, Slot, Standing
from assetwire.domain.errors import Conflict
from assetwire.domain.inspection import Status
from assetwire.domain.lifecycle import begin_deletion, schedule_deletion
from assetwire.domain.metadata import Origin
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.rules import RuleKind
from assetwire.domain.work import Queue, WorkState
from assetwire.services.declarations import Counts, Said, declare, declare_all
from assetwire.services.ingest import Ingested, Outcome, ingest
from assetwire.services.judging import Judge
from assetwire.services.rules import put_rule
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.media import FakeInspector, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeVault

KEY = "a/shoe.jpg"
ROW: dict[str, Any] = {
    "skus": ("S-1",),
    "gtins": ("4006381333931",),
    "category": "shoes",
    "fields": {"title": {"de": "Schuh"}, "keywords": ["brown"]},
}


_OF_THE_ORDER = {"revision", "updated_at", "used_at", "current_order", "current_version", "created_at"}
"""What depends on the order in which things came, as it should."""


class World:
    """A bucket, a Catalog, and everybody who writes to them."""

    def __init__(self, catalog: FakeCatalog | None = None) -> None:
        self.catalog = catalog or FakeCatalog()
        self.masters = FakeMasters()
        self._uploads = 0

    def put(self, data: bytes = b"A", key: str = KEY) -> Ingested:
        self._uploads += 1
        upload = self.masters.put(some.upload(key, self._uploads), data)
        return ingest(
            upload,
            catalog=self.catalog,
            masters=self.masters,
            vault=FakeVault(now=NOW),
            inspector=FakeInspector(),
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            judge=Judge(self.catalog),
            index=self.catalog,
            worklist=self.catalog,
            maximum_bytes=1000,
            now=NOW,
        )

    def sidecar(self, key: str, **fields: Any) -> Ingested:
        return self.put(json.dumps(fields).encode(), key)

    def manifest(self, key: str = KEY, minute: int = 0, **said: Any) -> Said:
        wanted = some.declaration(key, said_at=NOW + timedelta(minutes=minute), **(ROW | said))
        return self.declare(wanted)

    def declare(self, wanted: Declaration) -> Said:
        return declare(wanted, declarations=self.catalog, catalog=self.catalog, now=NOW, judge=Judge(self.catalog))

    def asset(self, key: str = KEY) -> Asset:
        source = self.catalog.source("masters", key)
        assert source is not None
        return self.catalog.asset(source.asset_id)

    def end(self) -> dict[str, Any]:
        """Return what an asset says in the end, without what only counts writes."""
        asset = self.asset()
        said = asset.model_dump(exclude=_OF_THE_ORDER)
        said["edits"] = {name: (edit.value, edit.source) for name, edit in asset.edits.items()}
        return said


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


def test_a_narrowing_manifest_ends_the_urls_minted_before(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    world.manifest(minute=2, rights=some.rights(usages=(Usage.PRINT,)))
    assert world.asset().generation == 2


def test_what_people_edited_stands_over_what_is_declared(world: World) -> None:
    world.put()
    asset = world.asset()
    by_hand = Edit(value={"de": "Von Hand"}, at=NOW)
    world.catalog.save_asset(asset.with_declared(now=NOW, edits={"title": by_hand}))
    world.manifest()
    assert world.asset().edits["title"] == by_hand
    assert world.asset().edits["keywords"].value == ["brown"]


def test_rights_that_people_set_after_a_manifest_stand_when_the_next_version_comes(world: World) -> None:
    world.manifest()
    world.put()
    world.catalog.save_asset(world.asset().with_rights(some.rights(holder="People"), now=NOW))
    world.put(b"B")
    assert world.asset().rights == some.rights(holder="People")


def test_rights_that_people_set_stand_when_a_manifest_says_the_same_rights_and_something_else(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    people = some.rights(holder="People")
    world.catalog.save_asset(world.asset().with_rights(people, now=NOW))
    for minute in (2, 3):
        assert world.manifest(minute=minute, fields={"headline": f"take {minute}"}) is Said.APPLIED
        assert (world.asset().rights, world.asset().edits["headline"].value) == (people, f"take {minute}")


def conflicts(world: World) -> list[dict[str, Any]]:
    found = world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items
    return [item.evidence for item in found]


WIDER = some.rights(territories=("*",), holder="Supplier")


def test_rights_that_nobody_set_are_what_the_last_manifest_says(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    world.manifest(minute=2, rights=WIDER)
    assert (world.asset().rights, world.asset().rights_declared, conflicts(world)) == (WIDER, True, [])


@pytest.mark.parametrize("rights", [WIDER, some.rights(territories=("AT",))])
def test_rights_that_people_set_are_not_changed_by_what_is_only_said_in_the_bucket(
    world: World, rights: Rights
) -> None:
    world.put()
    world.manifest(minute=1)
    confirmed = world.asset().with_rights(some.rights(), now=NOW)
    assert (confirmed.rights_declared, confirmed.generation) == (False, world.asset().generation)
    world.catalog.save_asset(confirmed)
    for _ in range(2):
        world.manifest(minute=2, rights=rights)
        assert (world.asset().rights, world.asset().generation) == (some.rights(), confirmed.generation)
        (conflict,) = conflicts(world)
        assert conflict["declared"] == rights.model_dump(mode="json", exclude_none=True)


def test_a_manifest_of_somebody_who_may_set_rights_sets_them(world: World) -> None:
    world.put()
    world.catalog.save_asset(world.asset().with_rights(some.rights(holder="People"), now=NOW))
    world.manifest(minute=1, rights=WIDER, authorised=True)
    assert (world.asset().rights, world.asset().rights_declared, conflicts(world)) == (WIDER, False, [])


@pytest.mark.parametrize("master", ["first", "between", "last"])
def test_what_is_said_in_the_bucket_takes_the_place_of_no_manifest_of_somebody_who_may(
    world: World, master: str
) -> None:
    acts: dict[str, Callable[[], object]] = {
        "authorised": lambda: world.manifest(minute=1, authorised=True),
        "bucket": lambda: world.manifest(minute=2, rights=WIDER),
    }
    order = ["authorised", "bucket"]
    order.insert({"first": 0, "between": 1, "last": 2}[master], "master")
    acts["master"] = world.put
    for act in order:
        acts[act]()
    world.manifest(minute=2, rights=WIDER)
    world.manifest(minute=3, rights=None, fields={"headline": "silent"})
    assert (world.asset().rights, world.asset().rights_declared) == (some.rights(), False)
    assert [each["declared"]["territories"] for each in conflicts(world)] == [["*"]]
    assert world.asset().edits["headline"].value == "silent"


def test_somebody_who_may_confirms_what_the_bucket_said(world: World) -> None:
    world.put()
    world.manifest(minute=1)
    assert world.asset().rights_declared
    world.manifest(minute=2, authorised=True)
    assert (world.asset().rights, world.asset().rights_declared) == (some.rights(), False)


def test_what_is_declared_limits_and_lifts_nothing(world: World) -> None:
    world.put()
    world.manifest(minute=1, fields={"license_end_date": "2026-07-01"})
    world.manifest(minute=2, fields={"license_end_date": "2099-01-01"})
    held = world.asset().held_limits
    assert held is not None
    assert [window.ends for window in held.windows] == [datetime(2026, 7, 1, tzinfo=UTC)]
    (item,) = world.catalog.items(Queue.RIGHTS_REVIEW, WorkState.OPEN, limit=9, after=None).items
    assert item.evidence["held_limits"] == held.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("came", ["before", "after"])
def test_what_is_declared_is_in_the_history_of_the_asset_with_who_said_it(world: World, came: str) -> None:
    acts = [lambda: world.manifest(by="drops/spring.zip@1"), world.put]
    for act in acts if came == "before" else reversed(acts):
        act()
    (change,) = world.catalog.changes_of(world.asset().asset_id)
    assert (change.by, change.reason) == ("drops/spring.zip@1", "declared beside its master")
    assert (change.before.get("rights"), change.after["rights"]["holder"]) == (None, some.rights().holder)
    assert change.after["rights_declared"] is True


def test_rights_that_were_said_before_their_master_came_are_taken_however_often_they_were_said(world: World) -> None:
    world.manifest(minute=1)
    world.manifest(minute=2, fields={"headline": "new"})
    world.put()
    assert (world.asset().rights, world.asset().edits["headline"].value) == (some.rights(), "new")


def test_a_dispute_that_people_decided_is_not_opened_again_by_the_same_rights(world: World) -> None:
    world.manifest()
    world.put()
    world.put(b"A", "b/copy.jpg")
    for minute in (1, 2):
        said = {"rights": some.rights(holder="Other"), "fields": {"headline": f"take {minute}"}}
        assert world.manifest("b/copy.jpg", minute=minute, **said) is Said.APPLIED
        assert len(world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items) == 1


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


def test_known_bytes_with_other_rights_go_to_review_also_if_the_manifest_comes_later(world: World) -> None:
    world.manifest()
    world.put()
    world.put(b"A", "b/copy.jpg")
    assert world.manifest("b/copy.jpg", rights=some.rights(holder="Other")) is Said.APPLIED
    assert world.manifest("b/copy.jpg", rights=some.rights(holder="Other")) is Said.UNCHANGED
    assert len(world.catalog.items(Queue.RIGHTS_CONFLICT, WorkState.OPEN, limit=9, after=None).items) == 1
    assert world.asset().rights == some.rights()


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
