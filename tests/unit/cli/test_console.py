"""Tables of what others named: shown as it is, and nothing in it that a terminal or the table would obey."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import asset_commands, console, work_commands
from assetwire_cli.main import app

NAMES = {
    "[red]shoe.jpg": "[red]shoe.jpg",
    "shoe[/b].jpg": "shoe[/b].jpg",
    "\x1b[2Jshoe.jpg": "\\x1b[2Jshoe.jpg",
    "\u202egpj.exe": "\\u202egpj.exe",
    "Schuh, größer.jpg": "Schuh, größer.jpg",
}
PROBLEM = {"code": "unknown_term", "field": "label", "message": "no term of the vocabulary: "}


class FakeApi:
    """The API of one asset and one work item, both about a file of this name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def call(self, _method: str, path: str) -> dict[str, Any]:
        if path.endswith("/similar"):
            return {"similar": [self._near()], "left_out": 0, "cut_bands": 0}
        return self._asset()

    def listed(self, path: str, _name: str, **_: Any) -> Iterator[Any]:
        if path == "/assets":
            yield self._asset()
            return
        evidence = {"key": self._name}
        item = {"work_id": "w1", "queue": "rights_conflict", "opened_at": "now", "asset_id": "a1", "resolution": ""}
        yield {**item, "evidence": evidence}

    def _near(self) -> dict[str, Any]:
        near = {"asset_id": "a2", "distance": 3, "status": "accepted", "version_id": "v1", "current": True}
        return {**near, "file_name": self._name}

    def _asset(self) -> dict[str, Any]:
        problem = {**PROBLEM, "message": PROBLEM["message"] + self._name}
        asset = dict.fromkeys(("rights", "delivered", "category", "used_at"), None)
        asset |= {"asset_id": "a1", "status": "quarantined", "current_version": "v1", "revision": 1, "generation": 1}
        inspection = {
            "media_type": "image/jpeg",
            "width": 8,
            "height": 6,
            "bytes": 9,
            "sha256": "0",
            "problems": [problem],
            "warnings": [],
        }
        return {**asset, "file_name": self._name, "inspection": inspection, "problems": [problem]}


@pytest.mark.parametrize("words", [["assets"], ["asset", "a1"], ["asset", "a1", "--similar"], ["work", "list"]])
@pytest.mark.parametrize(("name", "shown"), NAMES.items(), ids=ascii)
def test_a_name_is_only_a_name(monkeypatch: pytest.MonkeyPatch, words: list[str], name: str, shown: str) -> None:
    for module in (asset_commands, work_commands):
        monkeypatch.setattr(module, "target", lambda *_: FakeApi(name))
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.exception) == (0, None)
    assert shown in done.output


def test_a_text_on_one_line_begins_no_other_and_moves_nothing() -> None:
    assert console.on_one_line("a\nb\tc\x07\u2028d é") == "a\\nb\\tc\\x07\\u2028d é"
