"""A queue handler does every good message of a batch and names exactly the bad ones."""

import io
import json
from typing import Any

import pytest
from PIL import Image

from assetwire.domain.asset import AssetStatus
from assetwire.domain.events import ProductPublished
from assetwire.domain.product_use import ProductUse
from crash import purging
from crash.cases import (
    EVERYWHERE,
    KEY,
    NAMES,
    NOBODY,
    RECORDED,
    Message,
    batch_of,
    bus_message,
    data_of,
    hint,
    message,
    offer,
    picture,
    put_master,
    record_master,
    record_renditions,
    s3_message,
    set_rights,
)
from crash.world import DELIVERY, MASTERS, NOW, RENDITIONS, World, aws, objects
from fakes.zips import honest_zip

OTHER_KEY = "supplier-b/IMG 4711 (1)+.png"
BAD_BODIES = {
    "broken_json": '{"detail": {"bucket',
    "no_text_at_all": "",
    "another_shape": json.dumps({"detail": {"bucket": "masters"}}),
    "a_list": json.dumps([{"detail": {}}]),
    "null": "null",
    "an_unknown_event": json.dumps(
        {
            "time": "2026-11-20T09:30:00Z",
            "detail": {"specversion": "1.0", "id": "1", "type": "MoonRose", "time": "2026-11-20T09:30:00Z", "data": {}},
        }
    ),
}
bad_bodies = pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)


def _bad(body: str) -> Message:
    batch = message("sqs_asset_accepted.json")
    batch["Records"][0]["body"] = body
    return batch


def _failed(result: Any) -> list[str]:
    return [failure["itemIdentifier"] for failure in result["batchItemFailures"]]


@bad_bodies
def test_unpack_names_the_bad_message_and_unpacks_both_good_ones(world: World, body: str) -> None:
    drops = [put_master(honest_zip({"a.png": picture(n)}), key=f"drops/{n}.zip") for n in (1, 2)]
    good = [s3_message(drop) for drop in drops]
    result, _ = world.deliver("unpack", batch_of(good[0], _bad(body), good[1]))
    assert _failed(result) == ["message-1"]
    assert {"1/a.png", "2/a.png"} <= set(objects(MASTERS))


@bad_bodies
def test_ingest_names_the_bad_message_and_ingests_both_good_ones(world: World, body: str) -> None:
    good = [s3_message(put_master(picture(1))), s3_message(put_master(picture(2), key=OTHER_KEY))]
    result, _ = world.deliver("ingest", batch_of(good[0], _bad(body), good[1]))
    assert _failed(result) == ["message-1"]
    assert {data_of(item)["key"] for item in world.items() if item["kind"]["S"] == "Source"} == {KEY, OTHER_KEY}


@bad_bodies
def test_renditions_names_the_bad_message_and_renders_for_both_good_ones(world: World, body: str) -> None:
    assets = [record_master(world, picture(1)), record_master(world, picture(2), key=OTHER_KEY)]
    result, _ = world.deliver("renditions", batch_of(hint(assets[0]), _bad(body), hint(assets[1])))
    assert _failed(result) == ["message-1"]
    made = {(*key.split("/")[:2], key.split("/")[3]) for key in objects(RENDITIONS)}
    assert made == {(asset.asset_id, asset.current_version, name) for asset in assets for name in NAMES}


@bad_bodies
def test_enforce_names_the_bad_message_and_delivers_both_good_ones(world: World, body: str) -> None:
    assets = [record_master(world, picture(1)), record_master(world, picture(2), key=OTHER_KEY)]
    for asset in assets:
        record_renditions(world, asset)
        set_rights(world, asset.asset_id, EVERYWHERE)
    result, _ = world.deliver("enforce", batch_of(hint(assets[0]), _bad(body), hint(assets[1])))
    assert _failed(result) == ["message-1"]
    expected = {f"{asset.asset_id}/g1/{asset.current_version}/{name}" for asset in assets for name in RECORDED}
    assert objects(DELIVERY).keys() == expected


@bad_bodies
def test_associate_names_the_bad_message_and_follows_both_good_ones(world: World, body: str) -> None:
    assets = [record_master(world, picture(1)), record_master(world, picture(2), key=OTHER_KEY)]
    for number, asset in enumerate(assets):
        offer(f"S-{number}", asset)
    good = [bus_message(ProductPublished(event_id="e", occurred_at=NOW, sku=f"S-{number}")) for number in (0, 1)]
    result, _ = world.deliver("associate", batch_of(good[0], _bad(body), good[1]))
    assert _failed(result) == ["message-1"]
    assert [world.catalog.asset(asset.asset_id).product_use for asset in assets] == [ProductUse.LIVE] * 2


@bad_bodies
def test_purge_names_the_bad_message_and_purges_both_good_ones_by_one_call(world: World, body: str) -> None:
    world.purges_follow = False
    assets = []
    for number, key in enumerate((KEY, OTHER_KEY)):
        asset = record_master(world, picture(number), key=key)
        record_renditions(world, asset)
        set_rights(world, asset.asset_id, EVERYWHERE)
        world.deliver("enforce", hint(asset))
        assets.append(set_rights(world, asset.asset_id, NOBODY))
        world.deliver("enforce", hint(asset))
    good = [purging.message_of([event]) for event in purging.wanted_of(world.items())]
    result, calls = world.deliver("purge", batch_of(good[0], _bad(body), good[1]))
    assert _failed(result) == ["message-1"]
    assert calls.count("cloudfront.CreateInvalidation") == 1
    assert {item for item, _ in world.purges} == {f"#asset:{asset.asset_id}" for asset in assets}
    assert world.edge == {}


@pytest.mark.parametrize(
    "function", ["ingest", "renditions", "transcode", "enforce", "purge", "associate", "revalidate"]
)
def test_a_batch_of_bad_messages_alone_is_reported_and_does_not_raise(world: World, function: str) -> None:
    bodies = list(BAD_BODIES.values())
    result, _ = world.deliver(function, batch_of(*map(_bad, bodies)))
    assert _failed(result) == [f"message-{number}" for number in range(len(bodies))]


@pytest.mark.parametrize("function", ["renditions", "transcode", "enforce"])
def test_an_event_of_an_asset_that_nobody_knows_is_reported(world: World, function: str) -> None:
    result, _ = world.deliver(function, batch_of(message("sqs_asset_accepted.json")))
    assert _failed(result) == ["message-0"]


@pytest.mark.parametrize("function", ["renditions", "transcode", "enforce"])
def test_an_event_with_fields_of_a_later_version_is_understood(world: World, function: str) -> None:
    asset = record_master(world, picture())
    batch = hint(asset)
    body = json.loads(batch["Records"][0]["body"])
    body["detail"] |= {"dataversion": 2, "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    body["detail"]["data"]["mood"] = "fine"
    batch["Records"][0]["body"] = json.dumps(body)
    result, _ = world.deliver(function, batch)
    assert _failed(result) == []


def test_keys_arrive_as_they_are_and_are_not_decoded(world: World) -> None:
    keys = [KEY, OTHER_KEY, "a%2Fb+c d.png", "Dahlie Blu\u0308te.png", "日本/写真 №1.png"]
    batches = [s3_message(put_master(picture(shade), key=key)) for shade, key in enumerate(keys)]
    result, _ = world.deliver("ingest", batch_of(*batches))
    assert _failed(result) == []
    for key in keys:
        source = world.catalog.source(MASTERS, key)
        assert source is not None, key
        assert world.catalog.asset(source.asset_id).file_name == key.rsplit("/", 1)[-1]


def test_the_stored_payload_is_read_as_it_is(world: World) -> None:
    """The object that it names is not there: it was deleted since, and nothing is left to ingest."""
    result, calls = world.deliver("ingest", message("sqs_s3_object_created.json"))
    assert _failed(result) == []
    assert calls == ["dynamodb.GetItem", "s3.GetObject"]
    assert world.items() == []


def test_an_upload_is_not_lost_while_the_table_is_missing(world: World) -> None:
    batch = s3_message(put_master(picture()))
    aws("dynamodb").delete_table(TableName="catalog")
    result, _ = world.deliver("ingest", batch)
    assert len(_failed(result)) == 1


@pytest.mark.parametrize("bucket", [MASTERS, RENDITIONS])
def test_a_missing_bucket_fails_the_message(world: World, bucket: str) -> None:
    asset = record_master(world, picture())
    for key in objects(bucket):
        for version in aws("s3").list_object_versions(Bucket=bucket, Prefix=key).get("Versions", []):
            aws("s3").delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
    aws("s3").delete_bucket(Bucket=bucket)
    result, _ = world.deliver("renditions", hint(asset))
    assert len(_failed(result)) == 1


def test_a_picture_too_tall_for_a_format_does_not_fail_for_ever(world: World) -> None:
    file = io.BytesIO()
    Image.new("RGB", (58, 17000), (200, 120, 40)).save(file, "PNG")
    world.deliver("ingest", s3_message(put_master(file.getvalue())))
    (asset,) = world.catalog.assets(list(AssetStatus), limit=10, after=None).assets
    assert asset.status is AssetStatus.QUARANTINED or not _failed(world.deliver("renditions", hint(asset))[0])
