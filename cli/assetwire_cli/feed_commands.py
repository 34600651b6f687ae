"""`assetwire product import`, `connect`, `feeds` and `reconcile`: many products at once, from files and from PIMs."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.product_file import ProductFile, Row, parse
from assetwire_cli import console, pim_connections
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError, Target

_AT_ONCE = 100
"""Products that one call of the API takes."""
_LARGEST_BODY = 200_000
"""Characters of products in one call: the API takes 256 KiB."""
_ATTEMPTS = 3
_SECONDS_BETWEEN_LOOKS = 2.0
Source = Annotated[str, typer.Option(help="What the PIM is called, as in the address of its webhook.")]


def import_products(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV, JSON (….json) or JSON lines (….jsonl, ….ndjson).")
    ],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell the problems; needs no stack.")] = False,
    partial: Annotated[bool, typer.Option("--partial", help="Send what is right, also if some is not.")] = False,
    start: Annotated[int, typer.Option("--from", min=1, help="Go on from this line.")] = 1,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Write the products of a file; those that are as they were cost nothing. Safe to run again."""
    found = _read(file)
    for problem in found.problems:
        where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
        console.err.print(f"{file.name}: {where}: {problem.code}: {problem.message}", markup=False)
    if found.problems and not (partial and found.rows and not dry_run):
        raise Failure(f"{file.name} has {len(found.problems)} problems; nothing is sent", code="import_refused")
    if dry_run:
        console.line(f"{len(found.rows)} products, no problem")
        return
    rows = [row for row in found.rows if row.line >= start]
    counts = _send(target(aws, stack, region), rows, name=file.name)
    console.line(", ".join(f"{count} {result}" for result, count in sorted(counts.items())) or "nothing to do")
    if found.problems or counts.keys() & {"refused", "conflict"}:
        raise Failure("some products were not written", code="import_incomplete")


def connect(
    source: Annotated[str, typer.Argument(help="What the PIM is called, as in the address of its webhook.")],
    *,
    url: Annotated[str, typer.Option(help="Its address, without a path: https://pim.example.com.")] = "",
    client_id: Annotated[str, typer.Option(help="The connection's client id.")] = "",
    username: Annotated[str, typer.Option(help="The connection's user name.")] = "",
    app_token: Annotated[bool, typer.Option("--app-token", help="An app's own token, in place of both.")] = False,
    before_7: Annotated[bool, typer.Option("--before-7", help="Akeneo before version 7: it knows no UUIDs.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Look at it no more.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Say where an Akeneo is and what opens it; secrets are read from standard input, a line each.

    The lines are the client's secret and the user's password, or the app's token.
    """
    place = target(aws, stack, region)
    kept: dict[str, Any] = {"secret_id": place.outputs["PimSecretId"], "secrets": place.client("secretsmanager")}
    if forget:
        console.line(f"{source}: {'forgotten' if pim_connections.forget(source, **kept) else 'is not known'}")
        return
    lines = [sys.stdin.readline().strip() for _ in range(1 if app_token else 2)]
    said: dict[str, Any] = {"token": lines[0]} if app_token else {"client_id": client_id, "username": username}
    said |= {} if app_token else {"client_secret": lines[0], "password": lines[1]}
    pim_connections.keep(source, {"url": url, "by_uuid": not before_7} | said, **kept)
    console.line(f"{source}: known; `assetwire product reconcile --source {source}` looks at it")


def feeds(*, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """List the PIMs that are looked at, and as of when all that they changed is known."""
    table = console.Rows("source", "known as of", "last look", "last look at all", "job")
    for each in target(aws, stack, region).call("GET", "/feeds")["feeds"]:
        moments = (each["since"], each["started_at"], each["full_started_at"])
        table.add(each["source"], *(moment or "never" for moment in moments), each["job_id"])
    console.out.print(table)


def reconcile(
    *,
    source: Source = "akeneo",
    full: Annotated[bool, typer.Option("--full", help="All products: this alone finds what was deleted.")] = False,
    any_number: Annotated[
        bool, typer.Option("--any-number", help="However many are not there any more, delete them.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Until the look has ended.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Look at a PIM now, and make products what it has."""
    place = target(aws, stack, region)
    job = place.call("POST", f"/feeds/{source}/reconcile", body={"full": full, "any_number": any_number})
    while wait and job["state"] == "running":
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        job = place.call("GET", f"/jobs/{job['job_id']}")
    counts = f"{job['done']} looked at, {job['changed']} changed, {job['failed']} not taken"
    console.line(f"{job['job_id']} {job['request']['cause']}: {job['state']}, {counts}")
    if job["message"]:
        console.err.print(job["message"], style="yellow", markup=False)


def _read(file: Path) -> ProductFile:
    try:
        return parse(file.name, file.read_bytes())
    except OSError as error:
        raise Failure(f"{file}: {error}", code="no_such_file") from error


def _send(place: Target, rows: list[Row], *, name: str) -> dict[str, int]:
    """Send rows by the hundred; return how many became what.

    Raises:
        Failure: the API refused, or could not be reached; the message says from which line on to go on.
    """
    counts: dict[str, int] = {}
    for number, batch in enumerate(_batches(rows)):
        try:
            results = _taken(place, batch)
        except Failure as error:
            raise Failure(f"{error.message}; go on with --from {batch[0].line}", code=error.code) from error
        for row, result in zip(batch, results, strict=True):
            counts[result["result"]] = counts.get(result["result"], 0) + 1
            for problem in result.get("problems", ()):
                told = f"line {row.line}, {problem['field']}: {problem['code']}: {problem['message']}"
                console.err.print(f"{name}: {told}", markup=False)
        if number % 10 == 9:
            console.err.print(f"line {batch[-1].line}: {sum(counts.values())} of {len(rows)}", markup=False)
    return counts


def _taken(place: Target, batch: list[Row]) -> list[dict[str, Any]]:
    """Return what became of a batch; those that lost a race are sent again, and what does not answer is asked again."""
    body = {"products": [_said(row) for row in batch]}
    for attempt in range(_ATTEMPTS):
        last = attempt == _ATTEMPTS - 1
        try:
            results: list[dict[str, Any]] = place.call("POST", "/feeds/import", body=body)["results"]
        except ApiError as error:
            if last or (error.status < 500 and error.status != 429):
                raise
        else:
            if last or all(result["result"] != "conflict" for result in results):
                return results
        time.sleep(2**attempt)
    raise AssertionError("the last attempt returns or raises")


def _said(row: Row) -> dict[str, Any]:
    return row.product.model_dump(mode="json", exclude_defaults=True)


def _batches(rows: list[Row]) -> list[list[Row]]:
    batches: list[list[Row]] = [[]]
    size = 0
    for row in rows:
        length = len(json.dumps(_said(row)))
        if batches[-1] and (len(batches[-1]) == _AT_ONCE or size + length > _LARGEST_BODY):
            batches.append([])
            size = 0
        batches[-1].append(row)
        size += length
    return [batch for batch in batches if batch]
