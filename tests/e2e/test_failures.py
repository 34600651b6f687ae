"""What goes wrong ends in a dead-letter queue, whole, and holds up nothing; what comes twice changes nothing."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from assetwire_cli.target import Target
from watching import ANYWHERE, eventually, is_complete, picture, scan


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


POISONS = ["not even JSON", json.dumps({"detail": {"type": "Unheard", "data": {}}})]


def test_poisoned_messages_end_whole_in_the_dead_letter_queue_of_their_consumer(
    target: Target, impatient: None
) -> None:
    """All at once: each is tried again and again before it is given up."""
    queues = target.queues("WorkQueues")
    assert queues.keys() - target.queues("DeadLetterQueues").keys() == {"hygiene"}  # its letters are those of purge
    for url in queues.values():
        for poison in POISONS:
            own = {"MessageGroupId": str(uuid.uuid4()), "MessageDeduplicationId": str(uuid.uuid4())}
            fifo = own if url.endswith(".fifo") else {}
            target.client("sqs").send_message(QueueUrl=url, MessageBody=poison, **fifo)
    for consumer in queues.keys() - {"hygiene"}:
        wanted = POISONS * (2 if consumer == "purge" else 1)
        assert sorted(received(target, consumer, of=len(wanted))) == sorted(wanted), consumer


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
    delivered(asset_id)
    eventually(lambda: is_complete(target, asset_id), "all that the rights allow to be rendered and delivered")
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


def received(target: Target, consumer: str, *, of: int = 1) -> list[str]:
    """Wait for so many messages in a dead-letter queue, take them out, and return their bodies."""
    sqs, url = target.client("sqs"), target.queues("DeadLetterQueues")[consumer]
    bodies: list[str] = []

    def all_came() -> bool:
        asked = {"QueueUrl": url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}
        for message in sqs.receive_message(**asked).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            bodies.append(message["Body"])
        return len(bodies) >= of

    eventually(all_came, f"{of} dead letters of {consumer}", seconds=90)
    return bodies
