"""Relay: announce every change of the Catalog, all or nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import Event
from assetwire.domain.outbox import Change, events_of
from assetwire.ports import EventBus, FailureQueue

StreamRecord = dict[str, Any]


def relay(
    records: Sequence[StreamRecord],
    *,
    decode: Callable[[StreamRecord], Change],
    bus: EventBus,
    failures: FailureQueue,
) -> int:
    """Publish the events of these stream records, in order, and return how many there were.

    A record that is not understood goes to the failure queue, whole, and holds up nothing. Anything else that fails
    raises, and the whole batch comes again: its events keep their ids.

    Raises:
        Unavailable: the bus or the failure queue did not take everything.
    """
    events: list[Event] = []
    for record in records:
        try:
            announced = events_of(decode(record))
            for event in announced:
                event.to_cloud_event()  # too large an event is known before anything is published
        except NotUnderstood as error:
            failures.put(record, reason=f"{error.code}: {error.message}")
        except Exception as error:  # noqa: BLE001 - nothing here leaves the process: the record itself is the cause
            failures.put(record, reason=f"{type(error).__name__}: {error}")
        else:
            events.extend(announced)
    if events:
        bus.publish(events)
    return len(events)
