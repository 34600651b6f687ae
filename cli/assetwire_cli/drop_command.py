"""`assetwire drop`: an archive whose members become masters."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.uploads import DROPS, checked_upload_key
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError, Target
from assetwire_cli.upload_command import send_presigned
from assetwire_cli.uploader import Planned

_POLL_SECONDS = 1.0


def drop(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="The archive.")],
    *,
    name: Annotated[
        str | None, typer.Option(help="Where its members go, in place of the file's name: spring/shoes.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait, and tell what became of every member.")] = False,
    seconds: Annotated[int, typer.Option(min=1, help="How long to wait at the most.")] = 900,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Upload an archive through the API alone; its members become masters under its name.

    Exit code: 0 if no member was refused, 2 if some were, 1 if the archive was, or could not be sent.
    """
    if not file.is_file():
        raise Failure(f"{file} does not exist", code="no_such_file")
    key = checked_upload_key(f"{DROPS}{name or file.stem}.zip")
    place = target(aws, stack, region)
    (sent,) = send_presigned(place, [Planned(file, key, file.stat().st_size)])
    if sent.s3_version is None:
        raise Failure(f"{file}: {sent.error}", code="not_sent")
    console.line(f"{sent.state}\t{key}\t{sent.s3_version}")
    if wait:
        raise typer.Exit(_told(_ended(place, key, sent.s3_version, seconds), place, key, sent.s3_version))


def _ended(place: Target, key: str, s3_version: str, seconds: int) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found: dict[str, Any] = place.call("GET", "/drops", query={"key": key, "s3_version": s3_version})
        except ApiError as error:
            if error.code != "drop_not_found":
                raise
        else:
            if found["drop"]["state"] != "working":
                return found
        time.sleep(_POLL_SECONDS)
    raise Failure(f"{key} is not done after {seconds} s; it goes on", code="not_done")


def _told(found: dict[str, Any], place: Target, key: str, s3_version: str) -> int:
    """Print what became of a drop, and return the command's exit code."""
    dropped = found["drop"]
    for problem in [*dropped["problems"], *dropped["manifest_problems"]]:
        line = f"line {problem['line']}, {problem['column']}: " if "line" in problem else ""
        console.err.print(f"{key}: {line}{problem['code']}: {problem['message']}", markup=False)
    if dropped["state"] == "refused":
        return 1
    refused = 0
    while True:
        for member in found["members"]:
            refused += member["fate"] == "refused"
            name, what = (console.on_one_line(text) for text in (member["name"], member["code"] or member["key"]))
            console.line(f"{member['fate']}\t{name}\t{what}")
        if found["next_page"] is None:
            return 2 if refused else 0
        query = {"key": key, "s3_version": s3_version, "page": str(found["next_page"])}
        found = place.call("GET", "/drops", query=query)
