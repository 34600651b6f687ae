"""Benchmarks are known by their names, and say by their exit code whether their bars are reached."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUNNABLE = {
    path.stem
    for path in (ROOT / "bench").glob("*.py")
    if not path.stem.startswith("__") and 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
}


def python(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_every_benchmark_is_known_by_its_name() -> None:
    done = python("-m", "bench", "nonsense")
    known = done.stdout.partition("there are ")[2].strip().split(", ")
    assert done.returncode == 1
    assert set(known) == RUNNABLE
    assert {"barcodes", "signed_urls", "leak"} <= RUNNABLE


def test_a_benchmark_that_has_to_be_told_what_to_read_is_told_by_the_words_behind_its_name(tmp_path: Path) -> None:
    assert "bench.barcodes FOLDER" in python("-m", "bench", "barcodes").stderr
    done = python("-m", "bench", "barcodes", str(tmp_path))
    assert "bench.barcodes FOLDER" not in done.stderr + done.stdout
    assert python("-m", "bench", "leak", "barcodes").returncode == 1


def test_a_missed_bar_of_signed_urls_is_told_by_the_exit_code() -> None:
    ask = "from bench.signed_urls import missed; print(missed(0.7, 3, 5), missed(0.69, 3, 5), missed(0.7, 2.9, 4.9))"
    assert python("-c", ask).stdout.split() == ["0", "1", "2"]
    text = (ROOT / "bench" / "signed_urls.py").read_text(encoding="utf-8")
    assert text.endswith('if __name__ == "__main__":\n    raise SystemExit(main())\n')


@pytest.mark.parametrize(
    "words",
    [
        ["purges", "0"],
        ["intake", "0"],
        ["exposure", "--revocations", "0"],
        ["shoot", "--seeds", "0"],
        ["shoot", "--photos", "-1"],
        ["links_live", "--workers", "0"],
    ],
)
def test_a_benchmark_of_nothing_is_refused(words: list[str]) -> None:
    done = python("-m", f"bench.{words[0]}", *words[1:])
    assert done.returncode != 0
    assert "1 or more" in done.stderr
