"""Follows a key value store through its API, so that viewer functions see what it holds, as at CloudFront."""

from collections.abc import Collection
from typing import Any, Protocol

from assetwire_cli.edge.following import Follower
from assetwire_cli.edge.function import FunctionRuntime

POLL_SECONDS = 0.5
"""CloudFront itself takes a few seconds until every edge location knows of a change."""


class KeyValueSource(Protocol):
    """The part of boto3's client of key value stores that is used here."""

    def list_keys(self, *, KvsARN: str, NextToken: str = ...) -> Any:  # noqa: N803 - boto3's own shape and names
        """List a page of keys with their values."""


class KeyValueFollower(Follower):
    """Gives functions what a store holds, whenever that has changed."""

    def __init__(self, client: KeyValueSource, arn: str, functions: Collection[FunctionRuntime]) -> None:
        super().__init__(f"keys of {arn}")
        self._client = client
        self._arn = arn
        self._functions = functions
        self._held: dict[str, str] = {}

    def prepare(self) -> None:
        """Read the store before the first request comes."""
        self.apply_once()

    def apply_once(self) -> int:
        """Hand over what the store holds, if it is another than before; count the keys."""
        found = self._read()
        if found != self._held:
            for function in self._functions:
                function.hold(found)
            self._held = found
        return len(found)

    def _read(self) -> dict[str, str]:
        found: dict[str, str] = {}
        marker: dict[str, str] = {}
        while True:
            page = self._client.list_keys(KvsARN=self._arn, **marker)
            found |= {each["Key"]: each["Value"] for each in page.get("Items", [])}
            if not page.get("NextToken"):
                return found
            marker = {"NextToken": page["NextToken"]}
