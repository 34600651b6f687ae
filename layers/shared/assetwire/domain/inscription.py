"""What is written inside each rendition: who made it, whose it is, how it is licensed, and what it shows.

Nothing else of a master travels with what is derived from it: no place, no serial number, no person, no price.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from assetwire.domain.metadata import FIELDS, FieldValue, Origin
from assetwire.domain.model import Value
from assetwire.domain.rights import Rights
from assetwire.domain.shapes import is_empty, of_type
from assetwire.domain.validation import outbound
from assetwire.domain.vocabulary import shipped_vocabularies

INSCRIBED = (
    "copyright_notice",
    "creator",
    "credit_line",
    "rights_usage_terms",
    "web_statement_of_rights",
    "licensor",
    "copyright_owner",
    "license_id",
    "alt_text",
    "extended_description",
    "digital_source_type",
    "data_mining",
    "image_alteration_constraints",
    "license_end_date",
)
"""Fields of the metadata that every rendition carries, where the asset has them.

Google's licensable image needs `web_statement_of_rights` or `licensor`; its credits `creator`, `credit_line` and
`copyright_notice`. Source: Google Search Central, "Image metadata in Google Images".
"""
_MEMBERS = {
    "licensor": ("LicensorID", "LicensorName", "LicensorURL"),
    "copyright_owner": ("CopyrightOwnerID", "CopyrightOwnerName"),
}
"""Members of structures that are written: who it is, and where to ask; no address, telephone or mail of anybody."""
_TERMS = {
    "digital_source_type": "digital-source-type",
    "data_mining": "data-mining",
    "image_alteration_constraints": "image-alteration-constraints",
}
"""Fields whose values are written as the standards' own identifiers, however short they were typed."""


class Inscription(Value):
    """The metadata that a rendition carries: name of the field in `domain.metadata.FIELDS` → its value."""

    fields: dict[str, Any] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Changes when anything that is written inside changes; empty where nothing is."""
        if not self.fields:
            return ""
        return hashlib.sha256(json.dumps(self.fields, sort_keys=True).encode()).hexdigest()[:16]


def inscription_of(fields: Mapping[str, FieldValue], rights: Rights | None = None) -> Inscription:
    """Return what renditions carry: of the metadata that counts, what others may see.

    The holder and the licence of the rights stand in where the metadata names neither an owner nor a licence.
    """
    said = {name: field for name, field in fields.items() if not is_empty(field.value)}
    shown = outbound(_of_rights(rights) | said)
    written = {name: _written(name, shown[name].value) for name in INSCRIBED if name in shown}
    return Inscription(fields={name: value for name, value in written.items() if not is_empty(value)})


def labels_of(fields: Mapping[str, FieldValue], rights: Rights | None = None) -> Inscription:
    """Return what films, sounds and pages carry: what renditions do, and the title, which players show."""
    inside = inscription_of(fields, rights)
    shown = outbound({name: field for name, field in fields.items() if name == "title" and not is_empty(field.value)})
    title = {name: field.value for name, field in shown.items() if of_type(field.value, FIELDS[name].type)}
    return Inscription(fields={**title, **inside.fields})


def _of_rights(rights: Rights | None) -> dict[str, FieldValue]:
    if rights is None:
        return {}
    said = {"copyright_owner": [{"CopyrightOwnerName": rights.holder}], "license_id": rights.licence_id}
    return {name: FieldValue(value=value, source=Origin.API) for name, value in said.items() if not is_empty(value)}


def _written(name: str, value: Any) -> Any:
    """Return a value as it is written; None for one that has not the shape of its field."""
    if not of_type(value, FIELDS[name].type):
        return None
    if name in _MEMBERS:
        return list(_named(value, _MEMBERS[name]))
    if name in _TERMS:
        return _term(name, value) if isinstance(value, str) else [_term(name, each) for each in value]
    return value


def _named(structures: Iterable[Mapping[str, Any]], members: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    for structure in structures:
        kept = {name: structure[name] for name in members if not is_empty(structure.get(name))}
        if kept:
            yield kept


def _term(name: str, value: str) -> str:
    term = shipped_vocabularies()[_TERMS[name]].resolve(value).term
    return value if term is None else term.id
