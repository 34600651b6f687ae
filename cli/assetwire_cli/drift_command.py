"""`assetwire drift`: where PIM's view of which assets show its products differs from ours."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from assetwire.domain.drift import MOST_PRODUCTS, Repair
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure


def drift(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="PIM's view: a JSON list of products (docs/api.md).")
    ],
    *,
    repair: Annotated[Repair | None, typer.Option(help="Whose view is to count where they differ.")] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Compare what PIM has with what is here, page by page; exit with 1 if they differ and nothing is repaired."""
    try:
        views = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise Failure(f"{file} is no JSON: {error}", code="invalid_json") from error
    if not isinstance(views, list) or not views:
        raise Failure(f"{file} is no list of products", code="invalid_json")
    place, counts = target(aws, stack, region), dict[str, int]()
    for start in range(0, len(views), MOST_PRODUCTS):
        body = {"products": views[start : start + MOST_PRODUCTS], "repair": repair and repair.value}
        for product in place.call("POST", "/drift", body=body)["products"]:
            _print(product, counts)
    console.line(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "no difference")
    if counts and repair is None:
        raise typer.Exit(1)


def _print(product: dict[str, Any], counts: dict[str, int]) -> None:
    for each in product["differences"]:
        counts[each["kind"]] = counts.get(each["kind"], 0) + 1
        told = [product["sku"], *(str(each[name]) for name in ("role", "market", "asset_id") if name in each)]
        state = f" ({each['state']} by {each['by']})" if "state" in each else ""
        console.line(f"{' '.join(told)}: {each['kind']}{state}")
    for done in product["repaired"]:
        code = f": {done['code']}" if "code" in done else ""
        console.line(f"{product['sku']} {done['role']} {done['market']} {done['effect']}{code}")
