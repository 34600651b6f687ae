"""`assetwire renditions` and `assetwire audit-delivery`: what they ask, print and exit with."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire.adapters import clients
from assetwire.domain.audit import Difference, Kind
from assetwire.services import audit
from assetwire_cli import audit_command, rendition_commands
from assetwire_cli.main import app
from assetwire_cli.target import Target

LISTED = {
    "renditions": [
        {"name": "web-320.jpg", "usage": "web", "width": 320, "height": 200, "bytes": 9000, "delivered": True},
        {"name": "print-a4.tif", "usage": "print", "width": 3508, "height": 2000, "bytes": 9, "delivered": False},
    ],
    "missing": ["thumb-256.webp", "web-640.jpg"],
    "left_out": {"amazon-zoom.jpg": {"code": "unmet", "field": "bytes", "message": "too much detail"}},
}


class FakePlace:
    """A stack as far as the commands need it."""

    region = "eu-central-1"
    outputs = {"CatalogTable": "c", "DeliveryBucketName": "d", "RenditionsBucketName": "r"}  # noqa: RUF012

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []

    def call(self, method: str, path: str, *, body: Any = None) -> Any:
        self.calls.append((method, path, body))
        if path == "/jobs/j1":
            counts = {"done": 3, "changed": 1, "failed": 0, "total": 3}
            return {"job_id": "j1", "kind": "k", "state": "done", "message": "", **counts}
        return {"job_id": "j1"} if method == "POST" else LISTED

    @contextmanager
    def environment(self) -> Iterator[None]:
        yield


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakePlace:
    fake = FakePlace()
    for module in (rendition_commands, audit_command):
        monkeypatch.setattr(module, "target", lambda *_: fake)
    return fake


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


def test_what_is_rendered_is_listed_with_what_lacks(place: FakePlace) -> None:
    result = run("renditions", "list", "a1")
    assert result.exit_code == 0
    assert "320×200" in result.stdout
    assert "not made yet: thumb-256.webp, web-640.jpg" in result.stdout
    assert "cannot be made: amazon-zoom.jpg: too much detail" in result.stdout
    assert json.loads(run("renditions", "list", "a1", "--json").stdout) == LISTED
    assert place.calls == [("GET", "/assets/a1/renditions", None)] * 2


def test_a_refresh_and_a_reconciliation_start_a_job_and_follow_it(place: FakePlace) -> None:
    assert run("renditions", "refresh", "--recall").stdout == "j1\n"
    assert run("renditions", "reconcile", "a1", "a2", "--wait").stdout.splitlines()[1].startswith("j1 k done: 3 of 3")
    assert place.calls == [
        ("POST", "/renditions/refresh", {"asset_ids": [], "recall": True}),
        ("POST", "/renditions/reconcile", {"asset_ids": ["a1", "a2"]}),
        ("GET", "/jobs/j1", None),
    ]


@pytest.mark.parametrize(
    ("found", "code", "lines"),
    [
        ([], 0, []),
        (
            [Difference("a1/x", Kind.UNEXPECTED, "there is no such asset")],
            1,
            ["unexpected a1/x: there is no such asset"],
        ),
    ],
)
def test_an_audit_prints_what_differs_and_exits_by_it(
    place: FakePlace, monkeypatch: pytest.MonkeyPatch, found: list[Difference], code: int, lines: list[str]
) -> None:
    def audited(**_: Any) -> Iterator[audit.Audited]:
        yield from (audit.Audited(1, 2, difference) for difference in found)
        yield audit.Audited(3, 4)

    monkeypatch.setattr(audit, "audit", audited)
    result = run("audit-delivery")
    assert (result.exit_code, result.stdout.splitlines()) == (code, lines)
    assert "3 assets, 4 objects: " + ("1 unexpected" if found else "no differences") in result.stderr
    printed = [json.loads(line) for line in run("audit-delivery", "--json").stdout.splitlines()]
    assert printed == [difference._asdict() for difference in found]


def test_adapters_work_on_the_stack_and_the_environment_is_as_before_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "before")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    before = dict(os.environ)
    with Target("assetwire", "eu-central-1", endpoint="http://127.0.0.1:1").environment():
        client = clients.client("s3")
        assert (client.meta.endpoint_url, client.meta.region_name) == ("http://127.0.0.1:1", "eu-central-1")
    assert dict(os.environ) == before
    with Target("assetwire", "eu-west-1").environment():
        assert clients.client("s3").meta.region_name == "eu-west-1"
