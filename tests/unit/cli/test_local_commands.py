"""`assetwire local logs`: every function of the template has a log that can be looked into."""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import local_commands
from assetwire_cli.main import app

TEMPLATE = (Path(__file__).resolve().parents[3] / "template.yaml").read_text(encoding="utf-8")
GROUPS = re.findall(r'LogGroupName: !Sub "/aws/lambda/\$\{AWS::StackName\}-(.+)"', TEMPLATE)


class FakeLogs:
    """A stack whose every log group holds one line, which names it."""

    def __init__(self) -> None:
        self.target = self

    def client(self, _service: str) -> Any:
        return self

    def get_paginator(self, _name: str) -> Any:
        return self

    def paginate(self, *, logGroupName: str, startTime: int) -> Any:  # noqa: N803  as AWS writes them
        return [{"events": [{"timestamp": startTime, "message": f"in {logGroupName}"}]}]


@pytest.mark.parametrize("function", GROUPS)
def test_the_log_of_every_function_of_the_template_is_shown(monkeypatch: pytest.MonkeyPatch, function: str) -> None:
    monkeypatch.setattr(local_commands, "LocalStack", FakeLogs)
    done = CliRunner().invoke(app, ["local", "logs", function])
    assert (done.exit_code, done.output.count("\n")) == (0, 1)
    assert f"{function}: in /aws/lambda/assetwire-{function}" in done.output


def test_all_logs_are_shown_if_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_commands, "LocalStack", FakeLogs)
    done = CliRunner().invoke(app, ["local", "logs"])
    assert sorted(re.findall(r"/assetwire-(\S+)", done.output)) == sorted(GROUPS)
