"""`assetwire drift`: what is asked for, page by page, and what is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import drift_command
from assetwire_cli.main import app

STATE = {"kind": "state", "role": "hero", "market": "any", "asset_id": "a1", "state": "removed", "by": "cognito:ada"}
REPAIRED = {"role": "hero", "market": "any", "effect": "refused", "code": "list_too_long"}


class FakeTarget:
    """An API to which S-1 differs."""

    def __init__(self) -> None:
        self.pages: list[dict[str, Any]] = []

    def call(self, method: str, path: str, *, body: dict[str, Any]) -> dict[str, Any]:
        assert (method, path) == ("POST", "/drift")
        self.pages.append(body)
        return {"products": [_answer(view["sku"], repair=body["repair"]) for view in body["products"]]}


def _answer(sku: str, *, repair: str | None) -> dict[str, Any]:
    differences = [STATE, {"kind": "unknown_product"}] if sku == "S-1" else []
    return {"sku": sku, "differences": differences, "repaired": [REPAIRED] if repair and differences else []}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    place = FakeTarget()
    monkeypatch.setattr(drift_command, "target", lambda *_: place)
    return place


def run(tmp_path: Path, views: object, *words: str) -> Any:
    file = tmp_path / "pim.json"
    file.write_text(json.dumps(views), encoding="utf-8")
    return CliRunner().invoke(app, ["drift", str(file), *words])


def test_differences_are_told_one_by_one_and_counted(place: FakeTarget, tmp_path: Path) -> None:
    views = [{"sku": f"S-{number}", "lists": []} for number in range(120)]
    result = run(tmp_path, views)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "S-1 hero any a1: state (removed by cognito:ada)",
        "S-1: unknown_product",
        "1 state, 1 unknown_product",
    ]
    assert [len(page["products"]) for page in place.pages] == [50, 50, 20]


def test_what_is_repaired_is_told_and_is_no_failure(place: FakeTarget, tmp_path: Path) -> None:
    result = run(tmp_path, [{"sku": "S-1"}], "--repair", "ours")
    assert (result.exit_code, place.pages[0]["repair"]) == (0, "ours")
    assert "S-1 hero any refused: list_too_long" in result.stdout


def test_two_views_that_are_one_are_told_so(place: FakeTarget, tmp_path: Path) -> None:
    assert run(tmp_path, [{"sku": "S-2"}]).stdout == "no difference\n"
    assert run(tmp_path, {}).exit_code != 0
    assert len(place.pages) == 1
