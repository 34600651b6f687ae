"""The oracles know nothing of what they judge, and the one of URLs is right where anybody can see what is right."""

import ast
import sys
from pathlib import Path
from typing import Any

import pytest
from oracles.delivery_oracle import Asked, House, Minted, narrowed

from assetwire.adapters.url_signer import CloudFrontSigner, with_query
from assetwire.domain.signed_policy import Conditions, custom_policy
from fakes.signing_key import PRIVATE_PEM
from leak.arguments import read
from leak.asking import ending_later
from leak.drive import summary
from leak.mutants import MUTANTS, ROOT, Mutant
from leak.report import Report

ORACLES = sorted((Path(__file__).parents[1] / "oracles").glob("*.py"))
NOON = 1_893_499_200.0
"""2030-01-01T12:00:00Z."""
LICENCE: dict[str, Any] = {
    "windows": [{"ends": "2030-01-01T13:00:00+00:00"}],
    "territories": ["DE", "FR"],
    "usages": ["web", "print"],
}


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda path: path.stem)
def test_an_oracle_imports_nothing_but_the_standard_library_and_oracles(oracle: Path) -> None:
    tree = ast.parse(oracle.read_text(encoding="utf-8"))
    froms = {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    plain = {each.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    assert froms | plain <= {*sys.stdlib_module_names, "oracles"}


@pytest.mark.parametrize(
    ("change", "is_narrower"),
    [
        ({}, False),
        ({"territories": ["*"]}, False),
        ({"territories": ["DE"]}, True),
        ({"excluded_territories": ["EU"]}, True),
        ({"usages": ["web"]}, True),
        ({"windows": [{}]}, False),
        ({"windows": [{"starts": "2030-01-01T11:59:59+00:00", "ends": "2030-01-01T13:00:00+00:00"}]}, False),
        ({"windows": [{"starts": "2030-01-01T12:00:01+00:00"}]}, True),
        ({"windows": [{"ends": "2030-01-01T12:59:59+00:00"}]}, True),
        ({"constraints": ["no_flipping"]}, True),
        ({"model_release": "none"}, True),
        ({"model_release": "limited"}, False),
    ],
)
def test_whatever_is_not_allowed_any_more_is_a_narrowing(change: dict[str, Any], is_narrower: bool) -> None:
    assert narrowed([LICENCE], [{**LICENCE, **change}], NOON) is is_narrower


def test_what_was_over_anyway_is_no_narrowing() -> None:
    ended = {**LICENCE, "windows": [{"ends": "2030-01-01T12:00:00+00:00"}]}
    assert not narrowed([ended], [{**ended, "territories": []}], NOON)
    assert not narrowed([None], [ended], NOON)
    assert narrowed([LICENCE], [None], NOON)


def test_a_url_is_good_where_it_is_for_until_it_ends_or_is_void() -> None:
    house = House()
    house.decided("a", [LICENCE], NOON)
    url = Minted("u", Asked("a", "web-320.jpg", "web", "web", ("DE",), 60), NOON + 3600, "A", house.era("a"))
    assert house.refused(url, "DE", NOON) == ""
    assert house.refused(url, "DE", NOON + 3599.9) == ""
    assert house.refused(url, "DE", NOON + 3600) == "it has ended"
    assert house.refused(url._replace(expires=NOON + 9000), "DE", NOON + 3600) == "expired"
    assert house.refused(url, "FR", NOON) == "the viewer is elsewhere"
    assert house.refused(url, "", NOON) == "nobody knows where the viewer is"
    house.decided("a", [{**LICENCE, "territories": ["*"]}], NOON)
    assert house.refused(url, "DE", NOON) == ""
    house.decided("a", [{**LICENCE, "territories": ["DE"]}], NOON)
    assert house.refused(url, "DE", NOON) == "it is void"
    assert house.refused(url._replace(era=house.era("a")), "DE", NOON) == ""


def test_a_url_for_a_network_is_good_from_there_alone() -> None:
    house = House()
    house.decided("a", [LICENCE], NOON)
    asked = Asked("a", "web-320.jpg", "web", "web", ("DE",), 60, network="127.0.0.0/30")
    url = Minted("u", asked, NOON + 60, "A", house.era("a"))
    assert house.refused(url, "DE", NOON, "127.0.0.3") == ""
    for address in ("127.0.0.4", "192.0.2.1", ""):
        assert house.refused(url, "DE", NOON, address) == "the viewer has another address"
    alone = url._replace(asked=asked._replace(network="127.0.0.1"))
    assert house.refused(alone, "DE", NOON, "127.0.0.1") == ""
    assert house.refused(alone, "DE", NOON, "127.0.0.2") == "the viewer has another address"


def test_whoever_changes_the_end_of_a_url_changes_nothing_else_and_it_is_another_url() -> None:
    asked = Asked("a", "f", "web", "web", ("DE",), 60)
    canned = Minted(f"https://m/a?Expires={NOON:.0f}&Signature=s", asked, NOON, "A", 0)
    assert ending_later(canned) == f"https://m/a?Expires={NOON + 1:.0f}&Signature=s"
    policy = custom_policy("https://m/*", Conditions(int(NOON), network="127.0.0.0/30"))
    later = custom_policy("https://m/*", Conditions(int(NOON) + 1, network="127.0.0.0/30"))
    signer = CloudFrontSigner("K", PRIVATE_PEM)
    known, wanted = (with_query("https://m/a", signer.sign_policy(each)) for each in (policy, later))
    assert ending_later(canned._replace(url=known)) == wanted.partition("&")[0] + "&" + known.partition("&")[2]
    assert known.partition("&")[0] != wanted.partition("&")[0]


def test_a_url_is_void_when_its_asset_is_taken_out_of_use_or_its_key_forgotten() -> None:
    house = House()
    house.decided("a", [LICENCE], NOON)
    asked = Asked("a", "web-320.jpg", "web", "web", ("FR",), 60, channel="amazon-fr")
    url = Minted("u", asked, NOON + 60, "TokenKeyA", house.era("a"))
    assert house.refused(url, "", NOON) == ""
    house.decided("a", [LICENCE], NOON, in_use=False)
    assert house.unmintable(asked, NOON) == "out of use"
    house.decided("a", [LICENCE], NOON)
    assert house.unmintable(asked, NOON) == ""
    assert house.refused(url, "", NOON) == "it is void"
    new = url._replace(era=house.era("a"))
    assert house.refused(new, "", NOON) == ""
    house.forgotten.add("TokenKeyA")
    assert house.refused(new, "", NOON) == "it is void"


@pytest.mark.parametrize(
    "words", [["--assets", "0"], ["--assets", "-1"], ["--rounds", "0"], ["--assets", "0", "--rounds", "0", "--hasty"]]
)
def test_a_leak_test_of_nothing_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        read(words, "leak", assets=24, flag=("--hasty", ""))
    assert refused.value.code == 2
    assert "1 or more" in capsys.readouterr().err


def test_a_leak_test_in_which_nothing_was_answered_proves_nothing() -> None:
    report = Report()
    report.count("requests", 9)
    assert not report.passed
    assert "nothing was answered" in summary(report)
    report.count("answered")
    assert report.passed
    report.differs("leak", "a", "u", "why", NOON)
    assert not report.passed


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_each_fault_of_the_leak_test_stands_in_the_code_once(mutant: Mutant) -> None:
    """Where the code changed, let the fault in `tests/leak/mutants.py` follow it."""
    for patch in mutant.patches:
        text = (ROOT / patch.file).read_text(encoding="utf-8")
        assert text.count(patch.old) == 1, f"{patch.file} has {text.count(patch.old)} × {patch.old!r}"


def test_each_fault_of_the_leak_test_has_its_row_in_the_docs() -> None:
    told = (ROOT / "docs" / "leak-test.md").read_text(encoding="utf-8")
    assert [mutant.name for mutant in MUTANTS if f"| {mutant.name} |" not in told] == []
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
