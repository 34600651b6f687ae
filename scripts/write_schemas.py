"""Write the JSON Schemas of data files into docs/. Run it after a change of their models."""

import json
import re
from pathlib import Path

from pydantic import BaseModel

from assetwire.domain.channels import Channel
from assetwire.domain.media_spec import MediaSpec
from assetwire.domain.template import Template
from assetwire.domain.vocabulary import Vocabulary

DOCS = Path(__file__).resolve().parents[1] / "docs"
KINDS: tuple[type[BaseModel], ...] = (Template, Vocabulary, MediaSpec, Channel)


def schema_of(kind: type[BaseModel]) -> str:
    """Return the JSON Schema (2020-12) of a record, as it stands in its file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **kind.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def file_of(kind: type[BaseModel]) -> Path:
    """Return where a record's schema stands: `media-spec.schema.json` of `MediaSpec`."""
    return DOCS / f"{re.sub(r'(?<=[a-z])(?=[A-Z])', '-', kind.__name__).lower()}.schema.json"


if __name__ == "__main__":
    for kind in KINDS:
        file_of(kind).write_text(schema_of(kind), encoding="utf-8")
