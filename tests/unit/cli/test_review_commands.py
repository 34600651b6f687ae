"""`assetwire review`: what is asked for, what is shown, and the loop that goes through items one by one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from assetwire_cli import review_commands
from assetwire_cli.main import app
from assetwire_cli.target import ApiError

ITEM: dict[str, Any] = {
    "work_id": "w1",
    "queue": "link_review",
    "state": "open",
    "opened_at": "2026-11-23T09:30:00Z",
    "asset_id": "a1",
    "evidence": {"verdict": "contradiction", "suggestions": [{"sku": "S-1"}, {"sku": "S-2"}]},
    "claim": {"by": "cognito:anna", "until": "2026-11-23T10:00:00Z"},
    "level": 1,
    "resolution": "",
}
CASE: dict[str, Any] = {
    "item": ITEM,
    "asset": {
        "asset_id": "a1",
        "file_name": "front\u001b.jpg",
        "kind": "image",
        "width": 2000,
        "height": 1000,
        "status": "accepted",
    },
    "witnesses": [
        {"witness": "barcode", "kind": "gtin", "value": "0401", "where": "", "confidence": 0.97, "skus": ["S-1"]},
        {"witness": "embedded", "kind": "sku", "value": "S-9", "where": "xmp", "confidence": 0.9, "skus": []},
    ],
    "links": [
        {"sku": sku, "role": "alternate", "market": "any", "state": "proposed", "origin": "barcode"}
        for sku in ("S-1", "S-2")
    ],
    "near_duplicates": [
        {
            "asset_id": "a2",
            "file_name": "copy.jpg",
            "distance": 3,
            "links": [{"sku": "S-3", "role": "hero", "market": "any", "state": "confirmed"}],
        }
    ],
    "suggested": ["S-1", "S-2", "S-3"],
    "products": {"S-1": {"names": {"de": "Schuh", "en": "Shoe"}}},
}
STATISTICS: dict[str, Any] = {
    "queue": "link_review",
    "open": 4000,
    "claimed": 3,
    "overdue": 8,
    "oldest_seconds": 190000,
    "decided_in_a_day": 4,
    "decided_in_a_week": 31,
    "sampled": 20,
    "median_seconds": 5400,
    "resolutions": {"linked": 15, "not_linked": 5},
    "by_origin": {"barcode": {"confirmed": 15, "rejected": 5}},
    "at_least": ["open"],
}


class FakeTarget:
    """An API that hands out items, and takes every decision but those that it is told to refuse."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.waiting = ["w1", "w2"]
        self.refusals: dict[str, str] = {}

    def call(self, method: str, path: str, *, body: Any = None, query: Any = None) -> Any:
        self.calls.append((method, path, body or query))
        match path.removeprefix("/work/").split("/"):
            case ["next"]:
                return {"item": ITEM | {"work_id": self.waiting.pop(0)} if self.waiting else None}
            case ["decisions"]:
                return {"results": [self._decided(each) for each in body["decisions"]]}
            case ["statistics"]:
                return {"queues": [STATISTICS]}
            case [work_id, "review"]:
                return CASE | {"item": ITEM | {"work_id": work_id}}
            case [work_id, "release"] if work_id in self.refusals:
                raise ApiError(409, "claimed_by_other", "it is ben's")
            case [work_id, _]:
                return ITEM | {"work_id": work_id}
            case _:
                raise AssertionError(path)

    def listed(self, path: str, name: str, *, query: dict[str, str], limit: int) -> list[dict[str, Any]]:
        self.calls.append(("GET", path, query))
        return [ITEM][:limit] if name == "items" else []

    def _decided(self, decision: dict[str, Any]) -> dict[str, Any]:
        work_id = decision["work_id"]
        if code := self.refusals.get(work_id):
            return {"work_id": work_id, "code": code, "message": "no"}
        return {"work_id": work_id, "item": {"work_id": work_id, "resolution": "linked", "closed_by": "me"}}

    def decisions(self) -> list[dict[str, Any]]:
        return [each for _, path, body in self.calls if path == "/work/decisions" for each in body["decisions"]]

    def released(self) -> list[str]:
        return [path.split("/")[2] for _, path, _ in self.calls if path.endswith("/release")]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> FakeTarget:
    place = FakeTarget()
    monkeypatch.setattr(review_commands, "target", lambda *_: place)
    return place


Run = Callable[..., Any]


@pytest.fixture
def run() -> Run:
    return lambda *words, answers="": CliRunner().invoke(app, ["review", *words], input=answers)


def test_items_are_listed_with_who_has_them(place: FakeTarget, run: Run) -> None:
    result = run("list")
    assert all(each in result.stdout for each in ("w1", "contradiction", "S-1, S-2", "cognito:anna"))
    assert json.loads(run("list", "--json").stdout) == ITEM
    assert place.calls[0] == ("GET", "/work", {"queue": "link_review", "state": "open"})


@pytest.mark.usefixtures("place")
def test_an_item_is_shown_with_all_that_speaks_for_an_answer(run: Run) -> None:
    assert run("show", "w1").stdout.splitlines() == [
        "w1 contradiction, open since 2026-11-23T09:30:00Z, cognito:anna's until 2026-11-23T10:00:00Z",
        "asset a1 front\\x1b.jpg (image 2000 × 1000, accepted)",
        "  barcode says gtin 0401, 97%: S-1",
        "  embedded says sku S-9 in xmp, 90%: nothing that is known",
        "  near: a2 copy.jpg, 3 bits apart: S-3 hero any (confirmed)",
        "  [1] S-1 Schuh; Shoe: alternate any, by barcode",
        "  [2] S-2 : alternate any, by barcode",
        "  [3] S-3 : a near-duplicate shows it",
    ]
    assert json.loads(run("show", "w1", "--json").stdout)["suggested"] == ["S-1", "S-2", "S-3"]


def test_the_next_item_is_claimed_and_shown_until_there_is_none(place: FakeTarget, run: Run) -> None:
    assert run("next").stdout.startswith("w1 contradiction")
    assert json.loads(run("next", "--json").stdout)["item"]["work_id"] == "w2"
    assert run("next").exit_code == 1
    assert place.calls[0] == ("POST", "/work/next", {"queue": "link_review"})


@pytest.mark.usefixtures("place")
def test_an_item_is_claimed_and_released(run: Run) -> None:
    assert run("claim", "w1").stdout == "w1: yours until 2026-11-23T10:00:00Z\n"
    assert run("release", "w1").stdout == "w1: anybody's\n"
    assert json.loads(run("claim", "w1", "--json").stdout)["work_id"] == "w1"


def test_many_are_decided_by_few_calls_and_some_that_are_refused_end_in_exit_code_1(
    place: FakeTarget, run: Run
) -> None:
    place.refusals["w3"] = "claimed_by_other"
    result = run("reject", *(f"w{number}" for number in range(150)), "--note", "none of them")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 149
    assert "w3: claimed_by_other: no" in result.stderr
    assert [len(body["decisions"]) for _, _, body in place.calls] == [100, 50]
    assert place.decisions()[0] == {"work_id": "w0", "decision": "reject", "note": "none of them"}


def test_what_is_confirmed_and_corrected_is_asked_for_as_it_is_said(place: FakeTarget, run: Run) -> None:
    assert run("confirm", "w1", "--sku", "S-1").stdout == "w1: linked, by me\n"
    assert run("correct", "w1", "--sku", "S-3", "--role", "hero", "--market", "DE", "--json").exit_code == 0
    assert place.decisions() == [
        {"work_id": "w1", "decision": "confirm", "skus": ["S-1"], "note": ""},
        {
            "work_id": "w1",
            "decision": "correct",
            "links": [{"sku": "S-3", "market": "DE", "role": "hero"}],
            "note": "",
        },
    ]


def test_statistics_are_shown_in_words(place: FakeTarget, run: Run) -> None:
    assert run("stats", "--queue", "link_review").stdout.splitlines() == [
        "link_review: 4000+ open, 3 claimed, 8 overdue, the oldest for 2 d 4 h",
        "  decided: 4 in a day, 31 in a week, median 1 h 30 min",
        "  of the newest 20: 15 linked, 5 not_linked",
        "  suggested by barcode (20): 75% confirmed, 25% rejected",
    ]
    assert json.loads(run("stats", "--json").stdout) == STATISTICS
    assert place.calls[0] == ("GET", "/work/statistics", {"queue": "link_review"})


class TestTheLoop:
    """Without a command, items come one by one."""

    def test_it_goes_on_until_nothing_is_left(self, place: FakeTarget, run: Run) -> None:
        result = run(answers="1\nr\n")
        assert result.exit_code == 0
        assert result.stdout.splitlines()[-2:] == ["nothing is left that is nobody's", "2 decided, 0 given back"]
        assert place.decisions() == [
            {"work_id": "w1", "decision": "confirm", "skus": ["S-1"]},
            {"work_id": "w2", "decision": "reject"},
        ]

    @pytest.mark.parametrize(
        ("answer", "decision"),
        [
            ("1 2", {"decision": "confirm", "skus": ["S-1", "S-2"]}),
            ("3", {"decision": "correct", "links": [{"sku": "S-3"}]}),
            ("c S-7", {"decision": "correct", "links": [{"sku": "S-7"}]}),
            (
                "c S-7 hero DE",
                {"decision": "correct", "links": [{"sku": "S-7", "role": "hero", "market": "DE"}]},
            ),
        ],
    )
    def test_what_an_answer_means(self, place: FakeTarget, run: Run, answer: str, decision: dict[str, Any]) -> None:
        place.waiting = ["w1"]
        run(answers=f"{answer}\n")
        assert place.decisions() == [{"work_id": "w1", **decision}]

    def test_what_means_nothing_is_asked_again(self, place: FakeTarget, run: Run) -> None:
        place.waiting = ["w1"]
        result = run(answers="9\nwhat\nc\n0\n2\n")
        assert place.decisions() == [{"work_id": "w1", "decision": "confirm", "skus": ["S-2"]}]
        assert result.stdout.count("q quits") == 5

    @pytest.mark.parametrize("answers", ["s\nq\n", "s\n"])  # the second at the end of the input
    def test_what_was_skipped_or_left_open_is_given_back(self, place: FakeTarget, run: Run, answers: str) -> None:
        place.refusals["w1"] = "its lease ended"
        result = run(answers=answers)
        assert result.exit_code == 0
        assert place.released() == ["w1", "w2"]
        assert place.decisions() == []
        assert result.stdout.splitlines()[-1] == "0 decided, 2 given back"

    def test_what_somebody_else_has_by_now_is_passed_over(self, place: FakeTarget, run: Run) -> None:
        place.refusals["w1"] = "claimed_by_other"
        result = run(answers="1\n1\n")
        assert result.exit_code == 0
        assert [each["work_id"] for each in place.decisions()] == ["w1", "w2"]
        assert "claimed_by_other: no" in result.stderr
