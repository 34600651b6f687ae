"""`assetwire lifecycle`: every asset is asked for, and one that is refused stops no other."""

from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import lifecycle_commands
from assetwire_cli.main import app
from assetwire_cli.target import ApiError


class FakeTarget:
    """An API that refuses assets of one name and notes what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []

    def call(self, method: str, path: str, *, body: Any = None) -> dict[str, Any]:
        self.calls.append((method, path, body))
        if "/held/" in path:
            raise ApiError(409, "on_legal_hold", "asset held is on legal hold")
        return {"status": "withdrawn", "revision": 3, "deletion": {"due_at": "2026-12-20T12:00:00Z"}, "archive": None}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    place = FakeTarget()
    monkeypatch.setattr(lifecycle_commands, "target", lambda *_: place)
    return place


@pytest.mark.parametrize("step", ["withdraw", "restore", "delete", "hold", "release", "archive", "recall"])
def test_a_step_is_taken_for_every_asset(place: FakeTarget, step: str) -> None:
    result = CliRunner().invoke(app, ["lifecycle", step, "one", "two", "--reason", "why"])
    assert result.exit_code == 0
    assert [path for _, path, _ in place.calls] == [f"/assets/one/{step}", f"/assets/two/{step}"]
    assert all(body["reason"] == "why" for _, _, body in place.calls)
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["one", "two"]
    assert "2 of 2" in result.stderr


def test_one_that_is_refused_stops_no_other_and_ends_in_exit_code_1(place: FakeTarget) -> None:
    result = CliRunner().invoke(
        app, ["lifecycle", "delete", "one", "held", "two", "--reason", "why", "--grace-days", "7"]
    )
    assert result.exit_code == 1
    assert [body for _, _, body in place.calls] == [{"reason": "why", "grace_days": 7}] * 3
    assert "held: on_legal_hold" in result.stderr
    assert result.stdout.count("on 2026-12-20T12:00:00Z") == 2


def test_a_recall_says_how_fast_and_how_long(place: FakeTarget) -> None:
    CliRunner().invoke(app, ["lifecycle", "recall", "one", "--reason", "why", "--tier", "bulk", "--days", "3"])
    assert place.calls[0][2] == {"reason": "why", "tier": "bulk", "days": 3}
