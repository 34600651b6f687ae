"""What a master's metadata says about its licence: limits of what people grant."""

from datetime import UTC, datetime
from typing import Any

import pytest

from assetwire.domain.embedded_rights import LIMITING, free_texts, limits_of
from assetwire.domain.metadata import FIELDS, FieldValue, Origin
from assetwire.domain.rights import Constraint, Release, Usage, Window


def said(**fields: Any) -> dict[str, FieldValue]:
    return {name: FieldValue(value=value, source=Origin.XMP) for name, value in fields.items()}


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_metadata_that_says_nothing_limits_nothing() -> None:
    assert limits_of({}) is None
    assert limits_of(said(title={"x-default": "Shoe"}, license_end_date=None, credit_line_required="CR-NRQ")) is None


@pytest.mark.parametrize(
    ("fields", "window"),
    [
        ({"license_end_date": "2026-09-01"}, Window(ends=day("2026-09-01"))),
        ({"license_start_date": "2026-03"}, Window(starts=day("2026-03-01"))),
        ({"embargo_date": "2026"}, Window(starts=day("2026-01-01"))),
        ({"expiration_date": "2026-09-01T02:00:00+02:00"}, Window(ends=day("2026-09-01"))),
        ({"prism_expiration_date": "2026-09-01T00:00:00Z"}, Window(ends=day("2026-09-01"))),
        ({"expiration_date": "2026-09-01", "license_end_date": "2026-08-01"}, Window(ends=day("2026-08-01"))),
        ({"embargo_date": "2026-03-01", "license_start_date": "2026-04-01"}, Window(starts=day("2026-04-01"))),
    ],
)
def test_dates_limit_the_window_the_strictest_of_each_kind(fields: dict[str, str], window: Window) -> None:
    limits = limits_of(said(**fields))
    assert limits is not None
    assert (limits.windows, limits.territories, limits.usages) == ((window,), ("*",), tuple(sorted(Usage)))


def test_a_licence_that_ends_before_it_starts_allows_nothing() -> None:
    limits = limits_of(said(license_start_date="2026-05-01", license_end_date="2026-05-01"))
    assert limits is not None
    assert limits.windows == ()


@pytest.mark.parametrize("text", ["31.12.2026", "soon", "", "2026-13-01", 2026, ["2026-01-01"]])
def test_a_date_that_nobody_understands_limits_nothing(text: Any) -> None:
    assert limits_of(said(license_end_date=text)) is None


@pytest.mark.parametrize(
    ("fields", "constraints"),
    [
        ({"image_alteration_constraints": ["http://ns.useplus.org/ldf/vocab/AL-CRP"]}, {Constraint.NO_CROPPING}),
        (
            {"image_alteration_constraints": ["AL-FLP", "No Retouching"]},
            {Constraint.NO_FLIPPING, Constraint.NO_RETOUCHING},
        ),
        ({"image_alteration_constraints": ["leave it whole"]}, {Constraint.NO_CROPPING}),
        ({"image_alteration_constraints": "AL-MRG"}, {Constraint.NO_MERGING}),
        ({"credit_line_required": "http://ns.useplus.org/ldf/vocab/CR-COI"}, {Constraint.CREDIT_REQUIRED}),
        ({"credit_line_required": "of course"}, {Constraint.CREDIT_REQUIRED}),
    ],
)
def test_constraints_are_those_of_plus(fields: dict[str, Any], constraints: set[Constraint]) -> None:
    limits = limits_of(said(**fields))
    assert limits is not None
    assert (set(limits.constraints), limits.windows) == (constraints, (Window(),))


def test_releases_are_those_of_plus() -> None:
    limits = limits_of(said(model_release_status="MR-NON", property_release_status="PR-LPR"))
    assert limits is not None
    assert (limits.model_release, limits.property_release) == (Release.NONE, Release.LIMITED)
    assert limits_of(said(model_release_status="who knows")) is None


def test_free_text_is_for_people() -> None:
    fields = said(region_constraints={"x-default": "Europe only"}, media_constraints={"x-default": " "}, title="x")
    assert free_texts(fields) == {"region_constraints": {"x-default": "Europe only"}}
    assert limits_of(fields) is None


def test_the_fields_that_limit_are_fields() -> None:
    assert set(FIELDS) >= LIMITING
