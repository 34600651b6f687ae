"""`assetwire renditions`: what is rendered of an asset, and jobs that bring renditions to specs and buckets."""

import json
from typing import Annotated, Any

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.job_commands import follow
from assetwire_cli.target import Target

app = typer.Typer(no_args_is_help=True, help="What is rendered of assets, and jobs that look after it.")

AssetIds = Annotated[list[str] | None, typer.Argument(metavar="ASSET...", help="Assets' ids; all, if none is given.")]
Wait = Annotated[bool, typer.Option("--wait", help="Follow the job to its end.")]


@app.command("list")
def list_renditions(
    asset_id: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List what is rendered of an asset, and what it lacks."""
    found = target(aws, stack, region).call("GET", f"/assets/{asset_id}/renditions")
    if as_json:
        console.line(json.dumps(found, indent=2))
        return
    table = console.Rows("rendition", "usage", "size", "bytes", "delivered")
    for each in found["renditions"]:
        size = f"{each['width']}×{each['height']}" if each["width"] else ""
        table.add(each["name"], each["usage"], size, str(each["bytes"]), "yes" if each["delivered"] else "no")
    console.out.print(table)
    if found["missing"]:
        console.line(f"not made yet: {', '.join(found['missing'])}")
    for name, why in found["left_out"].items():
        console.line(f"cannot be made: {name}: {why['message']}")


@app.command()
def refresh(
    asset_ids: AssetIds = None,
    *,
    recall: Annotated[bool, typer.Option("--recall", help="Also where masters are in cold storage.")] = False,
    wait: Wait = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Have outdated renditions made anew: those alone that specs, rights or texts have changed."""
    _start(target(aws, stack, region), "/renditions/refresh", asset_ids, {"recall": recall}, wait=wait)


@app.command()
def reconcile(
    asset_ids: AssetIds = None,
    *,
    wait: Wait = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Compare the renditions and delivery buckets with the Catalog; what is lost or left over is seen to."""
    _start(target(aws, stack, region), "/renditions/reconcile", asset_ids, {}, wait=wait)


def _start(place: Target, path: str, asset_ids: list[str] | None, asked: dict[str, Any], *, wait: bool) -> None:
    job = place.call("POST", path, body={"asset_ids": asset_ids or [], **asked})
    console.line(job["job_id"])
    if wait:
        follow(place, job["job_id"])
