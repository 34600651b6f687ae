"""Jobs as the command line shows and steers them."""

from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import job_commands
from assetwire_cli.failure import Failure
from assetwire_cli.main import app

JOB = {"job_id": "j1", "kind": "revalidate", "done": 3, "total": 9, "changed": 1, "failed": 0, "message": ""}


class FakeJobs:
    """The API of one job, whose state is the last step that was asked for."""

    def __init__(self) -> None:
        self.state = "running"
        self.calls: list[tuple[str, str]] = []

    def call(self, method: str, path: str) -> dict[str, Any]:
        self.calls.append((method, path))
        if method == "POST":
            self.state = path.rpartition("/")[2]
        return JOB | {"state": self.state}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeJobs:
    fake = FakeJobs()
    monkeypatch.setattr(job_commands, "target", lambda *_: fake)
    return fake


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["jobs", *words])


@pytest.mark.parametrize("step", ["cancel", "resume"])
def test_a_job_is_steered_and_shown(api: FakeJobs, step: str) -> None:
    done = run("j1", f"--{step}")
    assert (done.exit_code, api.calls) == (0, [("POST", f"/jobs/j1/{step}"), ("GET", "/jobs/j1")])
    assert f"revalidate {step}: 3 of 9 done" in done.output


@pytest.mark.parametrize("words", [["--cancel"], ["--resume"], ["j1", "--cancel", "--resume"]])
def test_one_job_takes_one_step(api: FakeJobs, words: list[str]) -> None:
    assert isinstance(run(*words).exception, Failure)
    assert api.calls == []


@pytest.mark.parametrize(("state", "exit_code"), [("done", 0), ("failed", 2), ("cancelled", 2)])
def test_a_job_that_is_followed_tells_its_end(api: FakeJobs, state: str, exit_code: int) -> None:
    api.state = state
    assert run("j1", "--wait").exit_code == exit_code
