"""A stack that is stopped, started and deployed again goes on where it was."""

from typing import Any

import pytest
from test_main_job import delivery_of, mint, released
from typer.testing import CliRunner

from assetwire_cli import local_commands
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.main import app
from assetwire_cli.target import Target
from watching import ANYWHERE, eventually, get, scan


def test_what_is_stopped_and_deployed_again_with_another_key_keeps_what_is_there_and_enforces_rights_as_before(
    stack: LocalStack, target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    url = mint(target, asset_id)
    assert get(url)[0] == 200
    before = {item["pk"]["S"] + item["sk"]["S"] for item in scan(target)}

    assert stack.down() == ["edge", "aws"]
    assert not stack.running
    stack.up(lambda step: None, slot="B")  # the same deployment has another pair sign
    assert stack.target.endpoint == target.endpoint
    assert {item["pk"]["S"] + item["sk"]["S"] for item in scan(stack.target)} >= before
    assert get(url)[0] == 200
    new = mint(target, asset_id)
    assert ["SigningKeyA" in url, "SigningKeyB" in new, get(new)[0]] == [True, True, 200]

    stack.retire("A", lambda step: None)
    assert [get(url)[0], get(new)[0]] == [403, 200]
    url = new

    target.call("PUT", f"/assets/{asset_id}/rights", body={**ANYWHERE, "windows": []})
    eventually(lambda: get(url)[0] == 403, "the withdrawal to be enforced", seconds=30)
    assert delivery_of(target, asset_id) == []
    released(target, put, ingested, delivered)


@pytest.mark.parametrize("arguments", [["logs"], ["logs", "signed_url"], ["status"]])
def test_the_stack_can_be_looked_into(stack: LocalStack, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(local_commands, "LocalStack", lambda: stack)
    result = CliRunner().invoke(app, ["local", *arguments])
    assert (result.exit_code, result.exception) == (0, None)
    assert ("START RequestId" if "logs" in arguments else "dead letters relay") in result.stdout
