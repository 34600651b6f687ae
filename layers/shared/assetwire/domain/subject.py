"""What a plan must know of a master, from what was read of it and what counts of its metadata."""

from collections.abc import Mapping
from typing import Any

from assetwire.domain.inspection import Inspection
from assetwire.domain.metadata import FieldValue
from assetwire.domain.plan import Subject
from assetwire.domain.rendition import picture_size
from assetwire.domain.vocabulary import shipped_vocabularies

_CONSTRAINTS = "image_alteration_constraints"
_NO_CROPPING = "AL-CRP"


def subject_of(inspection: Inspection, fields: Mapping[str, FieldValue]) -> Subject | None:
    """Return what a plan must know of a master; None if no picture stands for it.

    `fields` are those that count: of an asset, people's edits included.
    """
    size = picture_size(inspection)
    if size is None:
        return None
    frames = inspection.metadata.technical.get("frames")
    return Subject(
        *size,
        animated=isinstance(frames, int) and frames > 1,
        may_crop=_may_crop(fields[_CONSTRAINTS].value if _CONSTRAINTS in fields else ()),
    )


def _may_crop(constraints: Any) -> bool:
    """Tell whether a picture under these constraints may be cut; one that nobody understands forbids it."""
    listed = [constraints] if isinstance(constraints, str) else constraints or ()
    if not isinstance(listed, list | tuple):
        return False
    vocabulary = shipped_vocabularies()["image-alteration-constraints"]
    terms = [vocabulary.resolve(text).term if isinstance(text, str) else None for text in listed]
    return all(term is not None and term.notation != _NO_CROPPING for term in terms)
