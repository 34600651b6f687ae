"""A stack that is stopped, started and deployed again goes on where it was."""

from typing import Any, NamedTuple

import pytest
from test_main_job import delivery_of, mint, released
from typer.testing import CliRunner

from assetwire_cli import local_commands, signing_keys
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.main import app
from assetwire_cli.target import Target
from watching import ANYWHERE, eventually, get, scan


def test_what_is_stopped_and_deployed_again_keeps_what_is_there_and_enforces_rights_as_before(
    stack: LocalStack, target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    url = mint(target, asset_id)
    assert get(url)[0] == 200
    before = {item["pk"]["S"] + item["sk"]["S"] for item in scan(target)}

    assert stack.down() == ["edge", "aws"]
    assert not stack.running
    stack.up(lambda step: None)
    assert stack.target.endpoint == target.endpoint
    assert {item["pk"]["S"] + item["sk"]["S"] for item in scan(stack.target)} >= before
    assert get(url)[0] == 200
    assert get(mint(target, asset_id))[0] == 200

    target.call("PUT", f"/assets/{asset_id}/rights", body={**ANYWHERE, "windows": []})
    eventually(lambda: get(url)[0] == 403, "the withdrawal to be enforced", seconds=30)
    eventually(lambda: delivery_of(target, asset_id) == [], "the last of its files to be gone")
    released(target, put, ingested, delivered)


class Minted(NamedTuple):
    """What opens a file in each form: a signed URL, cookies for its plain URL, a token in the path."""

    key_pair_id: str
    signed: str
    plain: str
    cookies: dict[str, str]
    by_token: str

    def statuses(self) -> list[int]:
        return [get(self.signed)[0], get(self.plain, cookies=self.cookies)[0], get(self.by_token)[0]]


def minted(target: Target, asset_id: str) -> Minted:
    (found,) = target.call("POST", "/cookies", body={"asset_ids": [asset_id], "territory": "DE"})["assets"]
    path, channel = f"/assets/{asset_id}/renditions/web-320.jpg/url", {"form": "path", "channel": "walmart-us"}
    return Minted(
        found["cookies"]["CloudFront-Key-Pair-Id"],
        mint(target, asset_id),
        found["urls"]["web-320.jpg"],
        found["cookies"],
        target.call("GET", path, query=channel)["url"],
    )


def test_keys_are_rotated_without_an_outage_and_what_a_retired_one_signed_is_refused(
    stack: LocalStack, target: Target, put: Any, ingested: Any, delivered: Any
) -> None:
    asset_id = released(target, put, ingested, delivered)
    target.call("PUT", f"/assets/{asset_id}/rights", body={**ANYWHERE, "usages": ["web", "marketplace"]})
    before = minted(target, asset_id)
    assert (before.key_pair_id, before.statuses()) == ("SigningKeyA", [200, 200, 200])
    assert get(before.plain)[0] == 403

    signing_keys.kept_pair(stack.folder / "keys", "ecdsa", "B")
    stack.up(lambda step: None, slot="A")  # both are live, the old one signs
    during = minted(target, asset_id)
    assert during.key_pair_id == "SigningKeyA"
    assert [each.statuses() for each in (before, during)] == [[200, 200, 200]] * 2

    stack.up(lambda step: None, slot="B")  # both are live, the new one signs
    after = minted(target, asset_id)
    assert after.key_pair_id == "SigningKeyB"
    assert [each.statuses() for each in (before, during, after)] == [[200, 200, 200]] * 3

    stack.retire("A", lambda step: None)
    assert [each.statuses() for each in (before, during, after)] == [[403, 403, 200]] * 2 + [[200, 200, 200]]
    assert minted(target, asset_id).statuses() == [200, 200, 200]
    assert get(after.signed.replace("SigningKeyB", "SigningKeyA"))[0] == 403


@pytest.mark.parametrize("arguments", [["logs"], ["logs", "signed_url"], ["status"]])
def test_the_stack_can_be_looked_into(stack: LocalStack, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(local_commands, "LocalStack", lambda: stack)
    result = CliRunner().invoke(app, ["local", *arguments])
    assert (result.exit_code, result.exception) == (0, None)
    assert ("START RequestId" if "logs" in arguments else "dead letters relay") in result.stdout
