"""File names: weak evidence, and no error where they do not fit."""

import pytest

from assetwire.domain.file_names import named
from assetwire.domain.inspection import Identifier
from fakes import some


@pytest.mark.parametrize(
    ("name", "media_type", "fits"),
    [
        ("shoe.jpg", "image/jpeg", True),
        ("SHOE.JPEG", "image/jpeg", True),
        ("shoe.jpg", "image/png", False),
        ("shoe.mov", "video/mp4", True),
        ("shoe.m4a", "audio/mp4", True),
        ("sound.mp4", "audio/mp4", True),
        ("sound.MOV", "audio/mp4", True),
        ("sound.m4a", "video/mp4", False),
        ("logo.svgz", "image/svg+xml", True),
        ("shoe", "image/jpeg", True),
        ("shoe.unknown", "image/jpeg", True),
        (".jpg", "image/png", True),
        ("..\\..\\etc\\shoe.png\n", "image/png", True),
        ("\x00\ud800.gif", "image/png", False),
    ],
)
def test_an_extension_that_does_not_fit_the_content_is_noted_and_no_error(
    name: str, media_type: str, fits: bool
) -> None:
    found = named(some.inspection(media_type=media_type), name)
    assert [warning.code for warning in found.warnings] == ([] if fits else ["wrong_extension"])
    assert found.problems == ()


def test_a_file_name_is_evidence_beside_what_was_found() -> None:
    seen = Identifier(
        kind="gtin", value="4006381333931", source="barcode", where="EAN-13", confidence=0.97, gtin="04006381333931"
    )
    found = named(some.inspection(identifiers=(seen,)), "04006381333931_A1C1.jpg")
    assert {each.source for each in found.identifiers} == {"barcode", "filename"}
    assert found.identifiers[0].source == "barcode"


def test_what_is_shared_by_all_uploads_of_the_bytes_is_left_as_it_is() -> None:
    before = some.inspection()
    named(before, "04006381333931_A1C1.png")
    assert (before.identifiers, before.warnings) == ((), ())
