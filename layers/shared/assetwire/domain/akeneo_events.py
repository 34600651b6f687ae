"""Akeneo's Events API: what happened to up to ten products and product models, with all of their values.

Source: Akeneo's API documentation, "Events API": events may come in the wrong order, more than once, or not at all.
The Event Platform, its successor, tells which products changed and not how: reconciliation reads those.
"""

import json
from datetime import datetime
from typing import Any

from assetwire.domain.akeneo import Kind, change_of, moment_of, removal_of, timely
from assetwire.domain.akeneo_mapping import AkeneoMapping
from assetwire.domain.errors import InvalidRequest, NotUnderstood
from assetwire.domain.product_change import ProductChange
from assetwire.domain.webhook import Problem, Read

MOST_EVENTS = 100
"""Events of one delivery at the most; Akeneo sends 10."""
_UPSERTS, _REMOVALS = frozenset({"created", "updated"}), frozenset({"removed"})
_KINDS = {kind.value: kind for kind in Kind}


def events_in(body: bytes) -> list[dict[str, Any]]:
    """Return the events of a delivery; none of one without a body, by which Akeneo tries an address.

    Raises:
        InvalidRequest: it is no delivery of Akeneo's.
    """
    if not body.strip():
        return []
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"the body is no JSON: {error}"[:200], code="invalid_json") from error
    events = document.get("events") if isinstance(document, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        problem = Problem("events", "wrong_type", "an array of events").told()
        raise InvalidRequest("the body has no events of Akeneo's", problems=(problem,))
    if len(events) > MOST_EVENTS:
        raise InvalidRequest(f"{len(events)} events, at most {MOST_EVENTS} are taken", code="too_many_events")
    return events


def read(body: bytes, *, source: str, mapping: AkeneoMapping, now: datetime) -> Read:
    """Return what a delivery of Akeneo's says; an event that cannot be taken does not keep the others from counting.

    Raises:
        InvalidRequest: it is no delivery of Akeneo's.
        Misconfigured: the mapping names an attribute of prices.
    """
    changes: list[ProductChange] = []
    problems: list[Problem] = []
    events = events_in(body)
    for number, event in enumerate(events):
        try:
            change = timely(_change(event, source=source, mapping=mapping), now=now)
        except NotUnderstood as error:
            problems.append(Problem(f"events.{number}", error.code, error.message))
            continue
        if change is not None:
            changes.append(change)
    return Read(tuple(changes), tuple(problems), ignored=len(events) - len(changes) - len(problems))


def _change(event: dict[str, Any], *, source: str, mapping: AkeneoMapping) -> ProductChange | None:
    """Return what one event says; None if it is about nothing that is kept here."""
    thing, _, happened = str(event.get("action")).rpartition(".")
    if thing not in _KINDS or happened not in _UPSERTS | _REMOVALS:
        return None
    at = moment_of(event.get("event_datetime") or event.get("event_date"), "event_datetime")
    data = event.get("data")
    resource = data.get("resource", data) if isinstance(data, dict) else None
    if not isinstance(resource, dict):
        raise NotUnderstood("the event has no resource")
    if happened in _REMOVALS:
        return removal_of(resource, kind=_KINDS[thing], source=source, at=at)
    return change_of(resource, kind=_KINDS[thing], mapping=mapping, source=source, seen_at=at)
