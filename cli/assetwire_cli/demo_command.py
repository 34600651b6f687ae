"""`assetwire demo`: the main job on real photographs, from the upload to the signed URL, and what is refused."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.journey import Journey, Step, follow
from assetwire_cli.local_commands import say
from assetwire_cli.local_stack import VIEWER_COUNTRY, LocalStack
from assetwire_cli.project import SAMPLES
from assetwire_cli.upload_command import send
from assetwire_cli.uploader import plan


def demo(
    folder: Annotated[Path, typer.Argument(help="Photographs to upload.")] = SAMPLES,
    *,
    seconds: Annotated[int, typer.Option("--timeout", min=1, help="How long to wait for all of them.")] = 240,
) -> None:
    """Bring the embedded stack up, upload a folder of photographs, and follow each to its signed URL.

    Exit code: 0 if each either was delivered and every forged, altered, unsigned or expired URL refused, or was
    quarantined for a reason; 1 otherwise.
    """
    begun = time.monotonic()
    target = LocalStack().up(say, viewer_country=VIEWER_COUNTRY)
    planned = plan([folder], "demo")
    if not planned:
        raise Failure(f"{folder} holds no files", code="no_files")
    say(f"uploading {len(planned)} files of {folder}")
    uploads = send(target, planned)
    now = datetime.now(UTC)
    rights = {
        "holder": "Assetwire demo",
        "windows": [{"starts": (now - timedelta(days=1)).isoformat(), "ends": (now + timedelta(days=30)).isoformat()}],
        "territories": ["AT", "CH", "DE"],
        "usages": ["web", "marketplace"],
    }
    say("following each file: S3 → ingest → Catalog → relay → renditions → enforce → signed URL → edge")
    journeys = follow(target, uploads, rights, deadline=time.monotonic() + seconds, say=say)
    console.out.print(_table(journeys))
    for journey in journeys:
        if journey.url:
            console.line(f"{journey.file}\n  {journey.url}")
    failed = [journey for journey in journeys if journey.failure]
    for journey in failed:
        console.err.print(f"{journey.file}: {journey.failure}", style="red", markup=False)
    waiting = {name: count for name, (count, _) in target.held("DeadLetterQueues").items() if count}
    if waiting:
        console.err.print(f"dead letters: {waiting}", style="red", markup=False)
    delivered = sum(journey.url is not None for journey in journeys)
    refused = sum(journey.reached is Step.QUARANTINED for journey in journeys)
    say(
        f"{len(journeys)} files: {delivered} delivered, {refused} quarantined, {len(failed)} failed, "
        f"in {time.monotonic() - begun:.0f} s; the links work while the stack stays up; `make down` stops it"
    )
    if failed or waiting:
        raise typer.Exit(1)


def _table(journeys: list[Journey]) -> Table:
    ways = ("signed", "unsigned", "forged", "altered", "expired", "in the US", "for the US")
    table = Table("file", "asset", "what it is", "renditions", *ways, box=SIMPLE)
    for journey in journeys:
        table.add_row(journey.file, journey.asset_id or "-", journey.what, journey.renditions, *journey.answers())
    return table
