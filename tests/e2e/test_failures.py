"""What goes wrong ends in a dead-letter queue, whole, and holds up nothing; what comes twice changes nothing."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from assetwire_cli.target import Target
from watching import ANYWHERE, eventually, picture, scan


@pytest.fixture
def impatient(target: Target) -> Iterator[None]:
    """Let failed messages come again at once, in place of after minutes."""
    sqs = target.client("sqs")
    urls = list(target.queues("WorkQueues").values())
    kept = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"] for url in urls
    }
    for url in urls:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    yield
    for url, attributes in kept.items():
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


@pytest.mark.parametrize("consumer", ["ingest", "unpack", "renditions", "enforce"])
@pytest.mark.parametrize("poison", ["not even JSON", json.dumps({"detail": {"type": "Unheard", "data": {}}})])
def test_a_poisoned_message_ends_whole_in_its_dead_letter_queue(
    target: Target, impatient: None, consumer: str, poison: str
) -> None:
    sqs = target.client("sqs")
    sqs.send_message(QueueUrl=target.queues("WorkQueues")[consumer], MessageBody=poison)
    assert received(target, consumer) == [poison]


def test_a_record_that_the_relay_cannot_understand_goes_whole_to_its_failures_and_blocks_nothing(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    item = {"pk": {"S": f"ALIEN#{uuid.uuid4()}"}, "sk": {"S": "META"}, "payload": {"S": "x" * 100_000}}
    target.client("dynamodb").put_item(TableName=target.outputs["CatalogTable"], Item=item)
    (message,) = received(target, "relay")
    assert json.loads(message)["dynamodb"]["NewImage"] == item

    key = f"after-poison/{uuid.uuid4()}.jpg"
    asset_id = ingested(key, put(key, picture()))["asset_id"]
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    delivered(asset_id)


def test_every_message_sent_thrice_leaves_the_same_state(
    target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    """The very messages that an upload caused are sent again, in reverse order, and change nothing."""
    key = f"thrice/{uuid.uuid4()}.jpg"
    version = put(key, picture())
    asset_id = ingested(key, version)["asset_id"]
    target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    before = settled(target, delivered(asset_id))

    sqs, queues = target.client("sqs"), target.queues("WorkQueues")
    upload = {
        "time": "2026-01-01T00:00:00Z",
        "detail-type": "Object Created",
        "detail": {
            "bucket": {"name": target.outputs["MastersBucketName"]},
            "object": {"key": key, "version-id": version},
        },
    }
    current = {"asset_id": asset_id, "version_id": before["current_version"]}
    event = {"id": "1", "time": "2026-01-01T00:00:00Z"}
    ready = {**event, "type": "RenditionsReady", "data": {**current, "spec_digest": "x"}}
    accepted = {**event, "type": "AssetAccepted", "data": current}
    for _ in range(3):
        for queue, body in (("enforce", {"detail": ready}), ("renditions", {"detail": accepted}), ("ingest", upload)):
            sqs.send_message(QueueUrl=queues[queue], MessageBody=json.dumps(body))

    def idle() -> bool:
        return not any(sum(counts) for counts in target.held("WorkQueues").values())

    eventually(idle, "the queues to be empty")
    assert settled(target, target.call("GET", f"/assets/{asset_id}")) == before
    versions = [
        item for item in scan(target) if item["pk"]["S"] == f"ASSET#{asset_id}" and "VERSION#" in item["sk"]["S"]
    ]
    assert len(versions) == 1


def settled(target: Target, asset: dict[str, Any]) -> dict[str, Any]:
    """Return an asset once its revision stays the same."""

    def ask() -> Any:
        nonlocal asset
        again = target.call("GET", f"/assets/{asset['asset_id']}")
        same, asset = again == asset, again
        return same

    eventually(ask, "the asset to settle")
    return asset


def received(target: Target, consumer: str) -> list[str]:
    """Wait for messages in a dead-letter queue, take them out, and return their bodies."""
    sqs, url = target.client("sqs"), target.queues("DeadLetterQueues")[consumer]

    def take() -> list[dict[str, Any]]:
        return list(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []))

    messages = eventually(take, f"a dead letter of {consumer}", seconds=90)
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]
