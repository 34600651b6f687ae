"""`assetwire cookies`: the headers that a page sets."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import cookies_command
from assetwire_cli.main import app

OPENED: dict[str, Any] = {
    "asset_id": "a1",
    "cookies": {"CloudFront-Policy": "e30_", "CloudFront-Signature": "s~"},
    "attributes": {"domain": "m.example", "path": "/DE/a1/g1/", "secure": True, "http_only": True, "same_site": "Lax"},
    "urls": {"web-320.jpg": "https://m.example/DE/a1/g1/v/web-320.jpg"},
    "expires_at": "2026-11-20T12:10:00Z",
}
REFUSED = {"asset_id": "a2", "code": "no_rights", "message": "why"}


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command against an API that answers this; return the result and what it was asked."""

    def run(assets: list[dict[str, Any]], *words: str) -> tuple[Any, dict[str, Any]]:
        asked: dict[str, Any] = {}

        def call(_: object, method: str, path: str, *, body: dict[str, Any]) -> dict[str, Any]:
            asked.update(body, route=f"{method} {path}")
            return {"assets": assets}

        monkeypatch.setattr(cookies_command, "target", lambda *_: type("Place", (), {"call": call})())
        return CliRunner().invoke(app, ["cookies", *words]), asked

    return run


def test_each_cookie_is_a_header_of_its_own(answered: Any) -> None:
    done, asked = answered([OPENED], "a1", "--territory", "DE,AT", "--ip", "192.0.2.0/24")
    attributes = "Domain=m.example; Path=/DE/a1/g1/; Secure; HttpOnly; SameSite=Lax"
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"Set-Cookie: CloudFront-Policy=e30_; {attributes}",
        f"Set-Cookie: CloudFront-Signature=s~; {attributes}",
    ]
    assert "expires 2026-11-20T12:10:00Z" in done.stderr
    assert asked == {
        "route": "POST /cookies",
        "asset_ids": ["a1"],
        "territory": "DE,AT",
        "usage": "web",
        "ttl": 3600,
        "ip": "192.0.2.0/24",
    }


def test_without_tls_no_cookie_asks_for_it(answered: Any) -> None:
    local = OPENED | {"attributes": {**OPENED["attributes"], "secure": False}}
    assert "Secure" not in answered([local], "a1")[0].stdout


def test_what_is_refused_is_said_and_the_others_are_printed(answered: Any) -> None:
    done, _ = answered([REFUSED, OPENED], "a2", "a1")
    assert done.exit_code == 1
    assert "a2: no_rights: why" in done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_as_json_it_is_the_answer_of_the_api(answered: Any) -> None:
    done, _ = answered([REFUSED, OPENED], "a2", "a1", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (1, {"assets": [REFUSED, OPENED]})
