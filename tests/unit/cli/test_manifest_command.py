"""`assetwire upload --manifest` and `assetwire drop`: judged here, declared and told of through the API."""

import json
from pathlib import Path
from typing import Any

import pytest

from assetwire.domain import manifest
from assetwire.domain.validation import forbidden_field
from assetwire_cli import drop_command, manifests
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError

CSV = (
    "file,sku,gtin,category,title.de,marked,keywords,rights.territories,rights.usages,rights.starts,rights.holder\n"
    "a.jpg,S-1|S-2,4006381333931,shoes,Schuh,no,a|b,DE,web,2026-01-01,Studio\n"
    "b.jpg,,,,,,,,,,\n"
)


class Api:
    """An API that notes what it is asked for and answers from a list."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any]] = []

    def call(self, method: str, path: str, *, query: Any = None, body: Any = None) -> Any:
        self.asked.append((method, path, body if query is None else query))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_what_is_sent_says_what_the_file_says(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(CSV)
    api: Any = Api({"rows": 2, "waiting": 2})
    assert manifests.declare(api, tmp_path / "m.csv", folder="spring") == {"rows": 2, "waiting": 2}
    ((method, path, body),) = api.asked
    assert (method, path, body["folder"]) == ("POST", "/manifests", "spring")
    again = manifest.parse("m.json", json.dumps({"files": body["files"]}).encode(), forbidden=forbidden_field)
    assert again == manifest.parse("m.csv", CSV.encode(), forbidden=forbidden_field)


def test_many_rows_go_in_batches_that_one_call_takes(tmp_path: Path) -> None:
    rows = "".join(f"{n}.jpg,{'ü' * (n % 200)}\n" for n in range(3000))
    (tmp_path / "m.csv").write_text("file,headline\n" + rows, encoding="utf-8")
    api: Any = Api({"rows": 1})
    counts = manifests.declare(api, tmp_path / "m.csv", folder="")
    bodies = [body for _, _, body in api.asked]
    assert counts == {"rows": len(bodies)}
    assert [entry["file"] for body in bodies for entry in body["files"]] == [f"{n}.jpg" for n in range(3000)]
    assert max(len(body["files"]) for body in bodies) <= 500
    assert max(len(json.dumps(body)) for body in bodies) < 256 * 1024


def test_a_manifest_with_problems_is_told_of_and_not_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "m.csv").write_text("file,price\n,1\n")
    api: Any = Api({})
    with pytest.raises(Failure) as refused:
        manifests.declare(api, tmp_path / "m.csv", folder="")
    assert (refused.value.code, api.asked) == ("manifest_refused", [])
    told = capsys.readouterr().err
    assert "m.csv: line 1, price: forbidden_field" in told
    assert "m.csv: line 2, file: missing_value" in told


def member(name: str, fate: str, code: str = "") -> dict[str, str]:
    return {"name": name, "fate": fate, "code": code, "key": "spring/key"}


def page(*members: dict[str, str], state: str = "done", next_page: int | None = None, **drop: Any) -> dict[str, Any]:
    found = {"state": state, "problems": [], "manifest_problems": [], **drop}
    return {"drop": found, "members": list(members), "next_page": next_page}


@pytest.mark.parametrize(("fate", "status"), [("expanded", 0), ("skipped", 0), ("refused", 2)])
def test_what_became_of_every_member_is_told_page_by_page(
    fate: str, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_command, "_POLL_SECONDS", 0)
    first = page(member("a\n.jpg", "expanded"), next_page=1)
    unknown = ApiError(404, "drop_not_found", "not yet")
    api: Any = Api(unknown, page(state="working"), first, page(member("b.jpg", fate, "why" if status else "")))
    found = drop_command._ended(api, "drops/spring.zip", "v1", 9)
    assert drop_command._told(found, api, "drops/spring.zip", "v1") == status
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["expanded", "a\\n.jpg"], [fate, "b.jpg"]]
    assert api.asked[-1] == ("GET", "/drops", {"key": "drops/spring.zip", "s3_version": "v1", "page": "1"})


def test_a_drop_that_is_refused_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    problem = {"code": "overlapping_entries", "field": "archive", "message": "shared"}
    row = {"line": 3, "column": "gtin", "code": "invalid_gtin", "message": "none"}
    api: Any = Api({})
    found = page(state="refused", problems=[problem], manifest_problems=[row])
    assert drop_command._told(found, api, "k", "v") == 1
    told = capsys.readouterr().err
    assert "overlapping_entries" in told
    assert "line 3, gtin: invalid_gtin" in told
