"""`assetwire product`: what PIM says of products, which assets show them, and what a page gets of them."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire_cli import console, feed_commands
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.link_operations import bind, reorder, unbind

app = typer.Typer(no_args_is_help=True, help="Products, which assets show them, and what a page gets of them.")
for each in (bind, unbind, reorder):
    app.command()(each)
Sku = Annotated[str, typer.Argument(help="A product's SKU.")]


@app.command()
def put(
    sku: Sku,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="What PIM says (docs/products.md), as JSON.")
    ],
    *,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Write what PIM says of a product, new or known."""
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise Failure(f"{file} is no JSON: {error}", code="invalid_json") from error
    product = target(aws, stack, region).call("PUT", f"/products/{sku}", body=facts)
    console.line(f"{product['sku']} {product['status']} revision {product['revision']}")


@app.command()
def delete(sku: Sku, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Let a product be gone, as PIM gave it up; `put` brings it back with its links."""
    product = target(aws, stack, region).call("DELETE", f"/products/{sku}")
    console.line(f"{product['sku']} deleted {product['deleted_at']} revision {product['revision']}")


@app.command()
def show(sku: Sku, *, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION) -> None:
    """Show a product, and which assets show it, in each role and market, in order."""
    place = target(aws, stack, region)
    product, links = place.call("GET", f"/products/{sku}"), place.call("GET", f"/products/{sku}/links")
    parent = f", a variant of {product['parent']}" if product["parent"] else ""
    console.line(f"{product['sku']} {product['status']} revision {product['revision']}{parent}")
    if product["attributes"]:
        console.line("  " + ", ".join(f"{name} {text}" for name, text in sorted(product["attributes"].items())))
    for locale, texts in sorted(product["texts"].items()):
        console.line(f"  {locale}: {texts['name']}")
    for number in product["gtins"]:
        console.line(f"  GTIN {number}")
    told = product["told"]
    if told is not None:
        console.line(f"  told by {told['source']}, as of {told['changed_at']}")
        for each in told["left_out"]:
            console.line(f"    left out {each['field']}: {each['code']}: {each['message']}")
    for each in links["lists"]:
        console.line(f"{each['role']} {each['market']} revision {each['revision']}")
        for position, asset_id in enumerate(each["assets"], 1):
            console.line(f"  {position:3} {asset_id}")
    for each in links["inherited"]:
        console.line(f"{each['role']} {each['market']} inherited")
        for position, shown in enumerate(each["assets"], 1):
            console.line(f"  {position:3} {shown['asset_id']} from {shown['from']}")


@app.command()
def link(
    sku: Sku,
    role: Annotated[str, typer.Argument(help="hero, alternate, detail, lifestyle, swatch, spin, video or manual.")],
    assets: Annotated[
        list[str] | None, typer.Argument(metavar="[ASSET]…", help="Assets' ids, in order; none empties the list.")
    ] = None,
    *,
    market: Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, or any.")] = "any",
    if_revision: Annotated[int | None, typer.Option(min=0, help="Only if the list is at this revision.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make the list of a role exactly these assets: what is new on it is bound, what is not on it any more unbound."""
    known: dict[str, Any] = {} if if_revision is None else {"headers": {"If-Match": f'"{if_revision}"'}}
    asked: dict[str, Any] = {"query": {"market": market}, "body": {"assets": assets or []}}
    order = target(aws, stack, region).call("PUT", f"/products/{sku}/links/{role}", **asked, **known)
    console.line(f"{order['role']} {order['market']} revision {order['revision']}: {len(order['assets'])} assets")


@app.command()
def history(
    sku: Annotated[str | None, typer.Argument(metavar="[SKU]", help="A product's SKU.")] = None,
    *,
    asset: Annotated[str | None, typer.Option(help="In place of a product: an asset's id.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line and change.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show what was changed of the links of a product, or of an asset: by whom, when, what was and what is."""
    if (sku is None) == (asset is None):
        raise Failure("name a product's SKU, or an asset by --asset", code="usage")
    path = f"/products/{sku}/links/history" if sku else f"/assets/{asset}/links/history"
    table = console.Rows("at", "by", "product", "role", "market", "asset", "before", "after")
    for change in target(aws, stack, region).listed(path, "changes", query={}, limit=limit):
        if as_json:
            console.line(json.dumps(change))
        place = (change["sku"], change["role"], change["market"], change["asset_id"] or "(the list)")
        table.add(change["at"], change["by"], *place, json.dumps(change["before"]), json.dumps(change["after"]))
    if not as_json:
        console.out.print(table)


@app.command()
def media(
    sku: Sku,
    *,
    territory: Annotated[str | None, typer.Option(help="Where the viewers are: ISO 3166-1 alpha-2.")] = None,
    locale: Annotated[str | None, typer.Option(help="The language of the texts: de-AT.")] = None,
    channel: Annotated[str | None, typer.Option(help="A channel, in place of both.")] = None,
    ttl: Annotated[int, typer.Option(min=1, help="Seconds that URLs live at the most.")] = 3600,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole manifest as JSON.")] = False,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Show what a page, or a channel, gets of a product, and what is left out and why."""
    asked = {"territory": territory, "locale": locale, "channel": channel, "ttl": str(ttl)}
    query = {name: value for name, value in asked.items() if value is not None}
    manifest = target(aws, stack, region).call("GET", f"/products/{sku}/media", query=query)
    if as_json:
        console.line(json.dumps(manifest, indent=2, ensure_ascii=False))
        return
    for slot in manifest["slots"]:
        console.line(f"{slot['slot']} {slot['position']} {slot['asset_id']} {slot['alt_text']}{_lender(slot)}")
        shown = [slot["picture"]["src"]] if slot["picture"] else []
        for url in (*shown, *(file["url"] for file in slot["files"])):
            console.line(f"  {url}")
    for look in manifest["swatches"]:
        told = ", ".join(f"{name} {text}" for name, text in sorted(look["attributes"].items()))
        console.line(f"{'*' if look['is_own'] else '-'} {told}: {look['asset_id'] or 'no swatch'}: {len(look['skus'])}")
    for each in manifest["left_out"]:
        place = f"{each['slot'] or each['role']} {each['position']} {each['asset_id']}"
        console.err.print(f"{place}: {each['code']}: {each['message']}", style="yellow", markup=False)


@app.command()
def pick(
    *,
    territory: Annotated[str, typer.Option(help="Where it is to be shown: ISO 3166-1 alpha-2.")],
    usage: Annotated[str, typer.Option(help="For what it is to be shown.")] = "web",
    sku: Annotated[str | None, typer.Option(help="Assets of this product.")] = None,
    gtin: Annotated[str | None, typer.Option(help="Assets of this number, in any form.")] = None,
    job: Annotated[str | None, typer.Option(help="Members of this collection.")] = None,
    similar: Annotated[str | None, typer.Option(help="The like of this asset.")] = None,
    limit: Annotated[
        int, typer.Option(min=1, help="At most so many; the newest, if nothing is named to look by.")
    ] = 20,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """List assets that may be chosen for a product: those that the rights allow there."""
    sources = {"sku": sku, "gtin": gtin, "job": job, "similar": similar}
    query: dict[str, str] = {name: value for name, value in sources.items() if value is not None}
    query |= {"territory": territory, "usage": usage}
    place, shown = target(aws, stack, region), 0
    while shown < limit:
        page = place.call("GET", "/picker", query=query | {"limit": str(min(50, limit - shown))})
        for each in page["assets"]:
            size = f"{each['width']}x{each['height']}" if each["width"] else each["kind"] or "-"
            links = ", ".join(f"{link['sku']} {link['role']} {link['state']}" for link in each["links"])
            console.line(f"{each['asset_id']} {each['file_name']} {size} {each['found_by']} {links}".rstrip())
        shown += len(page["assets"])
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]


def _lender(slot: dict[str, Any]) -> str:
    return f" (from {slot['inherited_from']})" if slot["inherited_from"] else ""


app.command("import")(feed_commands.import_products)
app.command()(feed_commands.connect)
app.command()(feed_commands.feeds)
app.command()(feed_commands.reconcile)
