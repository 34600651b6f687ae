"""Custody, stopped anywhere and started again, deletes everything or nothing, and masters end where they should be."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from assetwire.adapters.catalog.collections import DynamoCollections
from assetwire.adapters.catalog.declarations import DynamoDeclarations
from assetwire.adapters.catalog.rules import DynamoRules
from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, ArchiveState
from assetwire.domain.asset import Asset, AssetStatus, UploadRecord
from assetwire.domain.collection import CollectionKind
from assetwire.domain.errors import Refused
from assetwire.domain.events import ArchivalRequested, ItemDue, RecallRequested
from assetwire.domain.source import Belonging, Source
from assetwire.services import custody
from assetwire.services.collections import create_collection
from assetwire.services.declarations import declare
from assetwire.services.judging import Judge
from assetwire.services.members import add_members
from crash.cases import KEY, NAMES, bus_message, delivered_asset, hint, message, picture, put_master, record_master
from crash.cases import record_renditions as render
from crash.cold import move_to_the_cold, vault
from crash.harness import Scenario, check_crash_points, check_redelivery, check_twins, deliver, stage
from crash.world import MASTERS, NOW, REGION, RENDITIONS, TABLE, Message, World, aws, fresh_world, objects
from fakes import some

COPY = "supplier-b/IMG_4711.png"
LONG_AGO = Act(by="arn:aws:iam::123456789012:user/me", at=NOW - timedelta(days=31), reason="the licence ended")
ASKED = Act(by="arn:aws:iam::123456789012:user/me", at=NOW, reason="a reprint")


def _change(world: World, asset_id: str, step: Callable[[Asset], Asset]) -> Asset:
    asset = step(world.catalog.asset(asset_id))
    world.catalog.save_asset(asset)
    return asset


def _due(asset: Asset) -> Message:
    return bus_message(ItemDue(event_id="e", occurred_at=NOW, item="asset", item_id=asset.asset_id, kind="deletion"))


def _scheduled(world: World, asset_id: str) -> Asset:
    sources = world.catalog.sources(asset_id)
    grace = timedelta(days=30)
    return _change(world, asset_id, lambda a: lifecycle.schedule_deletion(a, LONG_AGO, grace=grace, sources=sources))


def _collected(world: World, asset_id: str) -> None:
    """Put an asset into a collection that restricts nothing."""
    known = {"by": "me", "collections": DynamoCollections(TABLE, region=REGION), "now": NOW}
    made = create_collection("Spring", kind=CollectionKind.COLLECTION, rights=None, token="t", **known)
    add_members(made.collection_id, [asset_id], reason="", catalog=world.catalog, **known)


def _deletion(world: World) -> Message:
    """Two versions, one in delivery, another source, a manifest, a collection, and an asset beside it that stays."""
    record_master(world, picture(9), key="another.png", minute=3)
    asset = delivered_asset(world)
    render(world, record_master(world, picture(2), minute=1))
    copy = put_master(picture(), key=COPY, minute=2)
    upload = world.catalog.versions(asset.asset_id)[0].upload.model_copy(
        update={"key": COPY, "s3_version": copy.s3_version, "uploaded_at": copy.at}
    )
    world.catalog.record(
        UploadRecord(upload=upload, asset_id=asset.asset_id),
        source=Source(bucket=MASTERS, key=COPY, asset_id=asset.asset_id),
    )
    store = DynamoDeclarations(TABLE, region=REGION)
    judge = Judge(DynamoRules(TABLE, region=REGION))
    said = some.declaration(KEY, bucket=MASTERS, rights=None)
    declare(said, declarations=store, catalog=world.catalog, now=NOW, judge=judge)
    _collected(world, asset.asset_id)
    message = _due(_scheduled(world, asset.asset_id))
    world.deliver("enforce", hint(asset))  # the withdrawal's own event
    return message


def _archival(world: World) -> Message:
    record_master(world, picture())
    asset = record_master(world, picture(2), minute=1)
    _change(world, asset.asset_id, lambda a: lifecycle.archive(a, ASKED))
    return bus_message(ArchivalRequested(event_id="e", occurred_at=NOW, asset_id=asset.asset_id))


def _moved(world: World) -> Message:
    world.deliver("custody", _archival(world))
    move_to_the_cold()
    return _s3_message("sqs_s3_object_storage_class_changed.json", world)


def _recall(world: World) -> Message:
    asset = record_master(world, picture())
    _change(world, asset.asset_id, lambda a: lifecycle.archive(a, ASKED))
    world.deliver("custody", _requested(asset))
    move_to_the_cold()
    world.deliver("custody", _requested(asset))
    _change(world, asset.asset_id, lambda a: lifecycle.recall(a, ASKED))
    return bus_message(RecallRequested(event_id="e", occurred_at=NOW, asset_id=asset.asset_id))


def _recall_before_it_moved(world: World) -> Message:
    world.deliver("custody", _archival(world))
    asset_id = world.catalog.source(MASTERS, KEY).asset_id
    _change(world, asset_id, lambda a: lifecycle.recall(a, ASKED))
    return bus_message(RecallRequested(event_id="e", occurred_at=NOW, asset_id=asset_id))


def _held(world: World) -> Message:
    batch = _deletion(world)
    _change(world, _asset_id(world), lambda a: lifecycle.place_hold(a, ASKED))
    return batch


def _nothing_to_do(world: World) -> Message:
    return _due(record_master(world, picture()))


def _requested(asset: Asset) -> Message:
    return bus_message(ArchivalRequested(event_id="e", occurred_at=NOW, asset_id=asset.asset_id))


def _s3_message(name: str, world: World) -> Message:
    upload = world.catalog.versions(_asset_id(world))[0].upload
    batch = message(name)
    body = json.loads(batch["Records"][0]["body"])
    body["detail"]["object"] |= {"key": upload.key, "version-id": upload.s3_version}
    batch["Records"][0]["body"] = json.dumps(body, ensure_ascii=False)
    return batch


def _asset_id(world: World) -> str:
    return str(world.catalog.source(MASTERS, KEY).asset_id)


SEEDS = (_deletion, _archival, _moved, _recall, _recall_before_it_moved, _held, _nothing_to_do)
DELETION = Scenario("custody", _deletion)
every_scenario = pytest.mark.parametrize(
    "scenario", [Scenario("custody", seed) for seed in SEEDS], ids=[seed.__name__.strip("_") for seed in SEEDS]
)


@every_scenario
def test_a_run_stopped_before_or_after_any_call_is_made_good_by_the_next(scenario: Scenario) -> None:
    check_crash_points(scenario)


@every_scenario
def test_a_message_delivered_three_times_leaves_what_one_delivery_leaves(scenario: Scenario) -> None:
    check_redelivery(scenario)


@pytest.mark.parametrize("seed", [_deletion, _archival, _recall])
def test_two_runs_of_one_message_at_once_leave_what_one_run_leaves(seed: Callable[[World], Message]) -> None:
    check_twins(Scenario("custody", seed))


def test_a_deletion_takes_every_version_of_every_source_and_leaves_the_neighbour() -> None:
    with fresh_world() as world:
        batch = _deletion(world)
        asset_id = _asset_id(world)
        deliver(world, DELETION, batch)
        assert [key.split(" ")[0] for key in vault()] == ["another.png"]
        assert objects(RENDITIONS) == {}
        kinds = {item["kind"]["S"] for item in world.items() if item["pk"]["S"] == f"ASSET#{asset_id}"}
        assert kinds == {"Asset", "AssetChange", "Belonging", "Purge", "Revocation"}
        assert not any(item["kind"]["S"] == "Declaration" for item in world.items())
        left = world.catalog.asset(asset_id)
        assert (left.status, left.deletion.reason, left.due) == (AssetStatus.DELETED, "the licence ended", None)
        assert {f"source s3://masters/{key}" for key in (KEY, COPY)} < set(left.deletion.used_in)
        assert "web-320.jpg" in "".join(left.deletion.used_in)


def test_while_an_asset_is_held_nothing_of_it_goes() -> None:
    with stage(Scenario("custody", _held)) as on:
        assert len(vault()) == 4
        assert on.calls == ["dynamodb.GetItem"]


@pytest.mark.parametrize("step", [lifecycle.place_hold, lifecycle.restore])
def test_a_hold_at_any_point_of_a_run_keeps_everything_or_is_refused(step: Callable[[Asset, Act], Asset]) -> None:
    with stage(DELETION) as on:
        asset_id = _asset_id(on.world)
        on.rewind()
        everything = vault()
        for number in range(1, len(on.calls) + 1):
            on.rewind()
            refused: list[str] = []

            def meanwhile(into: list[str] = refused) -> None:
                try:
                    _change(on.world, asset_id, lambda a: step(a, ASKED))
                except Refused as error:
                    into.append(error.code)

            deliver(on.world, DELETION, on.message, before={number: meanwhile})
            where = on.point("before", number)
            if refused:
                assert refused == ["already_deleted"], where
                assert len(vault()) == 1, where
            else:
                assert vault() == everything, where
                assert on.world.catalog.asset(asset_id).status is not AssetStatus.DELETED, where


def test_an_upload_at_any_point_of_a_run_is_kept_or_goes_with_the_asset() -> None:
    from crash.cases import s3_message

    with stage(DELETION) as on:
        asset_id = _asset_id(on.world)
        for number in range(1, len(on.calls) + 1):
            for key, data in ((KEY, picture(77)), ("new.png", picture())):
                on.rewind()
                put = put_master(data, key=key, minute=9)
                deliver(
                    on.world,
                    DELETION,
                    on.message,
                    before={number: lambda put=put: on.world.deliver("ingest", s3_message(put))},
                )
                where = f"{key} {on.point('before', number)}"
                owner = on.world.catalog.source(MASTERS, key).asset_id
                stands = any(name == f"{key} {put.s3_version}" for name in vault())
                assert stands == (owner != asset_id), where
                if stands:
                    assert on.world.catalog.asset(owner).status is AssetStatus.ACCEPTED, where
                    (version,) = on.world.catalog.versions(owner)
                    assert on.world.catalog.blob(version.inspection.sha256).asset_id == owner, where


def test_a_deleted_asset_is_a_member_of_nothing() -> None:
    with stage(DELETION) as on:
        assert [key for key in on.state["items"] if "MEMBER#" in key] == []
        deliver(on.world, DELETION, on.message)
        assert on.world.catalog.asset(_asset_id(on.world)).collections == ()


def test_masters_are_marked_beside_the_tags_that_they_have() -> None:
    with fresh_world() as world:
        batch = _archival(world)
        upload = world.catalog.versions(_asset_id(world))[0].upload
        place = {"Bucket": MASTERS, "Key": upload.key, "VersionId": upload.s3_version}
        aws("s3").put_object_tagging(**place, Tagging={"TagSet": [{"Key": "team", "Value": "studio"}]})
        deliver(world, Scenario("custody", _archival), batch)
        tags = {tag["Key"]: tag["Value"] for tag in aws("s3").get_object_tagging(**place)["TagSet"]}
        assert tags == {"team": "studio", "assetwire-archive": "yes"}
        _change(world, _asset_id(world), lambda a: lifecycle.recall(a, ASKED))
        deliver(world, Scenario("custody", _archival), batch)
        assert aws("s3").get_object_tagging(**place)["TagSet"] == [{"Key": "team", "Value": "studio"}]


def test_a_master_in_the_cold_is_recalled_by_what_needs_it_and_rendered_when_it_came() -> None:
    with fresh_world() as world:
        asset = record_master(world, picture())
        move_to_the_cold(marked_only=False)
        result, _ = world.deliver("renditions", hint(asset))
        assert result["batchItemFailures"] == []
        assert objects(RENDITIONS) == {}
        asked = world.catalog.asset(asset.asset_id).archive
        assert (asked.state, asked.asked.by) == (ArchiveState.RECALLING, "assetwire")

        before = world.catalog.asset(asset.asset_id)
        world.deliver("renditions", hint(asset))  # asked once is enough
        assert world.catalog.asset(asset.asset_id) == before

        deliver(world, Scenario("custody", _recall), _requested(asset))
        assert world.catalog.asset(asset.asset_id).archive.state is ArchiveState.RECALLED
        world.deliver("renditions", hint(asset))
        assert len(objects(RENDITIONS)) == len(NAMES)


def test_what_s3_tells_of_a_copy_that_came_is_read_as_it_is() -> None:
    """The stored payload names a master that nobody ingested; one of ours says that it is recalled."""
    with fresh_world() as world:
        result, calls = world.deliver("custody", message("sqs_s3_object_restore_completed.json"))
        assert (result["batchItemFailures"], calls) == ([], ["dynamodb.GetItem"])
        _recall(world)
        deliver(world, Scenario("custody", _recall), _s3_message("sqs_s3_object_restore_completed.json", world))
        assert world.catalog.asset(_asset_id(world)).archive.state is ArchiveState.RECALLED


# --- mutants: the checks above bite ---


def _reported(check: Callable[[], object], *, as_: str) -> None:
    with pytest.raises(AssertionError, match=as_):
        check()


def test_a_deletion_that_leaves_its_tombstone_first_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    real = custody._delete

    def mutant(asset: Asset, *, catalog: Any, now: Any, **ports: Any) -> Any:
        buried = lifecycle.buried(asset, now=now)
        if buried is not asset:
            catalog.save_asset(buried)
            real(asset, catalog=catalog, now=now, **ports)
        return custody.Outcome.DELETED

    monkeypatch.setattr(custody, "_delete", mutant)
    _reported(lambda: check_crash_points(DELETION), as_="vault: extra")


def test_a_deletion_without_a_point_of_no_return_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "saved", lambda *_, **__: True)
    _reported(
        lambda: test_a_hold_at_any_point_of_a_run_keeps_everything_or_is_refused(lifecycle.place_hold),
        as_="before call",
    )


def test_a_catalog_that_forgets_versions_before_their_blobs_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    from assetwire.adapters.catalog.repository import DynamoCatalog

    def mutant(self: DynamoCatalog, asset_id: str) -> None:
        versions = self.versions(asset_id)
        self._table.remove(versions)
        for version in versions:
            blob = self.blob(version.inspection.sha256)
            if blob is not None:
                self._table.remove_of(asset_id, blob)

    monkeypatch.setattr(DynamoCatalog, "forget", mutant)
    _reported(lambda: check_crash_points(DELETION), as_=r"items: extra SHA256#")


def test_an_ingest_that_takes_a_deleted_asset_for_its_own_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asset, "is_gone", property(lambda self: False))
    with pytest.raises(AssertionError):
        test_an_upload_at_any_point_of_a_run_is_kept_or_goes_with_the_asset()


def test_a_note_of_belonging_stands_beside_its_asset() -> None:
    with fresh_world() as world:
        asset = record_master(world, picture(), key="x" * 1024)
        (note,) = [item for item in world.items() if item["kind"]["S"] == Belonging.__name__]
        assert note["pk"]["S"] == f"ASSET#{asset.asset_id}"
        assert len(note["sk"]["S"].encode()) <= 1024
