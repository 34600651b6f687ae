"""Members of collections, many at once: put in and taken out by the thousand, and waited for page by page."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.job_commands import progress_line
from assetwire_cli.target import Target

AT_ONCE = 1_000
"""Assets of one call at the most."""
_PAUSE = 0.5
"""Seconds between two looks."""


def ids_in(assets: Sequence[str] | None, listed: Path | None) -> list[str]:
    """Return the ids that are named, and those in a file.

    Raises:
        Failure: the file cannot be read, or there is no id at all.
    """
    found = list(assets or ())
    if listed is not None:
        try:
            text = sys.stdin.read() if str(listed) == "-" else listed.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"{listed} cannot be read: {error}", code="unreadable") from error
        found += text.split()
    if not found:
        raise Failure("name assets, or a file of their ids", code="no_assets")
    return found


def moved(place: Target, path: str, asset_ids: Sequence[str], *, reason: str, done: str) -> int:
    """Let assets join or leave by the thousand; print how many did and why others could not; return the exit code."""
    changed = unchanged = refused = 0
    for start in range(0, len(asset_ids), AT_ONCE):
        body = {"asset_ids": list(asset_ids[start : start + AT_ONCE]), "reason": reason}
        answer = place.call("POST", path, body=body)
        for each in answer["refused"]:
            said = console.on_one_line(each["asset_id"])
            console.err.print(f"{said}: {each['code']}: {each['message']}", style="red", markup=False)
        changed, unchanged = changed + answer["changed"], unchanged + answer["unchanged"]
        refused += len(answer["refused"])
    console.line(f"{changed} {done}, {unchanged} as they were, {refused} refused")
    return 1 if refused else 0


def enforced(place: Target, collection: dict[str, Any], *, seconds: float) -> None:
    """Follow the job of a collection, then wait until delivery has followed for every member, a page after the other.

    Raises:
        Exit: the job failed, or a member's record is not understood (exit code 2).
        Failure: it is not done in time.
    """
    began = time.monotonic()
    _followed(place, collection["job_id"], until=began + seconds)
    path, query, members = f"/collections/{collection['collection_id']}/members", {"limit": "100"}, 0
    while True:
        page = place.call("GET", path, query=query)
        unknown = [each["asset_id"] for each in page["members"] if each["status"] is None]
        if unknown:
            raise Failure(f"not understood: {', '.join(unknown[:10])}", code="not_understood")
        waiting = [each["asset_id"] for each in page["members"] if not each["enforced"]]
        if waiting:
            if time.monotonic() - began > seconds:
                raise Failure(f"delivery has not followed for {waiting[0]} and others", code="not_enforced_yet")
            time.sleep(_PAUSE)
            continue
        members += len(page["members"])
        if page["next_cursor"] is None:
            break
        query = query | {"cursor": page["next_cursor"]}
    console.line(f"{members} members enforced after {time.monotonic() - began:.1f} s")


def _followed(place: Target, job_id: str | None, *, until: float) -> None:
    shown = ""
    while job_id is not None:
        job = place.call("GET", f"/jobs/{job_id}")
        line = progress_line(job)
        if line != shown:
            console.err.print(line, style="dim", markup=False)
            shown = line
        if job["state"] == "done" and not job["failed"]:
            return
        if job["state"] != "running":
            raise typer.Exit(2)
        if time.monotonic() > until:
            raise Failure(f"job {job_id} has not reached all members yet", code="not_enforced_yet")
        time.sleep(_PAUSE)
