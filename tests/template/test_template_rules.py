"""Rules filter by what the code says that they may."""

from template.cloudformation import Document

from assetwire.domain.outputs import DECIDING_FIELDS


def test_renditions_hears_of_every_field_that_decides_over_them_and_of_no_other(template: Document) -> None:
    pattern = template["Resources"]["RenditionsMetadataRule"]["Properties"]["EventPattern"]
    fields = pattern["detail"]["data"]["fields"]
    assert fields == sorted(DECIDING_FIELDS)
