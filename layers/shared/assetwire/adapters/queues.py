"""Queues: Amazon SQS."""

import base64
import gzip
import hashlib
import json
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.domain.errors import TransientError
from assetwire.domain.webhook import Delivery

LARGEST_MESSAGE = 1024 * 1024
"""Bytes of an SQS message with its attributes. Source: SQS quotas, since August 2025."""


class SqsFailures:
    """A queue of messages that nobody can process."""

    def __init__(self, url: str) -> None:
        self._url = url

    def put(self, message: dict[str, Any], *, reason: str) -> None:
        """Send a message, whole, with the reason of its failure; one too large for SQS is sent compressed."""
        body = json.dumps(message, default=_plain, separators=(",", ":"))
        encoding = "identity"
        if len(body.encode()) > LARGEST_MESSAGE - 2048:
            encoding = "gzip+base64"
            body = base64.b64encode(gzip.compress(body.encode(), mtime=0)).decode()
        attributes = {
            "reason": {"DataType": "String", "StringValue": reason[:1000] or "unknown"},
            "encoding": {"DataType": "String", "StringValue": encoding},
        }
        with translated("keeping a failed message"):
            client("sqs").send_message(QueueUrl=self._url, MessageBody=body, MessageAttributes=attributes)


class SqsDeliveries:
    """Deliveries of webhooks, in a FIFO queue: what comes again within five minutes is there once.

    Each has a group of its own: none waits for another. Source: SQS, deduplication interval.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def put(self, delivery: Delivery) -> None:
        """Send a delivery; its source and id say whether it is there."""
        name = hashlib.sha256(f"{delivery.source}\n{delivery.delivery_id}".encode()).hexdigest()
        order = {"MessageGroupId": name, "MessageDeduplicationId": name}
        with translated("letting a delivery wait"):
            client("sqs").send_message(QueueUrl=self._url, MessageBody=delivery.model_dump_json(), **order)


class SqsWaiting:
    """Messages of a queue that are being worked on, and can be put off."""

    def __init__(self, url: str) -> None:
        self._url = url

    def put_off(self, receipt: str, *, seconds: int) -> None:
        """Let a message come again after so many seconds; where that fails, it comes as soon as it would have."""
        with suppress(TransientError), translated("putting a message off"):
            client("sqs").change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
            )


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} in a message")
