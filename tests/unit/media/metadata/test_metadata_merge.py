"""The Metadata Working Group's order, what counts as the same, and the page that documents it all."""

import re
from pathlib import Path
from typing import Any, ClassVar

import pytest

from assetwire.domain.metadata import FIELDS, MEMBERS, Origin
from assetwire.media.metadata import merged

DOCUMENT = (Path(__file__).resolve().parents[4] / "docs" / "metadata.md").read_text(encoding="utf-8")


def merge(*, iptc_changed: bool = False, **blocks: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    given = {"exif": {}, "iptc": {}, "xmp": {}, "container": {}, "fallbacks": {}} | blocks
    fields, conflicts = merged(**given, iptc_changed=iptc_changed)
    return {name: (field.source.value, field.value) for name, field in fields.items()}, [
        (each.kept.value, each.overruled.value, each.value) for each in conflicts
    ]


def said(text: str) -> dict[str, Any]:
    return {"description": {"x-default": text}}


def test_the_order_is_exif_xmp_iim_container_and_the_fallbacks_last() -> None:
    blocks = {"exif": said("E"), "xmp": said("X"), "iptc": said("I"), "container": said("C"), "fallbacks": said("F")}
    found = []
    while blocks:
        fields, conflicts = merge(**blocks)
        found.append((fields["description"][1]["x-default"], len(conflicts)))
        del blocks[{"E": "exif", "X": "xmp", "I": "iptc", "C": "container", "F": "fallbacks"}[found[-1][0]]]
    assert found == [("E", 3), ("X", 2), ("I", 1), ("C", 0), ("F", 0)]


def test_iim_that_was_changed_without_xmp_comes_before_it() -> None:
    assert merge(xmp={"city": "Bern"}, iptc={"city": "Basel"}, iptc_changed=True) == (
        {"city": ("iptc", "Basel")},
        [("iptc", "xmp", "Bern")],
    )


def test_exif_leaves_other_languages_standing() -> None:
    fields, conflicts = merge(exif=said("E"), xmp={"description": {"x-default": "X", "de": "D"}})
    assert fields == {"description": ("exif", {"x-default": "E", "de": "D"})}
    assert conflicts == [("exif", "xmp", {"x-default": "X", "de": "D"})]


@pytest.mark.parametrize(
    ("field", "iim", "xmp"),
    [
        ("city", " New   York\n", "New York"),
        ("city", "a" * 32, "a" * 40),
        ("city", "ä" * 16, "ä" * 40),
        ("city", "ä" * 32, "ä" * 40),
        ("keywords", ["b", "a"], ["a", "b"]),
        ("title", {"x-default": "Schuh"}, {"x-default": "Shoe", "de": "Schuh"}),
        ("date_created", "2026-11-23", "2026-11-23T10:20:30Z"),
        ("date_created", "2026-11-23T10:20:30+01:00", "2026-11-23T10:20:30.50"),
        ("urgency", 5, 5),
    ],
)
def test_what_says_the_same_is_no_conflict_and_the_fuller_value_is_kept(field: str, iim: Any, xmp: Any) -> None:
    for changed in (False, True):
        fields, conflicts = merge(xmp={field: xmp}, iptc={field: iim}, iptc_changed=changed)
        assert conflicts == []
        assert len(str(fields[field][1])) >= min(len(str(iim)), len(str(xmp)))


@pytest.mark.parametrize(
    ("field", "iim", "xmp"),
    [
        ("city", "Bern", "Berne"),
        ("keywords", ["a"], ["a", "b"]),
        ("date_created", "2026-11-23", "2026-11-24T10:20:30Z"),
        ("date_created", "2026-11-23T10:20:30+01:00", "2026-11-23T10:20:30+02:00"),
        ("urgency", 5, 6),
    ],
)
def test_what_does_not_is_one(field: str, iim: Any, xmp: Any) -> None:
    assert merge(xmp={field: xmp}, iptc={field: iim})[1] == [("xmp", "iptc", iim)]


class TestDocument:
    ROWS: ClassVar = {match[1]: match[0] for match in re.finditer(r"^\| `(\w+)` \|.*$", DOCUMENT, flags=re.MULTILINE)}

    def test_every_field_has_its_row_and_no_other(self) -> None:
        rows = {
            name: [cell.strip() for cell in row.split("|")[2:-1]] for name, row in self.ROWS.items() if name in FIELDS
        }
        assert list(rows) == list(FIELDS)
        for name, facts in FIELDS.items():
            places = [f"`{place}`" if place else "" for place in (facts.xmp, facts.iim, facts.exif)]
            assert rows[name] == [facts.type.value, *places, "yes" if facts.public else "no"], name

    def test_every_origin_and_member_with_a_shape_is_named(self) -> None:
        for name in [*Origin, *MEMBERS]:
            assert f"`{name}`" in DOCUMENT, name

    def test_every_warning_of_the_readers_is_named(self) -> None:
        folder = Path(__file__).resolve().parents[4] / "layers" / "shared" / "assetwire" / "media" / "metadata"
        source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
        for code in set(re.findall(r'"(malformed_\w+|metadata_too_long|unsafe_xml)"', source)):
            assert f"`{code}`" in DOCUMENT, code
