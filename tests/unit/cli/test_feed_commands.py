"""Products from files and from PIMs, by commands: judged here, sent by the hundred, and gone on with where it broke."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from assetwire_cli import feed_commands
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError
from fakes.secrets import FakeSecrets


class FakeTarget:
    """An API that notes what it was asked; `answers` stand in for the first ones."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.answers: list[Any] = []
        self.secrets = FakeSecrets()
        self.outputs = {"PimSecretId": "pims"}

    def client(self, _service: str) -> FakeSecrets:
        return self.secrets

    def call(self, method: str, path: str, *, body: Any = None) -> Any:
        self.calls.append((method, path, body))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        return {"results": [{"sku": each["sku"], "result": "created"} for each in body["products"]]}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    found = FakeTarget()
    monkeypatch.setattr(feed_commands, "target", lambda *_: found)
    monkeypatch.setattr(feed_commands.time, "sleep", lambda _seconds: None)
    return found


@pytest.fixture
def many(tmp_path: Path) -> Path:
    file = tmp_path / "products.csv"
    file.write_text("sku,status,name.de\n" + "".join(f"S-{n},published,Schuh {n}\n" for n in range(250)))
    return file


def sent(place: FakeTarget) -> list[str]:
    return [each["sku"] for _, _, body in place.calls for each in body["products"]]


def test_a_file_is_sent_by_the_hundred(place: FakeTarget, many: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed_commands.import_products(many)
    assert [len(body["products"]) for _, _, body in place.calls] == [100, 100, 50]
    assert {(method, path) for method, path, _ in place.calls} == {("POST", "/feeds/import")}
    assert place.calls[0][2]["products"][0] == {
        "sku": "S-0",
        "status": "published",
        "texts": {"de": {"name": "Schuh 0"}},
    }
    assert capsys.readouterr().out == "250 created\n"


def test_long_products_go_in_bodies_that_one_call_takes(place: FakeTarget, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    names = "".join(f"S-{n},published,{'ü' * 990},{'ö' * 990}\n" for n in range(100))
    file.write_text("sku,status,caption.de,alt_text.de\n" + names)
    feed_commands.import_products(file)
    assert len(sent(place)) == 100
    assert all(len(json.dumps(body)) < 256 * 1024 for _, _, body in place.calls)


def test_a_file_with_problems_is_told_of_and_not_sent(
    place: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("sku,status,price\nS-1,published,1\n")
    with pytest.raises(Failure) as refused:
        feed_commands.import_products(file)
    assert (refused.value.code, place.calls) == ("import_refused", [])
    assert "p.csv: line 1, price: forbidden_field" in capsys.readouterr().err


def test_what_is_right_of_a_file_is_sent_if_that_is_asked_for(place: FakeTarget, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("sku,status\nS-1,published\nS-2,sold\n")
    with pytest.raises(Failure) as refused:
        feed_commands.import_products(file, partial=True)
    assert (refused.value.code, sent(place)) == ("import_incomplete", ["S-1"])
    with pytest.raises(Failure):
        feed_commands.import_products(file, partial=True, dry_run=True)
    assert len(place.calls) == 1


def test_a_dry_run_sends_nothing(place: FakeTarget, many: Path, capsys: pytest.CaptureFixture[str]) -> None:
    feed_commands.import_products(many, dry_run=True)
    assert (place.calls, capsys.readouterr().out) == ([], "250 products, no problem\n")


def test_an_import_that_broke_says_from_which_line_it_goes_on(place: FakeTarget, many: Path) -> None:
    place.answers = [None, ApiError(422, "invalid_request", "broken")]
    with pytest.raises(Failure, match="go on with --from 102"):
        feed_commands.import_products(many)
    place.calls.clear()
    feed_commands.import_products(many, start=102)
    assert sent(place) == [f"S-{n}" for n in range(100, 250)]


def test_what_does_not_answer_and_what_lost_a_race_is_asked_again(place: FakeTarget, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("sku,status\nS-1,published\n")
    place.answers = [ApiError(503, "unavailable", ""), {"results": [{"sku": "S-1", "result": "conflict"}]}]
    feed_commands.import_products(file)
    assert len(place.calls) == 3
    place.answers = [ApiError(429, "throttled", "")] * 3
    with pytest.raises(Failure) as refused:
        feed_commands.import_products(file)
    assert refused.value.code == "throttled"


def test_what_the_api_refuses_is_told_by_its_line(
    place: FakeTarget, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("sku,status\n\nS-1,published\n")
    problem = {"code": "x", "field": "status", "message": "y"}
    place.answers = [{"results": [{"sku": "S-1", "result": "refused", "problems": [problem]}]}]
    with pytest.raises(Failure):
        feed_commands.import_products(file)
    assert "p.csv: line 3, status: x: y" in capsys.readouterr().err


def test_a_connection_is_kept_without_being_shown(
    place: FakeTarget, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("client secret\npass word\n"))
    feed_commands.connect("akeneo", url="https://pim.example.com", client_id="1_x", username="assetwire")
    assert json.loads(place.secrets.text or "") == {
        "akeneo": {
            "url": "https://pim.example.com",
            "client_id": "1_x",
            "client_secret": "client secret",
            "username": "assetwire",
            "password": "pass word",
        }
    }
    assert "secret" not in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO("token\n"))
    feed_commands.connect("akeneo", url="https://pim.example.com", app_token=True, before_7=True)
    assert json.loads(place.secrets.text or "") == {
        "akeneo": {"url": "https://pim.example.com", "token": "token", "by_uuid": False}
    }
    feed_commands.connect("akeneo", forget=True)
    assert json.loads(place.secrets.text or "") == {}


@pytest.mark.parametrize(
    ("name", "url", "lines", "code"),
    [
        ("akeneo", "http://pim.example.com", "a\nb\n", "invalid_connection"),
        ("akeneo", "https://pim.example.com", "a\n", "invalid_connection"),
        ("Akeneo 1", "https://pim.example.com", "a\nb\n", "invalid_name"),
    ],
)
def test_what_can_be_no_connection_is_refused(
    place: FakeTarget, monkeypatch: pytest.MonkeyPatch, name: str, url: str, lines: str, code: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    with pytest.raises(Failure) as refused:
        feed_commands.connect(name, url=url, client_id="1_x", username="u")
    assert (refused.value.code, place.secrets.text) == (code, None)


JOB = {
    "job_id": "j1",
    "request": {"cause": "akeneo: what changed"},
    "done": 3,
    "changed": 1,
    "failed": 0,
    "message": "",
}


def test_a_look_is_started_and_waited_for(place: FakeTarget, capsys: pytest.CaptureFixture[str]) -> None:
    place.answers = [JOB | {"state": "running"}, JOB | {"state": "running"}, JOB | {"state": "done", "message": "x"}]
    feed_commands.reconcile(full=True, wait=True)
    asked = {"full": True, "any_number": False}
    assert place.calls == [("POST", "/feeds/akeneo/reconcile", asked), *[("GET", "/jobs/j1", None)] * 2]
    shown = capsys.readouterr()
    assert shown.out == "j1 akeneo: what changed: done, 3 looked at, 1 changed, 0 not taken\n"
    assert shown.err == "x\n"


def test_pims_are_listed(place: FakeTarget, capsys: pytest.CaptureFixture[str]) -> None:
    feed = {"source": "akeneo", "since": None, "started_at": "2026-11-23", "full_started_at": None, "job_id": "j1"}
    place.answers = [{"feeds": [feed]}]
    feed_commands.feeds()
    assert "akeneo" in capsys.readouterr().out
