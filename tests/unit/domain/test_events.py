"""Events: small, versioned, and read by those who know less or more."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import (
    EVENTS,
    LARGEST_EVENT,
    ArchivalRequested,
    AssetAccepted,
    AssetDeleted,
    AssetIngested,
    AssetQuarantined,
    AssetRestored,
    AssetVersioned,
    AssetWithdrawn,
    AssociationsWanted,
    CollectionRightsChanged,
    DeletionCancelled,
    DeletionScheduled,
    DeliveryOutdated,
    EmbargoLifted,
    Event,
    ItemDue,
    LegalHoldPlaced,
    LegalHoldReleased,
    LinkConfirmed,
    LinkRemoved,
    LinksReordered,
    MasterArchived,
    MasterRecalled,
    MetadataChanged,
    ProductChanged,
    ProductPublished,
    ProductUnpublished,
    PurgeWanted,
    RecallRequested,
    RenditionsOutdated,
    RenditionsReady,
    RightsChanged,
    RightsExpired,
    RightsExpiryAnnounced,
    RightsRestored,
    TranscodesReady,
    WorkEscalated,
    WorkItemOpened,
    parse_event,
)
from fakes import some

V1 = Path(__file__).parents[2] / "events" / "v1"
CAUSE: dict[str, Any] = {
    "event_id": "0d5f9a5e-6f3c-5d5e-9b62-0b5b7f4a8f10",
    "occurred_at": some.NOW,
    "asset_id": some.asset_id(),
}
AT = {name: value for name, value in CAUSE.items() if name != "asset_id"}
ONE, TWO = some.version(number=1).version_id, some.version(number=2).version_id
LONGEST_CODES = tuple(f"{n:02}".ljust(64, "x") for n in range(20))
SAMPLES: list[Event] = [
    AssetIngested(**CAUSE, version_id=ONE, sha256="0" * 64),
    AssetAccepted(**CAUSE, version_id=ONE),
    AssetDeleted(**CAUSE, sha256="0" * 64),
    AssetQuarantined(**CAUSE, version_id=ONE, codes=LONGEST_CODES),
    AssetRestored(**CAUSE, generation=2**63),
    AssetVersioned(**CAUSE, version_id=TWO, previous_version_id=ONE),
    AssetWithdrawn(**CAUSE, generation=2**63),
    ArchivalRequested(**CAUSE),
    DeletionCancelled(**CAUSE),
    DeletionScheduled(**CAUSE, due_at=some.NOW),
    DeliveryOutdated(**CAUSE, job_id=some.job().job_id),
    LegalHoldPlaced(**CAUSE),
    LegalHoldReleased(**CAUSE),
    MasterArchived(**CAUSE),
    MasterRecalled(**CAUSE, until=some.NOW),
    MetadataChanged(**CAUSE, category="c" * 63, fields=tuple(f"{n:02}".ljust(64, "x") for n in range(100))),
    PurgeWanted(**CAUSE, kind="purge", generation=2),
    RecallRequested(**CAUSE),
    RenditionsOutdated(**CAUSE, job_id=some.job().job_id),
    RenditionsReady(**CAUSE, version_id=ONE, spec_digest="0" * 16),
    RightsChanged(**CAUSE, generation=2**63, narrowed=True),
    EmbargoLifted(**CAUSE, generation=2**63),
    RightsExpiryAnnounced(**CAUSE, days=30, ends_at=some.NOW),
    RightsExpired(**CAUSE, generation=2**63),
    RightsRestored(**CAUSE, generation=2**63),
    TranscodesReady(**CAUSE, version_id=ONE, spec_digest="0" * 16),
    CollectionRightsChanged(
        **AT, collection_id=some.collection().collection_id, revision=2**63, job_id=some.job().job_id
    ),
    WorkItemOpened(**AT, work_id=some.work_item().work_id, queue="q" * 64, asset_id=some.asset_id()),
    WorkEscalated(**AT, work_id=some.work_item().work_id, queue="q" * 64, asset_id=some.asset_id(), level=9),
    ProductChanged(**AT, sku="S" * 100),
    ProductPublished(**AT, sku="S" * 100),
    ProductUnpublished(**AT, sku="S" * 100),
    LinkConfirmed(**CAUSE, sku="S" * 100, role="alternate", market="any"),
    LinkRemoved(**CAUSE, sku="S" * 100, role="alternate", market="DE"),
    LinksReordered(**AT, sku="S" * 100, role="alternate", market="any"),
    AssociationsWanted(**AT, sku="S" * 100),
    ItemDue(**AT, item="asset", item_id=some.asset_id(), kind="deletion"),
]


def envelope(event: Event) -> dict[str, Any]:
    return json.loads(event.to_cloud_event())


def test_there_is_a_sample_of_every_event() -> None:
    assert [event.type for event in SAMPLES] == list(EVENTS)


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
class TestEveryEvent:
    """What holds for each."""

    def test_it_is_at_most_8_kilobytes_even_at_its_largest(self, event: Event) -> None:
        assert len(event.to_cloud_event().encode()) <= LARGEST_EVENT == 8192

    def test_it_is_read_as_it_was_written(self, event: Event) -> None:
        assert parse_event(envelope(event)) == event

    def test_it_travels_in_an_envelope_of_cloudevents(self, event: Event) -> None:
        found = envelope(event)
        assert event.subject in found.pop("data").values()
        assert found == {
            "specversion": "1.0",
            "id": event.event_id,
            "source": "assetwire",
            "type": event.type,
            "time": "2026-06-01T12:00:00Z",
            "subject": event.subject,
            "dataversion": 1,
            "datacontenttype": "application/json",
        }

    def test_its_first_version_is_still_read(self, event: Event) -> None:
        kept = json.loads((V1 / f"{event.type}.json").read_text(encoding="utf-8"))
        assert kept["dataversion"] == 1
        read = parse_event(kept)
        assert type(read) is type(event)
        assert read.model_dump(mode="json").items() >= kept["data"].items()
        assert read.event_id == kept["id"]

    def test_fields_that_a_later_version_added_are_ignored(self, event: Event) -> None:
        found = envelope(event)
        found["data"]["added_later"] = {"deep": [1]}
        found["dataversion"] = 2
        found["traceparent"] = "00-…"
        assert parse_event(found) == event

    def test_a_field_that_is_missing_is_not_understood(self, event: Event) -> None:
        for name in envelope(event)["data"]:
            if not type(event).model_fields[name].is_required():
                continue  # a later version added it
            found = envelope(event)
            del found["data"][name]
            with pytest.raises(NotUnderstood):
                parse_event(found)

    def test_it_does_not_take_fields_that_it_does_not_have(self, event: Event) -> None:
        with pytest.raises(ValidationError):
            type(event)(**event.model_dump(), more=1)


@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        [],
        "text",
        None,
        {"type": "AssetAccepted"},
        envelope(SAMPLES[0]) | {"type": "SomethingElse"},
        envelope(SAMPLES[0]) | {"type": ["AssetIngested"]},
        envelope(SAMPLES[0]) | {"type": None},
        envelope(SAMPLES[0]) | {"data": []},
        envelope(SAMPLES[0]) | {"data": None},
        envelope(SAMPLES[0]) | {"time": "yesterday"},
        envelope(SAMPLES[0]) | {"time": "2026-06-01T12:00:00"},
        envelope(SAMPLES[0]) | {"time": "0001-01-01T00:00:00+14:00"},
        envelope(SAMPLES[0]) | {"id": 7},
        envelope(SAMPLES[0]) | {"data": envelope(SAMPLES[0])["data"] | {"asset_id": "../other"}},
    ],
)
def test_what_is_no_event_is_not_understood(spoilt: Any) -> None:
    with pytest.raises(NotUnderstood):
        parse_event(spoilt)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(SAMPLES), st.sampled_from(["id", "type", "time", "data"]), json_values)
def test_no_envelope_breaks_its_reader(event: Event, field: str, value: Any) -> None:
    with suppress(NotUnderstood):
        assert isinstance(parse_event(envelope(event) | {field: value}), Event)


def test_an_event_that_is_too_large_is_refused_when_it_is_written() -> None:
    event = AssetIngested(**CAUSE, version_id=ONE, sha256="0" * LARGEST_EVENT)
    with pytest.raises(NotUnderstood) as refused:
        event.to_cloud_event()
    assert refused.value.code == "too_large"


def test_size_is_counted_in_bytes_of_the_whole_envelope() -> None:
    room = LARGEST_EVENT - len(AssetIngested(**CAUSE, version_id=ONE, sha256="").to_cloud_event())
    AssetIngested(**CAUSE, version_id=ONE, sha256="0" * room).to_cloud_event()
    with pytest.raises(NotUnderstood):
        AssetIngested(**CAUSE, version_id=ONE, sha256="0" * (room + 1)).to_cloud_event()


def test_more_codes_than_fit_are_refused() -> None:
    with pytest.raises(ValidationError):
        AssetQuarantined(**CAUSE, version_id=ONE, codes=("x",) * 21)
    with pytest.raises(ValidationError):
        AssetQuarantined(**CAUSE, version_id=ONE, codes=("x" * 65,))


def test_names_of_events_are_in_the_past_tense() -> None:
    assert all(name.endswith(("ed", "Withdrawn", "Ready", "Due")) for name in EVENTS)
