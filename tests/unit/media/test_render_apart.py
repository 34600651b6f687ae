"""Rendering in the sandbox gives what rendering gives, and whatever goes wrong there is told by whose fault it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain.errors import AssetwireError, Unavailable, Undecodable, Unmet
from assetwire.domain.inscription import Inscription
from assetwire.domain.plan import Plan, Region, Subject, plan
from assetwire.domain.spec import Encoding, Fit, Format, Frame, Output
from assetwire.media import render_apart as module
from assetwire.media.render import render
from assetwire.media.render_apart import render_apart
from assetwire.media.sandbox import Sandbox
from assetwire.ports import RenderedFile
from fakes.pictures import encoded, scenery

pytestmark = pytest.mark.slow  # a server starts: part of make test

CROP = Frame(width=60, height=60, fit=Fit.CROP, sharpen=0.5)
JPEG = Encoding(format=Format.JPEG, quality=80)
OUTPUTS = [
    Output(name="a.jpg", frame=CROP, encoding=JPEG),
    Output(name="b.jpg", frame=CROP, encoding=JPEG),
    Output(name="c.png", frame=Frame(width=50), encoding=Encoding(format=Format.PNG)),
]
PLAN = plan(OUTPUTS, Subject(480, 320, focus=Region(0.5, 0.5, 0.1, 0.1)))
INSIDE = Inscription(fields={"credit_line": "Studio Nörd", "creator": ["Ann"]})


@pytest.fixture(scope="module", autouse=True)
def _the_server_ends() -> Iterator[None]:
    yield
    module._sandbox.close()


@pytest.fixture
def master(tmp_path: Path) -> Path:
    file = tmp_path / "master"
    file.write_bytes(encoded(scenery(), "PNG"))
    return file


def made(renderer: Any, master: Path, planned: Plan = PLAN) -> list[RenderedFile]:
    out = master.parent / renderer.__name__
    out.mkdir(exist_ok=True)
    return list(renderer(master, planned, media_type="image/png", inscription=INSIDE, out=out))


def lazily(master: Path, planned: Plan) -> Iterator[RenderedFile]:
    return render_apart(master, planned, media_type="image/png", inscription=INSIDE, out=master.parent)


def test_the_files_are_those_that_rendering_makes(master: Path) -> None:
    here, apart = made(render, master), made(render_apart, master)
    assert [file._replace(path=Path(file.path.name)) for file in apart] == [
        file._replace(path=Path(file.path.name)) for file in here
    ]
    assert all(file.path.stat().st_size == file.bytes for file in apart)
    assert {file.path.name for file in apart} == {file.name for file in (master.parent / "render_apart").iterdir()}


def test_an_empty_plan_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox()
    monkeypatch.setattr(module, "_sandbox", sandbox)
    assert made(render_apart, tmp_path / "absent", Plan()) == []
    assert sandbox._server is None


def test_a_damaged_master_is_undecodable_and_its_place_is_not_told(master: Path) -> None:
    master.write_bytes(master.read_bytes()[:2000])
    with pytest.raises(Undecodable) as raised:
        made(render_apart, master)
    assert str(master) not in raised.value.message


def test_what_has_too_few_bytes_is_named_after_everything_else_is_made(master: Path) -> None:
    tight = OUTPUTS[0].model_copy(
        update={"name": "d.jpg", "encoding": JPEG.model_copy(update={"maximum_bytes": 1_000, "least_quality": 80})}
    )
    files: list[tuple[str, ...]] = []
    with pytest.raises(Unmet) as raised:
        files.extend(file.names for file in lazily(master, plan([*OUTPUTS, tight], Subject(480, 320))))
    assert raised.value.names == ("d.jpg",)
    assert files == [("a.jpg", "b.jpg"), ("c.png",)]


@pytest.mark.parametrize(
    ("task", "arguments", "limits", "error", "code"),
    [
        ("crash_while_rendering", {}, {}, Undecodable, "decoder_crashed"),
        ("spin", {}, {"SECONDS": 2.0}, Unavailable, "too_slow"),
        ("allocate", {"megabytes": 600}, {"MEMORY": 300 * 1024**2}, Unavailable, "too_much_memory"),
        ("no_such_task", {}, {}, Unavailable, "decoder_crashed"),
    ],
)
def test_a_child_that_ends_badly_is_the_masters_fault_only_if_the_decoder_crashed(
    master: Path,
    monkeypatch: pytest.MonkeyPatch,
    task: str,
    arguments: dict[str, Any],
    limits: dict[str, Any],
    error: type[AssetwireError],
    code: str,
) -> None:
    ask = module._sandbox.run

    def run(_task: str, _arguments: dict[str, Any], **options: Any) -> Any:
        return ask(f"fakes.sandbox_tasks:{task}", arguments, **options)

    monkeypatch.setattr(module._sandbox, "run", run)
    for name, value in limits.items():
        monkeypatch.setattr(module, name, value)
    with pytest.raises(error) as raised:
        made(render_apart, master)
    assert raised.value.code == code


def test_what_cannot_be_written_is_nobodys_fault(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FILE_BYTES", 100)
    with pytest.raises(Unavailable):
        made(render_apart, master)
