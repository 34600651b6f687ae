"""What `docs/channels.md` says of channels, media specs and preflights is what there is."""

import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from assetwire.domain.channels import Channel, shipped_channels
from assetwire.domain.media_spec import Edition, Limits, MediaSpec, Slot, UrlRules
from assetwire.domain.preflight import PROBLEMS, WARNINGS
from assetwire.domain.spec import Encoding, Fit, Frame

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")
DATA = ROOT / "layers" / "shared" / "assetwire" / "data"
KNOWN = shipped_channels()


def test_every_code_is_in_the_tables_with_its_meaning() -> None:
    assert dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", PAGE.partition("## Media specs")[0], re.MULTILINE)) == {
        **PROBLEMS,
        **WARNINGS,
    }


@pytest.mark.parametrize("kind", [Edition, Slot, Limits, UrlRules, Frame, Encoding, Channel, Fit])
def test_every_word_of_the_formats_is_explained(kind: Any) -> None:
    words = [word.value for word in kind] if kind is Fit else list(kind.model_fields)
    assert [word for word in words if f"`{word}`" not in PAGE and f'"{word}"' not in PAGE] == []


@pytest.mark.parametrize("spec", KNOWN.specs.values(), ids=lambda spec: spec.name)
def test_every_shipped_spec_is_in_the_table_with_its_slots_channels_dates_and_sources(spec: MediaSpec) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{spec.name}` |")]
    assert len(rows) == len(spec.editions)
    for row, edition in zip(rows, spec.editions, strict=True):
        assert f"| {edition.starts:%Y-%m-%d} |" in row if edition.starts else "| – |" in row
    slots = [f"`{slot.name}`{' (required)' if slot.required else ''}" for slot in spec.editions[0].slots]
    channels = [f"`{channel.name}`" for channel in KNOWN.channels.values() if channel.media_spec == spec.name]
    assert [word for word in (*slots, *channels) if word not in rows[0]] == []
    assert [source.url for source in spec.sources if f"]({source.url})" not in rows[0]] == []


@pytest.mark.parametrize("kind", [MediaSpec, Channel])
def test_the_schemas_are_those_of_the_models(kind: type[BaseModel], write_schemas: ModuleType) -> None:
    text = write_schemas.file_of(kind).read_text(encoding="utf-8")
    assert text == write_schemas.schema_of(kind), "run scripts/write_schemas.py"
    assert write_schemas.file_of(kind).name in PAGE


@pytest.mark.parametrize(("folder", "kind"), [("media_specs", MediaSpec), ("channels", Channel)])
def test_shipped_data_is_of_its_schema(folder: str, kind: type[BaseModel], write_schemas: ModuleType) -> None:
    schema = json.loads(write_schemas.schema_of(kind))
    Draft202012Validator.check_schema(schema)
    files = sorted((DATA / folder).glob("*.json"))
    assert len(files) == len(KNOWN.specs if kind is MediaSpec else KNOWN.channels)
    for file in files:
        data = json.loads(file.read_text(encoding="utf-8"))
        assert [str(error) for error in Draft202012Validator(schema).iter_errors(data)] == [], file.name
