"""What rights decide, from a terminal and without a stack."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire.domain.errors import AssetwireError
from assetwire_cli.failure import Failure
from assetwire_cli.main import app

RIGHTS = {
    "windows": [{"starts": "2026-03-01T00:00:00+01:00", "ends": "2026-10-25T02:30:00+01:00"}],
    "territories": ["EU", "CH"],
    "excluded_territories": ["FR"],
    "usages": ["web"],
}


def decide(text: str, *words: str, folder: Path) -> Any:
    file = folder / "rights.json"
    file.write_text(text)
    return CliRunner().invoke(app, ["rights", "decide", "--rights", str(file), *words])


@pytest.mark.parametrize(
    ("at", "territory", "usage", "answer"),
    [
        ("2026-10-25T01:29:59Z", "de", "web", [True, "allowed", "2026-10-25T01:30:00Z"]),
        ("2026-10-25T02:29:59.999999+01:00", "CH", "web", [True, "allowed", "2026-10-25T01:30:00Z"]),
        ("2026-10-25T01:30:00Z", "DE", "web", [False, "expired", None]),
        ("2026-02-28", "DE", "web", [False, "embargoed", None]),
        ("2026-06-01", "FR", "web", [False, "territory_excluded", None]),
        ("2026-06-01", "DE", "print", [False, "usage_not_licensed", None]),
    ],
)
def test_the_decision_is_one_line_of_json(
    at: str, territory: str, usage: str, answer: list[Any], tmp_path: Path
) -> None:
    words = ["--at", at, "--territory", territory, "--usage", usage]
    done = decide(json.dumps(RIGHTS), *words, folder=tmp_path)
    assert done.exit_code == 0
    assert json.loads(done.stdout) == dict(zip(("allowed", "reason", "expires_at"), answer, strict=True))


def test_no_rights_are_decided_about_too(tmp_path: Path) -> None:
    done = decide("null", "--territory", "DE", "--usage", "web", folder=tmp_path)
    assert json.loads(done.stdout)["reason"] == "no_rights"


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"--usage": "nonsense"}, "unknown_usage", "'nonsense' is no usage, but web, "),
        ({"--usage": "WEB"}, "unknown_usage", "'WEB' is no usage"),
        ({"--usage": ""}, "unknown_usage", "'' is no usage"),
        ({"--at": ""}, "invalid_at", "'' is no moment"),
        ({"--territory": "ZZ"}, "unknown_territory", "'ZZ' is no territory"),
        ({"--territory": "EU"}, "unknown_territory", "'EU' is no territory"),
        ({"--territory": "*"}, "unknown_territory", "'*' is no territory"),
        ({"--territory": ""}, "unknown_territory", "'' is no territory"),
        ({"--territory": "D\x1b[2J"}, "unknown_territory", "'D\\x1b[2J' is no territory"),
    ],
)
def test_a_question_that_nobody_can_answer_is_no_denial(
    changes: dict[str, str], code: str, said: str, tmp_path: Path
) -> None:
    asked = {"--at": "2026-06-01", "--territory": "DE", "--usage": "web"} | changes
    done = decide(json.dumps(RIGHTS), *(word for pair in asked.items() for word in pair), folder=tmp_path)
    assert isinstance(done.exception, AssetwireError)
    assert (done.exception.code, done.exit_code, done.stdout) == (code, 1, "")
    assert done.exception.message.startswith(said)


@pytest.mark.parametrize(
    ("text", "at", "code", "said"),
    [
        ('{"territories": ["XX"]}', "2026-06-01", "invalid_rights", "territories: "),
        ('{"windows": [{"starts": "2026"}]}', "2026-06-01", "invalid_rights", "windows.0.starts: "),
        ('{"price": 3}', "2026-06-01", "invalid_rights", "price: "),
        ("{", "2026-06-01", "invalid_rights", "holds no rights"),
        ("{}", "June", "invalid_at", "'June' is no moment"),
    ],
)
def test_what_is_no_question_is_refused_in_one_line(text: str, at: str, code: str, said: str, tmp_path: Path) -> None:
    failure = decide(text, "--at", at, "--territory", "DE", "--usage", "web", folder=tmp_path).exception
    assert isinstance(failure, Failure)
    assert failure.code == code
    assert said in failure.message
    assert "\n" not in failure.message
