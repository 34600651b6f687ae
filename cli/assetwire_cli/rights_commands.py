"""`assetwire rights`: set rights, see what they decide, and what became of narrowings."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from assetwire.domain.decisions import decide
from assetwire.domain.rights import Rights, checked_usage
from assetwire.domain.territories import TERRITORIES
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.moments import moment_of

app = typer.Typer(
    no_args_is_help=True, help="Set rights of assets, see what rights decide, and what became of narrowings."
)
_RIGHTS: TypeAdapter[Rights | None] = TypeAdapter(Rights | None)


@app.command("set")
def set_rights(
    asset_id: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id.")],
    file: Annotated[Path, typer.Argument(help="The rights as JSON; see docs/rights.md. - is standard input.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the asset's history.")] = "",
    if_revision: Annotated[int | None, typer.Option(help="Only if the asset is at this revision.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Replace an asset's rights; a narrowing voids every URL minted so far."""
    rights = rights_in(file)
    if rights is None:
        raise Failure(f"{file} holds no rights", code="invalid_rights")
    headers = {} if if_revision is None else {"If-Match": f'"{if_revision}"'}
    place = target(aws, stack, region)
    asked: dict[str, Any] = {"body": rights.model_dump(mode="json"), "query": {"reason": reason}, "headers": headers}
    changed = place.call("PUT", f"/assets/{asset_id}/rights", **asked)
    console.line(f"{asset_id}: revision {changed['revision']}, generation {changed['generation']}")


@app.command("lift")
def lift(
    asset_id: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the asset's history.")] = "",
    if_revision: Annotated[int | None, typer.Option(help="Only if the asset is at this revision.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Lift what a former version or declaration said of the licence, and what counts now does not say any more."""
    headers = {} if if_revision is None else {"If-Match": f'"{if_revision}"'}
    place = target(aws, stack, region)
    changed = place.call("DELETE", f"/assets/{asset_id}/held-limits", query={"reason": reason}, headers=headers)
    console.line(f"{asset_id}: revision {changed['revision']}, generation {changed['generation']}")


@app.command("decide")
def decide_(
    *,
    rights: Annotated[Path, typer.Option("--rights", help="The rights as JSON; see docs/rights.md. - is stdin.")],
    territory: Annotated[str, typer.Option(help="Where it is shown: ISO 3166-1 alpha-2.")],
    usage: Annotated[str, typer.Option(help="What it is shown for.")],
    at: Annotated[str | None, typer.Option(help="A moment or day, ISO 8601, UTC if it names no zone; now.")] = None,
) -> None:
    """Print what these rights decide, as JSON: `allowed`, `reason`, `expires_at`. Needs no stack.

    Exit code: 0 whatever the decision is, 1 if the question is none.
    """
    moment = datetime.now(UTC) if at is None else moment_of(at)
    where = _territory(territory)
    decision = decide(rights_in(rights), at=moment, territory=where, usage=checked_usage(usage))
    ends = decision.expires_at and decision.expires_at.isoformat().replace("+00:00", "Z")
    console.line(json.dumps(decision._asdict() | {"expires_at": ends}))


@app.command("revocations")
def revocations(
    asset_id: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show when an asset stopped being visible, and how long that took: each narrowing, the newest first."""
    found = target(aws, stack, region).call("GET", f"/assets/{asset_id}/revocations")
    if as_json:
        console.line(json.dumps(found, indent=2))
        return
    table = console.Rows("generation", "cause", "decided", "files", "exposure (s)")
    if found["pending"]:
        table.add(*(str(found["pending"][name]) for name in ("generation", "cause", "at")), "", "under way")
    for each in found["revocations"]:
        facts = (str(each[name]) for name in ("generation", "cause", "decided_at", "files"))
        exposure = each["exposure_seconds"]
        table.add(*facts, "being purged" if exposure is None else f"{exposure:.3f}")
    console.out.print(table)


def _territory(text: str) -> str:
    """Return the territory where something is shown.

    Raises:
        Failure: it is none (`unknown_territory`), as a group is none.
    """
    if text.upper() not in TERRITORIES:
        raise Failure(f"{text!a} is no territory: say one, ISO 3166-1 alpha-2, as DE", code="unknown_territory")
    return text.upper()


def rights_in(file: Path) -> Rights | None:
    """Return the rights in a file; None if it holds JSON's null.

    Raises:
        Failure: they cannot be read, or are none (`invalid_rights`).
    """
    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return _RIGHTS.validate_json(text)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}", code="invalid_rights") from error
    except ValidationError as error:
        wrong = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_input=False)[:5]]
        said = "; ".join(f"{where}: {what}" if where else what for where, what in wrong)
        raise Failure(f"{file} holds no rights: {said}", code="invalid_rights") from error
