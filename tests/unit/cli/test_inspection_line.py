"""The line of `inspect --json`: the schema in docs is the model's, and whatever a file is called, it is one line."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

from assetwire_cli.inspection_line import schema
from assetwire_cli.main import app
from fakes.masters import SVG, encoded, encrypted_pdf, film, pdf, picture

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

ROOT = Path(__file__).resolve().parents[3]


def inspected(*files: Path | str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(app, ["inspect", "--json", *map(str, files)])
    assert result.exit_code in {0, 2}, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == len(files)
    validator = jsonschema.Draft202012Validator(schema())
    for line in lines:
        assert [error.message for error in validator.iter_errors(line)] == []
    return lines


def test_the_documented_schema_is_the_models_own() -> None:
    text = (ROOT / "docs" / "inspection.schema.json").read_text(encoding="utf-8")
    assert json.loads(text) == schema(), "run: python -m assetwire_cli.inspection_line > docs/inspection.schema.json"
    jsonschema.Draft202012Validator.check_schema(schema())


def test_the_schema_refuses_what_is_no_line() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    assert not validator.is_valid({})
    assert not validator.is_valid({"file": "a.jpg"})


def test_lines_of_every_medium_are_of_the_schema(tmp_path: Path) -> None:
    for name, data in {
        "a.jpg": encoded(picture()),
        "a.svg": SVG,
        "a.pdf": pdf(),
        "locked.pdf": encrypted_pdf(),
        "a.png": b"no picture",
        "empty.gif": b"",
    }.items():
        (tmp_path / name).write_bytes(data)
    film(tmp_path / "a.mp4", tags={"title": "x", "location": "+1+2/"})
    lines = inspected(*sorted(tmp_path.iterdir()))
    assert [line["status"] for line in lines].count("accepted") == 4


HOSTILE_NAMES = [
    "new\nline.jpg",
    "\x1b[31mred\x07.jpg",
    "\u202egpj.exe",
    "💥 ä.jpg",
    "-rf.jpg",
    "a[page=9].jpg",
    "%s{0}$(id).jpg",
    "x" * 240 + ".jpg",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_a_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(encoded(picture()))
    (line,) = inspected(tmp_path / name)
    assert (line["file"], line["width"]) == (str(tmp_path / name), 60)
    result = CliRunner().invoke(app, ["inspect", str(tmp_path / name)])
    assert len(result.stdout.splitlines()) == 1
    assert result.stdout.strip("\n").isprintable()


def test_a_name_that_is_no_utf_8_is_escaped(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.jpg"))
    file.write_bytes(encoded(picture()))
    (line,) = inspected(file)
    assert line["file"].endswith("\\xff\\xfe.jpg")


def test_what_is_no_file_is_unreadable_and_waited_for_by_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    names = ("pipe", "folder", "dangling", "round", "missing")
    lines = inspected(*(tmp_path / name for name in names), "/dev/zero")
    assert {line["problems"][0]["code"] for line in lines} == {"unreadable"}


def test_a_traversal_in_a_name_is_only_a_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.jpg").write_bytes(encoded(picture()))
    (line,) = inspected(f"{tmp_path}/a/../b.jpg")
    assert (line["status"], line["file"]) == ("accepted", f"{tmp_path}/a/../b.jpg")
