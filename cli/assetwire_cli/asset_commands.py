"""`assetwire asset`, `assets`, `history` and `url`: the API's assets, from a terminal."""

import json
from typing import Annotated, Any

import typer

from assetwire.domain.asset import AssetStatus
from assetwire.domain.ids import checked_asset_id
from assetwire_cli import console, work_commands
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.delivered_names import checked_file
from assetwire_cli.failure import Failure
from assetwire_cli.moments import moment_of

AsJson = Annotated[bool, typer.Option("--json", help="Print the API's answer as JSON.")]
AssetId = Annotated[str, typer.Argument(metavar="ASSET", help="An asset's id.")]


def asset(
    asset_id: AssetId,
    *,
    similar: Annotated[bool, typer.Option("--similar", help="Show its near-duplicates instead.")] = False,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show one asset: its status, current version, rights and what is delivered; or its near-duplicates."""
    found = target(aws, stack, region).call("GET", f"/assets/{asset_id}{'/similar' if similar else ''}")
    if as_json:
        console.line(json.dumps(found, indent=2))
        return
    if similar:
        work_commands.print_similar(found)
        return
    table = console.Rows(show_header=False)
    for name, value in _summary(found).items():
        table.add(name, str(value))
    console.out.print(table)


def assets(
    *,
    status: Annotated[AssetStatus | None, typer.Option(help="Only assets of this status.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List assets, newest first."""
    query = {"status": status.value} if status else {}
    table = console.Rows("asset", "file", "status", "kind", "size", "current version", "delivered")
    for found in target(aws, stack, region).listed("/assets", "assets", query=query, limit=limit):
        if as_json:
            console.line(json.dumps(found))
        read, sent = found["inspection"], found.get("delivered") or {}
        size = f"{read['width']}×{read['height']}" if read.get("width") else "-"
        table.add(
            found["asset_id"],
            found["file_name"],
            found["status"],
            read.get("media_type") or "-",
            size,
            found["current_version"],
            str(len(sent.get("renditions", []))),
        )
    if not as_json:
        console.out.print(table)


def history(
    asset_id: Annotated[str | None, typer.Argument(metavar="[ASSET]", help="An asset's id; all of them.")] = None,
    *,
    by: Annotated[
        str | None, typer.Option(help="Of all assets, one caller's: an ARN, cognito:<person> or client:<machine>.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Of all assets, from this moment or day on, ISO 8601.")] = None,
    until: Annotated[str | None, typer.Option(help="Of all assets, until before this moment or day.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    as_json: AsJson = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show who changed what of an asset, or of all assets, collections and rules, when and why, newest first."""
    range_ = {name: moment_of(text).isoformat() for name, text in (("from", since), ("to", until)) if text is not None}
    query = range_ | ({"by": by} if by else {})
    if asset_id and query:
        raise Failure("an asset's history is told whole: --by, --since and --until are for all assets", code="usage")
    table = console.Rows("at", "by", "what", "reason", "revision", "before", "after")
    path = f"/assets/{asset_id}/changes" if asset_id else "/changes"
    for change in target(aws, stack, region).listed(path, "changes", query=query, limit=limit):
        if as_json:
            console.line(json.dumps(change))
        named = (change.get(name) for name in ("name", "collection_id", "sku", "role", "market", "asset_id"))
        what = " ".join([change.get("kind", "asset"), *filter(None, named)])
        said = (json.dumps(change.get(name, change.get("changes"))) for name in ("before", "after"))
        number = str(change.get("revision", change.get("version")))
        table.add(change["at"], change["by"], what, change.get("reason", ""), number, *said)
    if not as_json:
        console.out.print(table)


def url(
    asset_id: AssetId,
    rendition: Annotated[str, typer.Argument(help="A rendition's name, such as web-640.webp.")],
    *,
    territory: Annotated[
        str, typer.Option(help="Where it is shown: ISO 3166-1 alpha-2, several with commas, or * for everywhere.")
    ] = "DE",
    usage: Annotated[str, typer.Option(help="What it is shown for.")] = "web",
    channel: Annotated[
        str, typer.Option(help="A channel that fetches it, by a URL without a query; it has territory and usage.")
    ] = "",
    ttl: Annotated[int, typer.Option(min=1, help="Seconds that the URL lives, at most.")] = 3600,
    ip: Annotated[str | None, typer.Option(help="Viewers' IPv4 address or network; any without it.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Mint a URL of a rendition and print it; its end goes to standard error."""
    path = f"/assets/{checked_asset_id(asset_id)}/renditions/{checked_file(rendition)}/url"
    place = target(aws, stack, region)
    whom = {"form": "path", "channel": channel} if channel else {"territory": territory, "usage": usage}
    query = {**whom, "ttl": str(ttl)} | ({"ip": ip} if ip else {})
    minted = place.call("GET", path, query=query)
    console.line(minted["url"])
    console.err.print(f"expires {minted['expires_at']}", style="dim")


def _summary(found: dict[str, Any]) -> dict[str, Any]:
    read, sent = found["inspection"], found.get("delivered") or {}
    reasons = [f"{problem['code']}: {problem['message']}" for problem in read["problems"]]
    reasons += [f"{problem['code']} {problem['field']}: {problem['message']}" for problem in found["problems"]]
    return {
        "asset": found["asset_id"],
        "file": found["file_name"],
        "status": found["status"] + (f" ({'; '.join(reasons)})" if reasons else ""),
        "current version": found["current_version"],
        "media": f"{read['media_type'] or '-'} {read['width'] or '-'}×{read['height'] or '-'}, {read['bytes']} bytes",
        "sha256": read["sha256"],
        "rights": json.dumps(found["rights"]) if found["rights"] else "none: not delivered",
        "generation": found["generation"],
        "delivered": ", ".join(sent.get("renditions", [])) or "nothing",
        "revision": found["revision"],
    }
