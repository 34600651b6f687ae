"""Reviewing one by one: claim the oldest, show it, take an answer, and give back what was left open."""

from contextlib import suppress
from typing import Any

import typer

from assetwire.domain.work import Queue
from assetwire_cli import console
from assetwire_cli.case_lines import case_lines
from assetwire_cli.target import ApiError, Target

_HELP = "a number confirms it (several: 1 2), r rejects all, c SKU [ROLE] [MARKET] corrects, s skips, q quits"


def review_one_by_one(place: Target) -> None:
    """Go on until nothing is left, or somebody quits; what was skipped is given back at the end."""
    decided, skipped = 0, []
    console.line(_HELP)
    try:
        while (item := _next(place)) is not None:
            outcome = _answered(place, item)
            if outcome is None:
                skipped.append(item)
                break
            decided += outcome
            if not outcome:
                skipped.append(item)
        else:
            console.line("nothing is left that is nobody's")
    finally:
        for item in skipped:
            with suppress(ApiError):  # its lease has ended, and somebody else has it
                place.call("POST", f"/work/{item}/release")
    console.line(f"{decided} decided, {len(skipped)} given back")


def _next(place: Target) -> str | None:
    item = place.call("POST", "/work/next", body={"queue": Queue.LINK_REVIEW.value})["item"]
    return None if item is None else str(item["work_id"])


def _answered(place: Target, work_id: str) -> bool | None:
    """Show an item and take an answer; tell whether it was decided, None if somebody quits."""
    case = place.call("GET", f"/work/{work_id}/review")
    for line in case_lines(case):
        console.line(line)
    while True:
        try:
            words = str(typer.prompt("answer", default="s", show_default=False)).split()
        except typer.Abort:
            console.line("")  # behind the question
            return None
        if words == ["q"]:
            return None
        if words == ["s"]:
            return False
        decision = _decision(case, words)
        if decision is None:
            console.line(_HELP)
            continue
        body = {"decisions": [{"work_id": work_id, **decision}]}
        (result,) = place.call("POST", "/work/decisions", body=body)["results"]
        if "code" not in result:
            console.line(f"{result['item']['resolution']}")
            return True
        console.err.print(f"{result['code']}: {result['message']}", style="red", markup=False)
        if result["code"] in {"claimed_by_other", "already_closed"}:
            return False


def _decision(case: dict[str, Any], words: list[str]) -> dict[str, Any] | None:
    """Return what an answer means; None if it means nothing.

    Of what is suggested because a near-duplicate shows it, a number makes a correction: nobody asked about that.
    """
    match words:
        case ["r"]:
            return {"decision": "reject"}
        case ["c", sku, *place] if len(place) <= 2:
            named = dict(zip(("role", "market"), place, strict=False))
            return {"decision": "correct", "links": [{"sku": sku, **named}]}
        case [_, *_] if all(word.isdecimal() and 1 <= int(word) <= len(case["suggested"]) for word in words):
            skus = [case["suggested"][int(word) - 1] for word in words]
            waiting = {link["sku"] for link in case["links"] if link["state"] == "proposed"}
            if set(skus) <= waiting:
                return {"decision": "confirm", "skus": skus}
            return {"decision": "correct", "links": [{"sku": sku} for sku in skus]}
        case _:
            return None
