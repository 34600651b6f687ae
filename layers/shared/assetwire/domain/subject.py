"""What a plan must know of a master, from what was read of it and what counts of its metadata."""

from collections.abc import Mapping
from typing import Any

from assetwire.domain.inspection import Inspection
from assetwire.domain.metadata import FieldValue
from assetwire.domain.plan import Subject
from assetwire.domain.regions import focus_of
from assetwire.domain.rendition import MOST_MOVING, MOVING, picture_size
from assetwire.domain.rights import Constraint, Rights
from assetwire.domain.vocabulary import shipped_vocabularies

_CONSTRAINTS, _REGIONS = "image_alteration_constraints", "image_region"
_NO_CROPPING = "AL-CRP"


def subject_of(
    inspection: Inspection, fields: Mapping[str, FieldValue], rights: Rights | None = None
) -> Subject | None:
    """Return what a plan must know of a master; None if no picture stands for it.

    `fields` are those that count: of an asset, people's edits included. A file has no rights.
    """
    size = picture_size(inspection)
    if size is None:
        return None
    orientation = inspection.metadata.technical.get("orientation", 1)
    marked = fields[_REGIONS].value if _REGIONS in fields else ()
    return Subject(
        *size,
        animated=_moves(inspection, *size),
        focus=focus_of(marked, width=size[0], height=size[1], orientation=orientation),
        may_crop=_may_crop(fields[_CONSTRAINTS].value if _CONSTRAINTS in fields else ())
        and (rights is None or Constraint.NO_CROPPING not in rights.constraints),
    )


def _moves(inspection: Inspection, width: int, height: int) -> bool:
    frames = inspection.metadata.technical.get("frames")
    if inspection.media_type not in MOVING or not isinstance(frames, int):
        return False
    return frames > 1 and frames * width * height <= MOST_MOVING


def _may_crop(constraints: Any) -> bool:
    """Tell whether a picture under these constraints may be cut; one that nobody understands forbids it."""
    listed = [constraints] if isinstance(constraints, str) else constraints or ()
    if not isinstance(listed, list | tuple):
        return False
    vocabulary = shipped_vocabularies()["image-alteration-constraints"]
    terms = [vocabulary.resolve(text).term if isinstance(text, str) else None for text in listed]
    return all(term is not None and term.notation != _NO_CROPPING for term in terms)
