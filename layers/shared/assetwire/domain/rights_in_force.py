"""What a change of an asset comes to for its rights: how they are limited, in which phase, of which generation.

What a file says, or whoever brings files, limits rights and never widens them. The current master's limits are those of
its metadata, as people edited it; those of declarations and of other versions are held, in whatever order they come,
until somebody who may set rights lifts them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assetwire.domain.embedded_rights import limits_of
from assetwire.domain.inspection import Inspection
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.revocation import Cause, Narrowing
from assetwire.domain.rights import Rights
from assetwire.domain.rights_phase import State, phase_of
from assetwire.domain.rights_sets import narrows, strictest, the_same

if TYPE_CHECKING:
    from assetwire.domain.asset import Asset, Edit

_SAYING = ("inspection", "edits")
"""The fields of an asset that say limits."""
_RESTRICTING = ("rights", *_SAYING, "held_limits", "inherited")
"""The fields of an asset of which its restricted rights are made."""


def rights_after(before: "Asset", after: "Asset", *, now: datetime) -> dict[str, Any]:
    """Return the fields of `after` that follow from its others; whatever narrows begins a generation, and is noted."""
    found: dict[str, Any] = {"restricted": before.restricted}
    if _differ(before, after, _SAYING):
        found["held_limits"] = _held(before, after)
        after = after.model_copy(update=found)
    if _differ(before, after, _RESTRICTING):
        found["restricted"] = restricted_rights(after, after.inherited)
    effective = after.rights if found["restricted"] is None else found["restricted"]
    phase = phase_of(effective, now)
    narrowed = effective != before.effective_rights and narrows(before.effective_rights, effective, at=now)
    ended = before.phase.state is State.OPEN and phase.state is not State.OPEN
    found["phase"] = phase
    if after.generation > before.generation:
        cause = _cause(before, after)
    elif narrowed or ended:
        cause = Cause.RIGHTS_NARROWED if narrowed else Cause.RIGHTS_ENDED
    else:
        return found
    return found | {"generation": before.generation + 1, "narrowing": _narrowing(before, cause, now)}


def restricted_rights(asset: "Asset", inherited: Mapping[str, Rights]) -> Rights | None:
    """Return an asset's rights within their limits and what its collections allow; None if nothing restricts them."""
    limits = [*_known(_limits(asset.inspection, asset.edits), asset.held_limits), *inherited.values()]
    if asset.rights is None or not limits:
        return None
    return strictest([asset.rights, *limits])


def held_beside(asset: "Asset", other: Inspection) -> Rights | None:
    """Return the limits that are held of an asset once it has this master too, which is not its current one."""
    return _with(asset.held_limits, _limits(other, asset.edits), within=_limits(asset.inspection, asset.edits))


def _held(before: "Asset", after: "Asset") -> Rights | None:
    """Return what is held of limits that the master before said; edits by people lift what they name."""
    said = _limits(before.inspection, after.edits)
    return _with(after.held_limits, said, within=_limits(after.inspection, after.edits))


def _limits(master: Inspection, edits: Mapping[str, "Edit"]) -> Rights | None:
    """Return the limits that a master's metadata says, with people's edits in its place; what is declared is held."""
    by_people = {name: edit for name, edit in edits.items() if edit.source is Origin.API}
    fields = {name: field for name, field in master.metadata.fields.items() if name not in by_people}
    edited = {name: FieldValue(value=edit.value, source=edit.source) for name, edit in by_people.items()}
    return limits_of(fields | edited)


def _with(held: Rights | None, said: Rights | None, *, within: Rights | None) -> Rights | None:
    """Return limits that are held, with others that are wider than what is said now."""
    if said is None or (within is not None and the_same(strictest([within, said]), within)):
        return held
    return strictest(_known(held, said))


def _known(*limits: Rights | None) -> list[Rights]:
    return [each for each in limits if each is not None]


def _differ(before: "Asset", after: "Asset", fields: Sequence[str]) -> bool:
    return any(getattr(after, name) is not getattr(before, name) for name in fields)


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
