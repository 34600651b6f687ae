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
    return found | {"generation": before.generation + 1, "narrowing": _narrowing(before, cause, now)}


def _narrowing(before: "Asset", cause: Cause, now: datetime) -> Narrowing:
    """Return the decision that begins a generation: the first one that delivery has not followed yet.

    What the next decision overtakes was exposed since its own. Where a window ended, URLs had died with it: that
    exposed nothing, and the next decision counts.
    """
    generation, waiting = before.generation + 1, before.unfollowed
    if waiting is None or waiting.cause is Cause.RIGHTS_ENDED:
        return Narrowing(generation=generation, cause=cause, at=now)
    return waiting.model_copy(update={"generation": generation})


def _cause(before: "Asset", after: "Asset") -> Cause:
    """Return why a generation began that was counted up where the asset changed."""
    if after.product_use is not before.product_use:
        return Cause.PRODUCT_UNPUBLISHED
    is_withdrawn = after.withdrawn is not None or after.deletion is not None
    return Cause.WITHDRAWN if is_withdrawn else Cause.VERSION_REFUSED
