"""`assetwire cookies`: what opens all files of assets to a browser, without a signature in each URL."""

import json
from typing import Annotated, Any

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target


def cookies(
    assets: Annotated[list[str], typer.Argument(metavar="ASSET…", help="Assets' ids, 40 at the most.")],
    *,
    territory: Annotated[
        str, typer.Option(help="Where they are shown: ISO 3166-1 alpha-2, several with commas, or * for everywhere.")
    ] = "DE",
    usage: Annotated[str, typer.Option(help="What they are shown for.")] = "web",
    ttl: Annotated[int, typer.Option(min=1, help="Seconds that the cookies are good for, at most.")] = 3600,
    ip: Annotated[str | None, typer.Option(help="Viewers' IPv4 address or network; any without it.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the API's answer as JSON, with the files' URLs.")
    ] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Print the Set-Cookie headers that open every delivered file of some assets. Exit code: 0 all, 1 some refused."""
    body = {"asset_ids": assets, "territory": territory, "usage": usage, "ttl": ttl} | ({"ip": ip} if ip else {})
    answer = target(aws, stack, region).call("POST", "/cookies", body=body)
    if as_json:
        console.line(json.dumps(answer, indent=2))
    for found in answer["assets"]:
        if "code" in found:
            said = console.on_one_line(found["asset_id"])
            console.err.print(f"{said}: {found['code']}: {found['message']}", style="red", markup=False)
        elif not as_json:
            for header in _headers(found):
                console.line(header)
            console.err.print(f"{found['asset_id']}: expires {found['expires_at']}", style="dim")
    if any("code" in found for found in answer["assets"]):
        raise typer.Exit(1)


def _headers(found: dict[str, Any]) -> list[str]:
    kept = found["attributes"]
    words = [
        f"Domain={kept['domain']}",
        f"Path={kept['path']}",
        *(["Secure"] if kept["secure"] else []),
        *(["HttpOnly"] if kept["http_only"] else []),
        f"SameSite={kept['same_site']}",
    ]
    return [f"Set-Cookie: {name}={value}; {'; '.join(words)}" for name, value in found["cookies"].items()]
