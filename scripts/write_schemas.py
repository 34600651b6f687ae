"""Write the JSON Schemas of templates and vocabularies into docs/. Run it after a change of their models."""

import json
from pathlib import Path

from pydantic import BaseModel

from assetwire.domain.template import Template
from assetwire.domain.vocabulary import Vocabulary

DOCS = Path(__file__).resolve().parents[1] / "docs"


def schema_of(kind: type[BaseModel]) -> str:
    """Return the JSON Schema (2020-12) of a record, as it stands in its file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for kind in (Template, Vocabulary):
        (DOCS / f"{kind.__name__.lower()}.schema.json").write_text(schema_of(kind), encoding="utf-8")
