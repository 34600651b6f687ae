"""Rules filter by what the code says that they may."""

import runpy
from datetime import timedelta

from template.cloudformation import PROJECT, Document

from assetwire.domain.applied_specs import SECOND_LOOK
from assetwire.domain.events import EVENTS, AssetChanged
from assetwire.domain.inspection import Kind
from assetwire.domain.outputs import DECIDING_FIELDS
from assetwire.domain.purge import BY_TAG, Urgency
from assetwire.domain.transcode_plan import has_transcodes
from assetwire.services.purge import RESERVE


def test_renditions_hears_of_every_field_that_decides_over_them_and_of_no_other(template: Document) -> None:
    pattern = template["Resources"]["RenditionsMetadataRule"]["Properties"]["EventPattern"]
    fields = pattern["detail"]["data"]["fields"]
    assert fields == sorted(DECIDING_FIELDS)


def test_specs_are_applied_again_once_no_older_code_renders_any_more(template: Document) -> None:
    for name in ("RenditionsFunction", "TranscodeFunction"):
        timeout = timedelta(seconds=template["Resources"][name]["Properties"]["Timeout"])
        assert timeout < SECOND_LOOK


def _pattern(template: Document, rule: str) -> Document:
    return dict(template["Resources"][rule]["Properties"]["EventPattern"])


def test_transcode_hears_of_the_media_that_something_beside_pictures_is_made_of(template: Document) -> None:
    types = {Kind.DOCUMENT: "application/pdf"}
    kinds = {kind.value for kind in Kind if has_transcodes(kind, types.get(kind))}
    assert set(_pattern(template, "TranscodeRule")["detail"]["data"]["kind"]) == kinds


def test_whoever_filters_by_what_an_event_says_asks_for_events_that_say_it(template: Document) -> None:
    for rule in ("TranscodeRule", "TranscodeFramesRule"):
        assert all(issubclass(EVENTS[name], AssetChanged) for name in _pattern(template, rule)["detail-type"])


def test_each_queue_of_purge_gets_those_of_one_urgency_and_their_wakings(template: Document) -> None:
    rules = {"PurgeRule": Urgency.URGENT, "HygieneRule": Urgency.HYGIENE}
    for rule, urgency in rules.items():
        pattern = _pattern(template, rule)
        assert pattern["detail-type"] == ["ItemDue", "PurgeWanted"]
        assert pattern["detail"]["data"]["kind"] == [urgency.due_kind.value]


def test_a_batch_of_purges_fits_into_the_quota_and_its_run_into_the_time_of_its_function(template: Document) -> None:
    purge = template["Resources"]["PurgeFunction"]["Properties"]
    sources = {name: source["Properties"] for name, source in purge["Events"].items()}
    assert sources["Urgent"]["BatchSize"] <= BY_TAG.items
    assert sources["Hygiene"]["BatchSize"] == BY_TAG.hygiene
    assert (
        sources["Urgent"]["MaximumBatchingWindowInSeconds"] == 1 < sources["Hygiene"]["MaximumBatchingWindowInSeconds"]
    )
    assert RESERVE < runpy.run_path(str(PROJECT / "functions/purge/handler.py"))["SECONDS"] < purge["Timeout"]
