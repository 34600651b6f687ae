"""The bus, the failure queue and the signer in memory."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from assetwire.domain.errors import Unavailable
from assetwire.domain.events import Event


class FakeBus:
    """A bus that remembers what was published; `down` is a bus that takes nothing."""

    def __init__(self) -> None:
        self.published: list[Event] = []
        self.down = False

    def publish(self, events: Sequence[Event]) -> None:
        if self.down:
            raise Unavailable("the bus is down")
        self.published.extend(events)


class FakeFailures:
    """A queue of messages that nobody can process, each with its reason; `down` is one that takes nothing."""

    def __init__(self) -> None:
        self.kept: list[tuple[dict[str, Any], str]] = []
        self.down = False

    def put(self, message: dict[str, Any], *, reason: str) -> None:
        if self.down:
            raise Unavailable("the queue is down")
        self.kept.append((message, reason))


class FakeSigner:
    """Signs with its name."""

    def sign(self, url: str, *, expires: int, network: str | None = None) -> str:
        return f"{url}?Expires={expires}&Signature=fake" + ("" if network is None else f"&from={network}")

    def sign_policy(self, policy: str) -> str:
        return f"Policy={quote(policy, safe='')}&Signature=fake"

    def cookies(self, policy: str) -> dict[str, str]:
        return {"CloudFront-Policy": quote(policy, safe=""), "CloudFront-Signature": "fake"}
