"""Sources of webhooks: a secret is made, a second one beside it while they are rotated, and taken away again."""

import io
import json
from typing import Any

import pytest
from standardwebhooks import Webhook

from assetwire.domain.webhook import Form
from assetwire_cli import replay_command, webhook_commands, webhook_sources
from assetwire_cli.failure import Failure
from fakes.secrets import FakeSecrets


class FakeTarget:
    """A stack that has the secret."""

    def __init__(self) -> None:
        self.secrets = FakeSecrets()
        self.outputs = {"WebhookSecretId": "webhooks"}
        self.api_url = "https://api.example.com/v1"

    def client(self, _service: str) -> FakeSecrets:
        return self.secrets

    @property
    def kept(self) -> Any:
        return json.loads(self.secrets.text or "{}")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    found = FakeTarget()
    monkeypatch.setattr(webhook_commands, "target", lambda *_: found)
    return found


def test_a_secret_is_made_and_printed_once(place: FakeTarget, capsys: pytest.CaptureFixture[str]) -> None:
    webhook_commands.secret("shop")
    printed = capsys.readouterr()
    made = printed.out.strip()
    assert place.kept == {"shop": {"form": "cloudevents", "secrets": [made]}}
    assert "https://api.example.com/v1/webhooks/shop" in printed.err
    Webhook(made)
    webhook_commands.list_sources()
    assert made not in capsys.readouterr().out


def test_two_secrets_are_good_and_the_older_one_is_taken_away(
    place: FakeTarget, capsys: pytest.CaptureFixture[str]
) -> None:
    webhook_commands.secret("shop")
    webhook_commands.secret("shop")
    older, newer = capsys.readouterr().out.split()
    assert place.kept["shop"]["secrets"] == [newer, older]
    with pytest.raises(Failure) as refused:
        webhook_commands.secret("shop")
    assert refused.value.code == "two_secrets"
    webhook_commands.retire("shop")
    assert place.kept["shop"]["secrets"] == [newer]
    with pytest.raises(Failure) as refused:
        webhook_commands.retire("shop")
    assert refused.value.code == "one_secret"
    webhook_commands.retire("shop", whole=True)
    assert place.kept == {}


def test_a_secret_that_the_source_made_is_read_and_not_printed(
    place: FakeTarget, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO("3ha6eonoa9icsckw8kccos084\n"))
        webhook_commands.secret("akeneo", form=Form.AKENEO, given=True)
    assert place.kept == {"akeneo": {"form": "akeneo", "secrets": ["3ha6eonoa9icsckw8kccos084"]}}
    assert "3ha6" not in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(Failure) as refused:
        webhook_commands.secret("akeneo", given=True)
    assert refused.value.code == "no_secret"


def test_a_source_keeps_its_form_and_is_named_as_addresses_are(place: FakeTarget) -> None:
    webhook_commands.secret("shop")
    with pytest.raises(Failure) as refused:
        webhook_commands.secret("shop", form=Form.AKENEO)
    assert refused.value.code == "other_form"
    with pytest.raises(Failure) as refused:
        webhook_commands.secret("Shop/1")
    assert refused.value.code == "invalid_name"
    with pytest.raises(Failure) as refused:
        webhook_commands.retire("other")
    assert refused.value.code == "unknown_source"


def test_sources_do_not_touch_each_other() -> None:
    secrets = FakeSecrets()
    place: dict[str, Any] = {"secret_id": "webhooks", "secrets": secrets}
    webhook_sources.add("a", None, "x", **place)
    webhook_sources.add("b", Form.AKENEO, "y", **place)
    webhook_sources.retire("a", whole=True, **place)
    assert webhook_sources.known(**place) == {"b": {"form": "akeneo", "secrets": ["y"]}}


class FakeQueues:
    """Dead letters of two consumers, and what is sent to their queues."""

    def __init__(self) -> None:
        self.letters = {"mirror-dlq.fifo": [{"Body": "a", "MessageId": "1", "ReceiptHandle": "r"}]}
        self.letters["enforce-dlq"] = [{"Body": "b", "MessageId": "2", "ReceiptHandle": "s"}]
        self.sent: list[dict[str, str]] = []

    def queues(self, output: str) -> dict[str, str]:
        if output == "WorkQueues":
            return {"mirror": "mirror.fifo", "enforce": "enforce"}
        return {"mirror": "mirror-dlq.fifo", "enforce": "enforce-dlq"}

    def client(self, _service: str) -> "FakeQueues":
        return self

    def receive_message(self, QueueUrl: str, **_: object) -> dict[str, Any]:  # noqa: N803
        return {"Messages": self.letters[QueueUrl]}

    def send_message(self, **sent: str) -> None:
        self.sent.append(sent)

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self.letters[QueueUrl] = []


def test_a_dead_letter_goes_back_as_another_message_that_waits_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    place = FakeQueues()
    monkeypatch.setattr(replay_command, "target", lambda *_: place)
    for consumer in ("mirror", "enforce"):
        replay_command.replay(consumer, limit=1000)
    assert place.sent == [
        {"QueueUrl": "mirror.fifo", "MessageBody": "a", "MessageGroupId": "1", "MessageDeduplicationId": "1"},
        {"QueueUrl": "enforce", "MessageBody": "b"},
    ]
