"""`assetwire render`: the renditions of a local file, as the renditions function makes them."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from assetwire.domain.inscription import inscription_of
from assetwire.domain.inspection import Status
from assetwire.domain.plan import WHOLE, Plan, Subject, plan, wanted
from assetwire.domain.rights import Usage
from assetwire.domain.spec_book import shipped_book
from assetwire.domain.subject import subject_of
from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.inspect_command import inspect_file, named_plainly
from assetwire_cli.inspection_line import on_one_line, printable


def render(
    file: Annotated[Path, typer.Argument(help="The master.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to; made if it does not exist.")] = None,
    rendition: Annotated[
        list[str] | None,
        typer.Option("--rendition", metavar="NAME", help="Only this one: web-640.avif, or web-640 for every format."),
    ] = None,
    *,
    only_plan: Annotated[bool, typer.Option("--plan", help="Print what would be done, and write nothing.")] = False,
) -> None:
    """Render FILE into --out for the web, with a manifest.json of what was written. Needs no stack and no AWS.

    Of a video its poster is rendered, of a PDF the first page, of a sound the waveform.

    Exit code: 0 if all is written, 1 if a rendition cannot be made, 2 if ingest would refuse FILE.
    """
    from assetwire.media.inspect import EVIDENCE
    from assetwire.media.render import render as renderer

    if out is None and not only_plan:
        raise Failure("name a folder with --out, or ask for the --plan alone", code="no_folder")
    inspection = inspect_file(file, without=EVIDENCE)
    if inspection is None:
        raise Failure(f"{file} cannot be read", code="unreadable")
    if inspection.status is not Status.ACCEPTED:
        for problem in inspection.problems:
            said = f"{printable(str(file))}: refused: {problem.code}: {problem.message}"
            console.err.print(on_one_line(said), style="red", markup=False)
        raise typer.Exit(2)
    fields = inspection.metadata.fields
    subject = subject_of(inspection, fields)
    if subject is None and rendition:
        raise Failure(f"{file} has no picture to render", code="no_picture")
    planned = _chosen(subject, rendition or []) if subject else Plan()
    if only_plan or out is None:
        for line in _described(planned):
            console.line(line)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}", code="unwritable") from error
    made = []
    inside = inscription_of(fields)
    with named_plainly(file) as master:
        media_type = inspection.media_type or ""
        for written in renderer(master, planned, media_type=media_type, inscription=inside, out=out):
            facts = {name: value for name, value in written._asdict().items() if name not in {"names", "path"}}
            for name in written.names:
                if name != written.path.name:
                    shutil.copyfile(written.path, out / name)
                made.append({"name": name, **facts})
                console.line(f"{name} {written.width}×{written.height} {written.bytes} bytes")
    manifest = {"file": printable(str(file)), "sha256": inspection.sha256, "renditions": made}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def _described(planned: Plan) -> Iterator[str]:
    """Yield a plan in lines: what is loaded once, each size and what it is made from, and the files that share it."""
    for what, size in (("still", planned.still), ("moving", planned.moving)):
        if size is not None:
            yield f"load {size[0]}×{size[1]}, {what}"
    for number, step in enumerate(planned.steps, 1):
        source = "the master" if step.source is None else f"step {step.source + 1}"
        part = "" if step.cut == WHOLE else f", {step.cut.width:.1%} × {step.cut.height:.1%} of it"
        yield f"{number}. {step.size[0]}×{step.size[1]} {step.kernel.value}, from {source}{part}"
        for canvas in step.canvases:
            on = f" on {canvas.background} {canvas.box[0]}×{canvas.box[1]}" if canvas.background else ""
            for written in canvas.files:
                quality = "without loss" if written.encoding.quality is None else f"quality {written.encoding.quality}"
                yield f"   {', '.join(written.names)}: {quality}, effort {written.encoding.effort}{on}"


def _chosen(subject: Subject, names: list[str]) -> Plan:
    """Return how to make what these names ask for; everything for the web, if none is given.

    Raises:
        Failure: a name is none of the profiles', or would enlarge the master.
    """
    specs = shipped_book().profiles
    if not names:
        return plan([each for spec in specs if spec.usage is Usage.WEB for each in wanted(spec, subject)], subject)
    outputs = [output for spec in specs for output in wanted(spec, subject)]
    chosen = []
    for name in names:
        found = [output for output in outputs if name in _called(output.name)]
        if not found:
            known = {called for spec in specs for output in spec.outputs for called in _called(output.name)}
            if name in known:
                message = f"{name} would enlarge the master; it has {', '.join(output.name for output in outputs)}"
                raise Failure(message, code="would_enlarge")
            raise Failure(
                f"no rendition is named {name!r}; there are {', '.join(sorted(known))}", code="unknown_rendition"
            )
        chosen += [output for output in found if output not in chosen]
    return plan(chosen, subject)


def _called(file_name: str) -> set[str]:
    return {file_name, file_name.rsplit(".", 1)[0]}
