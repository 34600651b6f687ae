"""Products in CloudEvents: taken whole, or refused with everything that is wrong, by name."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from assetwire.domain.cloud_events import read
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.product_change import ProductChange

FACTS = {"status": "published", "texts": {"de-DE": {"name": "Schuh"}}, "gtins": ["4012345123456"]}
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e-1",
    "source": "https://pim.example.com",
    "type": "product.changed",
    "subject": "S-1",
    "time": "2026-11-20T12:00:00Z",
    "data": FACTS,
}
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json; charset=UTF-8"


def reading(document: object, kind: str = SINGLE, **headers: str) -> tuple[ProductChange, ...]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = read(body, {"content-type": kind, **headers}, source="shop", now=AT)
    assert (found.problems, found.ignored) == ((), 0)
    return found.changes


def refused(document: object, kind: str = SINGLE, **headers: str) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        reading(document, kind, **headers)
    return caught.value


def problems(error: InvalidRequest) -> list[tuple[str, str]]:
    return [(problem["field"], problem["code"]) for problem in error.problems]


@pytest.mark.parametrize("kind", [SINGLE, "application/json", "application/json; charset=utf-8", ""])
def test_an_event_says_what_a_product_is_now(kind: str) -> None:
    (change,) = reading(EVENT | {"traceparent": "00-1"}, kind)
    assert change.facts is not None
    assert (change.sku, change.facts.gtins) == ("S-1", ("04012345123456",))
    assert change.told.model_dump(exclude_defaults=True) == {
        "source": "shop",
        "ref": "product:S-1",
        "changed_at": AT,
        "seen_at": AT,
    }


def test_a_product_that_is_gone_needs_no_data() -> None:
    event = {name: value for name, value in EVENT.items() if name != "data"} | {"type": "product.deleted"}
    assert [change.facts for change in reading(event)] == [None]


def test_a_batch_is_taken_in_its_order() -> None:
    found = reading([EVENT, EVENT | {"subject": "S-2", "type": "product.deleted"}], BATCH)
    assert [(change.sku, change.facts is None) for change in found] == [("S-1", False), ("S-2", True)]


@pytest.mark.parametrize("kind", ["application/json", "", "text/xml"])
def test_binary_mode_is_refused_for_no_signature_covers_its_headers(kind: str) -> None:
    headers = {f"ce-{name}": value for name, value in EVENT.items() if name != "data"}
    assert refused(FACTS, kind, **headers).code == "binary_mode"
    assert refused(b"", kind, **headers | {"ce-type": "product.deleted"}).code == "binary_mode"
    assert refused(EVENT, kind, **{"ce-subject": "S-2"}).code == "binary_mode"


def test_headers_beside_a_whole_event_say_nothing() -> None:
    assert reading(EVENT, **{"ce-subject": "S-2", "ce-type": "product.deleted"}) == reading(EVENT)


def test_a_moment_may_be_ahead_as_far_as_clocks_differ_and_no_further() -> None:
    assert len(reading(EVENT | {"time": "2026-11-20T12:05:00Z"})) == 1
    for time in ("2026-11-20T12:05:01Z", "2099-01-01T00:00:00Z"):
        assert problems(refused(EVENT | {"time": time})) == [("time", "in_future")]
    assert problems(refused([EVENT, EVENT | {"time": "2099-01-01T00:00:00Z"}], BATCH)) == [("1.time", "in_future")]


def test_prices_are_refused_by_name_and_so_is_all_that_is_not_kept() -> None:
    facts = FACTS | {"price": "9.99", "weight": 3, "texts": {"de": {"name": "x", "uvp": "9"}}}
    error = refused(EVENT | {"data": facts})
    assert problems(error) == [
        ("data.texts.de.uvp", "forbidden_field"),
        ("data.price", "forbidden_field"),
        ("data.weight", "extra_forbidden"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"specversion": "0.3"}, [("specversion", "literal_error")]),
        ({"type": "product.sold"}, [("type", "literal_error")]),
        ({"subject": "a/b"}, [("subject", "string_pattern_mismatch")]),
        ({"time": "2026-11-20T12:00:00"}, [("time", "timezone_aware")]),
        ({"id": ""}, [("id", "string_too_short")]),
        ({"data": None}, [("data", "missing")]),
        ({"datacontenttype": "text/xml"}, [("data", "wrong_type")]),
        ({"data": FACTS | {"parent": "S-1"}}, [("data", "own_parent")]),
        ({"data": FACTS | {"gtins": ["123"]}}, [("data.gtins", "value_error")]),
    ],
)
def test_what_is_wrong_is_told_by_its_field(change: Any, expected: Any) -> None:
    assert problems(refused(EVENT | change)) == expected


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time"])
def test_nothing_that_is_needed_may_be_missing(name: str) -> None:
    event = {key: value for key, value in EVENT.items() if key != name}
    assert problems(refused(event)) == [(name, "missing")]


def test_a_batch_with_one_wrong_event_is_refused_whole_and_names_it() -> None:
    error = refused([EVENT, EVENT | {"data": FACTS | {"price": 1}}, 7], BATCH)
    assert problems(error) == [("1.data.price", "forbidden_field"), ("2.", "model_type")]


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"{", SINGLE, "invalid_json"),
        (EVENT, BATCH, "wrong_type"),
        ([EVENT] * 101, BATCH, "too_many_events"),
        (EVENT, "text/plain", "wrong_type"),
    ],
)
def test_what_is_no_cloudevent_is_refused(body: object, kind: str, code: str) -> None:
    assert refused(body, kind).code == code
