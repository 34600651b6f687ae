"""What a master's metadata says about its licence: limits within which people grant rights, never a grant.

Read are PLUS's licence dates, releases, alteration constraints and required credit, and the usage rights of PRISM.
Constraints in free text (of regions, media, products, or others) are for people to read.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from assetwire.domain.metadata import FieldValue
from assetwire.domain.rights import Constraint, Release, Rights, Usage, Window
from assetwire.domain.shapes import is_empty
from assetwire.domain.territories import WORLDWIDE
from assetwire.domain.vocabulary import shipped_vocabularies

STARTS = ("license_start_date", "embargo_date")
ENDS = ("license_end_date", "expiration_date", "prism_expiration_date")
FREE_TEXTS = ("region_constraints", "media_constraints", "product_or_service_constraints", "other_constraints")
_ALTERATIONS, _CREDIT = "image_alteration_constraints", "credit_line_required"
_RELEASES = {"model_release": "model_release_status", "property_release": "property_release_status"}
LIMITING = frozenset({*STARTS, *ENDS, _ALTERATIONS, _CREDIT, *_RELEASES.values()})
"""The fields that limit rights."""

_CONSTRAINTS = {
    "AL-CLR": Constraint.NO_COLOURISATION,
    "AL-CRP": Constraint.NO_CROPPING,
    "AL-DCL": Constraint.NO_DECOLOURISATION,
    "AL-FLP": Constraint.NO_FLIPPING,
    "AL-MRG": Constraint.NO_MERGING,
    "AL-RET": Constraint.NO_RETOUCHING,
}
_NOT_REQUIRED = "CR-NRQ"
_RELEASED = {
    **{f"{kind}-NON": Release.NONE for kind in ("MR", "PR")},
    **{f"{kind}-NAP": Release.NOT_APPLICABLE for kind in ("MR", "PR")},
    **dict.fromkeys(("MR-UMR", "PR-UPR"), Release.UNLIMITED),
    **dict.fromkeys(("MR-LMR", "PR-LPR"), Release.LIMITED),
}


def limits_of(fields: Mapping[str, FieldValue]) -> Rights | None:
    """Return what metadata limits rights to: everywhere, for all usages, but in its window; None if it limits nothing.

    A date without a time is its beginning in UTC, as in manifests. Of several starts the latest counts, of several ends
    the earliest; a window that ends before it starts is none.
    """
    if not LIMITING & fields.keys():
        return None
    starts = max(filter(None, (_moment(fields, name) for name in STARTS)), default=None)
    ends = min(filter(None, (_moment(fields, name) for name in ENDS)), default=None)
    is_shut = starts is not None and ends is not None and ends <= starts
    limits = Rights(
        windows=() if is_shut else (Window(starts=starts, ends=ends),),
        territories=(WORLDWIDE,),
        usages=tuple(Usage),
        constraints=tuple(_constraints(fields)),
        **{name: _release(fields, field) for name, field in _RELEASES.items()},
    )
    return None if limits == _NO_LIMITS else limits


_NO_LIMITS = Rights(windows=(Window(),), territories=(WORLDWIDE,), usages=tuple(Usage))


def free_texts(fields: Mapping[str, FieldValue]) -> dict[str, object]:
    """Return the constraints in free text, by field: nobody but a person understands them."""
    return {name: fields[name].value for name in FREE_TEXTS if name in fields and not is_empty(fields[name].value)}


def _moment(fields: Mapping[str, FieldValue], name: str) -> datetime | None:
    """Return the moment of a field; of reduced precision, its beginning; None if there is none that is understood."""
    text = fields[name].value if name in fields else None
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(f"{text}{'-01-01'[len(text) - 4 :]}" if len(text) < 10 else text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _constraints(fields: Mapping[str, FieldValue]) -> set[Constraint]:
    """Return the constraints; an alteration constraint that nobody understands may forbid cropping."""
    said = fields[_ALTERATIONS].value if _ALTERATIONS in fields else ()
    listed = said if isinstance(said, list | tuple) else [said]
    notations = {_notation("image-alteration-constraints", each) for each in listed if not is_empty(each)}
    found = {_CONSTRAINTS.get(notation, Constraint.NO_CROPPING) for notation in notations}
    credit = fields[_CREDIT].value if _CREDIT in fields else None
    if not is_empty(credit) and _notation("credit-line-required", credit) != _NOT_REQUIRED:
        found.add(Constraint.CREDIT_REQUIRED)
    return found


def _release(fields: Mapping[str, FieldValue], name: str) -> Release | None:
    value = fields[name].value if name in fields else None
    return None if is_empty(value) else _RELEASED.get(_notation(name.replace("_", "-"), value))


def _notation(vocabulary: str, value: object) -> str:
    """Return the short code that a value stands for; empty if it is no term of the vocabulary."""
    term = shipped_vocabularies()[vocabulary].resolve(value).term if isinstance(value, str) else None
    return "" if term is None else term.notation
