"""`assetwire replay`: dead letters back to where they failed, once their cause is mended."""

import base64
import gzip
import json
from typing import Annotated, Any

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target

_PATIENCE = 2
"""Seconds to wait for more letters before the queue counts as empty."""


def replay(
    consumer: Annotated[
        str,
        typer.Argument(
            help="Whose: ingest, renditions, enforce, associate, mirror, relay …; a wrong name is answered with all."
        ),
    ],
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many letters.")] = 1000,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Send a consumer's dead letters again. A letter is deleted only once its message is on its way."""
    place = target(aws, stack, region)
    letters = place.queues("DeadLetterQueues")
    if consumer not in letters:
        raise Failure(f"no consumer {consumer!r}; there are {', '.join(letters)}", code="unknown_consumer")
    sqs, url = place.client("sqs"), letters[consumer]
    replayed = 0
    while replayed < limit:
        count = min(10, limit - replayed)
        answer = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=count, WaitTimeSeconds=_PATIENCE, MessageAttributeNames=["All"]
        )
        if not answer.get("Messages"):
            break
        for message in answer["Messages"]:
            if consumer == "relay":
                _relay_again(place, message)
            else:
                work = place.queues("WorkQueues")[consumer]
                sqs.send_message(QueueUrl=work, MessageBody=message["Body"], **_order(work, message["MessageId"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            replayed += 1
    console.line(f"{replayed} replayed")


def _order(work: str, letter: str) -> dict[str, str]:
    """Return what a FIFO queue asks for: a letter is another message than the one that failed, and waits for none."""
    return {"MessageGroupId": letter, "MessageDeduplicationId": letter} if work.endswith(".fifo") else {}


def _relay_again(place: Target, message: dict[str, Any]) -> None:
    """Hand a stream record to the relay as the stream did; one that it still does not understand comes back.

    Raises:
        Failure: the letter holds no record (the stream's own note on a batch that outlived its retries), or the relay
            failed.
    """
    encoding = message.get("MessageAttributes", {}).get("encoding", {}).get("StringValue")
    if encoding is None:
        text = "this letter names a place in the stream and holds no record; see docs/operations.md, relay failures"
        raise Failure(text, code="no_record")
    body = message["Body"]
    if encoding == "gzip+base64":
        body = gzip.decompress(base64.b64decode(body)).decode()
    payload = json.dumps({"Records": [json.loads(body)]})
    answer = place.client("lambda").invoke(FunctionName=f"{place.stack}-relay", Payload=payload.encode())
    if "FunctionError" in answer:
        raise Failure(f"the relay failed: {answer['Payload'].read().decode()[:500]}", code="relay_failed")
