"""The outbox: no change that somebody acts upon goes unannounced."""

from datetime import timedelta
from typing import Any

import pytest

from assetwire.domain import ids
from assetwire.domain.archive import Act, Archive, ArchiveState
from assetwire.domain.asset import Asset, AssetStatus, Blob, Deletion, Edit, UploadRecord, Version
from assetwire.domain.collection import Membership, collection_change
from assetwire.domain.due import Due, DueKind
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import EVENTS, AssetIngested, AssetQuarantined, AssetVersioned, RightsChanged
from assetwire.domain.idempotency import IdempotentRequest
from assetwire.domain.inspection import Identifier, Problem
from assetwire.domain.job import JobState
from assetwire.domain.link import LinkOrigin, LinkState
from assetwire.domain.outbox import ANNOUNCED, Change, Record, events_of
from assetwire.domain.rights_phase import Phase, State
from assetwire.domain.shown import Delivered, Rendered
from assetwire.domain.source import Belonging, Source
from fakes import some
from fakes.some import NOW

ONE, TWO = some.version(number=1), some.version(number=2)
RENDERED = Rendered(version_id=ONE.version_id, outputs={"a.jpg": "0123"})
SKU = Identifier(kind="sku", value="S-1", source="manifest", where="shoe.jpg", confidence=0.95)
JOB = some.job().job_id
MEMBERSHIP = Membership(collection_id=some.collection().collection_id, asset_id=some.asset_id(), by="me", at=some.NOW)
BEFORE = some.asset(rights=some.rights(), rendered=RENDERED)

ACT = Act(by="me", at=NOW)
DELETION = Deletion(by="me", at=NOW, due_at=NOW + timedelta(days=30))
LATER = DELETION.model_copy(update={"due_at": NOW + timedelta(days=60)})


def archive(state: str) -> Archive:
    return Archive(state=ArchiveState(state), asked=ACT)


SILENT = {
    "asset_id": "it never changes",
    "created_at": "it never changes",
    "current_order": "it changes with current_version",
    "file_name": "it changes with current_version",
    "inspection": "it changes with current_version or status",
    "problems": "it changes with current_version or status",
    "withdrawn": "it changes with status",
    "used_at": "it changes with what is of use",
    "look_at": "it changes with due",
    "tidy_at": "it changes with due",
    "transcode_at": "it changes with due",
    "transcoding": "transcode alone reads it, and is woken by due",
    "part_of": "transcode alone writes it, before it reads what it must hear of from then on",
    "delivered": "signed_url alone reads it, and reads the record itself",
    "narrowing": "it changes with generation",
    "collections": "what they allow changes restricted, and nothing else acts upon them",
    "inherited": "it changes with restricted",
    "held_limits": "it changes restricted",
    "rights_declared": "it says whose word the rights are, and those are announced",
    "product_use": "it follows what products and links announce, and where it ends, generation changes",
    "updated_at": "it says only when something else changed",
    "revision": "it counts the changes of everything else",
}
"""The fields of an asset whose change nobody waits for, and why."""


def announced(old: Record | None, new: Record | None) -> list[str]:
    return [event.type for event in events_of(Change("r1", NOW, old, new))]


def changed(**fields: Any) -> Asset:
    return BEFORE.model_copy(update={**fields, "revision": BEFORE.revision + 1})


def in_phase(state: State, **fields: Any) -> Asset:
    return changed(phase=Phase(state=state, **fields))


def test_every_field_of_an_asset_is_announced_or_has_a_reason_for_silence() -> None:
    assert set(Asset.model_fields) == set(ANNOUNCED) | set(SILENT)
    assert not set(ANNOUNCED) & set(SILENT)


def test_whatever_announces_a_field_is_an_event() -> None:
    assert {name for names in ANNOUNCED.values() for name in names} <= set(EVENTS)


ASSET_CHANGES = [
    ("status", some.asset(accepted=False), some.asset(), ["AssetAccepted"]),
    ("status", BEFORE, changed(status=AssetStatus.WITHDRAWN), ["AssetWithdrawn"]),
    ("status", changed(status=AssetStatus.WITHDRAWN), BEFORE, ["AssetAccepted", "AssetRestored"]),
    ("status", changed(status=AssetStatus.WITHDRAWN), changed(status=AssetStatus.DELETED), ["AssetDeleted"]),
    ("deletion", BEFORE, changed(deletion=DELETION), ["DeletionScheduled"]),
    ("deletion", changed(deletion=DELETION), changed(deletion=LATER), ["DeletionScheduled"]),
    ("deletion", changed(deletion=DELETION), BEFORE, ["DeletionCancelled"]),
    ("deletion", changed(deletion=DELETION), changed(deletion=DELETION.model_copy(update={"begun_at": NOW})), []),
    ("legal_hold", BEFORE, changed(legal_hold=ACT), ["LegalHoldPlaced"]),
    ("legal_hold", changed(legal_hold=ACT), BEFORE, ["LegalHoldReleased"]),
    ("archive", BEFORE, changed(archive=archive("archiving")), ["ArchivalRequested"]),
    ("archive", changed(archive=archive("archiving")), changed(archive=archive("archived")), ["MasterArchived"]),
    ("archive", changed(archive=archive("archived")), changed(archive=archive("recalling")), ["RecallRequested"]),
    ("archive", changed(archive=archive("recalling")), changed(archive=archive("recalled")), ["MasterRecalled"]),
    ("archive", changed(archive=archive("archiving")), BEFORE, ["MasterRecalled"]),
    ("archive", changed(archive=archive("archived")), changed(archive=archive("archived")), []),
    ("category", BEFORE, changed(category="swatch"), ["MetadataChanged"]),
    ("declared", BEFORE, changed(declared=(SKU,)), ["MetadataChanged"]),
    ("edits", BEFORE, changed(edits={"title": Edit(value={"de": "Schuh"}, at=NOW)}), ["MetadataChanged"]),
    (
        "due",
        BEFORE,
        changed(due=Due(kind=DueKind.DELETION, at=NOW + timedelta(hours=1))),
        [],
    ),  # the sweep will say so
    ("due", BEFORE, changed(due=Due(kind=DueKind.DELETION, at=NOW, wakes=1)), ["ItemDue"]),
    ("status", BEFORE, changed(status=AssetStatus.QUARANTINED), []),  # its version's change says AssetQuarantined
    ("current_version", BEFORE, changed(current_version=TWO.version_id), ["AssetVersioned"]),
    (
        "current_version",
        some.asset(accepted=False),
        some.asset(current_version=TWO.version_id),
        ["AssetAccepted"],
    ),
    (
        "current_version",
        some.asset(accepted=False),
        some.asset(accepted=False, current_version=TWO.version_id),
        [],  # as above
    ),
    ("rights", BEFORE, changed(rights=some.rights(holder="Another")), ["RightsChanged"]),
    ("rights", BEFORE, changed(rights=None), ["RightsChanged"]),
    ("generation", BEFORE, changed(generation=2), ["RightsChanged"]),
    ("restricted", BEFORE, changed(restricted=some.rights(usages=("web",))), ["RightsChanged"]),
    ("phase", in_phase(State.EMBARGOED), in_phase(State.OPEN), ["EmbargoLifted"]),
    ("phase", in_phase(State.EXPIRED), in_phase(State.OPEN), ["RightsRestored"]),
    ("phase", in_phase(State.OPEN), in_phase(State.EXPIRED), ["RightsExpired"]),
    ("phase", in_phase(State.OPEN), in_phase(State.EMBARGOED), []),  # between two windows: its generation says so
    ("phase", in_phase(State.OPEN), in_phase(State.OPEN, ends_at=NOW, ends_within=30), ["RightsExpiryAnnounced"]),
    (
        "phase",
        in_phase(State.OPEN, ends_at=NOW, ends_within=30),
        in_phase(State.OPEN, ends_at=NOW, ends_within=7),
        ["RightsExpiryAnnounced"],
    ),
    (
        "phase",
        in_phase(State.OPEN, ends_at=NOW, ends_within=7, until=NOW),
        in_phase(State.OPEN, ends_at=NOW, ends_within=7),
        [],
    ),
    (
        "rendered",
        BEFORE,
        changed(rendered=RENDERED.model_copy(update={"outputs": {"a.jpg": "4567"}})),
        ["RenditionsReady"],
    ),
    (
        "rendered",
        BEFORE,
        changed(rendered=RENDERED.model_copy(update={"version_id": TWO.version_id})),
        ["RenditionsReady"],
    ),
    ("rendered", BEFORE, changed(rendered=RENDERED.model_copy(update={"answers": JOB})), ["RenditionsReady"]),
    ("transcoded", BEFORE, changed(transcoded=RENDERED), ["TranscodesReady"]),
    ("transcoded", changed(transcoded=RENDERED), BEFORE, []),  # its version's change says AssetQuarantined
    ("rendering_asked", BEFORE, changed(rendering_asked=JOB), ["RenditionsOutdated"]),
    ("delivery_asked", BEFORE, changed(delivery_asked=JOB), ["DeliveryOutdated"]),
]


def test_the_changes_below_are_of_every_announced_field() -> None:
    assert {field for field, *_ in ASSET_CHANGES} == set(ANNOUNCED)


@pytest.mark.parametrize(("field", "old", "new", "names"), ASSET_CHANGES)
def test_a_change_of_an_asset_is_announced_by_exactly_its_events(
    field: str, old: Asset, new: Asset, names: list[str]
) -> None:
    assert announced(old, new) == names
    assert set(names) <= set(ANNOUNCED[field])


@pytest.mark.parametrize("field", sorted(SILENT))
def test_a_change_of_a_silent_field_alone_announces_nothing(field: str) -> None:
    values = {
        "delivered": Delivered(generation=1, version_id=ONE.version_id, renditions=("web-320.jpg",), digest="d"),
        "asset_id": some.asset_id("other.jpg"),
        "inspection": some.inspection(width=3),
        "revision": 9,
    }
    assert announced(BEFORE, changed(**{field: values.get(field, "changed")})) == []


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        (None, some.asset(), ["AssetAccepted"]),
        (None, some.asset(accepted=False), []),
        (None, BEFORE, ["AssetAccepted", "RenditionsReady", "RightsChanged"]),
        (None, ONE, ["AssetIngested"]),
        (None, some.version(accepted=False), ["AssetIngested", "AssetQuarantined"]),
        (ONE, ONE.refused(Problem(code="undecodable", field="file", message="")), ["AssetQuarantined"]),
        (some.version(accepted=False), some.version(accepted=False), []),
        (ONE, ONE, []),
        (None, some.rendition(ONE), []),
        (None, Blob(sha256="0", asset_id=ONE.asset_id, inspection=ONE.inspection), []),
        (None, Source(bucket="b", key="k", asset_id=ONE.asset_id), []),
        (None, Belonging(bucket="b", key="k", asset_id=ONE.asset_id), []),
        (ONE, None, []),  # AssetDeleted tells of what goes with an asset
        (some.rendition(ONE), None, []),
        (some.declaration(), None, []),
        (Blob(sha256="0", asset_id=ONE.asset_id, inspection=ONE.inspection), None, []),
        (None, UploadRecord(upload=ONE.upload, asset_id=ONE.asset_id, version_id=None), []),
        (some.rendition(ONE, etag="old"), some.rendition(ONE, etag="new"), []),
        (None, some.product(), ["ProductChanged", "ProductPublished"]),
        (None, some.product(published=False), ["ProductChanged"]),
        (some.product(published=False), some.product(), ["ProductChanged", "ProductPublished"]),
        (some.product(), some.product(published=False), ["ProductChanged", "ProductUnpublished"]),
        (some.product(), some.product(parent="S"), ["ProductChanged"]),
        (some.product(), some.product().deleted(now=NOW), ["ProductChanged", "ProductUnpublished"]),
        (some.product(published=False), some.product(published=False).deleted(now=NOW), ["ProductChanged"]),
        (some.product().deleted(now=NOW), some.product(), ["ProductChanged", "ProductPublished"]),
        (None, some.product(parent="S").as_variant, []),
        (IdempotentRequest(request_id="r", digest="d", held_until=NOW, expires_at=NOW), None, []),
        (some.product(parent="S").as_variant, None, ["ProductChanged"]),
        (some.product(), some.product(), []),
        (None, some.link(), ["LinkConfirmed"]),
        (None, some.link(state=LinkState.PROPOSED), []),
        (some.link(state=LinkState.PROPOSED), some.link(), ["LinkConfirmed"]),
        (some.link(), some.link(state=LinkState.REMOVED), ["LinkRemoved"]),
        (some.link(), some.link(state=LinkState.REJECTED), ["LinkRemoved"]),
        (some.link(), some.link(origin=LinkOrigin.PERSON), []),
        (None, some.media_order("shoe.jpg"), ["LinksReordered"]),
        (some.media_order("shoe.jpg"), some.media_order(revision=1), ["LinksReordered"]),
        (None, some.work_item(), ["WorkItemOpened"]),
        (some.work_item(), some.work_item().closed("kept", by="me", now=NOW), []),
        (some.work_item(), some.work_item().claimed("me", now=NOW), []),
        (some.work_item(), some.work_item().woken(NOW), ["WorkEscalated"]),
        (some.work_item().woken(NOW), some.work_item().woken(NOW).claimed("me", now=NOW), []),
        (None, some.job(), ["ItemDue"]),  # due at once
        (some.job(), some.job().progressed(now=NOW, done=5), []),
        (some.job(), some.job().woken(NOW), ["ItemDue"]),
        (some.job(), some.job().progressed(now=NOW, state=JobState.DONE), []),
        (None, some.collection(), []),
        (None, some.collection(rights=some.rights()), ["CollectionRightsChanged"]),
        (some.collection(), some.collection(rights=some.rights()), ["CollectionRightsChanged"]),
        (some.collection(rights=some.rights()), some.collection(), ["CollectionRightsChanged"]),
        (some.collection(), some.collection(title="another"), []),
        (None, MEMBERSHIP, []),
        (MEMBERSHIP, None, []),  # the member's own change tells
        (None, collection_change(None, some.collection(), by="me", reason=""), []),
    ],
)
def test_what_a_write_announces(old: Record | None, new: Record | None, names: list[str]) -> None:
    assert announced(old, new) == names


@pytest.mark.parametrize(
    ("late", "names"), [(timedelta(0), ["ItemDue"]), (timedelta(seconds=0.9), ["ItemDue"]), (timedelta(minutes=2), [])]
)
def test_what_is_due_at_once_is_announced_though_the_stream_tells_whole_seconds_alone(
    late: timedelta, names: list[str]
) -> None:
    due = Due(kind=DueKind.JOB, at=NOW + late)
    assert [event.type for event in events_of(Change("r1", NOW, None, some.job(due=due)))] == names


def test_two_changes_at_once_are_two_events() -> None:
    both = changed(current_version=TWO.version_id, rights=some.rights(holder="Another"))
    assert announced(BEFORE, both) == ["AssetVersioned", "RightsChanged"]


def test_a_refusal_of_the_current_version_announces_the_quarantine_and_who_stands_in() -> None:
    refused = TWO.refused(Problem(code="undecodable", field="file", message=""))
    asset = Asset.of(ONE, now=NOW).with_version(TWO, now=NOW)
    assert announced(asset, asset.judged([ONE, refused], now=NOW)) == ["AssetVersioned"]
    assert announced(TWO, refused) == ["AssetQuarantined"]


def test_events_say_what_changed() -> None:
    (versioned,) = events_of(Change("r1", NOW, BEFORE, changed(current_version=TWO.version_id)))
    assert isinstance(versioned, AssetVersioned)
    assert (versioned.version_id, versioned.previous_version_id) == (TWO.version_id, ONE.version_id)
    (narrowed,) = events_of(Change("r1", NOW, BEFORE, changed(generation=2, rights=None)))
    (widened,) = events_of(Change("r1", NOW, BEFORE, changed(rights=some.rights(holder="Another"))))
    assert isinstance(narrowed, RightsChanged)
    assert isinstance(widened, RightsChanged)
    assert (narrowed.narrowed, narrowed.generation, widened.narrowed) == (True, 2, False)


def test_a_quarantine_names_each_code_once_and_at_most_twenty() -> None:
    problems = tuple(Problem(code=f"c{n % 25:02}", field="f", message="m") for n in range(50))
    version = some.version(accepted=False)
    inspection = version.inspection.model_copy(update={"problems": problems})
    ingested, quarantined = events_of(Change("r1", NOW, None, version.model_copy(update={"inspection": inspection})))
    assert isinstance(ingested, AssetIngested)
    assert isinstance(quarantined, AssetQuarantined)
    assert quarantined.codes == tuple(f"c{n:02}" for n in range(20))


def test_the_same_record_gives_the_same_events_at_every_delivery() -> None:
    change = Change("r1", NOW, None, BEFORE)
    first, again = events_of(change), events_of(change)
    assert first == again
    assert [event.event_id for event in first] == [ids.event_id("r1", event.type) for event in first]
    assert len({event.event_id for event in first}) == 3
    assert {event.event_id for event in events_of(change._replace(record_id="r2"))}.isdisjoint(
        event.event_id for event in first
    )
    assert {event.occurred_at for event in first} == {NOW}
    assert {event.asset_id for event in first} == {BEFORE.asset_id}


@pytest.mark.parametrize(
    ("old", "new", "code"), [(BEFORE, None, "unexpected_deletion"), (BEFORE, ONE, "unexpected_change")]
)
def test_a_change_that_nobody_makes_is_not_understood(old: Asset, new: Version | None, code: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        events_of(Change("r1", NOW, old, new))
    assert refused.value.code == code


def test_a_code_that_is_too_long_for_an_event_is_not_understood() -> None:
    version = some.version(accepted=False)
    problem = Problem(code="x" * 65, field="f", message="m")
    spoilt = version.model_copy(update={"inspection": version.inspection.model_copy(update={"problems": (problem,)})})
    with pytest.raises(NotUnderstood):
        events_of(Change("r1", NOW, None, spoilt))
