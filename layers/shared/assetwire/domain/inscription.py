"""What is written inside each rendition: who made it, whose it is, how it is licensed, and what it shows.

Nothing else of a master travels with what is derived from it: no place, no serial number, no person, no price.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from assetwire.domain.metadata import FieldValue
from assetwire.domain.model import Value
from assetwire.domain.validation import outbound

INSCRIBED = (
    "copyright_notice",
    "creator",
    "credit_line",
    "rights_usage_terms",
    "web_statement_of_rights",
    "licensor",
    "copyright_owner",
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


class Inscription(Value):
    """The metadata that a rendition carries: name of the field in `domain.metadata.FIELDS` → its value."""

    fields: dict[str, Any] = Field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Changes when anything that is written inside changes; empty where nothing is."""
        if not self.fields:
            return ""
        return hashlib.sha256(json.dumps(self.fields, sort_keys=True).encode()).hexdigest()[:16]


def inscription_of(fields: Mapping[str, FieldValue]) -> Inscription:
    """Return what is written inside renditions: what counts of an asset's metadata, and may be seen by anyone."""
    shown = outbound({name: field for name, field in fields.items() if name in INSCRIBED})
    return Inscription(fields={name: shown[name].value for name in INSCRIBED if name in shown})
