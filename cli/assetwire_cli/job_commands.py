"""`assetwire jobs`: watch what goes on in the background."""

import time
from typing import Annotated, Any

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target


def jobs(
    job_id: Annotated[
        str | None, typer.Argument(metavar="JOB", help="Show this one, until it ends with --wait.")
    ] = None,
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    wait: Annotated[bool, typer.Option("--wait", help="Follow it to its end.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Stop it where it is.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Let it go on, if it failed or was cancelled.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List the newest jobs, or show one with its progress. Exit code: 2 if it failed or was cancelled."""
    place = target(aws, stack, region)
    if (cancel or resume) and (job_id is None or (cancel and resume)):
        raise Failure("name the one job to cancel or to resume", code="invalid_step")
    if job_id is not None:
        if cancel or resume:
            place.call("POST", f"/jobs/{job_id}/{'cancel' if cancel else 'resume'}")
        if wait:
            follow(place, job_id)
        else:
            console.line(progress_line(place.call("GET", f"/jobs/{job_id}")))
        return
    table = console.Rows("job", "kind", "state", "done", "changed", "failed", "of", "what", "started")
    for job in place.listed("/jobs", "jobs", query={}, limit=limit):
        counts = [str(job[name]) for name in ("done", "changed", "failed")]
        total = "-" if job["total"] is None else str(job["total"])
        what = str(job["request"].get("cause", ""))
        table.add(job["job_id"], job["kind"], job["state"], *counts, total, what, job["created_at"])
    console.out.print(table)


def follow(place: Target, job_id: str) -> None:
    """Print how far a job is, until it ends; exit with 2 if it failed or was cancelled."""
    shown = ""
    while True:
        job = place.call("GET", f"/jobs/{job_id}")
        line = progress_line(job)
        if line != shown:
            console.line(line)
            shown = line
        if job["state"] != "running":
            break
        time.sleep(1)
    if job["state"] != "done":
        raise typer.Exit(2)


def progress_line(job: dict[str, Any]) -> str:
    """Return how far a job is, in one line."""
    of = "" if job["total"] is None else f" of {job['total']}"
    failed = f", {job['failed']} failed" if job["failed"] else ""
    message = f": {job['message']}" if job["message"] else ""
    counts = f"{job['done']}{of} done, {job['changed']} changed{failed}"
    return f"{job['job_id']} {job['kind']} {job['state']}: {counts}{message}"
