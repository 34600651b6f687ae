"""Commands that need no stack: inspect, render, keys, and what upload plans to send."""

import hashlib
import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from assetwire.domain.errors import InvalidRequest
from assetwire_cli import signing_keys
from assetwire_cli.failure import Failure
from assetwire_cli.main import app
from assetwire_cli.uploader import Uploader, plan
from fakes.masters import small_pdf

pytestmark = pytest.mark.slow  # seconds of decoding: part of make test

FIELDS = [
    *("file", "status", "kind", "media_type", "sha256", "bytes", "width", "height", "duration_seconds", "pages"),
    *("encrypted", "identifiers", "metadata", "perceptual_hash", "appearance", "problems"),
    "warnings",
]


def picture(width: int, height: int, kind: str = "JPEG") -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(file, kind)
    return file.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.jpg").write_bytes(picture(700, 500))
    (tmp_path / "png named.jpg").write_bytes(picture(30, 20, "PNG"))
    (tmp_path / "broken.jpg").write_bytes(picture(700, 500)[:2000])
    (tmp_path / "text.jpg").write_text("no picture")
    return tmp_path


def test_inspect_prints_one_documented_object_a_file_in_the_order_given(folder: Path) -> None:
    files = [folder / name for name in ("text.jpg", "good.jpg", "missing.jpg", "png named.jpg", "broken.jpg")]
    result = CliRunner().invoke(app, ["inspect", "--json", *map(str, files)])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert [line["file"] for line in lines] == [str(file) for file in files]
    assert all(list(line) == FIELDS for line in lines)
    assert [line["status"] for line in lines] == [
        *("quarantined", "accepted", "quarantined", "accepted", "quarantined"),
    ]
    assert [p["code"] for line in lines for p in line["problems"]] == [
        "unrecognised_format",
        "unreadable",
        "undecodable",
    ]
    good, png = lines[1], lines[3]
    assert good["sha256"] == hashlib.sha256(files[1].read_bytes()).hexdigest()
    assert (good["kind"], good["width"], good["height"], good["bytes"]) == ("image", 700, 500, files[1].stat().st_size)
    assert png["media_type"] == "image/png"


def test_a_name_that_means_something_to_the_decoder_is_only_a_name(folder: Path, tmp_path: Path) -> None:
    for name in ("good[page=2]", "good.jpg[n=-1]", "good.jpg[shrink=8]"):
        (folder / name).write_bytes(picture(700, 500))
        result = CliRunner().invoke(app, ["inspect", "--json", str(folder / name)])
        assert (result.exit_code, json.loads(result.stdout)["width"]) == (0, 700)
        result = CliRunner().invoke(app, ["render", str(folder / name), "--out", str(tmp_path / f"out {name}")])
        assert result.exit_code == 0


def test_inspect_exits_with_0_if_every_file_is_accepted(folder: Path) -> None:
    result = CliRunner().invoke(app, ["inspect", str(folder / "good.jpg")])
    assert (result.exit_code, "accepted: image/jpeg 700×500" in result.stdout) == (0, True)


def test_a_file_that_is_too_large_is_refused_without_being_read(tmp_path: Path) -> None:
    with (tmp_path / "film.mov").open("wb") as sparse:
        sparse.truncate(1 << 40)
    result = CliRunner().invoke(app, ["inspect", "--json", str(tmp_path / "film.mov")])
    line = json.loads(result.stdout)
    assert (result.exit_code, [problem["code"] for problem in line["problems"]]) == (2, ["too_large"])
    assert (line["bytes"], line["sha256"]) == (1 << 40, None)


def test_render_writes_the_files_and_a_manifest_that_is_true_of_them(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "deep"
    result = CliRunner().invoke(app, ["render", str(folder / "good.jpg"), "--out", str(out)])
    assert result.exit_code == 0, result.output
    manifest = json.loads((out / "manifest.json").read_text())
    names = {entry["name"] for entry in manifest["renditions"]}
    web = {f"web-{width}.{kind}" for width in (320, 640, 960) for kind in ("avif", "webp", "jpg")}
    assert names == web | {"thumb-256.webp", "thumb-256.jpg"}
    assert names | {"manifest.json"} == {entry.name for entry in out.iterdir()}
    for entry in manifest["renditions"]:
        body = (out / entry["name"]).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        with Image.open(io.BytesIO(body)) as image:
            assert (*image.size, image.format.lower()) == (entry["width"], entry["height"], entry["format"])
    assert max(entry["width"] for entry in manifest["renditions"]) == 700


def test_render_writes_the_first_page_of_a_document(tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(small_pdf(media_box="[0 0 300.5 200]"))
    result = CliRunner().invoke(app, ["render", str(tmp_path / "sheet.pdf"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    with Image.open(tmp_path / "out" / "web-1600.jpg") as page:
        assert page.size == (1600, 1065)


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_folder_that_cannot_be_made_is_one_line(folder: Path, place: str) -> None:
    (folder / "taken").write_text("a file")
    result = CliRunner().invoke(app, ["render", str(folder / "good.jpg"), "--out", str(folder / place)])
    assert isinstance(result.exception, Failure)
    assert result.exception.code == "unwritable"


def test_an_output_that_is_full_or_closed_is_one_line(folder: Path) -> None:
    command = [sys.executable, "-c", "from assetwire_cli.main import main; main()", "inspect", str(folder / "text.jpg")]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (ran.returncode, ran.stderr) == (1, b"assetwire: unwritable: No space left on device\n")
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *command], stdout=None, stderr=subprocess.PIPE, check=False
    )
    assert (closed.returncode, closed.stderr) == (1, b"assetwire: unwritable: the standard output is closed\n")


@pytest.mark.parametrize(
    ("asked", "names"),
    [(["web-640"], {"web-640.avif", "web-640.webp", "web-640.jpg"}), (["web-320.jpg"], {"web-320.jpg"})],
)
def test_render_makes_only_what_is_asked_for(folder: Path, tmp_path: Path, asked: list[str], names: set[str]) -> None:
    options = [word for name in asked for word in ("--rendition", name)]
    result = CliRunner().invoke(app, ["render", str(folder / "good.jpg"), "--out", str(tmp_path / "out"), *options])
    assert result.exit_code == 0
    assert {entry.name for entry in (tmp_path / "out").glob("web-*")} == names


@pytest.mark.parametrize(("name", "code"), [("web-2400", "would_enlarge"), ("web-7.gif", "unknown_rendition")])
def test_render_refuses_what_it_cannot_make(folder: Path, tmp_path: Path, name: str, code: str) -> None:
    arguments = ["render", str(folder / "good.jpg"), "--out", str(tmp_path / "out"), "--rendition", name]
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, Failure)
    assert result.exception.code == code


def test_render_tells_its_plan_and_writes_nothing(folder: Path) -> None:
    arguments = ["render", str(folder / "good.jpg"), "--plan", "--rendition", "web-640", "--rendition", "web-320.jpg"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "load 640×457, still",
        "└─ 640×457 lanczos3",
        "   ├─ web-640.avif: quality 55, effort 3",
        "   ├─ web-640.webp: quality 78, effort 4",
        "   ├─ on #ffffff, 640×457",
        "   │  └─ web-640.jpg: quality 80, effort 0",
        "   └─ 320×229 lanczos3",
        "      └─ on #ffffff, 320×229",
        "         └─ web-320.jpg: quality 80, effort 0",
    ]


def test_render_goes_by_the_profiles_and_specs_that_are_named(folder: Path, tmp_path: Path) -> None:
    frame = {"width": 300, "height": 300, "fit": "pad", "background": "#204060", "sharpen": 0.5}
    encoding = {"format": "jpeg", "quality": 90, "maximum_bytes": 20_000, "profile": True}
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"name": "own", "frames": {"square": frame}, "encodings": [encoding]}))
    out = tmp_path / "out"
    arguments = ["render", str(folder / "good.jpg"), "--profile", "thumb", "--spec", str(own)]
    result = CliRunner().invoke(app, [*arguments, "--out", str(out)])
    assert result.exit_code == 0, result.output
    made = {file.name for file in out.iterdir()} - {"manifest.json"}
    assert made == {"thumb-256.webp", "thumb-256.jpg", "own-square.jpg"}
    with Image.open(out / "own-square.jpg") as image:
        assert image.size == (300, 300)
    told = CliRunner().invoke(app, [*arguments, "--profile", "social", "--rendition", "social-1200x630", "--plan"])
    assert told.stdout.splitlines() == [
        "load 700×500, still",
        "└─ 700×368 lanczos3, 100.0% × 73.5% of the picture, where the eye goes",
        "   └─ on #ffffff, 700×368",
        "      └─ social-1200x630.jpg: quality 82, effort 0, with its profile",
    ]


def test_render_makes_the_rest_and_says_what_its_bytes_have_no_room_for(folder: Path, tmp_path: Path) -> None:
    tight = {"format": "png", "maximum_bytes": 1_000}
    own = tmp_path / "own.json"
    own.write_text(json.dumps({"name": "own", "frames": {"a": {"width": 300}}, "encodings": [tight]}))
    arguments = ["render", str(folder / "good.jpg"), "--spec", str(own), "--profile", "thumb"]
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert isinstance(result.exception, Failure)
    assert result.exception.code == "over_maximum_bytes"
    assert "own-a.png" in str(result.exception)
    listed = json.loads((tmp_path / "out" / "manifest.json").read_text())["renditions"]
    assert [made["name"] for made in listed] == ["thumb-256.webp", "thumb-256.jpg"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--profile", "cinema"], "unknown_profile"),
        (["--spec", "absent.json"], "unreadable"),
        (["--spec", "good.jpg"], "invalid_spec"),
    ],
)
def test_render_says_which_spec_it_cannot_go_by(folder: Path, options: list[str], code: str) -> None:
    place = [options[0], options[1] if options[0] == "--profile" else str(folder / options[1])]
    result = CliRunner().invoke(app, ["render", str(folder / "good.jpg"), *place, "--plan"])
    assert isinstance(result.exception, Failure)
    assert result.exception.code == code


def test_render_needs_a_folder_or_tells_its_plan_alone(folder: Path) -> None:
    result = CliRunner().invoke(app, ["render", str(folder / "good.jpg")])
    assert isinstance(result.exception, Failure)
    assert result.exception.code == "no_folder"


def test_render_refuses_what_ingest_would(folder: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["render", str(folder / "broken.jpg"), "--out", str(tmp_path / "out")])
    assert (result.exit_code, "undecodable" in result.output) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_pair_is_made_once_and_its_private_file_is_its_owners(tmp_path: Path) -> None:
    first = signing_keys.kept_pair(tmp_path / "keys", "ecdsa")
    (tmp_path / "keys" / "SigningKeyA.public.pem").unlink()
    assert signing_keys.kept_pair(tmp_path / "keys", "rsa") == first
    assert signing_keys.parameters(tmp_path / "keys", "A") == {
        "SigningPublicKeyA": first.public,
        "SigningPublicKeyB": "",
        "SigningSlot": "A",
    }
    mode = stat.S_IMODE((tmp_path / "keys" / "SigningKeyA.private.pem").stat().st_mode)
    assert (mode, "BEGIN PUBLIC KEY" in first.public) == (0o600, True)


def test_a_folder_keeps_its_shape_below_the_prefix_and_hidden_files_stay(tmp_path: Path) -> None:
    for name in ("b.jpg", "sub/a ü.jpg", ".hidden/x.jpg", "sub/.DS_Store"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [entry.key for entry in plan([tmp_path], "season/1/")] == ["season/1/b.jpg", "season/1/sub/a ü.jpg"]


def test_a_name_that_cannot_be_a_key_costs_that_file_alone(tmp_path: Path) -> None:
    for name in (b"good.jpg", b"new\nline.jpg", b"not utf-8 \xff.jpg"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"x")
    planned = {entry.key: entry for entry in plan([tmp_path], "season")}
    assert set(planned) == {"season/good.jpg", "new\\nline.jpg", "not utf-8 \\udcff.jpg"}
    assert [bool(entry.refused) for entry in planned.values()].count(True) == 2
    results = list(
        Uploader(None, "bucket").upload([e for e in planned.values() if e.refused], progress=lambda *_: None)
    )
    assert {result.state for result in results} == {"failed"}
    assert all("invalid_key" in result.error for result in results)


def test_a_path_that_is_not_there_and_two_files_of_one_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="does not exist"):
        plan([tmp_path / "nothing"], "")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.jpg").write_bytes(b"x")
    with pytest.raises(InvalidRequest, match="both get the key"):
        plan([tmp_path / "a" / "same.jpg", tmp_path / "b" / "same.jpg"], "")
