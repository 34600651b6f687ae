"""`assetwire work`: what waits for people, and `assetwire asset --similar`."""

import json
from typing import Annotated, Any

import typer

from assetwire.domain.work import Queue, Resolution, WorkState
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target

AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")]
WorkId = Annotated[str, typer.Argument(metavar="ITEM", help="A work item's id.")]

app = typer.Typer(no_args_is_help=True, help="What waits for people: list, show and close work items.")


@app.command("list")
def list_work(
    *,
    queue: Annotated[Queue | None, typer.Option(help="Only items of this queue.")] = None,
    state: Annotated[WorkState, typer.Option(help="Items that wait, or that are decided.")] = WorkState.OPEN,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List work items, newest first."""
    query = {"state": state.value} | ({"queue": queue.value} if queue else {})
    table = console.Rows("item", "queue", "opened", "asset", "what", "resolution")
    for item in target(aws, stack, region).listed("/work", "items", query=query, limit=limit):
        if as_json:
            console.line(json.dumps(item))
        row = (item["work_id"], item["queue"], item["opened_at"], item["asset_id"], _what(item), item["resolution"])
        table.add(*row)
    if not as_json:
        console.out.print(table)


@app.command()
def show(work_id: WorkId, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Show one work item with all its evidence, as JSON."""
    console.line(json.dumps(target(aws, stack, region).call("GET", f"/work/{work_id}"), indent=2))


@app.command()
def close(
    work_id: WorkId,
    resolution: Annotated[
        Resolution, typer.Argument(help="What was decided; docs/api.md says which queue knows which.")
    ],
    *,
    note: Annotated[str, typer.Option(help="What else there is to say.")] = "",
    if_revision: Annotated[int | None, typer.Option(help="Only if the item is at this revision.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Close a work item with what was decided."""
    headers = {} if if_revision is None else {"If-Match": f'"{if_revision}"'}
    body = {"resolution": resolution.value, "note": note}
    closed = target(aws, stack, region).call("POST", f"/work/{work_id}/close", body=body, headers=headers)
    console.line(f"{work_id}: {closed['resolution']}, by {closed['closed_by'] or 'nobody known'}")


def print_similar(found: dict[str, Any]) -> None:
    """Print the near-duplicates of an asset, the nearest first."""
    table = console.Rows("asset", "distance", "file", "status", "version")
    for each in found["similar"]:
        version = each["version_id"] + ("" if each["current"] else " (not current)")
        table.add(each["asset_id"], str(each["distance"]), each["file_name"], each["status"], version)
    console.out.print(table)
    if found["left_out"] or found["cut_bands"]:
        more = f"{found['left_out']} more left out; {found['cut_bands']} bands of the index not read to their end"
        console.err.print(more, style="dim")


def _what(item: dict[str, Any]) -> str:
    """Return what an item is about, in a few words."""
    evidence = item["evidence"]
    if item["queue"] == Queue.NEAR_DUPLICATE:
        names = " ~ ".join(picture["file_name"] for picture in evidence.get("pictures", []))
        return f"{names} ({evidence.get('distance')} bits apart)"
    if item["queue"] == Queue.COLD_MASTER:
        return f"{evidence.get('upload', {}).get('key', '')} is in cold storage, and recalled"
    if item["queue"] == Queue.RIGHTS_REVIEW:
        return f"{evidence.get('key', '')} has constraints in free text: {', '.join(evidence.get('constraints', {}))}"
    if item["queue"] == Queue.LINK_REVIEW:
        return f"{evidence.get('verdict', '')}: {', '.join(each['sku'] for each in evidence.get('suggestions', []))}"
    if item["queue"] == Queue.ALT_TEXT:
        missing = ", ".join(evidence.get("missing", []))
        return f"{evidence.get('file_name', '')} of {evidence.get('sku', '')} has no alt text in {missing}"
    return f"{evidence.get('key', '')} came with other rights"
