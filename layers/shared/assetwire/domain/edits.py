"""Edits of metadata by people: what an edit may set, and what an asset's edits are after it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from assetwire.domain.asset import Asset, Category, Edit
from assetwire.domain.embedded_rights import LIMITING
from assetwire.domain.metadata import FIELDS, Origin
from assetwire.domain.model import Value
from assetwire.domain.money import money_word
from assetwire.domain.shapes import of_type
from assetwire.domain.validation import money_in

LARGEST_EDITS = 100_000
"""Bytes of one asset's edits as JSON at the most."""
_Names = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(max_length=200)]


class MetadataEdit(Value):
    """What to change: values to set, fields to clear whatever the master says, fields to leave to the master again."""

    category: Category | None = None
    set: Annotated[dict[Annotated[str, Field(max_length=100)], Any], Field(max_length=200)] = Field(
        default_factory=dict
    )
    clear: _Names = ()
    reset: _Names = ()

    @property
    def limiting(self) -> list[str]:
        """The fields that it names and that limit rights, by name."""
        return sorted(LIMITING & {*self.set, *self.clear, *self.reset})

    @property
    def asks_nothing(self) -> bool:
        """Tell whether there is nothing to change."""
        return self.category is None and not (self.set or self.clear or self.reset)


def refusals(edit: MetadataEdit) -> Iterator[dict[str, str]]:
    """Return what cannot be set: unknown names, values of another shape, fields named twice, and money, by name."""
    named = [*edit.set, *edit.clear, *edit.reset]
    for name in sorted({name for name in named if named.count(name) > 1}):
        yield _refusal("named_twice", name, "the field is named more than once")
    for name in sorted(set(named)):
        word = money_word(name)
        if word is not None:
            yield _refusal("forbidden_field", name, f"{word!r} names money, which has no place in metadata")
        elif name not in FIELDS:
            yield _refusal("unknown_field", name, "no field has this name")
        elif name in edit.set and not of_type(edit.set[name], FIELDS[name].type):
            yield _refusal("wrong_type", name, f"the value is not of the shape {FIELDS[name].type.value}")
        elif name in edit.set:
            yield from (_refusal(p.code, p.field, p.message) for p in money_in(name, edit.set[name]))
    if len(json.dumps(edit.set).encode()) > LARGEST_EDITS:
        yield _refusal("too_large", "set", f"edits have at most {LARGEST_EDITS} bytes as JSON")


def edits_after(asset: Asset, edit: MetadataEdit, *, by: str, at: datetime) -> dict[str, Edit]:
    """Return an asset's edits after this one; one that sets what is set already keeps who set it, and when."""
    edits = {name: held for name, held in asset.edits.items() if name not in edit.reset}
    wanted = dict(edit.set) | dict.fromkeys(edit.clear)
    for name, value in wanted.items():
        if name not in edits or (edits[name].value, edits[name].source) != (value, Origin.API):
            edits[name] = Edit(value=value, source=Origin.API, by=by, at=at)
    return edits


def too_large(edits: dict[str, Edit]) -> bool:
    """Tell whether an asset's edits have more bytes than its record has room for."""
    return sum(len(json.dumps(edit.value).encode()) for edit in edits.values()) > LARGEST_EDITS


def _refusal(code: str, field: str, message: str) -> dict[str, str]:
    return {"code": code, "field": field, "message": message}
