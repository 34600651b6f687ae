"""What the log says of a message that failed: enough to mend the cause before it is sent again."""

import io
import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from assetwire import queue_events
from assetwire.domain.errors import Unavailable

BODY = json.dumps({"detail": {"bucket": {"name": "masters"}, "object": {"key": "shoes/front.jpg"}}})


def record(number: int) -> dict[str, Any]:
    return {"messageId": f"message-{number}", "body": BODY, "eventSource": "aws:sqs"}


@pytest.mark.parametrize(
    ("error", "code", "detail"),
    [(Unavailable("the Catalog did not answer"), "unavailable", "the Catalog did not answer"), (KeyError("x"), "", "")],
)
def test_a_message_that_failed_stands_in_the_log_with_its_error_and_what_it_is_about(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: str, detail: str
) -> None:
    log = io.StringIO()
    monkeypatch.setattr(queue_events, "logger", Logger(service=f"test {error!r}", stream=log))

    def handle(each: Any) -> None:
        if each.message_id == "message-1":
            raise error

    answer = queue_events.process({"Records": [record(number) for number in range(3)]}, handle)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["level"], line["message"], line["message_id"]) == ("ERROR", "failed", "message-1")
    assert (line["code"], line["detail"]) == (code, detail)
    assert "shoes/front.jpg" in line["about"]
    assert type(error).__name__ in line["exception"]
