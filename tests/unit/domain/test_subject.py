"""What a plan must know of a master: its size, whether it moves, what must stay in sight, and whether it may be cut."""

from typing import Any

import pytest

from assetwire.domain.inspection import Kind
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.plan import Region, Subject
from assetwire.domain.rights import Constraint
from assetwire.domain.subject import subject_of
from fakes import some


def constrained(value: Any) -> dict[str, FieldValue]:
    return {"image_alteration_constraints": FieldValue(value=value, source=Origin.XMP)}


def test_a_photograph_is_of_its_upright_size_and_may_be_cut() -> None:
    assert subject_of(some.inspection(), {}) == Subject(2000, 1000)


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


def test_rights_forbid_cropping_as_well() -> None:
    for constraints, may in (((Constraint.NO_CROPPING,), False), ((Constraint.NO_FLIPPING,), True), ((), True)):
        rights = some.rights(constraints=constraints)
        assert subject_of(some.inspection(), {}, rights) == Subject(2000, 1000, may_crop=may)
    assert subject_of(some.inspection(), constrained("AL-CRP"), some.rights()) == Subject(2000, 1000, may_crop=False)


def test_what_has_no_picture_is_no_subject() -> None:
    assert subject_of(some.inspection(kind=Kind.OTHER), {}) is None
    assert subject_of(some.inspection(width=None), {}) is None


@pytest.mark.parametrize(
    ("media_type", "frames", "moves"),
    [
        ("image/gif", 12, True),
        ("image/webp", 12, True),
        ("image/gif", 1, False),
        ("image/gif", 125, True),
        ("image/gif", 126, False),  # of 2000 × 1000 pixels each
        ("image/png", 12, False),
        ("image/avif", 12, False),
        ("image/gif", "many", False),
        ("image/gif", None, False),
    ],
)
def test_a_subject_moves_if_its_master_has_several_frames_that_are_decoded_and_not_too_many(
    media_type: str, frames: object, moves: bool
) -> None:
    inspection = some.inspection(media_type=media_type, metadata=Metadata(technical={"frames": frames}))
    subject = subject_of(inspection, {})
    assert subject is not None
    assert subject.animated is moves


def test_a_subject_keeps_in_sight_what_its_metadata_marks_whichever_way_it_is_stored() -> None:
    boundary = {"rbShape": "rectangle", "rbUnit": "relative", "rbX": "0.1", "rbY": "0.2", "rbW": "0.3", "rbH": "0.4"}
    fields = {"image_region": FieldValue(value=[{"RegionBoundary": boundary}], source=Origin.XMP)}
    upright, turned = some.inspection(), some.inspection(metadata=Metadata(technical={"orientation": 3}))
    assert subject_of(upright, fields) == Subject(2000, 1000, focus=Region(0.1, 0.2, 0.3, 0.4))
    assert subject_of(turned, fields) == Subject(2000, 1000, focus=Region(0.6, 0.4, 0.3, 0.4))
