"""What a plan must know of a master, from what was read of it and what counts of its metadata."""

from collections.abc import Mapping

from assetwire.domain.embedded_rights import limits_of
from assetwire.domain.inspection import Inspection
from assetwire.domain.metadata import FieldValue
from assetwire.domain.plan import Subject
from assetwire.domain.regions import focus_of
from assetwire.domain.rendition import MOST_MOVING, MOVING, picture_size
from assetwire.domain.rights import Constraint, Rights

_REGIONS = "image_region"


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
        may_crop=not any(each and Constraint.NO_CROPPING in each.constraints for each in (limits_of(fields), rights)),
    )


def _moves(inspection: Inspection, width: int, height: int) -> bool:
    frames = inspection.metadata.technical.get("frames")
    if inspection.media_type not in MOVING or not isinstance(frames, int):
        return False
    return frames > 1 and frames * width * height <= MOST_MOVING
