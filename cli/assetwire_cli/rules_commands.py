"""`assetwire template` and `assetwire vocab`: the house's rules, between files and the Catalog."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from assetwire.domain.rules import Rule, RuleKind, changes
from assetwire.domain.template import Template
from assetwire.domain.vocabulary import Vocabulary
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import ApiError, Target

Name = Annotated[str, typer.Argument(help="Its name.")]
File = Annotated[Path, typer.Argument(help="Its JSON file; see docs/validation.md.")]
_MANY = {RuleKind.TEMPLATE: "templates", RuleKind.VOCABULARY: "vocabularies"}


def _group(kind: RuleKind, help_text: str) -> typer.Typer:
    app = typer.Typer(no_args_is_help=True, help=help_text)
    many = _MANY[kind]

    @app.command("list")
    def list_all(*, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
        """List all that hold now."""
        table = console.Rows("name", "version", "title", "origin")
        for each in target(aws, stack, region).call("GET", f"/{many}")["rules"]:
            origin = "shipped" if each["shipped"] else "changed here"
            table.add(each["name"], str(each["version"]), each["title"], origin)
        console.out.print(table)

    @app.command("export")
    def export(
        names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all, with --to.")] = None,
        *,
        version: Annotated[int | None, typer.Option(help="One version; the current one if none is named.")] = None,
        to: Annotated[Path | None, typer.Option(metavar="DIR", help="Write each to DIR/NAME.json.")] = None,
        aws: OnAws = False,
        stack: StackName = STACK,
        region: Region = REGION,
    ) -> None:
        """Print one as the JSON that `import` takes, or write several to files."""
        place, query = target(aws, stack, region), {"version": str(version)} if version else None
        if to is None and len(names or ()) != 1:
            raise Failure("one is printed; several are written with --to", code="invalid_names")
        for name in names or [each["name"] for each in place.call("GET", f"/{many}")["rules"]]:
            text = _text(_model(kind).model_validate(place.call("GET", f"/{many}/{name}", query=query)))
            if to is None:
                console.line(text)
            else:
                to.mkdir(parents=True, exist_ok=True)
                (to / f"{name}.json").write_text(text + "\n", encoding="utf-8")

    @app.command("import")
    def import_(
        file: File,
        *,
        reason: Annotated[str, typer.Option(help="Why: stands in the change log.")] = "",
        force: Annotated[bool, typer.Option(help="Also where somebody changed it since the file's version.")] = False,
        aws: OnAws = False,
        stack: StackName = STACK,
        region: Region = REGION,
    ) -> None:
        """Make a new version from FILE; affected assets are validated anew in the background."""
        new, place = _read(kind, file), target(aws, stack, region)
        now = _current(kind, place, new.name)
        based_on = now.version if now is not None and force else new.version if now is not None else 0
        body = new.model_dump(mode="json", exclude_defaults=True)
        headers = {"If-Match": f'"{based_on}"'}
        done = place.call("PUT", f"/{many}/{new.name}", query={"reason": reason}, body=body, headers=headers)
        change = done["change"]
        if change is None:
            console.line(f"{new.name}: nothing changed, version {done['version']} holds")
            return
        for line in change["changes"]:
            console.line(line)
        job = f"; job {change['job_id']} validates the affected assets" if change["job_id"] else ""
        console.line(f"{new.name}: version {done['version']}{job}")

    @app.command("diff")
    def diff(file: File, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
        """Show what an import of FILE would change. Exit code: 0 nothing, 2 something."""
        new = _read(kind, file)
        lines = changes(_current(kind, target(aws, stack, region), new.name), new)
        for line in lines:
            console.line(line)
        if lines:
            raise typer.Exit(2)

    @app.command("log")
    def log(
        name: Name,
        *,
        limit: Annotated[int, typer.Option(min=1, help="At most so many changes, newest first.")] = 100,
        aws: OnAws = False,
        stack: StackName = STACK,
        region: Region = REGION,
    ) -> None:
        """Show who changed one, when and why; newest first."""
        place = target(aws, stack, region)
        for change in place.listed(f"/{many}/{name}/changes", "changes", query={}, limit=limit):
            console.line(f"version {change['version']}  {change['at']}  {change['by'] or '-'}  {change['reason']}")
            for line in change["changes"]:
                console.line(f"    {line}")

    _keep(list_all, export, import_, diff, log)
    return app


def _keep(*_commands: Callable[..., None]) -> None:
    """Say that these are used: typer registered them."""


def _model(kind: RuleKind) -> type[Rule]:
    return Template if kind is RuleKind.TEMPLATE else Vocabulary


def _read(kind: RuleKind, file: Path) -> Rule:
    try:
        return _model(kind).model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise Failure(f"{file} holds no {kind}: {error}", code=f"invalid_{kind}") from error


def _current(kind: RuleKind, place: Target, name: str) -> Rule | None:
    try:
        return _model(kind).model_validate(place.call("GET", f"/{_MANY[kind]}/{name}"))
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def _text(rule: Rule) -> str:
    """Return a record as JSON, one term a line, so that differences stay readable."""
    body: dict[str, Any] = rule.model_dump(mode="json", exclude_defaults=True) | {"version": rule.version}
    terms = body.pop("terms", None)
    text = json.dumps(body, ensure_ascii=False, indent=2)
    if terms:
        lines = ",\n".join(f"    {json.dumps(term, ensure_ascii=False)}" for term in terms)
        text = f'{text[:-2]},\n  "terms": [\n{lines}\n  ]\n}}'
    return text


template_app = _group(RuleKind.TEMPLATE, "Metadata templates: what is asked of each category's assets.")
vocab_app = _group(RuleKind.VOCABULARY, "Controlled vocabularies: the terms that fields may hold.")


@vocab_app.command("resolve")
def resolve(
    name: Name,
    text: Annotated[str, typer.Argument(help="What is to be a term.")],
    *,
    locale: Annotated[str | None, typer.Option(help="Keep to names of this language.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Print the id of the term that TEXT names. Exit code: 2 if it names none, or several."""
    vocabulary = _current(RuleKind.VOCABULARY, target(aws, stack, region), name)
    if not isinstance(vocabulary, Vocabulary):
        raise Failure(f"no vocabulary {name!r}", code="vocabulary_not_found")
    found = vocabulary.resolve(text, locale)
    for term_id in [found.term.id] if found.term else found.candidates:
        console.line(term_id)
    if found.term is None:
        raise typer.Exit(2)
