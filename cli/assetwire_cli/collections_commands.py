"""`assetwire collections`: assets that belong together, and what they are kept within."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.collection import CollectionKind
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.collection_members import enforced, ids_in, moved
from assetwire_cli.failure import Failure
from assetwire_cli.rights_commands import rights_in

app = typer.Typer(no_args_is_help=True, help="Make and change collections, and what their members are kept within.")
rights_app = typer.Typer(no_args_is_help=True, help="Set what the members of a collection are kept within.")
app.add_typer(rights_app, name="rights")

Collection = Annotated[str, typer.Argument(metavar="COLLECTION", help="A collection's id.")]
Assets = Annotated[list[str] | None, typer.Argument(metavar="ASSET…", help="Ids of assets.")]
Listed = Annotated[Path | None, typer.Option("--from", help="A file of more ids, one a line. - is standard input.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the history.")]
IfRevision = Annotated[int | None, typer.Option("--if-revision", help="Only if the collection is at this revision.")]
Wait = Annotated[bool, typer.Option("--wait", help="Until delivery has followed for every member.")]
Seconds = Annotated[int, typer.Option(min=1, help="Seconds to wait at the most.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")]


@app.command()
def create(
    title: Annotated[str, typer.Argument(help="What it is called.")],
    *,
    kind: Annotated[CollectionKind, typer.Option(help="What holds its members together.")] = CollectionKind.COLLECTION,
    rights: Annotated[Path | None, typer.Option("--rights", help="What members are kept within, as JSON.")] = None,
    token: Annotated[str, typer.Option(help="The same token and title again are the same collection.")] = "",
    reason: Reason = "",
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make a collection, and print its id. Without rights it restricts nothing."""
    held = None if rights is None else rights_in(rights)
    body: dict[str, Any] = {"title": title, "kind": kind.value, "token": token}
    body |= {} if held is None else {"rights": held.model_dump(mode="json")}
    made = target(aws, stack, region).call("POST", "/collections", body=body, query={"reason": reason})
    console.line(made["collection_id"])


@app.command("list")
def list_(
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    asset: Annotated[str | None, typer.Option(help="Those that this asset is in.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List collections, the newest first, or those of an asset."""
    place = target(aws, stack, region)
    if asset is not None:
        found = place.call("GET", f"/assets/{asset}/collections")["collections"]
    else:
        found = place.listed("/collections", "collections", query={}, limit=limit)
    table = console.Rows("collection", "title", "kind", "rights", "created")
    for each in found:
        rights = "none" if each["rights"] is None else "set"
        table.add(each["collection_id"], each["title"], each["kind"], rights, each["created_at"])
    console.out.print(table)


@app.command()
def show(
    collection: Collection,
    *,
    limit: Annotated[int, typer.Option(min=0, help="At most so many members.")] = 50,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show a collection, and whether what it allows has reached its members."""
    place = target(aws, stack, region)
    found = place.call("GET", f"/collections/{collection}")
    members = list(place.listed(f"/collections/{collection}/members", "members", query={}, limit=limit))
    if as_json:
        console.line(json.dumps(found | {"members": members}, indent=2))
        return
    deleted = "" if found["deleted"] is None else ", deleted"
    console.line(f"{console.on_one_line(found['title'])} ({found['kind']}{deleted}), revision {found['revision']}")
    console.line(f"rights: {json.dumps(found['rights'])}")
    table = console.Rows("member", "status", "generation", "inherits", "enforced", "since", "by")
    for each in members:
        facts = (str(each[name]) for name in ("status", "generation", "inherits", "enforced", "at", "by"))
        table.add(each["asset_id"], *facts)
    console.out.print(table)


@app.command()
def rename(
    collection: Collection,
    title: Annotated[str, typer.Argument(help="What it is called from now on.")],
    *,
    reason: Reason = "",
    if_revision: IfRevision = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Give a collection another title."""
    asked = _asked(reason, if_revision) | {"body": {"title": title}}
    changed = target(aws, stack, region).call("PATCH", f"/collections/{collection}", **asked)
    console.line(f"{collection}: revision {changed['revision']}")


@app.command()
def delete(
    collection: Collection,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept in the history.")],
    if_revision: IfRevision = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until every member has left.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Delete a collection: what it limited is limited no more. Its assets stay."""
    place = target(aws, stack, region)
    deleted = place.call("DELETE", f"/collections/{collection}", **_asked(reason, if_revision))
    console.line(f"{collection}: deleted, job {deleted['job_id']}")
    if wait:
        from assetwire_cli.job_commands import follow

        follow(place, deleted["job_id"])


@app.command()
def add(
    collection: Collection,
    assets: Assets = None,
    *,
    listed: Listed = None,
    reason: Reason = "",
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Put assets into a collection: each is kept within its rights at once. Exit code: 1 if one could not."""
    path = f"/collections/{collection}/members"
    raise typer.Exit(moved(target(aws, stack, region), path, ids_in(assets, listed), reason=reason, done="added"))


@app.command()
def remove(
    collection: Collection,
    assets: Assets = None,
    *,
    listed: Listed = None,
    reason: Reason = "",
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Take assets out of a collection: what it limited is limited no more. Exit code: 1 if one could not."""
    path = f"/collections/{collection}/members/remove"
    raise typer.Exit(moved(target(aws, stack, region), path, ids_in(assets, listed), reason=reason, done="removed"))


@app.command()
def history(
    collection: Collection,
    *,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Print who changed what of a collection, when and why, as one JSON object a line."""
    path = f"/collections/{collection}/changes"
    for change in target(aws, stack, region).listed(path, "changes", query={}, limit=limit):
        console.line(json.dumps(change))


@rights_app.command("set")
def set_rights(
    collection: Collection,
    file: Annotated[Path, typer.Argument(help="The rights as JSON; see docs/rights.md. - is standard input.")],
    *,
    reason: Reason = "",
    if_revision: IfRevision = None,
    wait: Wait = False,
    seconds: Seconds = 600,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Replace what members are kept within; narrowing voids the URLs of each. Exit code: 1 if not done in time."""
    rights = rights_in(file)
    if rights is None:
        raise Failure(f"{file} holds no rights", code="invalid_rights")
    asked = _asked(reason, if_revision) | {"body": rights.model_dump(mode="json")}
    place = target(aws, stack, region)
    changed = place.call("PUT", f"/collections/{collection}/rights", **asked)
    _told(changed)
    if wait:
        enforced(place, changed, seconds=seconds)


@rights_app.command("clear")
def clear_rights(
    collection: Collection,
    *,
    reason: Reason = "",
    if_revision: IfRevision = None,
    wait: Wait = False,
    seconds: Seconds = 600,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Let a collection restrict nothing any more. Exit code: 1 if that has not reached all in time."""
    place = target(aws, stack, region)
    changed = place.call("DELETE", f"/collections/{collection}/rights", **_asked(reason, if_revision))
    _told(changed)
    if wait:
        enforced(place, changed, seconds=seconds)


def _asked(reason: str, if_revision: int | None) -> dict[str, Any]:
    return {"query": {"reason": reason}, "headers": {} if if_revision is None else {"If-Match": f'"{if_revision}"'}}


def _told(changed: dict[str, Any]) -> None:
    console.line(f"{changed['collection_id']}: revision {changed['revision']}, job {changed['job_id']}")
