"""`assetwire corpus`: every file of a folder is answered, told apart, and held to the bounds."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from assetwire_cli import corpus_command
from assetwire_cli.main import app
from fakes.masters import encoded, picture

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    below = tmp_path / "corpus" / "below"
    below.mkdir(parents=True)
    (below / "good.jpg").write_bytes(encoded(picture()))
    (below / "cut off.png").write_bytes(encoded(picture(), "PNG")[:60])
    (below / "a\nline\\.jpg").write_bytes(b"")
    (below / "gone").symlink_to("nowhere")
    return tmp_path / "corpus"


def run(folder: Path, out: Path) -> tuple[Result, list[dict[str, object]]]:
    result = CliRunner().invoke(app, ["corpus", str(folder), "--out", str(out)])
    return result, [json.loads(line) for line in out.read_text().splitlines()]


def test_every_file_is_answered_within_the_bounds(folder: Path, tmp_path: Path) -> None:
    result, lines = run(folder, tmp_path / "out")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "4 files, 0 of which broke a bound")
    answers = {Path(line["line"]["file"]).name: line["line"]["status"] for line in lines}  # type: ignore[index]
    assert answers == {
        "a\nline\\.jpg": "quarantined",
        "cut off.png": "quarantined",
        "gone": "quarantined",
        "good.jpg": "accepted",
    }
    assert all(0 < line["seconds"] < 10 and line["peak_bytes"] > 2**20 for line in lines)  # type: ignore[operator]


def test_a_broken_bound_fails_and_every_answer_stands_in_the_file(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus_command, "MEMORY", 1)
    for file in ("good.jpg", "cut off.png", "gone"):
        (folder / "below" / file).unlink()
    result, lines = run(folder, tmp_path / "out")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (1, "1 files, 1 of which broke a bound")
    assert [bool(line["broken"]) for line in lines] == [True]
    assert "MiB" in result.stderr


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["corpus", str(tmp_path)])
    assert result.exit_code == 1
    assert getattr(result.exception, "code", None) == "empty_folder"
