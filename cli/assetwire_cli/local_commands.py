"""`assetwire local`: the embedded AWS stack."""

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from assetwire.domain.channels import shipped_channels
from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.local_stack import VIEWER_COUNTRY, LocalStack, all_stacks
from assetwire_cli.project import ROOT

app = typer.Typer(no_args_is_help=True, help="The embedded AWS stack: start, stop, look inside.")

FUNCTIONS = tuple(sorted(file.parent.name.replace("_", "-") for file in ROOT.glob("functions/*/handler.py")))
"""All functions, as their log groups are named."""


def say(step: str) -> None:
    """Tell of a step, with the time."""
    console.err.print(f"{datetime.now(UTC):%H:%M:%S} {step}", style="dim", markup=False)


@app.command()
def up(
    *,
    rsa: Annotated[
        bool, typer.Option("--rsa", help="Make an RSA-2048 pair in place of ECDSA P-256, if the stack has none yet.")
    ] = False,
    channels: Annotated[
        list[str] | None,
        typer.Option("--channel", help="Make renditions for this channel, and others; '' for none. Else as it was."),
    ] = None,
    viewer_country: Annotated[
        str, typer.Option(help="Where viewers are who send no CloudFront-Viewer-Country; empty for nowhere.")
    ] = VIEWER_COUNTRY,
) -> None:
    """Start the stack, build and deploy the template. Run it again after a change of the code."""
    names = None if not channels else list(shipped_channels().only(filter(None, channels)).channels)
    LocalStack().up(say, key_type="rsa" if rsa else "ecdsa", channels=names, viewer_country=viewer_country)
    status()


@app.command()
def down() -> None:
    """Stop every embedded stack of this project; what they hold is kept."""
    stopped = [f"{stack.folder.name}: {', '.join(names)}" for stack in all_stacks() if (names := stack.down())]
    console.line("stopped " + "; ".join(stopped) if stopped else "nothing was running")


@app.command()
def reset() -> None:
    """Stop the stack and forget everything that it holds."""
    LocalStack().reset()
    console.line("the embedded stack is empty; `assetwire local up` starts it anew")


@app.command()
def status() -> None:
    """Show what runs, where, and what waits in the queues. Exit code 1 if it does not run."""
    stack = LocalStack()
    table = console.Rows(show_header=False)
    for name, running in stack.processes().items():
        table.add(name, "running" if running else "stopped")
    if not stack.running:
        console.out.print(table)
        raise typer.Exit(1)
    target = stack.target
    table.add("AWS endpoint", str(target.endpoint))
    table.add("API", target.api_url)
    table.add("edge", stack.facts["edge"])
    table.add("masters", f"s3://{target.outputs['MastersBucketName']}")
    for output, label in (("WorkQueues", "queue"), ("DeadLetterQueues", "dead letters")):
        for consumer, (waiting, in_work) in target.held(output).items():
            table.add(f"{label} {consumer}", f"{waiting} + {in_work} (waiting + in work)")
    console.out.print(table)


@app.command()
def logs(
    function: Annotated[
        str | None, typer.Argument(help=f"One of {', '.join(FUNCTIONS)}; all, if none is given.")
    ] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until interrupted.")] = False,
    minutes: Annotated[int, typer.Option(min=1, help="How far back to look.")] = 60,
) -> None:
    """Print the functions' logs, oldest first."""
    if function is not None and function.replace("_", "-") not in FUNCTIONS:
        raise Failure(f"no function {function!r}; there are {', '.join(FUNCTIONS)}", code="unknown_function")
    chosen = FUNCTIONS if function is None else (function.replace("_", "-"),)
    client = LocalStack().target.client("logs")
    since = int((time.time() - minutes * 60) * 1000)
    seen: set[tuple[str, int, str]] = set()
    while True:
        lines = []
        for name in chosen:
            pages = client.get_paginator("filter_log_events").paginate(
                logGroupName=f"/aws/lambda/assetwire-{name}", startTime=since
            )
            lines += [(event["timestamp"], name, event) for page in pages for event in page["events"]]
        for timestamp, name, event in sorted(lines, key=lambda entry: entry[:2]):
            identity = (name, timestamp, event["message"])  # the embedded endpoint gives no event ids
            if identity not in seen:
                seen.add(identity)
                moment = datetime.fromtimestamp(timestamp / 1000, UTC)
                console.line(f"{moment:%H:%M:%S.%f} {name}: {event['message'].rstrip()}")
        if not follow:
            return
        time.sleep(1)
