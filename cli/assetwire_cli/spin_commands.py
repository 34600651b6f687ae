"""`assetwire spin`: make a spin of photographs that are there, and see one."""

from typing import Annotated

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target

app = typer.Typer(no_args_is_help=True, help="Make spins of photographs, and see them.")


@app.command()
def create(
    key: Annotated[str, typer.Argument(help="The key of its manifest: shoes/red.spin.json.")],
    frames: Annotated[list[str], typer.Argument(metavar="FRAME…", help="Its frames in order: ids of assets, or keys.")],
    *,
    rows: Annotated[int, typer.Option(min=1, help="How many rows the frames are, each from left to right.")] = 1,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make a spin of 8 to 360 accepted photographs of one size; keys are relative to the folder of KEY."""
    asked = {"key": key, "frames": frames, "rows": rows}
    made = target(aws, stack, region).call("POST", "/spins", body=asked)
    console.line(f"{made['key']} {made['s3_version']} {made['rows']}×{made['columns']}")


@app.command()
def show(
    asset: Annotated[str, typer.Argument(help="Id of a spin's asset.")],
    *,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show the frames of a spin as they are now, and why they make none if they make none."""
    spin = target(aws, stack, region).call("GET", f"/spins/{asset}")
    state = "ready" if spin["ready"] else "not ready"
    console.line(f"{spin['asset_id']} {spin['status']} {state} {spin['rows']}×{spin['columns']}")
    for frame in spin["frames"]:
        size = f" {frame['width']}×{frame['height']}" if frame["width"] else ""
        state = frame["status"] or "missing"
        console.line(f"{frame['number']:3} {frame['asset_id'] or '-'} {state}{size} {frame['reference']}")
    if spin["problem"] is not None:
        console.err.print(f"{spin['problem']['code']}: {spin['problem']['message']}", style="red", markup=False)
        raise typer.Exit(1)
