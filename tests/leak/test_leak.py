"""No URL is answered that the oracle denies, and none refused that it allows; and faults in the product are found."""

from pathlib import Path

import pytest

from leak.drive import LeakTest
from leak.in_memory import InMemory
from leak.mutants import MUTANTS, Mutant, copied, leak_test


@pytest.mark.parametrize("seed", [1, 2])
def test_no_url_outlives_its_rights_and_none_is_refused_before(seed: int) -> None:
    with InMemory() as world:
        report = LeakTest(world, assets=16, seed=seed).run(3)
    assert report.differences == []
    assert report.counts["answered"] > 2_000
    assert report.exposures


def test_a_copy_of_the_product_without_a_fault_leaks_nothing(tmp_path: Path) -> None:
    done = leak_test(copied(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "no difference" in done.stdout


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_fault_in_the_product_is_found(mutant: Mutant, tmp_path: Path) -> None:
    mutant.applied(copied(tmp_path))
    done = next(each for seed in (1, 2, 3) if (each := leak_test(tmp_path, seed=seed)).returncode or seed == 3)
    assert (done.returncode, done.stderr) == (1, ""), done.stdout + done.stderr
    assert " × " in done.stdout
