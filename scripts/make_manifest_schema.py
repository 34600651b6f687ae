"""Write docs/manifest.schema.json from the columns that manifests have: `python scripts/make_manifest_schema.py`."""

import json
from pathlib import Path
from typing import Any

from assetwire.domain.manifest import MOST_ROWS
from assetwire.domain.manifest_columns import COLUMNS, LOCALE
from assetwire.domain.metadata import Type
from assetwire.domain.rights import Constraint, Release, Usage
from assetwire.domain.territories import GROUPS

FILE = Path(__file__).resolve().parents[1] / "docs" / "manifest.schema.json"

_TEXT: dict[str, Any] = {"type": "string", "maxLength": 4000}
_LIST: dict[str, Any] = {"type": ["array", "string"], "items": _TEXT, "maxItems": 500}
_MOMENT = {"type": "string", "description": "A date, for its beginning in UTC, or a moment with its time zone."}
_SHAPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: _TEXT,
    Type.URI: {**_TEXT, "pattern": r"^\S*$"},
    Type.DATE: {"type": "string", "pattern": r"^\d{4}(-\d\d(-\d\d(T.+)?)?)?$"},
    Type.LIST: _LIST,
    Type.BOOLEAN: {"type": ["boolean", "string"]},
    Type.INTEGER: {"type": ["integer", "string"]},
    Type.LANG_ALT: {
        "type": ["object", "string"],
        "additionalProperties": _TEXT,
        "propertyNames": {"pattern": f"^({LOCALE.pattern})$"},
    },
}
_RIGHTS = {
    "type": "object",
    "additionalProperties": False,
    "required": ["territories", "usages"],
    "properties": {
        "territories": {**_LIST, "description": f"ISO 3166-1 alpha-2, groups ({', '.join(GROUPS)}), or * for all."},
        "excluded_territories": _LIST,
        "usages": {**_LIST, "description": ", ".join(Usage)},
        "starts": _MOMENT,
        "ends": {**_MOMENT, "description": f"Excluded. {_MOMENT['description']}"},
        "holder": {"type": "string", "maxLength": 200},
        "licence_id": {"type": "string", "maxLength": 200},
        "constraints": {**_LIST, "description": ", ".join(Constraint)},
        "model_release": {"enum": list(Release)},
        "property_release": {"enum": list(Release)},
    },
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a JSON manifest."""
    entry: dict[str, Any] = {
        "file": {"type": "string", "minLength": 1, "maxLength": 512, "description": "From the manifest's folder on."},
        "sku": {**_LIST, "description": "What the file shows; a string may hold several, divided by |."},
        "gtin": {**_LIST, "description": "8, 12, 13 or 14 digits with their check digit."},
        "category": {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,62}$"},
        "rights": _RIGHTS,
        **{name: _SHAPES[column.type] for name, column in COLUMNS.items() if column.holds is None},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Assetwire upload manifest",
        "type": "object",
        "additionalProperties": False,
        "required": ["files"],
        "properties": {
            "files": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_ROWS,
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["file"],
                    "properties": entry,
                },
            }
        },
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(schema(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
