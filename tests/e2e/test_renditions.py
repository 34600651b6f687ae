"""Specs that change, files that are lost, objects that were planted: on the deployed stack, with IAM enforced."""

import json
import uuid
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire.adapters.catalog import keys
from assetwire_cli import audit_command
from assetwire_cli.main import app
from assetwire_cli.target import Target
from watching import ANYWHERE, eventually, is_complete, picture

OLD = "0" * 16
CHANGED = "web-320.jpg"


@pytest.fixture
def asset(target: Target, put: Any, ingested: Any, delivered: Any) -> dict[str, Any]:
    """Return an asset that is delivered with everything that it wants: its rights made it want more."""
    key = f"renditions/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    eventually(lambda: is_complete(target, asset_id), "everything that the asset wants")
    return dict(delivered(asset_id))


def standing(target: Target, bucket: str, prefix: str) -> dict[str, Any]:
    """Return when each object under a prefix was written, by key."""
    listed = target.client("s3").list_objects_v2(Bucket=target.outputs[bucket], Prefix=prefix)
    return {entry["Key"]: entry["LastModified"] for entry in listed.get("Contents", ())}


def as_older_specs_left_it(target: Target, asset: dict[str, Any]) -> str:
    """Let one file be of another digest, and other specs be applied last; return the digest that it should have."""
    s3, dynamodb, table = target.client("s3"), target.client("dynamodb"), target.outputs["CatalogTable"]
    asset_id, version_id = asset["asset_id"], asset["current_version"]
    digest = asset["rendered"]["outputs"][CHANGED]
    bucket = target.outputs["RenditionsBucketName"]
    new, old = (f"{asset_id}/{version_id}/{each}/{CHANGED}" for each in (digest, OLD))
    s3.copy_object(Bucket=bucket, Key=old, CopySource={"Bucket": bucket, "Key": new})
    s3.delete_object(Bucket=bucket, Key=new)
    pk, sk = keys.rendition(asset_id, version_id, CHANGED, digest)
    item = dynamodb.get_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})["Item"]
    item["data"]["M"]["digest"] = {"S": OLD}
    moved = keys.rendition(asset_id, version_id, CHANGED, OLD)[1]
    dynamodb.put_item(TableName=table, Item=item | {"sk": {"S": moved}})
    dynamodb.delete_item(TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}})
    dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": f"ASSET#{asset_id}"}, "sk": {"S": "META"}},
        UpdateExpression="SET #d.rendered.outputs.#n = :old",
        ExpressionAttributeNames={"#d": "data", "#n": CHANGED},
        ExpressionAttributeValues={":old": {"S": OLD}},
    )
    dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": "SPECS"}, "sk": {"S": "META"}},
        UpdateExpression="SET #d.digest = :old",
        ExpressionAttributeNames={"#d": "data"},
        ExpressionAttributeValues={":old": {"S": OLD}},
    )
    return str(digest)


def test_a_wider_licence_makes_what_it_allows_and_a_narrower_one_takes_it_from_delivery(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    key = f"licence/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, picture(side=600)))["asset_id"]

    def license_for(*usages: str) -> None:
        rights = {"windows": [{}], "territories": ["DE"], "usages": list(usages)}
        target.call("PUT", f"/assets/{asset_id}/rights", body=rights)

    def usages() -> dict[str, set[bool]]:
        """Return whether renditions are delivered, by usage, once all that are wanted are made."""
        found = target.call("GET", f"/assets/{asset_id}/renditions")
        by_usage: dict[str, set[bool]] = {}
        for each in found["renditions"]:
            by_usage.setdefault(each["usage"], set()).add(each["delivered"])
        return {} if found["missing"] else by_usage

    license_for("web")
    eventually(lambda: usages() == {"web": {True}}, "the web's renditions")
    license_for("web", "social", "print", "marketplace")
    every = {usage: {True} for usage in ("web", "social", "print", "marketplace")}
    eventually(lambda: usages() == every, "the other usages' renditions")
    names = delivered(asset_id)["delivered"]["renditions"]
    assert {"print-a4.tif", "social-1080x1080.jpg"} <= set(names)
    assert any(name.startswith("ebay-") for name in names)
    license_for("web", "print")
    eventually(lambda: usages() == {"web": {True}, "print": {True}}, "what is licensed no more to go")


def test_specs_that_changed_are_noticed_by_the_clock_and_only_what_they_touch_is_made_anew(
    target: Target, asset: dict[str, Any], delivered: Any
) -> None:
    asset_id, clock = asset["asset_id"], f"{target.stack}-clock"
    assert "FunctionError" not in target.client("lambda").invoke(FunctionName=clock)  # the specs were applied once
    digest = as_older_specs_left_it(target, asset)
    before = standing(target, "RenditionsBucketName", f"{asset_id}/")
    answer = target.client("lambda").invoke(FunctionName=clock)
    assert "FunctionError" not in answer, answer["Payload"].read()

    def renewed() -> Any:
        found = target.call("GET", f"/assets/{asset_id}")
        return found if found["rendered"]["outputs"][CHANGED] == digest else None

    asset = eventually(renewed, "the changed file to be made anew")
    after = standing(target, "RenditionsBucketName", f"{asset_id}/")
    made = f"{asset_id}/{asset['current_version']}/{digest}/{CHANGED}"
    assert after.keys() - before.keys() == {made}
    assert {key: after[key] for key in before} == before, "nothing else was written"
    assert asset["tidy_at"] is not None
    job = target.call("GET", f"/jobs/{asset['rendering_asked']}")
    assert (job["kind"], job["by"]) == ("refresh_renditions", "assetwire")
    listed = target.call("GET", f"/assets/{asset_id}/renditions")
    assert (listed["missing"], {each["delivered"] for each in listed["renditions"]}) == ([], {True})


def test_what_is_lost_or_planted_is_found_by_the_audit_and_put_right_by_a_reconciliation(
    target: Target, asset: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asset_id, s3 = asset["asset_id"], target.client("s3")
    renditions, delivery = target.outputs["RenditionsBucketName"], target.outputs["DeliveryBucketName"]
    right = {
        bucket: set(standing(target, bucket, f"{asset_id}/"))
        for bucket in ("RenditionsBucketName", "DeliveryBucketName")
    }
    monkeypatch.setattr(audit_command, "target", lambda *_: target)

    def findings() -> dict[str, str]:
        """Return what the audit says of this asset; of others, other tests know."""
        result = CliRunner().invoke(app, ["audit-delivery", "--json"])
        found = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.exit_code == (1 if found else 0), result.output
        return {each["key"]: each["kind"] for each in found if each["key"].startswith(asset_id)}

    assert findings() == {}
    planted = f"{asset_id}/g1/{asset['current_version']}/original.tif"
    s3.put_object(Bucket=delivery, Key=planted, Body=b"planted")
    lost = min(standing(target, "DeliveryBucketName", f"{asset_id}/g1/{asset['current_version']}/web"))
    s3.delete_object(Bucket=delivery, Key=lost)
    s3.delete_object(Bucket=renditions, Key=max(right["RenditionsBucketName"]))
    assert findings() == {planted: "unexpected", lost: "missing"}

    job = target.call("POST", "/renditions/reconcile", body={"asset_ids": [asset_id]})
    eventually(lambda: target.call("GET", f"/jobs/{job['job_id']}")["state"] == "done", "the reconciliation")
    for bucket, expected in right.items():
        eventually(
            lambda bucket=bucket, expected=expected: set(standing(target, bucket, f"{asset_id}/")) == expected, bucket
        )
    assert findings() == {}
