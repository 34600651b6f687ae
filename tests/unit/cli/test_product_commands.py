"""`assetwire product`: what is asked for, and what is shown."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import link_operations, product_commands
from assetwire_cli.main import app

PRODUCT = {"sku": "S-1", "status": "published", "revision": 2, "parent": "S", "gtins": ["04012345123456"]}
PRODUCT |= {"attributes": {"size": "42", "colour": "red"}, "deleted_at": "2026-11-23"}
GTIN = {"field": "ean", "code": "no_gtin", "message": "'123'"}
TOLD = {"source": "akeneo", "changed_at": "2026-11-22", "left_out": [GTIN]}
LIST = {"role": "hero", "market": "any", "revision": 3, "assets": ["a1", "a2"]}
LENT = {"role": "detail", "market": "DE", "assets": [{"asset_id": "a3", "from": "S"}]}
SWATCH = {"attributes": {"colour": "red"}, "skus": ["S-1", "S-2"], "is_own": True, "asset_id": None}
SLOT = {
    "slot": "hero",
    "position": 1,
    "asset_id": "a1",
    "alt_text": "A shoe",
    "inherited_from": "S",
    "picture": {"src": "https://m/1.jpg"},
    "files": [{"url": "https://m/1.mp4"}],
}
CHANGE = {
    "sku": "S-1",
    "role": "hero",
    "market": "any",
    "asset_id": None,
    "at": "2026-11-23",
    "by": "me",
    "before": {},
    "after": {"assets": ["a1"]},
}
LEFT_OUT = {
    "slot": "",
    "role": "detail",
    "position": 2,
    "asset_id": "a2",
    "code": "embargoed",
    "message": "not yet [soon]",
}


class FakeTarget:
    """An API that notes what it was asked, and knows one product."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    def call(self, method: str, path: str, **asked: Any) -> dict[str, Any]:
        self.calls.append((method, path, asked))
        if path == "/picker":
            number = int(asked["query"].get("cursor", 0))
            entry = {"asset_id": f"a{number}", "file_name": "a.jpg", "width": 4, "height": 3, "kind": "image"}
            links = [{"sku": "S-1", "role": "hero", "state": "confirmed"}] if number else []
            return {
                "assets": [entry | {"found_by": "recent", "links": links}],
                "next_cursor": str(number + 1) if number < 2 else None,
            }
        if path == "/links":
            return _changed(asked)
        answers: dict[str, dict[str, Any]] = {
            "/products/S-1": PRODUCT | {"texts": {"de": {"name": "Schuh"}}, "told": TOLD},
            "/products/S-1/links": {"lists": [LIST], "inherited": [LENT]},
            "/products/S-1/links/hero": LIST,
            "/products/S-1/media": {"slots": [SLOT], "left_out": [LEFT_OUT], "swatches": [SWATCH]},
        }
        return answers[path]

    def listed(self, path: str, name: str, **asked: Any) -> list[dict[str, Any]]:
        self.calls.append(("GET", path, asked))
        assert name == "changes"
        return [CHANGE]


def _changed(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer as the API does: what is bound at all is bound, and of a3 nobody knows."""
    outcomes = []
    for operation in asked["body"]["operations"]:
        known = {"effect": "applied", "revision": 4, "code": "", "message": ""}
        if operation.get("asset_id") == "a3":
            known = {"effect": "refused", "revision": 4, "code": "unknown_asset", "message": "no asset a3"}
        outcomes.append({"op": operation["op"]} | {n: v for n, v in operation.items() if n == "asset_id"} | known)
    return {"operations": outcomes}


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    place = FakeTarget()
    for module in (product_commands, link_operations):
        monkeypatch.setattr(module, "target", lambda *_: place)
    return place


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["product", *words])


def test_what_pim_says_is_written(place: FakeTarget, tmp_path: Path) -> None:
    file = tmp_path / "product.json"
    file.write_text('{"status": "published"}')
    result = run("put", "S-1", str(file))
    assert (result.exit_code, result.stdout) == (0, "S-1 published revision 2\n")
    assert place.calls == [("PUT", "/products/S-1", {"body": {"status": "published"}})]


def test_a_file_that_is_no_json_is_refused(place: FakeTarget, tmp_path: Path) -> None:
    file = tmp_path / "product.json"
    file.write_text("status: published")
    result = run("put", "S-1", str(file))
    assert result.exit_code == 1
    assert place.calls == []


@pytest.mark.usefixtures("place")
def test_a_product_is_shown_with_its_lists() -> None:
    result = run("show", "S-1")
    assert result.stdout.splitlines() == [
        "S-1 published revision 2, a variant of S",
        "  colour red, size 42",
        "  de: Schuh",
        "  GTIN 04012345123456",
        "  told by akeneo, as of 2026-11-22",
        "    left out ean: no_gtin: '123'",
        "hero any revision 3",
        "    1 a1",
        "    2 a2",
        "detail DE inherited",
        "    1 a3 from S",
    ]


def test_a_product_is_deleted(place: FakeTarget) -> None:
    assert run("delete", "S-1").stdout == "S-1 deleted 2026-11-23 revision 2\n"
    assert place.calls == [("DELETE", "/products/S-1", {})]


def test_a_list_is_written_under_its_revision(place: FakeTarget) -> None:
    result = run("link", "S-1", "hero", "a1", "a2", "--market", "DE", "--if-revision", "2")
    assert (result.exit_code, result.stdout) == (0, "hero any revision 3: 2 assets\n")
    asked = {"query": {"market": "DE"}, "body": {"assets": ["a1", "a2"]}, "headers": {"If-Match": '"2"'}}
    assert place.calls == [("PUT", "/products/S-1/links/hero", asked)]


def test_without_assets_a_list_is_emptied(place: FakeTarget) -> None:
    assert run("link", "S-1", "hero").exit_code == 0
    assert place.calls[0][2] == {"query": {"market": "any"}, "body": {"assets": []}}


def test_a_gallery_is_shown_with_what_is_left_out(place: FakeTarget) -> None:
    result = run("media", "S-1", "--territory", "DE", "--locale", "de-DE")
    assert result.stdout.splitlines() == [
        "hero 1 a1 A shoe (from S)",
        "  https://m/1.jpg",
        "  https://m/1.mp4",
        "* colour red: no swatch: 2",
    ]
    assert "detail 2 a2: embargoed: not yet [soon]" in result.stderr
    assert place.calls[0][2] == {"query": {"territory": "DE", "locale": "de-DE", "ttl": "3600"}}
    assert json.loads(run("media", "S-1", "--channel", "ebay-de", "--json").stdout)["slots"] == [SLOT]


def test_the_history_of_links_is_shown_of_a_product_or_of_an_asset(place: FakeTarget) -> None:
    assert json.loads(run("history", "S-1", "--json").stdout) == CHANGE
    assert run("history", "--asset", "a1").exit_code == 0
    paths = [path for _, path, _ in place.calls]
    assert paths == ["/products/S-1/links/history", "/assets/a1/links/history"]
    for words in ([], ["S-1", "--asset", "a1"]):
        assert run("history", *words).exit_code == 1


def test_assets_are_bound_side_by_side_under_a_key(place: FakeTarget) -> None:
    result = run("bind", "S-1", "hero", "a1", "a2", "--position", "2", "--scope", "colour=red", "--key", "k")
    assert result.stdout.splitlines() == ["bind a1: applied, revision 4", "bind a2: applied, revision 4"]
    (_, path, asked) = place.calls[0]
    of = {"op": "bind", "sku": "S-1", "role": "hero", "market": "any", "scope": {"colour": "red"}}
    assert (path, asked["headers"]) == ("/links", {"Idempotency-Key": "k"})
    assert asked["body"]["operations"] == [
        of | {"asset_id": "a1", "position": 2},
        of | {"asset_id": "a2", "position": 3},
    ]


def test_what_is_refused_is_told_and_the_command_fails(place: FakeTarget) -> None:
    result = run("unbind", "S-1", "hero", "a3", "a1", "--if-revision", "3", "--market", "DE")
    assert result.exit_code != 0
    assert result.stdout.splitlines() == ["unbind a3: unknown_asset", "unbind a1: applied, revision 4"]
    assert {op["if_revision"] for op in place.calls[0][2]["body"]["operations"]} == {3}
    assert len(place.calls[0][2]["headers"]["Idempotency-Key"]) == 36


def test_a_list_is_reordered_and_a_scope_that_is_none_refused(place: FakeTarget) -> None:
    assert run("reorder", "S-1", "hero", "a2", "a1").stdout == "reorder list: applied, revision 4\n"
    assert place.calls[0][2]["body"]["operations"][0]["assets"] == ["a2", "a1"]
    assert run("bind", "S-1", "hero", "a1", "--scope", "red").exit_code != 0


def test_assets_that_may_be_chosen_are_listed_page_by_page(place: FakeTarget) -> None:
    result = run("pick", "--territory", "DE", "--sku", "S-1", "--limit", "2")
    assert result.stdout.splitlines() == ["a0 a.jpg 4x3 recent", "a1 a.jpg 4x3 recent S-1 hero confirmed"]
    asked = {"territory": "DE", "usage": "web", "sku": "S-1"}
    assert [call[2]["query"] for call in place.calls] == [asked | {"limit": "2"}, asked | {"limit": "1", "cursor": "1"}]
