"""Rules filter by what the code says that they may."""

from datetime import timedelta

from template.cloudformation import Document

from assetwire.domain.applied_specs import SECOND_LOOK
from assetwire.domain.outputs import DECIDING_FIELDS


def test_renditions_hears_of_every_field_that_decides_over_them_and_of_no_other(template: Document) -> None:
    pattern = template["Resources"]["RenditionsMetadataRule"]["Properties"]["EventPattern"]
    fields = pattern["detail"]["data"]["fields"]
    assert fields == sorted(DECIDING_FIELDS)


def test_specs_are_applied_again_once_no_older_code_renders_any_more(template: Document) -> None:
    timeout = timedelta(seconds=template["Resources"]["RenditionsFunction"]["Properties"]["Timeout"])
    assert timeout < SECOND_LOOK
