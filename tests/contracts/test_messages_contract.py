"""The bus and the failure queue: the fakes and AWS keep the same promises."""

import base64
import gzip
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber

from assetwire.adapters.clients import client
from assetwire.adapters.event_bus import EventBridgeBus
from assetwire.adapters.queues import LARGEST_MESSAGE, SqsFailures
from assetwire.domain.errors import AssetwireError, Unavailable
from assetwire.domain.events import Event, RightsChanged, parse_event
from assetwire.ports import EventBus, FailureQueue
from fakes import some
from fakes.messages import FakeBus, FakeFailures

Aws = Callable[[str], Any]


def events(count: int) -> list[Event]:
    return [
        RightsChanged(
            event_id=f"e{n}", occurred_at=some.NOW, asset_id=some.asset_id(str(n)), generation=n + 1, narrowed=True
        )
        for n in range(count)
    ]


class TestBus:
    """What is published is heard."""

    @pytest.fixture(params=["fake", "eventbridge"])
    def bus(self, request: pytest.FixtureRequest) -> tuple[EventBus, Callable[[], list[Event]]]:
        if request.param == "fake":
            fake = FakeBus()
            return fake, lambda: fake.published
        aws = request.getfixturevalue("aws")
        aws("events").create_event_bus(Name="assetwire")
        url = aws("sqs").create_queue(QueueName="heard")["QueueUrl"]
        aws("events").put_rule(Name="all", EventBusName="assetwire", EventPattern='{"source": ["assetwire"]}')
        arn = f"arn:aws:sqs:us-east-1:123456789012:{url.rsplit('/', 1)[-1]}"
        aws("events").put_targets(Rule="all", EventBusName="assetwire", Targets=[{"Id": "heard", "Arn": arn}])

        def heard() -> list[Event]:
            found = []
            while batch := aws("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in batch:
                    aws("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    entry = json.loads(message["Body"])
                    event = parse_event(entry["detail"])
                    assert entry["detail-type"] == event.type
                    found.append(event)
            return found

        return EventBridgeBus("assetwire"), heard

    @pytest.mark.parametrize("count", [1, 10, 23])
    def test_every_event_is_heard_once(self, bus: tuple[EventBus, Callable[[], list[Event]]], count: int) -> None:
        publisher, heard = bus
        publisher.publish(events(count))
        assert sorted(heard(), key=lambda e: int(e.event_id[1:])) == events(count)


class TestEventBridgeThatFails:
    """A part that failed is sent again, alone; what keeps failing raises."""

    @staticmethod
    def answer(*codes: str | None) -> dict[str, Any]:
        entries = [{"ErrorCode": code, "ErrorMessage": "later"} if code else {"EventId": "x"} for code in codes]
        return {"FailedEntryCount": sum(code is not None for code in codes), "Entries": entries}

    @staticmethod
    def entries_of(sent: list[Event]) -> dict[str, Any]:
        return {
            "Entries": [
                {
                    "EventBusName": "assetwire",
                    "Source": "assetwire",
                    "DetailType": event.type,
                    "Time": event.occurred_at,
                    "Detail": event.to_cloud_event(),
                }
                for event in sent
            ]
        }

    def test_only_what_failed_is_sent_again_after_a_pause(self) -> None:
        one, two, three = sent = events(3)
        pauses: list[float] = []
        with Stubber(client("events")) as answers:
            answers.add_response("put_events", self.answer(None, "ThrottlingException", None), self.entries_of(sent))
            answers.add_response("put_events", self.answer(None), self.entries_of([two]))
            EventBridgeBus("assetwire", sleep=pauses.append).publish([one, two, three])
            answers.assert_no_pending_responses()
        assert len(pauses) == 1
        assert pauses[0] > 0

    def test_what_fails_at_every_attempt_raises(self) -> None:
        pauses: list[float] = []
        with Stubber(client("events")) as answers:
            for _ in range(4):
                answers.add_response("put_events", self.answer("InternalFailure"))
            with pytest.raises(Unavailable, match="InternalFailure"):
                EventBridgeBus("assetwire", sleep=pauses.append).publish(events(1))
        assert pauses == sorted(pauses)
        assert len(pauses) == 3

    def test_a_failure_in_a_later_batch_raises_too(self) -> None:
        with Stubber(client("events")) as answers:
            answers.add_response("put_events", self.answer(*[None] * 10))
            for _ in range(4):
                answers.add_response("put_events", self.answer("InternalFailure"))
            with pytest.raises(Unavailable):
                EventBridgeBus("assetwire", sleep=lambda _: None).publish(events(11))

    def test_an_error_of_the_whole_call_is_translated(self) -> None:
        with Stubber(client("events")) as answers:
            answers.add_client_error("put_events", service_error_code="ThrottlingException")
            with pytest.raises(Unavailable) as failed:
                EventBridgeBus("assetwire").publish(events(1))
        assert failed.value.__cause__ is not None

    def test_a_network_that_fails_is_translated(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(**_: object) -> None:
            raise ConnectTimeoutError(endpoint_url="https://events.example")

        monkeypatch.setattr(client("events"), "put_events", fail)
        with pytest.raises(Unavailable):
            EventBridgeBus("assetwire").publish(events(1))


class TestFailures:
    """A message is kept whole, with its reason."""

    @pytest.fixture(params=["fake", "sqs"])
    def queue(self, request: pytest.FixtureRequest) -> tuple[FailureQueue, Callable[[], list[tuple[Any, str]]]]:
        if request.param == "fake":
            fake = FakeFailures()
            return fake, lambda: fake.kept
        sqs = request.getfixturevalue("aws")("sqs")
        url = sqs.create_queue(QueueName="failures")["QueueUrl"]

        def kept() -> list[tuple[Any, str]]:
            found = []
            while batch := sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages"):
                for message in batch:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                    assert len(message["Body"].encode()) < LARGEST_MESSAGE
                    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
                    body = message["Body"].encode()
                    if attributes["encoding"] == "gzip+base64":
                        body = gzip.decompress(base64.b64decode(body))
                    found.append((json.loads(body), attributes["reason"]))
            return found

        return SqsFailures(url), kept

    def test_a_message_is_kept_whole_with_its_reason(
        self, queue: tuple[FailureQueue, Callable[[], list[tuple[Any, str]]]]
    ) -> None:
        failures, kept = queue
        message = {"eventID": "e1", "dynamodb": {"NewImage": {"pk": {"S": "ü ☃"}}}}
        failures.put(message, reason="not_understood: why – so")
        assert kept() == [(message, "not_understood: why – so")]

    @pytest.mark.parametrize("text", ["x" * (LARGEST_MESSAGE + 1), "雪" * 200_000])
    def test_a_message_larger_than_a_queue_takes_is_kept_whole(
        self, queue: tuple[FailureQueue, Callable[[], list[tuple[Any, str]]]], text: str
    ) -> None:
        failures, kept = queue
        failures.put({"record": text}, reason="not_understood")
        assert kept() == [({"record": text}, "not_understood")]


def test_what_json_does_not_know_is_written_in_words(aws: Aws) -> None:
    sqs = aws("sqs")
    url = sqs.create_queue(QueueName="failures")["QueueUrl"]
    SqsFailures(url).put({"n": Decimal("1.50"), "at": some.NOW, "raw": b"\x00\xff"}, reason="")
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert json.loads(message["Body"]) == {"n": "1.50", "at": "2026-06-01T12:00:00+00:00", "raw": "AP8="}
    assert message["MessageAttributes"]["reason"]["StringValue"] == "unknown"


def test_a_queue_that_is_not_there_raises(aws: Aws) -> None:
    with pytest.raises(AssetwireError):
        SqsFailures("https://sqs.us-east-1.amazonaws.com/123456789012/nowhere").put({}, reason="r")
