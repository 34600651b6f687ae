"""`assetwire transcode`: what is made of a local film, sound or document beside pictures, as the function makes it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.asset import Upload
from assetwire.domain.inscription import labels_of
from assetwire.domain.inspection import Inspection, Status
from assetwire.domain.transcode_plan import Transcode, seconds_needed, wanted_transcodes
from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.inspect_command import inspect_file, named_plainly

_LONGEST = 6 * 3600
"""Seconds that one file may take here, where nobody waits for it but whoever asked."""
_ROOM = 64 * 1024**3


def transcode(
    file: Annotated[Path, typer.Argument(help="The master: a film, a sound or a PDF.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to; made if it does not exist.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="NAME", help="Only this file: video-480.mp4.")
    ] = None,
    *,
    show_plan: Annotated[
        bool, typer.Option("--plan", help="Only print what would be made, and how long that is estimated to take.")
    ] = False,
) -> None:
    """Make films, sounds or pages of FILE below --out, with a manifest.json. Needs no stack and no AWS.

    Exit code: 0 if all is made, 1 if something cannot be, 2 if ingest would refuse FILE.
    """
    from assetwire.media.inspect import EVIDENCE
    from assetwire.media.transcode.local import processors

    inspection = inspect_file(file, without=EVIDENCE)
    if inspection is None:
        raise Failure(f"{file} cannot be read", code="unreadable")
    if inspection.status is not Status.ACCEPTED:
        for problem in inspection.problems:
            console.err.print(f"{file}: refused: {problem.code}: {problem.message}", style="red", markup=False)
        raise typer.Exit(2)
    wanted = _chosen(inspection, only or [])
    if show_plan or out is None:
        for each in wanted:
            seconds = seconds_needed(each, inspection, processors=processors())
            console.line(f"{each.name} {each.made} about {seconds:.0f} s")
        return
    out.mkdir(parents=True, exist_ok=True)
    if not _made(file, inspection, wanted, out):
        raise typer.Exit(1)


def _chosen(inspection: Inspection, names: list[str]) -> list[Transcode]:
    wanted = list(wanted_transcodes(inspection))
    if not wanted:
        raise Failure(f"nothing beside pictures is made of {inspection.media_type}", code="nothing_to_make")
    unknown = sorted(set(names) - {each.name for each in wanted})
    if unknown:
        known = ", ".join(each.name for each in wanted)
        raise Failure(f"{', '.join(unknown)} is not made of this; there are {known}", code="unknown_rendition")
    return [each for each in wanted if not names or each.name in names]


def _made(file: Path, inspection: Inspection, wanted: list[Transcode], out: Path) -> bool:
    """Make these files, each in a process with limits, and tell of each; return whether all were made."""
    from assetwire.media.transcode.local import LocalTranscoder
    from assetwire.ports.transcoding import Order, Progress

    local = LocalTranscoder(longest=_LONGEST, room=_ROOM, left=lambda: _LONGEST)
    upload = Upload(bucket="", key=file.name, s3_version="", uploaded_at=datetime.now(UTC))
    labels = labels_of(inspection.metadata.fields)
    told: list[dict[str, Any]] = []
    with named_plainly(file) as master:
        for each in wanted:
            order = Order(each, upload, inspection, labels, each.name, lambda: master, out)
            problem = local.refuses(order)
            state = None if problem is not None else local.look(local.begin(order), order)
            problem = problem or (state.problem if state else None)
            if problem is None and state is not None and state.progress is Progress.DONE:
                made = local.collect(each.name, order)
                facts = {name: value for name, value in made._asdict().items() if name != "path"}
                told.append({"name": each.name, **facts})
                size = f" {made.width}×{made.height}" if made.width else ""
                console.line(f"{each.name}{size} {made.bytes} bytes")
            elif problem is not None:
                console.err.print(f"{each.name}: {problem.code}: {problem.message}", style="red", markup=False)
    manifest = {"file": str(file), "sha256": inspection.sha256, "renditions": told}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return len(told) == len(wanted)
