"""`assetwire transcode`: files on the disk, without a stack."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assetwire_cli.failure import Failure
from assetwire_cli.main import app
from fakes.films import film, sound

pytestmark = pytest.mark.slow  # seconds of encoding: part of make test


def test_everything_is_made_with_a_manifest_that_is_true_of_it(tmp_path: Path) -> None:
    file, out = film(tmp_path / "[a].mp4", tone={}), tmp_path / "out"
    result = CliRunner().invoke(app, ["transcode", str(file), "--out", str(out)])
    assert result.exit_code == 0, result.stderr
    told = json.loads((out / "manifest.json").read_text())["renditions"]
    assert {each["name"] for each in told} == {"loop-320.webp", "preview-480.mp4", "video-480.mp4", "video-480.webm"}
    assert all((out / each["name"]).stat().st_size == each["bytes"] for each in told)
    assert "video-480.mp4 96×64" in result.stdout


def test_one_file_is_made_if_one_is_asked_for_and_a_plan_makes_none(tmp_path: Path) -> None:
    file, out = sound(tmp_path / "a.wav", codec="pcm_s16le"), tmp_path / "out"
    CliRunner().invoke(app, ["transcode", str(file), "--out", str(out), "--only", "waveform-peaks.json"])
    assert {path.name for path in out.iterdir()} == {"waveform-peaks.json", "manifest.json"}
    result = CliRunner().invoke(app, ["transcode", str(file), "--out", str(tmp_path / "none"), "--plan"])
    assert len(result.stdout.splitlines()) == 5
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_made_is_told_apart(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("no film")
    assert CliRunner().invoke(app, ["transcode", str(text)]).exit_code == 2
    file = sound(tmp_path / "a.wav", codec="pcm_s16le")
    result = CliRunner().invoke(app, ["transcode", str(file), "--only", "video-480.mp4"])
    assert isinstance(result.exception, Failure)
    assert result.exception.code == "unknown_rendition"
