"""`assetwire spin`: what is asked for, and what is shown."""

from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import spin_commands
from assetwire_cli.main import app

FRAME = {"asset_id": "a1", "status": "accepted", "file_name": "1.jpg", "width": 600, "height": 400}


class FakeTarget:
    """An API that notes what it was asked, and shows one spin."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.spin: dict[str, Any] = {
            "asset_id": "a9",
            "status": "accepted",
            "rows": 1,
            "columns": 2,
            "frames": [{"number": 1, "reference": "1.jpg", **FRAME}],
            "problem": None,
            "ready": True,
        }

    def call(self, method: str, path: str, *, body: Any = None) -> dict[str, Any]:
        self.calls.append((method, path, body))
        if method == "POST":
            return {"key": body["key"], "s3_version": "v1", "frames": 8, "rows": body["rows"], "columns": 4}
        return self.spin


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    place = FakeTarget()
    monkeypatch.setattr(spin_commands, "target", lambda *_: place)
    return place


def test_a_spin_is_made_of_frames_in_their_order(place: FakeTarget) -> None:
    result = CliRunner().invoke(app, ["spin", "create", "red.spin.json", "--rows", "2", *map(str, range(8))])
    assert (result.exit_code, result.stdout) == (0, "red.spin.json v1 2×4\n")
    assert place.calls == [
        ("POST", "/spins", {"key": "red.spin.json", "frames": [str(n) for n in range(8)], "rows": 2})
    ]


def test_a_spin_is_shown_frame_by_frame(place: FakeTarget) -> None:
    result = CliRunner().invoke(app, ["spin", "show", "a9"])
    assert result.exit_code == 0
    assert result.stdout.splitlines() == ["a9 accepted ready 1×2", "  1 a1 accepted 600×400 1.jpg"]


def test_what_makes_no_spin_says_why_and_ends_in_exit_code_1(place: FakeTarget) -> None:
    missing = {"number": 1, "reference": "1.jpg", **dict.fromkeys(FRAME)}
    problem = {"code": "frame_missing", "field": "frames", "message": "not there (yet): 1.jpg"}
    place.spin |= {"frames": [missing], "problem": problem, "ready": False}
    result = CliRunner().invoke(app, ["spin", "show", "a9"])
    assert result.exit_code == 1
    assert "  1 - missing 1.jpg" in result.stdout
    assert "frame_missing: not there (yet): 1.jpg" in result.stderr
