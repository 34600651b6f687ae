"""An asset's whole life on the deployed stack, with IAM enforced: withdrawn, restored, held, deleted, archived."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assetwire.adapters.catalog.keys import due_at
from assetwire_cli.target import ApiError, Target
from watching import ANYWHERE, eventually, get, picture, scan


def _take(target: Target, asset_id: str, step: str, **asked: Any) -> dict[str, Any]:
    return dict(target.call("POST", f"/assets/{asset_id}/{step}", body={"reason": "a test", **asked}))


def _refused(target: Target, asset_id: str, step: str) -> tuple[int, str]:
    with pytest.raises(ApiError) as error:
        _take(target, asset_id, step)
    return error.value.status, error.value.code


def _mint(target: Target, asset_id: str) -> str:
    query = {"territory": "DE", "ttl": "600"}
    return str(target.call("GET", f"/assets/{asset_id}/renditions/web-320.jpg/url", query=query)["url"])


def _masters(target: Target, prefix: str) -> list[str]:
    bucket = target.outputs["MastersBucketName"]
    found = target.client("s3").list_object_versions(Bucket=bucket, Prefix=prefix)
    return [version["VersionId"] for version in found.get("Versions", [])]


def _objects(target: Target, output: str, prefix: str) -> int:
    return int(target.client("s3").list_objects_v2(Bucket=target.outputs[output], Prefix=prefix)["KeyCount"])


def _move_due(target: Target, asset_id: str) -> None:
    """Let an asset's grace period have ended a minute ago: no deletion is sooner than a day."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    target.client("dynamodb").update_item(
        TableName=target.outputs["CatalogTable"],
        Key={"pk": {"S": f"ASSET#{asset_id}"}, "sk": {"S": "META"}},
        UpdateExpression="SET #d.deletion.due_at = :at, #d.due.#at = :at, due_at = :indexed",
        ExpressionAttributeNames={"#d": "data", "#at": "at"},
        ExpressionAttributeValues={":at": {"S": past.isoformat()}, ":indexed": {"S": due_at(past)}},
    )


def test_an_asset_lives_is_withdrawn_restored_held_and_deleted(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    folder = f"life/{uuid.uuid4()}"
    key, copy, body = f"{folder}/shoe.jpg", f"{folder}/copy.jpg", picture()
    asset_id = ingested(key, put(key, picture()))["asset_id"]
    ingested(key, put(key, body))
    assert ingested(copy, put(copy, body))["asset_id"] == asset_id
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    delivered(asset_id)
    first = _mint(target, asset_id)
    assert get(first)[0] == 200

    withdrawn = _take(target, asset_id, "withdraw")
    assert (withdrawn["status"], withdrawn["generation"]) == ("withdrawn", 2)
    assert withdrawn["withdrawn"]["by"] != "unknown"
    eventually(lambda: get(first)[0] == 403, "the URL to be refused")
    with pytest.raises(ApiError, match="asset_withdrawn"):
        _mint(target, asset_id)

    assert _take(target, asset_id, "restore")["status"] == "accepted"
    delivered(asset_id)
    second = _mint(target, asset_id)
    assert (get(second)[0], get(first)[0]) == (200, 403)

    _take(target, asset_id, "hold")
    assert _refused(target, asset_id, "delete") == (409, "on_legal_hold")
    _take(target, asset_id, "release")
    scheduled = _take(target, asset_id, "delete", grace_days=1)
    assert any(name.startswith("delivered g2/") for name in scheduled["deletion"]["used_in"])
    eventually(lambda: get(second)[0] == 403, "the URL to be refused")
    assert len(_masters(target, folder)) == 3

    # Nothing else may write it while its moment is moved by hand.
    eventually(lambda: not (target.call("GET", f"/assets/{asset_id}")["delivered"] or {}).get("renditions"), "delivery")
    _move_due(target, asset_id)
    eventually(
        lambda: target.call("GET", f"/assets/{asset_id}")["status"] == "deleted", "the clock to come round", seconds=150
    )
    left = target.call("GET", f"/assets/{asset_id}")
    assert left["deletion"]["done_at"]
    assert left["inspection"]["metadata"]["fields"] == {}
    assert _masters(target, folder) == []
    assert _objects(target, "RenditionsBucketName", asset_id) == 0
    assert _objects(target, "DeliveryBucketName", asset_id) == 0
    kinds = {item["kind"]["S"] for item in scan(target) if item["pk"]["S"] == f"ASSET#{asset_id}"}
    # what it was, and what became of it; its evidence, if associate had looked at it by then
    assert kinds - {"AssetMatch"} == {"Asset", "AssetChange", "Belonging", "Purge", "Revocation"}
    assert _refused(target, asset_id, "restore") == (409, "already_deleted")

    again = ingested(copy, put(copy, body))
    assert again["asset_id"] != asset_id
    assert again["version_id"] is not None
    held = {consumer: waiting for consumer, (waiting, _) in target.held("DeadLetterQueues").items() if waiting}
    assert held == {}


def test_a_master_that_comes_into_cold_storage_is_recalled_and_ingested_and_no_dead_letter(
    target: Target, ingested: Any
) -> None:
    """The embedded stack makes a copy as soon as it is asked for one."""
    key, bucket = f"cold/{uuid.uuid4()}.jpg", target.outputs["MastersBucketName"]
    put = target.client("s3").put_object(Bucket=bucket, Key=key, Body=picture(), StorageClass="DEEP_ARCHIVE")
    asset_id = ingested(key, put["VersionId"])["asset_id"]
    assert target.call("GET", f"/assets/{asset_id}")["status"] == "accepted"

    def closed() -> list[dict[str, Any]]:
        items = target.call("GET", "/work", query={"queue": "cold_master", "state": "closed"})["items"]
        return [item for item in items if item["evidence"]["upload"]["key"] == key]

    (item,) = eventually(closed, "the work item to be closed")
    assert (item["asset_id"], item["resolution"], item["closed_by"]) == (None, "recalled", "assetwire")
    assert target.held("DeadLetterQueues")["ingest"] == (0, 0)


def test_masters_are_marked_for_the_cold_and_taken_back(target: Target, put: Any, ingested: Any) -> None:
    """As far as the embedded stack goes: it tags, and moves nothing by a lifecycle."""
    key = f"archive/{uuid.uuid4()}.jpg"
    version = put(key, picture())
    asset_id = ingested(key, version)["asset_id"]
    place = {"Bucket": target.outputs["MastersBucketName"], "Key": key, "VersionId": version}

    def tags() -> list[str]:
        return [tag["Key"] for tag in target.client("s3").get_object_tagging(**place)["TagSet"]]

    assert _refused(target, asset_id, "recall") == (409, "not_archived")
    _take(target, asset_id, "archive")
    eventually(lambda: tags() == ["assetwire-archive"], "the master to be marked")
    eventually(lambda: target.call("GET", f"/assets/{asset_id}")["look_at"], "custody to be done")
    _take(target, asset_id, "recall", tier="bulk", days=2)
    eventually(lambda: tags() == [], "the mark to go")
    eventually(lambda: target.call("GET", f"/assets/{asset_id}")["archive"] is None, "the masters to be at hand")
