"""What a plan must know of a master: its size, whether it moves, and whether it may be cut."""

from typing import Any

import pytest

from assetwire.domain.inspection import Kind
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.plan import Subject
from assetwire.domain.subject import subject_of
from fakes import some


def constrained(value: Any) -> dict[str, FieldValue]:
    return {"image_alteration_constraints": FieldValue(value=value, source=Origin.XMP)}


def test_a_photograph_is_of_its_upright_size_and_may_be_cut() -> None:
    assert subject_of(some.inspection(), {}) == Subject(2000, 1000)


@pytest.mark.parametrize(("frames", "moves"), [(12, True), (2, True), (1, False), ("many", False), (None, False)])
def test_what_has_frames_moves(frames: object, moves: bool) -> None:
    inspection = some.inspection(metadata=Metadata(technical={"frames": frames}))
    assert subject_of(inspection, {}) == Subject(2000, 1000, animated=moves)


@pytest.mark.parametrize(
    ("value", "may"),
    [
        (["http://ns.useplus.org/ldf/vocab/AL-CRP"], False),
        (["AL-FLP", "AL-CRP"], False),
        (["AL-FLP", "AL-RET"], True),
        (["No Cropping"], False),
        ("AL-CRP", False),
        ("AL-FLP", True),
        ([], True),
        (None, True),
        # What nobody understands may forbid it.
        (["leave it whole, please"], False),
        ([3], False),
        ({"de": "nicht"}, False),
    ],
)
def test_a_constraint_that_forbids_cropping_or_is_not_understood_keeps_it_whole(value: Any, may: bool) -> None:
    assert subject_of(some.inspection(), constrained(value)) == Subject(2000, 1000, may_crop=may)


def test_what_has_no_picture_is_no_subject() -> None:
    assert subject_of(some.inspection(kind=Kind.OTHER), {}) is None
    assert subject_of(some.inspection(width=None), {}) is None
