"""`assetwire render`: the renditions of a local file, as the renditions function makes them."""

import json
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from assetwire.domain.errors import Unmet
from assetwire.domain.inscription import Inscription, inscription_of
from assetwire.domain.inspection import Status
from assetwire.domain.plan import Plan, Subject, plan, wanted
from assetwire.domain.rights import Usage
from assetwire.domain.spec import Spec, profiles
from assetwire.domain.subject import subject_of
from assetwire_cli import console
from assetwire_cli.failure import Failure
from assetwire_cli.inspect_command import inspect_file, named_plainly
from assetwire_cli.inspection_line import printable
from assetwire_cli.plan_lines import described


def render(
    file: Annotated[Path, typer.Argument(help="The master.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write to; made if it does not exist.")] = None,
    rendition: Annotated[
        list[str] | None,
        typer.Option("--rendition", metavar="NAME", help="Only this one: web-640.avif, or web-640 for every format."),
    ] = None,
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", metavar="NAME", help="By this profile: web, thumb, social, print; may be repeated."),
    ] = None,
    spec: Annotated[
        list[Path] | None,
        typer.Option("--spec", metavar="FILE", help="By the spec in this JSON file; may be repeated."),
    ] = None,
    *,
    only_plan: Annotated[bool, typer.Option("--plan", help="Print what would be done, and write nothing.")] = False,
) -> None:
    """Render FILE into --out, with a manifest.json of what was written. Needs no stack and no AWS.

    Without --profile and --spec, what every accepted asset gets is made. Of a video its poster is rendered, of a PDF
    the first page, of a sound the waveform.

    Exit code: 0 if all is written, 1 if a rendition cannot be made, 2 if ingest would refuse FILE.
    """
    from assetwire.media.inspect import EVIDENCE

    if out is None and not only_plan:
        raise Failure("name a folder with --out, or ask for the --plan alone", code="no_folder")
    inspection = inspect_file(file, without=EVIDENCE)
    if inspection is None:
        raise Failure(f"{file} cannot be read", code="unreadable")
    if inspection.status is not Status.ACCEPTED:
        for problem in inspection.problems:
            said = f"{printable(str(file))}: refused: {problem.code}: {problem.message}"
            console.err.print(console.on_one_line(said), style="red", markup=False)
        raise typer.Exit(2)
    fields = inspection.metadata.fields
    subject = subject_of(inspection, fields)
    if subject is None and rendition:
        raise Failure(f"{file} has no picture to render", code="no_picture")
    planned = _chosen(subject, _specs(profile or [], spec or []), rendition or []) if subject else Plan()
    if only_plan or out is None:
        for line in described(planned):
            console.line(line)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"{out}: {error.strerror}", code="unwritable") from error
    made, unmet = _written(file, planned, inspection.media_type or "", inscription_of(fields), out)
    manifest = {"file": printable(str(file)), "sha256": inspection.sha256, "renditions": made}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    if unmet is not None:
        raise Failure(unmet.message, code=unmet.code)


def _written(
    file: Path, planned: Plan, media_type: str, inside: Inscription, out: Path
) -> tuple[list[dict[str, Any]], Unmet | None]:
    """Render, and tell of each file; return what was made, and what had too few bytes for it."""
    from assetwire.media.render import render as renderer

    made: list[dict[str, Any]] = []
    try:
        with named_plainly(file) as master:
            for written in renderer(master, planned, media_type=media_type, inscription=inside, out=out):
                facts = {name: value for name, value in written._asdict().items() if name not in {"names", "path"}}
                for name in written.names:
                    if name != written.path.name:
                        shutil.copyfile(written.path, out / name)
                    made.append({"name": name, **facts})
                    console.line(f"{name} {written.width}×{written.height} {written.bytes} bytes")
    except Unmet as error:
        return made, error
    return made, None


def _specs(names: list[str], files: list[Path]) -> tuple[Spec, ...]:
    """Return the specs of these names and in these files; those of the web, if none is given.

    Raises:
        Failure: no profile has that name, or a file is no spec.
    """
    if not names and not files:
        return tuple(spec for spec in profiles() if spec.usage is Usage.WEB)
    known = {spec.name: spec for spec in profiles()}
    if unknown := sorted(set(names) - known.keys()):
        message = f"no profile is named {', '.join(unknown)}; there are {', '.join(sorted(known))}"
        raise Failure(message, code="unknown_profile")
    specs = [known[name] for name in dict.fromkeys(names)]
    for file in files:
        try:
            specs.append(Spec.model_validate_json(file.read_bytes()))
        except OSError as error:
            raise Failure(f"{file}: {error.strerror}", code="unreadable") from error
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
            raise Failure(f"{file} is no spec: {wrong}", code="invalid_spec") from error
    return tuple(specs)


def _chosen(subject: Subject, specs: tuple[Spec, ...], names: list[str]) -> Plan:
    """Return how to make what these names ask for; everything, if none is given.

    Raises:
        Failure: a name is none of the specs', or would enlarge the master.
    """
    outputs = [output for spec in specs for output in wanted(spec, subject)]
    if not names:
        return plan(outputs, subject)
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
