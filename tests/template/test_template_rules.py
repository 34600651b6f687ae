"""Rules filter by what the code says that they may."""

from datetime import timedelta

from template.cloudformation import Document

from assetwire.domain.applied_specs import SECOND_LOOK
from assetwire.domain.events import EVENTS, AssetChanged
from assetwire.domain.inspection import Kind
from assetwire.domain.outputs import DECIDING_FIELDS
from assetwire.domain.transcode_plan import has_transcodes


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
