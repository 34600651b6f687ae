"""What is told is signed as Standard Webhooks are, and is told only once it was taken."""

from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from assetwire.adapters import web
from assetwire.adapters.webhook_receiver import WebhookReceiver
from assetwire.domain.errors import Misconfigured, Unavailable
from assetwire.domain.webhook import Form, Source

SECRETS = ("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4")
MESSAGE = {"type": "assetwire.associations.changed", "data": {"sku": "S-1 ü"}}


class Secrets:
    """The secrets of one receiver."""

    def __init__(self, *secrets: str) -> None:
        self._source = Source(form=Form.CLOUDEVENTS, secrets=secrets) if secrets else None

    def named(self, name: str) -> Source | None:
        return self._source if name == "pim" else None

    def renew(self) -> bool:
        return False


def sent(monkeypatch: pytest.MonkeyPatch, *secrets: str, status: int = 204) -> tuple[str, dict[str, str], bytes]:
    asked: list[Any] = []

    def ask(_method: str, *request: Any) -> web.Answered:
        asked.append(request)
        return web.Answered(status, "because", {})

    monkeypatch.setattr(web, "ask", ask)
    receiver = WebhookReceiver("pim", "https://pim.example/in?a=1", secrets=Secrets(*secrets), clock=_now)
    receiver.send("m1", MESSAGE)
    (url, headers, body), *_ = asked
    return url, headers, body


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("secret", SECRETS)
def test_either_secret_proves_who_tells(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    url, headers, body = sent(monkeypatch, *SECRETS)
    assert (url, headers["webhook-id"], headers["content-type"]) == (
        *("https://pim.example/in?a=1", "m1"),
        "application/json",
    )
    assert Webhook(secret).verify(body, headers) == MESSAGE


@pytest.mark.parametrize("status", [301, 400, 404, 410, 429, 500, 503])
def test_what_was_not_taken_is_to_come_again(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with pytest.raises(Unavailable, match="because") as caught:
        sent(monkeypatch, *SECRETS, status=status)
    assert caught.value.code == "not_acknowledged"


def test_nothing_is_told_that_nothing_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Misconfigured):
        sent(monkeypatch)
