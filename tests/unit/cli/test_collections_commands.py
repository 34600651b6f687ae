"""Collections from a terminal: made, filled, and waited for until delivery has followed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import collection_members, collections_commands
from assetwire_cli.failure import Failure
from assetwire_cli.main import app

NAME = "c" * 26
COLLECTION = {
    "collection_id": NAME,
    "title": "Spring",
    "kind": "collection",
    "rights": None,
    "job_id": "j1",
    "deleted": None,
    "created_at": "2026-06-01T12:00:00Z",
    "revision": 3,
}
JOB = {"job_id": "j1", "kind": "inheritance", "done": 2, "total": 2, "changed": 1, "failed": 0, "message": ""}


class FakeApi:
    """Answers of the API, by method and path; members are enforced after so many looks."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.looks = 0
        self.enforced_after = 0
        self.job = JOB | {"state": "done"}
        self.status: str | None = "accepted"
        self.refused: list[dict[str, str]] = []

    def call(
        self, method: str, path: str, *, query: Any = None, body: Any = None, headers: Any = None
    ) -> dict[str, Any]:
        self.calls.append((method, path, body if body is not None else headers or query))
        if path.startswith("/jobs/"):
            return self.job
        if path.endswith("/members") and method == "GET":
            self.looks += 1
            member = {"asset_id": "a1", "status": self.status, "generation": 2, "inherits": True, "by": "me", "at": ""}
            done = {"enforced": self.looks > self.enforced_after}
            more = None if query and "cursor" in query else "a1"
            return {"members": [member | done], "next_cursor": more}
        if "/members" in path:
            count = len(body["asset_ids"]) - len(self.refused)
            return {"changed": count, "unchanged": 0, "refused": self.refused}
        if path.endswith("/collections"):
            return {"collections": [COLLECTION]} if method == "GET" else COLLECTION
        return COLLECTION

    def listed(self, path: str, name: str, *, query: Any, limit: int) -> Iterator[Any]:
        self.calls.append(("LIST", path, limit))
        yield from {"collections": [COLLECTION], "changes": [{"revision": 3}], "members": []}[name][:limit]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    fake = FakeApi()
    monkeypatch.setattr(collections_commands, "target", lambda *_: fake)
    monkeypatch.setattr(collection_members, "_PAUSE", 0)
    return fake


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["collections", *words])


@pytest.fixture
def rights(tmp_path: Path) -> str:
    file = tmp_path / "rights.json"
    file.write_text('{"windows": [{}], "territories": ["DE"], "usages": ["web"]}')
    return str(file)


def test_a_collection_is_made_and_its_id_printed_alone(api: FakeApi, rights: str) -> None:
    done = run("create", "Spring", "--kind", "job", "--rights", rights, "--token", "t")
    assert (done.exit_code, done.stdout) == (0, f"{NAME}\n")
    (_, path, body) = api.calls[0]
    assert (path, body["title"], body["kind"], body["rights"]["territories"]) == (
        "/collections",
        "Spring",
        "job",
        ["DE"],
    )


def test_collections_are_listed_or_those_of_an_asset(api: FakeApi) -> None:
    assert "Spring" in run("list").stdout
    assert "Spring" in run("list", "--asset", "a1").stdout
    assert [path for _, path, _ in api.calls] == ["/collections", "/assets/a1/collections"]


def test_a_collection_is_shown_with_its_members_renamed_and_deleted(api: FakeApi) -> None:
    assert "Spring (collection), revision 3" in run("show", NAME).stdout
    assert json.loads(run("show", NAME, "--json").stdout)["members"] == []
    assert run("rename", NAME, "Summer", "--if-revision", "3").stdout == f"{NAME}: revision 3\n"
    assert ("PATCH", f"/collections/{NAME}", {"title": "Summer"}) in api.calls
    assert "deleted, job j1" in run("delete", NAME, "--reason", "it is over", "--wait").stdout
    assert run("history", NAME).stdout == '{"revision": 3}\n'


class TestMembers:
    """Who joins and who leaves."""

    def test_thousands_are_sent_a_thousand_at_a_time(self, api: FakeApi, tmp_path: Path) -> None:
        file = tmp_path / "ids"
        file.write_text("\n".join(f"a{n}" for n in range(2500)))
        done = run("add", NAME, "a-first", "--from", str(file), "--reason", "a shoot")
        assert (done.exit_code, done.stdout) == (0, "2501 added, 0 as they were, 0 refused\n")
        assert [len(body["asset_ids"]) for _, _, body in api.calls] == [1000, 1000, 501]
        assert {body["reason"] for _, _, body in api.calls} == {"a shoot"}

    def test_who_cannot_is_told_with_the_reason_and_the_exit_code_says_so(self, api: FakeApi) -> None:
        api.refused = [{"asset_id": "a2", "code": "asset_not_found", "message": "no asset a2"}]
        done = run("remove", NAME, "a1", "a2")
        assert (done.exit_code, done.stdout) == (1, "1 removed, 0 as they were, 1 refused\n")
        assert "a2: asset_not_found: no asset a2" in done.stderr

    def test_nobody_at_all_is_refused(self, api: FakeApi, tmp_path: Path) -> None:
        for words in ([], ["--from", str(tmp_path / "none")]):
            assert isinstance(run("add", NAME, *words).exception, Failure)
        assert api.calls == []


class TestRights:
    """What members are kept within."""

    def test_rights_are_set_and_the_job_is_told(self, api: FakeApi, rights: str) -> None:
        done = run("rights", "set", NAME, rights, "--reason", "a new licence")
        assert done.stdout == f"{NAME}: revision 3, job j1\n"
        assert [method for method, _, _ in api.calls] == ["PUT"]

    def test_waiting_goes_on_until_every_member_of_every_page_is_enforced(self, api: FakeApi, rights: str) -> None:
        api.enforced_after = 3
        done = run("rights", "set", NAME, rights, "--wait")
        assert done.exit_code == 0, done.output
        assert "2 members enforced after" in done.stdout
        assert api.looks == 5

    def test_a_restriction_is_taken_away(self, api: FakeApi) -> None:
        assert run("rights", "clear", NAME, "--if-revision", "3", "--wait").exit_code == 0
        assert api.calls[0] == ("DELETE", f"/collections/{NAME}/rights", {"If-Match": '"3"'})

    @pytest.mark.parametrize("job", [{"state": "failed"}, {"state": "done", "failed": 1}])
    def test_a_job_that_failed_for_a_member_is_told_by_the_exit_code(
        self, api: FakeApi, rights: str, job: dict[str, Any]
    ) -> None:
        api.job = JOB | job
        assert run("rights", "set", NAME, rights, "--wait").exit_code == 2

    @pytest.mark.parametrize(
        ("job", "after", "status", "code"),
        [
            ("running", 0, "accepted", "not_enforced_yet"),
            ("done", 999_999, "accepted", "not_enforced_yet"),
            ("done", 0, None, "not_understood"),
        ],
    )
    def test_what_is_not_done_in_time_is_a_failure(
        self, api: FakeApi, rights: str, job: str, after: int, status: str | None, code: str
    ) -> None:
        api.job, api.enforced_after, api.status = JOB | {"state": job}, after, status
        failure = run("rights", "set", NAME, rights, "--wait", "--seconds", "1").exception
        assert isinstance(failure, Failure)
        assert failure.code == code

    def test_no_rights_are_refused(self, api: FakeApi, tmp_path: Path) -> None:
        file = tmp_path / "null.json"
        file.write_text("null")
        assert isinstance(run("rights", "set", NAME, str(file)).exception, Failure)
        assert api.calls == []
