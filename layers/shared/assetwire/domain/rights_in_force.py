"""What a change of an asset comes to for its rights: how they are restricted, in which phase, of which generation."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from assetwire.domain.embedded_rights import restricted_rights
from assetwire.domain.revocation import Cause, Narrowing
from assetwire.domain.rights_phase import State, phase_of
from assetwire.domain.rights_sets import narrows

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset

_RESTRICTING = ("rights", "inspection", "edits", "inherited")
"""The fields of an asset of which its restricted rights are made."""


def rights_after(before: "Asset", after: "Asset", *, now: datetime) -> dict[str, Any]:
    """Return the fields of `after` that follow from its others; whatever narrows begins a generation, and is noted."""
    restricted = before.restricted
    if any(getattr(after, name) is not getattr(before, name) for name in _RESTRICTING):
        restricted = restricted_rights(after.rights, after.fields, after.inherited)
    effective = after.rights if restricted is None else restricted
    phase = phase_of(effective, now)
    narrowed = effective != before.effective_rights and narrows(before.effective_rights, effective, at=now)
    ended = before.phase.state is State.OPEN and phase.state is not State.OPEN
    found = {"restricted": restricted, "phase": phase}
    if after.generation > before.generation:
        cause = _cause(before, after)
    elif narrowed or ended:
        cause = Cause.RIGHTS_NARROWED if narrowed else Cause.RIGHTS_ENDED
    else:
        return found
    generation = before.generation + 1
    return found | {"generation": generation, "narrowing": Narrowing(generation=generation, cause=cause, at=now)}


def _cause(before: "Asset", after: "Asset") -> Cause:
    """Return why a generation began that was counted up where the asset changed."""
    if after.product_use is not before.product_use:
        return Cause.PRODUCT_UNPUBLISHED
    is_withdrawn = after.withdrawn is not None or after.deletion is not None
    return Cause.WITHDRAWN if is_withdrawn else Cause.VERSION_REFUSED
