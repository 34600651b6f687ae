"""Templates, vocabularies and edits, between files, the command line and the API."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire.domain.rules import RuleKind, shipped
from assetwire_cli import metadata_commands, rules_commands
from assetwire_cli.failure import Failure
from assetwire_cli.main import app
from assetwire_cli.target import ApiError

ALL = [(kind, rule) for kind in RuleKind for rule in shipped(kind).values()]


class FakeApi:
    """The API as far as the commands need it: one rule a name, and everything that it was asked."""

    def __init__(self) -> None:
        self.rules: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str, Any, Any]] = []
        self.pages: list[dict[str, Any]] = []

    def call(self, method: str, path: str, *, query: Any = None, body: Any = None, headers: Any = None) -> Any:
        self.calls.append((method, path, body, headers))
        if path == "/metadata/bulk":
            return self.pages.pop(0)
        if method == "GET":
            if path not in self.rules:
                raise ApiError(404, "not_found", "none")
            return self.rules[path]
        change = {"changes": ["~ a"], "job_id": "j1"}
        return {"name": body["name"], "version": 3, "change": change}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    fake = FakeApi()
    for module in (rules_commands, metadata_commands):
        monkeypatch.setattr(module, "target", lambda *_: fake)
    return fake


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


@pytest.mark.parametrize(("kind", "rule"), ALL, ids=lambda each: getattr(each, "name", ""))
def test_what_is_exported_is_what_is_imported(kind: RuleKind, rule: Any) -> None:
    text = rules_commands._text(rule)
    assert rules_commands._model(kind).model_validate_json(text) == rule
    assert max(map(len, text.splitlines())) < 900


def test_one_is_printed_and_several_are_written_to_files(api: FakeApi, tmp_path: Path) -> None:
    for name in ("swatch", "print"):
        api.rules[f"/templates/{name}"] = {"name": name, "title": name.title(), "version": 2}
    api.rules["/templates"] = {"rules": [{"name": "swatch"}, {"name": "print"}]}
    assert json.loads(run("template", "export", "swatch").output)["title"] == "Swatch"
    assert run("template", "export", "--to", str(tmp_path / "new")).exit_code == 0
    written = {file.name: json.loads(file.read_text()) for file in (tmp_path / "new").iterdir()}
    assert {name: each["title"] for name, each in written.items()} == {"swatch.json": "Swatch", "print.json": "Print"}
    for words in ([], ["swatch", "print"]):
        assert isinstance(run("template", "export", *words).exception, Failure)


def test_an_import_is_based_on_the_version_in_the_file(api: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "swatch.json"
    file.write_text(json.dumps({"name": "swatch", "version": 2}))
    api.rules["/templates/swatch"] = {"name": "swatch", "version": 5}
    for words, based_on in (([], '"2"'), (["--force"], '"5"')):
        done = run("template", "import", str(file), "--reason", "why", *words)
        assert done.exit_code == 0, done.output
        assert api.calls[-1][3] == {"If-Match": based_on}
        assert "version 3; job j1" in done.output


def test_an_import_of_a_new_one_asks_that_there_be_none_yet(api: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "shoes.json"
    file.write_text(json.dumps({"name": "shoes"}))
    assert run("vocab", "import", str(file)).exit_code == 0
    assert api.calls[-1][3] == {"If-Match": '"0"'}


def test_a_diff_ends_with_2_where_there_is_a_difference(api: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "swatch.json"
    file.write_text(json.dumps({"name": "swatch", "title": "New"}))
    api.rules["/templates/swatch"] = {"name": "swatch", "title": "Old", "version": 5}
    done = run("template", "diff", str(file))
    assert (done.exit_code, done.output.strip()) == (2, "~ title: 'Old' → 'New'")
    file.write_text(json.dumps({"name": "swatch", "title": "Old"}))
    assert run("template", "diff", str(file)).exit_code == 0


def test_a_file_that_holds_no_template_is_refused(api: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"name": "swatch", "price": 3}')
    done = run("template", "import", str(file))
    assert isinstance(done.exception, Failure)
    assert api.calls == []


def test_a_text_is_resolved_to_the_id_of_its_term(api: FakeApi) -> None:
    countries = shipped(RuleKind.VOCABULARY)["countries"]
    api.rules["/vocabularies/countries"] = countries.model_dump(mode="json")
    assert run("vocab", "resolve", "countries", "Allemagne").output.strip() == "DE"
    assert run("vocab", "resolve", "countries", "Atlantis").exit_code == 2


def test_values_to_set_are_json_or_text_as_it_stands() -> None:
    sets = ['alt_text={"de": "Tasse"}', "headline=Red = hot", "rating=5", "city=", "job_id=123"]
    assert metadata_commands._edit(sets, None, ["title"], "swatch") == {
        "category": "swatch",
        "set": {"alt_text": {"de": "Tasse"}, "headline": "Red = hot", "rating": 5, "city": "", "job_id": "123"},
        "clear": [],
        "reset": ["title"],
    }
    with pytest.raises(Failure):
        metadata_commands._edit(["headline"], None, None, None)


def test_a_dry_run_adds_up_all_pages_and_is_the_default(api: FakeApi) -> None:
    page = {"matched": 2, "changed": 1, "accepted": 0, "quarantined": 1, "missing": [], "problems_gone": {}}
    api.pages = [
        page | {"problems_new": {"required": 1}, "next_cursor": "x"},
        page | {"problems_new": {"required": 1}, "next_cursor": None},
    ]
    done = run("metadata", "bulk", "--of-category", "swatch", "--set", "city=Rome")
    assert "4 assets match" in done.output
    assert "+ required: 2" in done.output
    assert [body.get("cursor") for _, _, body, _ in api.calls] == [None, "x"] or api.calls[0][2] is api.calls[1][2]
    assert all(body["dry_run"] for _, _, body, _ in api.calls)
