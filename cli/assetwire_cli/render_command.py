"""`assetwire render`: the renditions of a local file, as the renditions function makes them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from assetwire.domain.inspection import Status
from assetwire.domain.rendition import Plan, picture_size, profile
from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.inspect_command import inspect_file, named_plainly
from assetwire_cli.inspection_line import on_one_line, printable


def render(
    file: Annotated[Path, typer.Argument(help="The master.")],
    out: Annotated[Path, typer.Option("--out", help="Folder to write to; made if it does not exist.")],
    rendition: Annotated[
        list[str] | None,
        typer.Option("--rendition", metavar="NAME", help="Only this one: web-640.avif, or web-640 for every format."),
    ] = None,
) -> None:
    """Render FILE into --out, with a manifest.json of what was written. Needs no stack and no AWS.

    Of a video its poster is rendered, of a PDF the first page, of a sound the waveform.

    Exit code: 0 if all is written, 1 if a rendition cannot be made, 2 if ingest would refuse FILE.
    """
    from assetwire.media.inspect import EVIDENCE
    from assetwire.media.render import render as renderer

    inspection = inspect_file(file, without=EVIDENCE)
    if inspection is None:
        raise Failure(f"{file} cannot be read", code="unreadable")
    if inspection.status is not Status.ACCEPTED:
        for problem in inspection.problems:
            said = f"{printable(str(file))}: refused: {problem.code}: {problem.message}"
            console.err.print(on_one_line(said), style="red", markup=False)
        raise typer.Exit(2)
    size = picture_size(inspection)
    if size is None and rendition:
        raise Failure(f"{file} has no picture to render", code="no_picture")
    plan = _chosen(profile().plan(*size), rendition or []) if size else Plan(())
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}", code="unwritable") from error
    made = []
    with named_plainly(file) as master:
        for written in renderer(master, plan, media_type=inspection.media_type or "", out=out):
            made.append({name: value for name, value in written._asdict().items() if name != "path"})
            console.line(f"{written.name} {written.width}×{written.height} {written.bytes} bytes")
    manifest = {
        "file": printable(str(file)),
        "sha256": inspection.sha256,
        "profile": profile().name,
        "renditions": made,
    }
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _chosen(plan: Plan, names: list[str]) -> Plan:
    """Return the part of a plan that these names ask for; all of it, if none is given.

    Raises:
        Failure: a name is none of the profile's, or would enlarge the master.
    """
    if not names:
        return plan
    chosen: set[str] = set()
    for name in names:
        found = {planned for planned in plan.names if name in {planned, planned.rsplit(".", 1)[0]}}
        if not found:
            known = {n for full in profile().file_names for n in (full, full.rsplit(".", 1)[0])}
            if name in known:
                message = f"{name} would enlarge the master; it has {', '.join(plan.names)}"
                raise Failure(message, code="would_enlarge")
            raise Failure(
                f"no rendition is named {name!r}; there are {', '.join(sorted(known))}", code="unknown_rendition"
            )
        chosen |= found
    return plan.only(frozenset(chosen))
