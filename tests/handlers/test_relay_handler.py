"""The relay's handler announces a batch of stream records, or raises so that the whole batch comes again."""

import json

import pytest
from botocore.awsrequest import AWSResponse
from moto.core.botocore_stubber import MockRawResponse

from assetwire.domain.errors import AssetwireError, Unavailable
from crash.cases import message
from crash.world import BUS, World, aws

STREAM = "dynamodb_stream.json"


def test_a_batch_is_announced_on_the_bus_of_the_settings(world: World) -> None:
    result, calls = world.deliver("relay", message(STREAM))
    assert result is None
    assert calls == ["eventbridge.PutEvents"]
    entries = [json.loads(entry) for entry in world.published.values()]
    assert {entry["EventBusName"] for entry in entries} == {BUS}
    assert {entry["Source"] for entry in entries} == {"assetwire"}
    for entry in entries:
        detail = json.loads(entry["Detail"])
        assert detail["type"] == entry["DetailType"]
        assert detail["specversion"] == "1.0"
        assert detail["subject"] == detail["data"]["asset_id"]


def test_a_bus_that_fails_raises(world: World) -> None:
    def failing(forward: object, name: str, request: object) -> AWSResponse:
        body = json.dumps({"__type": "ValidationException", "message": "no"}).encode()
        return AWSResponse("", 400, {"content-type": "application/x-amz-json-1.1"}, MockRawResponse(body))

    world.answer = failing
    with pytest.raises(Unavailable):
        world.deliver("relay", message(STREAM))
    assert world.published == {}


def test_a_failure_queue_that_does_not_take_a_record_raises(world: World) -> None:
    batch = message(STREAM)
    batch["Records"][1] = {"eventID": "poisoned"}
    aws("sqs").delete_queue(QueueUrl=world.queue_url)
    with pytest.raises(AssetwireError):
        world.deliver("relay", batch)
    assert world.published == {}


def test_a_batch_that_is_none_raises(world: World) -> None:
    with pytest.raises(KeyError):
        world.deliver("relay", {})
