"""`assetwire similar`: copies are named, exact and near apart, and what cannot be compared is named with its reason."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps
from typer.testing import CliRunner, Result

from assetwire.media import inspect as inspecting
from assetwire.media.sandbox import Ending, Run
from assetwire_cli.main import app

MASTERS = Path(__file__).parents[3] / "samples" / "masters"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Image.open(MASTERS / "AW-1001_coffee-cup_front.jpg") as image:
        cup = ImageOps.exif_transpose(image).convert("RGB")
    with Image.open(MASTERS / "AW-4003_gravel_teaser.gif") as image:
        image.convert("RGB").save(tmp_path / "gravel.png")
    (tmp_path / "sub" / ".hidden").mkdir(parents=True)
    cup.save(tmp_path / "cup.png")
    cup.crop((3, 3, cup.width - 3, cup.height - 3)).resize((300, 200)).save(
        tmp_path / "sub" / "cup small.jpg", quality=50
    )
    (tmp_path / "sub" / "cup again.png").write_bytes((tmp_path / "cup.png").read_bytes())
    (tmp_path / "sub" / ".hidden" / "cup.png").write_bytes((tmp_path / "cup.png").read_bytes())
    return tmp_path


def similar(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["similar", *map(str, arguments)])


def pairs(result: Result) -> list[tuple[str, int, tuple[str, ...]]]:
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return [(line["pair"], line["distance"], tuple(Path(file).name for file in line["files"])) for line in lines]


def test_exact_and_near_pairs_of_a_folder_are_printed_apart(folder: Path) -> None:
    result = similar(folder, "--json")
    (exact, near) = pairs(result)
    assert exact == ("exact", 0, ("cup.png", "cup again.png"))
    assert (near[0], near[2], near[1] <= 15) == ("near", ("cup.png", "cup small.jpg"), True)
    assert result.exit_code == 0


def test_a_line_of_text_names_the_kind_the_distance_and_the_files(folder: Path) -> None:
    first, second = similar(folder).stdout.splitlines()
    assert first.split("\t") == ["exact", "0", str(folder / "cup.png"), str(folder / "sub" / "cup again.png")]
    assert second.split("\t")[::2] == ["near", str(folder / "cup.png")]


def test_a_larger_distance_finds_more_and_a_smaller_one_less(folder: Path) -> None:
    assert len(pairs(similar(folder, "--json", "--distance", 224))) == 1 + 3
    small = folder / "sub" / "cup small.jpg"
    (near,) = pairs(similar(folder / "cup.png", small, "--json"))
    assert near[1] > 0
    assert pairs(similar(folder / "cup.png", small, "--json", "--distance", near[1])) == [near]
    assert pairs(similar(folder / "cup.png", small, "--json", "--distance", near[1] - 1)) == []


def test_a_file_that_is_named_twice_is_compared_once(folder: Path) -> None:
    result = similar(folder / "cup.png", folder / "cup.png", "--json")
    assert (result.stdout, result.exit_code) == ("", 0)


def test_what_cannot_be_compared_is_named_on_standard_error_and_stops_nothing(folder: Path) -> None:
    (folder / "broken.png").write_bytes((folder / "gravel.png").read_bytes()[:5000])
    (folder / "notes.txt").write_text("no picture")
    result = similar(folder, folder / "missing.jpg", "--json")
    assert len(pairs(result)) == 2
    assert result.exit_code == 2
    told = " ".join(result.stderr.split())
    for name, reason in (("broken.png", "undecodable"), ("notes.txt", "unrecognised"), ("missing.jpg", "unreadable")):
        assert f"{name}: {reason}" in told


def test_plain_pictures_make_no_near_pairs(tmp_path: Path) -> None:
    for number in range(6):
        Image.new("RGB", (300, 200 + number), (255, 255, 250 + number)).save(tmp_path / f"{number}.png")
    assert similar(tmp_path).stdout == ""


def test_other_media_are_compared_to_the_byte(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(b"%PDF-1.7\n")
    result = similar(tmp_path, "--json")
    assert (pairs(result), result.exit_code) == ([("exact", 0, ("a.pdf", "b.pdf"))], 0)


def test_names_that_a_terminal_would_obey_or_that_are_no_text_are_escaped(tmp_path: Path) -> None:
    names = [b"a\x1b[31m.png", b"b\nexact\t0.png", b"c\xff.png"]
    for name in names:
        Image.linear_gradient("L").save(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)))
    (tmp_path / "broken\r.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = similar(tmp_path)
    files = [line.split("\t")[2:] for line in result.stdout.splitlines()]
    assert files == [
        [f"{tmp_path}/a\\x1b[31m.png", f"{tmp_path}/b\\nexact\\t0.png"],
        [f"{tmp_path}/a\\x1b[31m.png", f"{tmp_path}/c\\xff.png"],
    ]
    assert "broken\\r.png: undecodable" in " ".join(result.stderr.split())
    told = [json.loads(line)["files"][1] for line in similar(tmp_path, "--json").stdout.splitlines()]
    assert told == [f"{tmp_path}/b\nexact\t0.png", f"{tmp_path}/c\\xff.png"]


def test_a_picture_that_crashes_its_decoder_costs_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = inspecting._sandbox
    broken = {"gravel.png": Ending.CRASHED, "cup small.jpg": Ending.TOO_SLOW}

    def run(task: str, arguments: dict[str, Any], **limits: Any) -> Run:
        ending = broken.get(Path(arguments["file"]).resolve().name)
        return Run([], ending, "pixels", 1.0, 1) if ending else type(sandbox).run(sandbox, task, arguments, **limits)

    monkeypatch.setattr(sandbox, "run", run)
    result = similar(folder, "--json", "--distance", 224)
    assert [pair for pair, _, _ in pairs(result)] == ["exact"]
    told = " ".join(result.stderr.split())
    assert "gravel.png: decoder_crashed" in told
    assert "cup small.jpg: too_slow" in told
    assert result.exit_code == 2
