"""The Makefile: its help is true, the README names its two commands, and CI runs what everyone runs."""

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
MAKEFILE = (PROJECT / "Makefile").read_text()
LISTED = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE)


def commands(script: str) -> list[str]:
    """Return the commands of a shell script: its lines without comments, `set` and `cd`."""
    lines = (line.split(" #")[0].strip() for line in script.splitlines() if not line.startswith("#"))
    return [line for line in lines if line and not re.match(r"(set|cd) ", line)]


def _make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "-C", PROJECT, *arguments], capture_output=True, text=True, timeout=30, check=False)


def test_help_lists_every_described_target() -> None:
    shown = re.findall(r"^ +make ([a-z-]+) +\S", _make("help").stdout, re.MULTILINE)
    assert shown == LISTED
    assert {"help", "setup", "demo", "test", "check", "bench", "deploy", "down", "clean"} <= set(shown)


@pytest.mark.parametrize("target", LISTED)
def test_a_listed_target_exists_and_is_phony(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
    assert target in re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()


@pytest.mark.parametrize("target", [name for name in LISTED if name != "clean"])
def test_make_knows_how_to_make_a_listed_target(target: str) -> None:
    planned = _make("--dry-run", target)
    assert planned.returncode == 0, planned.stderr


@pytest.mark.parametrize("target", ["test", "check", "demo"])
def test_neither_tests_nor_the_demo_deploy_to_aws(target: str) -> None:
    assert "sam deploy" not in _make("--dry-run", target).stdout


def test_deploy_takes_the_pair_that_is_there_and_asks_which_of_two_signs(tmp_path: Path) -> None:
    words = ["--dry-run", "deploy", f"KEYS={tmp_path}"]
    for slot, asked in (("B", []), ("A", ["SLOT=A"])):
        (tmp_path / f"SigningKey{slot}.public.pem").touch()
        planned = _make(*words, *asked).stdout
        assert f"SigningSlot={slot} " in planned
        assert f'test -f "{tmp_path}/SigningKey{slot}.public.pem"' in planned
    assert 'test "A B" != "A B" ||' in _make(*words).stdout


@pytest.mark.parametrize("target", ["setup", "test", "check", "demo", "build"])
def test_what_is_measured_beside_is_installed_for_the_benchmarks_alone(target: str) -> None:
    assert ".local/sharp" not in _make("--dry-run", "--always-make", target).stdout
    assert ".local/sharp" in _make("--dry-run", "--always-make", "bench").stdout


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_names_the_two_commands(command: str) -> None:
    assert command in (PROJECT / "README.md").read_text()


def test_ci_calls_make_test_and_nothing_else() -> None:
    script = PROJECT / ".ci/run"
    assert [line.removeprefix("exec ") for line in commands(script.read_text())] == ["make test"]
    assert script.stat().st_mode & 0o111


def test_other_commands_in_a_ci_script_are_found() -> None:
    script = '#!/bin/sh\nset -eu\ncd "$(dirname "$0")/.."\nexec make test # all of it\n'
    assert commands(script) == ["exec make test"]
    assert commands(script + "pytest --ignore=tests/e2e\n") == ["exec make test", "pytest --ignore=tests/e2e"]
