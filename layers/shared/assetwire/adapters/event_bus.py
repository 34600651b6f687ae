"""The event bus: Amazon EventBridge."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from assetwire.adapters.aws_errors import translated
from assetwire.adapters.clients import client
from assetwire.domain.errors import Unavailable
from assetwire.domain.events import SOURCE, Event

_BATCH = 10
"""Entries that one PutEvents call takes; ten of 8 KB stay far below its 1 MB."""
_ATTEMPTS = 4


class EventBridgeBus:
    """A custom event bus."""

    def __init__(self, name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._name = name
        self._sleep = sleep

    def publish(self, events: Sequence[Event]) -> None:
        """Put these events on the bus, those that failed again after a pause.

        Raises:
            Unavailable: some failed at every attempt.
        """
        entries = [
            {
                "EventBusName": self._name,
                "Source": SOURCE,
                "DetailType": event.type,
                "Time": event.occurred_at,
                "Detail": event.to_cloud_event(),
            }
            for event in events
        ]
        for start in range(0, len(entries), _BATCH):
            self._put(entries[start : start + _BATCH])

    def _put(self, entries: list[dict[str, Any]]) -> None:
        for attempt in range(_ATTEMPTS):
            if attempt:
                self._sleep(0.1 * 2**attempt)
            with translated("publishing events"):
                answer = client("events").put_events(Entries=entries)
            if not answer["FailedEntryCount"]:
                return
            results = answer["Entries"]
            failed = [result.get("ErrorCode") for result in results if result.get("ErrorCode")]
            entries = [entry for entry, result in zip(entries, results, strict=True) if result.get("ErrorCode")]
        raise Unavailable(f"publishing events: {len(entries)} failed with {sorted(set(map(str, failed)))}")
