"""`assetwire review`: what evidence suggests, seen and answered, one by one in a loop, or many by one call."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from assetwire.domain.link import LinkRole
from assetwire.domain.work import Queue, WorkState
from assetwire_cli import console
from assetwire_cli.case_lines import case_lines, statistics_lines
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.review_loop import review_one_by_one
from assetwire_cli.target import Target

AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON, one object a line and item.")]
Item = Annotated[str, typer.Argument(metavar="ITEM", help="A work item's id.")]
Items = Annotated[list[str], typer.Argument(metavar="ITEM…", help="Work items' ids.")]
Note = Annotated[str, typer.Option(help="What else there is to say.")]
_AT_ONCE = 100
"""Decisions of one call."""

app = typer.Typer(
    invoke_without_command=True,
    help="See and answer what evidence suggests; without a command one by one, the oldest first.",
)


@app.callback()
def review(context: typer.Context, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Claim what has waited longest, show it and ask for an answer, until nothing is left or you quit."""
    if context.invoked_subcommand is None:
        review_one_by_one(target(aws, stack, region))


@app.command("list")
def list_items(
    *,
    state: Annotated[WorkState, typer.Option(help="Items that wait, or that are decided.")] = WorkState.OPEN,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List what evidence suggests, and whose it is."""
    query = {"queue": Queue.LINK_REVIEW.value, "state": state.value}
    table = console.Rows("item", "opened", "asset", "verdict", "suggested", "claimed by", "level", "resolution")
    for item in target(aws, stack, region).listed("/work", "items", query=query, limit=limit):
        if as_json:
            console.line(json.dumps(item))
        evidence = item["evidence"]
        suggested = ", ".join(each["sku"] for each in evidence.get("suggestions", []))
        cells = (item["work_id"], item["opened_at"], item["asset_id"], evidence.get("verdict", ""), suggested)
        table.add(*cells, (item["claim"] or {}).get("by", ""), str(item["level"]), item["resolution"])
    if not as_json:
        console.out.print(table)


@app.command()
def show(
    work_id: Item, *, as_json: AsJson = False, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Show an item with every witness, what is suggested, and what looks nearly the same."""
    _show(target(aws, stack, region), work_id, as_json=as_json)


@app.command("next")
def next_item(
    *, as_json: AsJson = False, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Claim what has waited longest and is nobody's, and show it; exit code 1 if there is nothing."""
    place = target(aws, stack, region)
    item = place.call("POST", "/work/next", body={"queue": Queue.LINK_REVIEW.value})["item"]
    if item is None:
        console.err.print("nothing waits that is nobody's", style="dim")
        raise typer.Exit(1)
    _show(place, item["work_id"], as_json=as_json)


@app.command()
def claim(
    work_id: Item, *, as_json: AsJson = False, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Claim an item for 15 minutes, or for 15 minutes more."""
    item = target(aws, stack, region).call("POST", f"/work/{work_id}/claim")
    console.line(json.dumps(item) if as_json else f"{work_id}: yours until {item['claim']['until']}")


@app.command()
def release(
    work_id: Item, *, as_json: AsJson = False, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Give an item back to everybody."""
    item = target(aws, stack, region).call("POST", f"/work/{work_id}/release")
    console.line(json.dumps(item) if as_json else f"{work_id}: anybody's")


@app.command()
def confirm(
    items: Items,
    *,
    sku: Annotated[
        list[str] | None, typer.Option(help="Which of the suggested products; needed where several are.")
    ] = None,
    note: Note = "",
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Confirm what is suggested of each item, and reject what else was; exit code 1 if some are refused."""
    said = {"decision": "confirm", "skus": sku or [], "note": note}
    _decide(target(aws, stack, region), [{"work_id": item, **said} for item in items], as_json=as_json)


@app.command()
def reject(
    items: Items,
    *,
    note: Note = "",
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Reject everything that is suggested of each item; exit code 1 if some are refused."""
    said = {"decision": "reject", "note": note}
    _decide(target(aws, stack, region), [{"work_id": item, **said} for item in items], as_json=as_json)


@app.command()
def correct(
    items: Items,
    *,
    sku: Annotated[list[str], typer.Option(help="The products that it shows instead.")],
    role: Annotated[LinkRole | None, typer.Option(help="In which role; what the file says without it.")] = None,
    market: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, or any.")] = "any",
    note: Note = "",
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Link items to other products, roles or markets than suggested; exit code 1 if some are refused."""
    links = [{"sku": each, "market": market} | ({"role": role.value} if role else {}) for each in sku]
    said = {"decision": "correct", "links": links, "note": note}
    _decide(target(aws, stack, region), [{"work_id": item, **said} for item in items], as_json=as_json)


@app.command()
def stats(
    *,
    queue: Annotated[Queue | None, typer.Option(help="Only this queue.")] = None,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show how the work of each queue stands: open, claimed, overdue, decided, how long that took, and how."""
    query = {"queue": queue.value} if queue else {}
    found = target(aws, stack, region).call("GET", "/work/statistics", query=query)["queues"]
    if as_json:
        for each in found:
            console.line(json.dumps(each))
        return
    for line in statistics_lines(found):
        console.line(line)


def _show(place: Target, work_id: str, *, as_json: bool) -> None:
    case = place.call("GET", f"/work/{work_id}/review")
    for line in [json.dumps(case)] if as_json else case_lines(case):
        console.line(line)


def _decide(place: Target, decisions: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    refused = 0
    for result in _results(place, decisions):
        refused += "code" in result
        if as_json:
            console.line(json.dumps(result))
        elif "code" in result:
            said = f"{result['work_id']}: {result['code']}: {result['message']}"
            console.err.print(said, style="red", markup=False)
        else:
            item = result["item"]
            console.line(f"{item['work_id']}: {item['resolution']}, by {item['closed_by']}")
    if refused:
        raise typer.Exit(1)


def _results(place: Target, decisions: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if not decisions:
        raise Failure("name an item at least", code="usage")
    for start in range(0, len(decisions), _AT_ONCE):
        part = list(decisions[start : start + _AT_ONCE])
        yield from place.call("POST", "/work/decisions", body={"decisions": part})["results"]
