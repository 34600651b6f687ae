"""`assetwire metadata`: edit one asset or many."""

import json
from collections import Counter
from typing import Annotated, Any

import typer

from assetwire.domain.metadata import FIELDS, Type
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.job_commands import follow

metadata_app = typer.Typer(no_args_is_help=True, help="Edit the metadata of assets.")

Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Set a field; VALUE is JSON, or text as it stands. Repeatable."),
]
Clears = Annotated[
    list[str] | None, typer.Option("--clear", metavar="FIELD", help="Empty a field, whatever the master says.")
]
Resets = Annotated[
    list[str] | None, typer.Option("--reset", metavar="FIELD", help="Leave a field to the master again.")
]
Category = Annotated[str | None, typer.Option(help="Put it into this category: the name of a template.")]


@metadata_app.command("set")
def set_metadata(
    asset_id: Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id.")],
    *,
    sets: Sets = None,
    clear: Clears = None,
    reset: Resets = None,
    category: Category = None,
    if_revision: Annotated[int | None, typer.Option(help="Only if the asset is at this revision.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Edit one asset's metadata; it is judged at once. Exit code: 2 if it is quarantined then."""
    headers = {} if if_revision is None else {"If-Match": f'"{if_revision}"'}
    body = _edit(sets, clear, reset, category)
    found = target(aws, stack, region).call("PATCH", f"/assets/{asset_id}/metadata", body=body, headers=headers)
    if as_json:
        console.line(json.dumps(found, indent=2))
    else:
        console.line(f"{asset_id}: {found['status']}, category {found['category']}, revision {found['revision']}")
        for problem in found["problems"]:
            console.line(f"    {problem['code']} {problem['field']}: {problem['message']}")
    if found["status"] == "quarantined":
        raise typer.Exit(2)


@metadata_app.command("bulk")
def bulk(
    asset_ids: Annotated[list[str] | None, typer.Argument(metavar="ASSET...", help="Assets' ids; or a query.")] = None,
    *,
    sets: Sets = None,
    clear: Clears = None,
    reset: Resets = None,
    category: Category = None,
    of_category: Annotated[str | None, typer.Option(help="Query: assets of this category.")] = None,
    of_status: Annotated[str | None, typer.Option(help="Query: assets of this status.")] = None,
    with_problem: Annotated[str | None, typer.Option(help="Query: assets with a problem of this code.")] = None,
    run: Annotated[
        bool, typer.Option("--run", help="Do it, in the background; without this, only say what it would do.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="With --run: follow the job to its end.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Edit many assets: those listed, or those that the query finds. A dry run unless --run is given."""
    query = {"category": of_category, "status": of_status, "problem": with_problem}
    query = {name: value for name, value in query.items() if value is not None}
    body: dict[str, Any] = {"edit": _edit(sets, clear, reset, category), "dry_run": not run}
    body |= {"asset_ids": asset_ids} if asset_ids else {}
    body |= {"query": query} if query else {}
    place = target(aws, stack, region)
    if run:
        job = place.call("POST", "/metadata/bulk", body=body)
        console.line(job["job_id"])
        if wait:
            follow(place, job["job_id"])
        return
    totals, gone, new = Counter[str](), Counter[str](), Counter[str]()
    while True:
        page = place.call("POST", "/metadata/bulk", body=body)
        totals.update({name: page[name] for name in ("matched", "changed", "accepted", "quarantined")})
        totals["missing"] += len(page["missing"])
        gone.update(page["problems_gone"])
        new.update(page["problems_new"])
        if page["next_cursor"] is None:
            break
        body["cursor"] = page["next_cursor"]
    console.line(
        f"dry run: {totals['matched']} assets match, {totals['missing']} are not there,"
        f" {totals['changed']} would change,"
        f" {totals['accepted']} would become accepted, {totals['quarantined']} quarantined"
    )
    for sign, counts in (("-", gone), ("+", new)):
        for code, count in sorted(counts.items()):
            console.line(f"{sign} {code}: {count}")


def _edit(
    sets: list[str] | None, clear: list[str] | None, reset: list[str] | None, category: str | None
) -> dict[str, Any]:
    edit: dict[str, Any] = {"set": dict(map(_pair, sets or [])), "clear": clear or [], "reset": reset or []}
    return edit | ({"category": category} if category else {})


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Failure(f"{text!r} is not FIELD=VALUE", code="invalid_set")
    try:
        meant = json.loads(value)
    except ValueError:
        return name, value
    is_text = name in FIELDS and FIELDS[name].type in {Type.TEXT, Type.URI, Type.DATE}
    return name, value if is_text and not isinstance(meant, str) else meant
