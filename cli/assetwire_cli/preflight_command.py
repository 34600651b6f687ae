"""`assetwire preflight`: which slots of channels an asset, or a file that may become one, can fill, and why not."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.channels import Channels
from assetwire.domain.ids import ASSET_ID
from assetwire.domain.preflight import ChannelReport, candidate_of_file, preflight
from assetwire_cli import console
from assetwire_cli.channels_commands import DataFolder, known_channels
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.inspect_command import inspect_file
from assetwire_cli.inspection_line import printable
from assetwire_cli.moments import moment_of
from assetwire_cli.target import Target


def preflight_(
    what: Annotated[list[str], typer.Argument(metavar="ASSET|FILE...", help="Assets' ids, or local files.")],
    *,
    channel: Annotated[str | None, typer.Option(help="Only this channel; every one if none is named.")] = None,
    at: Annotated[str | None, typer.Option(help="A moment or day, ISO 8601, UTC if it names no zone; now.")] = None,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line and asset or file.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Say which slots of channels each ASSET of a stack, or local FILE, can fill.

    Files need no stack, and have no rights to be judged by. Required slots have a star. Nothing is rendered for a
    channel that the stack has not switched on.

    Exit code: 0 if all required slots can be filled, 2 if some cannot.
    """
    moment = None if at is None else moment_of(at)
    place: Target | None = None
    ready = True
    table = console.Rows("asset or file", "channel", "slot", "file", "size", "fillable", "why")
    for each in what:
        if not Path(each).exists() and re.fullmatch(ASSET_ID, each):
            if data is not None:
                raise Failure("--data is for local files: a stack has its own", code="data_is_local")
            place = place or target(aws, stack, region)
            found = _of_asset(each, channel, moment, place)
        else:
            found = _of_file(Path(each), channel, moment, known_channels(data))
        if as_json:
            console.line(json.dumps(found))
        for report in found["channels"]:
            ready = ready and report["ready"]
            _add(table, each, report)
    if not as_json:
        console.out.print(table)
    if not ready:
        raise typer.Exit(2)


def _of_asset(asset_id: str, channel: str | None, at: datetime | None, place: Target) -> dict[str, Any]:
    query = {"channel": channel, "at": at.isoformat() if at else None}
    asked = {name: value for name, value in query.items() if value is not None}
    found: dict[str, Any] = place.call("GET", f"/assets/{asset_id}/preflight", query=asked)
    return found


def _of_file(file: Path, channel: str | None, at: datetime | None, known: Channels) -> dict[str, Any]:
    inspection = inspect_file(file, without=("perceptual_hash", "barcodes"))
    if inspection is None:
        raise Failure(f"{file} cannot be read", code="unreadable")
    asked = [known.named(channel)] if channel else list(known.channels.values())
    candidate, moment = candidate_of_file(inspection), at or datetime.now().astimezone()
    reports: list[ChannelReport] = [preflight(candidate, each, known.spec(each), at=moment) for each in asked]
    return {"file": printable(str(file)), "channels": [report.model_dump(mode="json") for report in reports]}


def _add(table: console.Rows, what: str, report: dict[str, Any]) -> None:
    """Add a channel's slots: problems in full, warnings by their codes; that a file has no rights is said of all."""
    name, channel = printable(what), report["channel"]
    channel += " (not switched on)" if report["switched_on"] is False else ""
    for problem in report["problems"]:
        table.add(name, channel, "-", "-", "-", "no", f"{problem['code']}: {problem['message']}")
    for slot in report["slots"]:
        reasons = [f"{problem['code']}: {problem['message']}" for problem in slot["problems"]]
        reasons += [f"({w['code']})" for w in slot["warnings"] if w["code"] != "rights_unknown"]
        size = f"{slot['width']}×{slot['height']}" if slot["width"] else "-"
        title = f"{slot['slot']}*" if slot["required"] else slot["slot"]
        fillable = "yes" if slot["fillable"] else "no"
        table.add(name, channel, title, slot["output"], size, fillable, "; ".join(reasons))
