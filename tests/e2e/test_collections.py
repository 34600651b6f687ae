"""A collection's rights on the deployed stack: one call narrows every member, at the edge too, and one grants again."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import collections_commands
from assetwire_cli.main import app
from assetwire_cli.target import ApiError, Target
from watching import ANYWHERE, eventually, get, picture

MEMBERS = 50
AT_ONCE = 5
"""Masters that are uploaded before their assets are waited for: a small machine ingests no more side by side."""
NAME = "web-320.jpg"


@pytest.fixture
def members(target: Target, put: Any, ingested: Any, delivered: Any) -> Iterator[list[str]]:
    """Some photographs that may be seen everywhere, and are."""
    folder = f"collections/{uuid.uuid4()}"
    keys = [f"{folder}/{n}.jpg" for n in range(MEMBERS)]
    found: list[str] = []
    for start in range(0, MEMBERS, AT_ONCE):
        uploads = {key: put(key, picture(side=400)) for key in keys[start : start + AT_ONCE]}
        found += [ingested(key, version)["asset_id"] for key, version in uploads.items()]
    for asset_id in found:
        target.call("PUT", f"/assets/{asset_id}/rights", body=ANYWHERE)
    for asset_id in found:
        delivered(asset_id)
    yield found
    for asset_id in found:
        target.call("POST", f"/assets/{asset_id}/withdraw", body={"reason": "the test is over"})


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["collections", *words])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def minted(target: Target, asset_ids: list[str], territory: str) -> list[dict[str, Any]]:
    items = [{"asset_id": each, "rendition": NAME, "territory": territory, "usage": "web"} for each in asset_ids]
    return list(target.call("POST", "/urls", body={"items": items})["urls"])


def statuses(urls: list[str], country: str) -> set[int]:
    with ThreadPoolExecutor(4) as pool:
        return {answer[0] for answer in pool.map(lambda url: get(url, country), urls)}


def test_one_call_narrows_fifty_members_and_another_one_grants_them_again(
    target: Target, members: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collections_commands, "target", lambda *_: target)
    germany = tmp_path / "germany.json"
    germany.write_text(json.dumps({"windows": [{}], "territories": ["DE"], "usages": ["web"]}))
    listed = tmp_path / "members"
    listed.write_text("\n".join(members))
    collection = run("create", "Spring 2026").strip()
    assert run("add", collection, "--from", str(listed)) == f"{MEMBERS} added, 0 as they were, 0 refused\n"
    before = [each["url"] for each in minted(target, members, "FR")]
    assert statuses(before, "FR") == {200}  # and the caches are warm

    told = run("rights", "set", collection, str(germany), "--reason", "the licence was cut", "--wait")
    assert f"{MEMBERS} members enforced after" in told
    eventually(lambda: statuses(before, "FR") == {403}, "the edge to follow the purges", seconds=15)
    assert {each["code"] for each in minted(target, members, "FR")} == {"territory_not_licensed"}
    allowed = [each["url"] for each in minted(target, members, "DE")]
    assert statuses(allowed, "DE") == {200}

    run("rights", "clear", collection, "--wait")
    again = [each["url"] for each in minted(target, members, "FR")]
    assert statuses(again, "FR") == {200}
    assert statuses(before, "FR") == {403}

    asset = target.call("GET", f"/assets/{members[0]}")
    assert (asset["collections"], asset["inherited"], asset["generation"]) == ([collection], {}, 2)
    assert run("remove", collection, members[0]) == "1 removed, 0 as they were, 0 refused\n"
    run("delete", collection, "--reason", "the season is over", "--wait")
    assert target.call("GET", f"/assets/{members[1]}/collections") == {"collections": []}
    with pytest.raises(ApiError, match="collection_deleted"):
        target.call("PUT", f"/collections/{collection}/rights", body=ANYWHERE)
