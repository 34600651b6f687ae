"""One line of `assetwire inspect --json`, and the JSON Schema that describes it.

`python -m assetwire_cli.inspection_line > docs/inspection.schema.json` writes the schema anew.
"""

import json
import os
from typing import Any

from pydantic import Field

from assetwire.domain.inspection import Inspection
from assetwire.domain.metadata import FIELDS, Type
from assetwire_cli import console

_TEXT: dict[str, Any] = {"type": "string"}
_SHAPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: _TEXT,
    Type.LANG_ALT: {"type": "object", "additionalProperties": _TEXT, "minProperties": 1},
    Type.LIST: {"type": "array", "items": _TEXT},
    Type.DATE: _TEXT,
    Type.URI: _TEXT,
    Type.BOOLEAN: {"type": "boolean"},
    Type.INTEGER: {"type": "integer"},
    Type.STRUCTURES: {"type": "array", "items": {"type": "object"}},
}
"""The schema of a field's value by its type; `domain.metadata.Type` says it in words."""


class Line(Inspection):
    """What `assetwire inspect --json` prints of one file, on one line."""

    file: str = Field(description="The path as it was given; bytes that are no UTF-8 stand as \\udcXX, escaped.")
    sha256: str | None = None  # type: ignore[assignment]  # of what cannot be read, or is too large, none is known
    bytes: int | None = None  # type: ignore[assignment]  # as above

    def as_json(self) -> str:
        """Return the line: ASCII alone, the file first."""
        facts = self.model_dump(mode="json")
        return json.dumps({"file": facts.pop("file"), **facts})


def printable(name: str) -> str:
    """Return a file's name as text; bytes in it that are no UTF-8 are written as escapes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one line."""
    made = Line.model_json_schema(mode="serialization")
    value = made["$defs"]["FieldValue"]
    made["$defs"]["Metadata"]["properties"]["fields"] = {
        "type": "object",
        "description": "By the names in assetwire/domain/metadata.py; see docs/metadata.md.",
        "additionalProperties": False,
        "properties": {
            name: {**value, "properties": {**value["properties"], "value": _SHAPES[facts.type]}}
            for name, facts in FIELDS.items()
        },
    }
    del made["$defs"]["FieldValue"]
    made["required"] = list(made["properties"])
    made["title"] = "One line of assetwire inspect --json"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_without_titles(made)}


def _without_titles(schema: Any, depth: int = 0) -> Any:
    """Return a schema without the titles that only repeat a property's name."""
    if isinstance(schema, list):
        return [_without_titles(each, depth + 1) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: value for name, value in schema.items() if not (depth and name == "title" and isinstance(value, str))}
    return {name: _without_titles(value, depth + 1) for name, value in kept.items()}


if __name__ == "__main__":
    console.line(json.dumps(schema(), indent=2, ensure_ascii=False))
