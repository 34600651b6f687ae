"""The table of commands: each is there, and none loads what only others need."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from assetwire_cli.commands import Commands
from assetwire_cli.main import app

_PROGRAM = """
import json, sys
from assetwire_cli.main import main
sys.argv = ["assetwire", {name!r}, "--help"]
try:
    main()
except SystemExit:
    pass
print("\\n" + json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("name", ["inspect", "similar", "render"])
def test_commands_that_need_no_stack_load_nothing_of_aws(name: str) -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM.format(name=name)], capture_output=True, check=True)
    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert f"assetwire_cli.{name}_command" in loaded
    assert not loaded & {"botocore", "boto3", "pynamodb", "cryptography", "pyvips", "PIL", "av", "urllib3"}


@pytest.mark.parametrize("name", ["sign", "verify"])
def test_commands_of_signatures_load_cryptography_and_nothing_of_aws(name: str) -> None:
    ran = subprocess.run([sys.executable, "-c", _PROGRAM.format(name=name)], capture_output=True, check=True)
    loaded = set(json.loads(ran.stdout.splitlines()[-1]))
    assert "assetwire_cli.sign_commands" in loaded
    assert not loaded & {"botocore", "boto3", "pynamodb", "pyvips", "PIL", "av", "urllib3"}


def test_help_lists_every_command_of_the_table() -> None:
    shown = CliRunner().invoke(app, ["--help"]).stdout
    assert [name for name in Commands() if f"│ {name} " not in shown] == []


def test_a_command_that_is_not_there_is_refused_with_the_nearest_one() -> None:
    result = CliRunner().invoke(app, ["inspcet", "file"])
    assert result.exit_code == 2
    assert "Did you mean 'inspect'?" in result.output
