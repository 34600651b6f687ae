"""Inscriptions: what may be seen by anyone travels with a rendition, and nothing else."""

from assetwire.domain.inscription import Inscription, inscription_of
from assetwire.domain.metadata import FieldValue, Origin


def test_what_is_inscribed_is_what_counts_and_may_be_seen() -> None:
    fields = {
        "copyright_notice": FieldValue(value={"x-default": "© Studio"}, source=Origin.XMP),
        "person_in_image": FieldValue(value=["Somebody"], source=Origin.XMP),
        "instructions": FieldValue(value="call first", source=Origin.IPTC),
        "title": FieldValue(value={"x-default": "Shoe"}, source=Origin.API),
    }
    assert inscription_of(fields).fields == {"copyright_notice": {"x-default": "© Studio"}}


def test_the_digest_changes_with_what_is_said_and_is_empty_where_nothing_is() -> None:
    one, other = Inscription(fields={"credit_line": "A"}), Inscription(fields={"credit_line": "B"})
    assert len({one.digest, other.digest, Inscription().digest}) == 3
    assert Inscription().digest == ""
