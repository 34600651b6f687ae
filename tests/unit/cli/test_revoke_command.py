"""`assetwire revoke`: an emergency tries everything, tells all, and fails if anything did."""

from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import revoke_command
from assetwire_cli.main import app
from assetwire_cli.target import ApiError


class FakeTarget:
    """An API that knows some assets; caches are told of `slow` ones only later."""

    def __init__(self, *known: str, slow: tuple[str, ...] = (), unseen: tuple[str, ...] = ()) -> None:
        self.known, self.slow, self.unseen = known, slow, unseen
        self.withdrawn: list[str] = []

    def call(self, method: str, path: str, **_: Any) -> dict[str, Any]:
        asset_id = path.split("/")[2]
        if asset_id not in self.known:
            raise ApiError(404, "asset_not_found", f"{method} {path}: 404 asset_not_found")
        if method == "POST":
            self.withdrawn.append(asset_id)
            return {"generation": 2}
        done = {"generation": 2, "exposure_seconds": None if asset_id in self.slow else 1.5}
        return {"pending": None, "revocations": [] if asset_id in self.unseen else [done]}


def run(monkeypatch: pytest.MonkeyPatch, place: FakeTarget, *assets: str) -> Any:
    monkeypatch.setattr(revoke_command, "target", lambda *_: place)
    monkeypatch.setattr(revoke_command.time, "sleep", lambda _: None)
    return CliRunner().invoke(app, ["revoke", *assets, "--reason", "now", "--seconds", "1"])


def test_each_is_withdrawn_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, FakeTarget("a1", "a2", unseen=("a2",)), "a1", "a2")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "a1: gone from the origin and purged after 1.500 s",
        "a2: nobody could see it",
    ]


@pytest.mark.parametrize("order", [("bad", "a1", "a2"), ("a1", "bad", "a2"), ("a1", "a2", "bad")])
def test_one_that_is_refused_holds_up_no_other(monkeypatch: pytest.MonkeyPatch, order: tuple[str, ...]) -> None:
    place = FakeTarget("a1", "a2")
    result = run(monkeypatch, place, *order)
    assert (result.exit_code, place.withdrawn) == (1, ["a1", "a2"])
    assert "bad: NOT withdrawn" in result.stderr
    assert len(result.stdout.splitlines()) == 2


def test_one_that_is_not_done_in_time_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, FakeTarget("a1", "a2", slow=("a1",)), "a1", "a2", "a2")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == ["a2: gone from the origin and purged after 1.500 s"]
    assert "a1: it is withdrawn, but caches were not told yet" in result.stderr
