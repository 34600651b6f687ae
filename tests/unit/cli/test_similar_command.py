"""`assetwire similar`: copies are named, exact and near apart, and what cannot be compared is named with its reason."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from typer.testing import CliRunner, Result

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
