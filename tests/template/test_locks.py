"""Locks: one version of a package everywhere, each file by its hash, and no word about where it comes from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LOCKS = sorted((PROJECT / "locks").glob("*.txt"))
LAYERS = sorted((PROJECT / "layers").glob("*/requirements.txt"))

_PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def _path(file: Path) -> str:
    return str(file.relative_to(PROJECT))


def pinned(text: str) -> dict[str, set[str]]:
    """Return the versions of each package in a requirements file; markers may give it more than one."""
    found: dict[str, set[str]] = {}
    for name, version in _PINNED.findall(text):
        found.setdefault(name, set()).add(version)
    return found


def unpinned_or_unhashed(text: str) -> list[str]:
    """Return each requirement that names no single version, or no SHA-256 hash."""
    requirements = re.split(r"\n(?=\S)", text.strip())
    pattern = re.compile(rf"{_PINNED.pattern}[^\\]*(\\\n\s+--hash=sha256:[0-9a-f]{{64}}\s*)+$")
    return [requirement.splitlines()[0] for requirement in requirements if not pattern.match(requirement)]


def places(text: str) -> list[str]:
    """Return each line that tells where packages come from."""
    options = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host", "-i ", "-f ")
    return [line for line in text.splitlines() if "://" in line or " @ " in line or line.strip().startswith(options)]


def _names(requirements: list[str]) -> set[str]:
    return {re.sub(r"[-_.]+", "-", _NAME.match(requirement)[0]).lower() for requirement in requirements}


@pytest.fixture(scope="module")
def dev() -> dict[str, set[str]]:
    return pinned((PROJECT / "locks/dev.txt").read_text())


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text())


def test_there_are_locks_and_layers_to_judge() -> None:
    assert [file.name for file in LOCKS] == ["dev.txt", "sam.txt", "stack.txt", "uv.txt"]
    assert [file.parent.name for file in LAYERS] == ["imaging", "runtime", "video"]


@pytest.mark.parametrize("file", [*LOCKS, *LAYERS], ids=_path)
def test_every_package_is_pinned_by_version_and_hash(file: Path) -> None:
    assert unpinned_or_unhashed(file.read_text()) == []


@pytest.mark.parametrize("file", [*LOCKS, *LAYERS], ids=_path)
def test_no_lock_names_a_host(file: Path) -> None:
    assert places(file.read_text()) == []


@pytest.mark.parametrize("file", LAYERS, ids=_path)
def test_a_layer_has_the_versions_that_the_tests_ran_with(file: Path, dev: dict[str, set[str]]) -> None:
    layer = pinned(file.read_text())
    assert layer
    assert {name: versions for name, versions in layer.items() if dev.get(name) != versions} == {}


@pytest.mark.parametrize("file", LAYERS, ids=_path)
def test_a_layer_leaves_out_what_lambda_brings(file: Path) -> None:
    assert {"boto3", "botocore", "s3transfer"}.isdisjoint(pinned(file.read_text()))


@pytest.mark.parametrize("layer", ["runtime", "imaging", "video"])
def test_a_layer_holds_what_its_group_asks_for(layer: str, project: dict) -> None:
    asked = _names(project["dependency-groups"][layer])
    assert asked <= set(pinned((PROJECT / f"layers/{layer}/requirements.txt").read_text()))


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("dev", ["test", "lint", "runtime", "imaging", "video"]), ("stack", ["stack"]), ("sam", ["sam"])],
)
def test_a_lock_holds_what_pyproject_asks_for(lock: str, groups: list[str], project: dict) -> None:
    asked = set().union(*(_names(project["dependency-groups"][group]) for group in groups))
    if lock == "dev":
        asked |= _names(project["project"]["dependencies"])
    assert asked <= set(pinned((PROJECT / f"locks/{lock}.txt").read_text()))


def test_faults_of_a_lock_are_found() -> None:
    good = "boto3==1.2 ; sys_platform == 'linux' \\\n    --hash=sha256:" + "a" * 64 + "\n"
    assert (unpinned_or_unhashed(good), places(good)) == ([], [])
    assert unpinned_or_unhashed(good + "moto>=5\n") == ["moto>=5"]
    assert unpinned_or_unhashed("moto==5\n" + good) == ["moto==5"]
    assert unpinned_or_unhashed(good.replace("sha256", "md5"))
    assert places("--index-url https://mirror.example/simple\n" + good)
    assert places("moto @ file:///tmp/moto.whl\n")


@pytest.mark.parametrize("folder", ["tests/exiftool", "bench/sharp"])
def test_a_lock_of_npm_names_one_version_of_each_package_with_its_checksum_and_no_address(folder: str) -> None:
    text = (PROJECT / folder / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: facts for name, facts in json.loads(text)["packages"].items() if name}
    assert packages
    assert "://" not in text
    assert all(facts["version"] and facts["integrity"].startswith("sha512-") for facts in packages.values())
