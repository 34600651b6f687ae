"""The history of an asset: what people changed of it, who, when and why; written with the change, and never again."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from assetwire.domain.asset import Asset
from assetwire.domain.ids import AssetId
from assetwire.domain.model import Instant, Value

SYSTEM = "assetwire"
"""Who decided, where nobody did but the house itself, by its rules."""
RECORDED = (
    *("rights", "rights_declared", "held_limits", "collections", "category", "edits", "declared"),
    *("withdrawn", "deletion", "legal_hold", "archive"),
)
"""The fields of an asset that people change, or whoever brings files."""


class AssetChange(Value):
    """One change of an asset: its fields before and after, of edits only those that differ."""

    asset_id: AssetId
    revision: int
    """The asset's revision after it."""
    generation: int
    at: Instant
    by: str
    reason: Annotated[str, StringConstraints(max_length=500)] = ""
    before: dict[str, Any] = Field(default_factory=dict)
    after: dict[str, Any] = Field(default_factory=dict)


def change_between(before: Asset, after: Asset, *, by: str, reason: str) -> AssetChange | None:
    """Return what somebody changed of an asset; None if it is nothing that is recorded."""
    names = [name for name in RECORDED if getattr(before, name) != getattr(after, name)]
    if not names:
        return None
    old, new = (asset.model_dump(mode="json", include=set(names), exclude_none=True) for asset in (before, after))
    if "edits" in names:
        same = {name for name, edit in before.edits.items() if after.edits.get(name) == edit}
        for fields in (old, new):
            fields["edits"] = {name: edit for name, edit in fields["edits"].items() if name not in same}
    known = {"asset_id": after.asset_id, "revision": after.revision, "generation": after.generation}
    return AssetChange(**known, at=after.updated_at, by=by, reason=reason, before=old, after=new)
