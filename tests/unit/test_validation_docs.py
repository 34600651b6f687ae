"""What `docs/` says of templates and vocabularies is what there is."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from assetwire.domain.template import Format, MediaRule, Rule, Template, shipped_templates
from assetwire.domain.validation import CODES
from assetwire.domain.vocabulary import Term, Vocabulary, shipped_vocabularies

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
DATA = ROOT / "layers" / "shared" / "assetwire" / "data"
FILES = [*(DATA / "templates").glob("*.json"), *(DATA / "vocabularies").glob("*.json")]


def schema(kind: type[BaseModel]) -> Any:
    return json.loads((ROOT / "docs" / f"{kind.__name__.lower()}.schema.json").read_text(encoding="utf-8"))


def test_every_code_is_in_the_table_with_its_meaning() -> None:
    assert dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", PAGE.partition("## Problems")[2], re.MULTILINE)) == CODES


@pytest.mark.parametrize("kind", [Rule, MediaRule, Term, Format])
def test_every_word_of_the_formats_is_explained(kind: Any) -> None:
    words = [word.value for word in kind] if kind is Format else list(kind.model_fields)
    assert [word for word in words if f"`{word}`" not in PAGE] == []


def test_every_shipped_template_and_vocabulary_is_named() -> None:
    names = [*shipped_templates(), *shipped_vocabularies()]
    assert [name for name in names if f"`{name}`" not in PAGE] == []


@pytest.mark.parametrize("kind", [Template, Vocabulary])
def test_the_schemas_are_those_of_the_models(kind: type[BaseModel], write_schemas: ModuleType) -> None:
    assert json.loads(write_schemas.schema_of(kind)) == schema(kind), "run scripts/write_schemas.py"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_shipped_data_is_of_its_schema_and_named_like_its_file(file: Path) -> None:
    kind = Template if file.parent.name == "templates" else Vocabulary
    data = json.loads(file.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema(kind))
    assert [str(error) for error in Draft202012Validator(schema(kind)).iter_errors(data)] == []
    assert data["name"] == file.stem
