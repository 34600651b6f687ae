"""The Receiver port: a system behind an http(s) URL that takes webhooks signed as Standard Webhooks are.

Source: Standard Webhooks specification 1.0.0.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

from assetwire.adapters import web
from assetwire.domain.errors import Misconfigured, Unavailable
from assetwire.ports.webhooks import WebhookSources


class WebhookReceiver:
    """A receiver by its name among those whose secrets are known, and its URL."""

    def __init__(self, name: str, url: str, *, secrets: WebhookSources, clock: Callable[[], datetime]) -> None:
        self._name, self._url, self._secrets, self._clock = name, url, secrets, clock

    def send(self, message_id: str, message: dict[str, Any]) -> None:
        """Post a message with a signature by each secret, so that either is good while they are rotated."""
        source = self._secrets.named(self._name)
        if source is None:
            raise Misconfigured(f"nothing signs what {self._name} is told: `assetwire webhooks secret --outbound`")
        body, now = json.dumps(message, separators=(",", ":"), ensure_ascii=False), self._clock()
        signatures = " ".join(Webhook(secret).sign(message_id, now, body) for secret in source.secrets)
        headers = {"webhook-id": message_id, "webhook-timestamp": str(int(now.timestamp()))}
        headers |= {"webhook-signature": signatures, "content-type": "application/json"}
        answer = web.ask("POST", self._url, headers, body.encode())
        if not 200 <= answer.status < 300:
            raise Unavailable(f"{self._name} answers {answer.status}: {answer.text[:200]}", code="not_acknowledged")
