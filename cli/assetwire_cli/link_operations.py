"""`assetwire product bind`, `unbind` and `reorder`: one list changed, whatever else stands on it."""

import uuid
from typing import Annotated, Any

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target

_Sku = Annotated[str, typer.Argument(help="A product's SKU.")]
_Role = Annotated[str, typer.Argument(help="hero, alternate, detail, lifestyle, swatch, spin, video or manual.")]
_Assets = Annotated[list[str], typer.Argument(metavar="ASSET…", help="Assets' ids.")]
_Market = Annotated[str, typer.Option(help="ISO 3166-1 alpha-2, or any.")]
_IfRevision = Annotated[int | None, typer.Option(min=0, help="Only if the list is at this revision.")]
_Key = Annotated[
    str | None, typer.Option(help="The same key again does nothing twice; one is made up if none is named.")
]


def bind(
    sku: _Sku,
    role: _Role,
    assets: _Assets,
    *,
    position: Annotated[
        int | None, typer.Option(min=1, help="Where the first one is put, from 1; else at the end.")
    ] = None,
    scope: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Of which variants they are: colour=red; repeatable.")
    ] = None,
    market: _Market = "any",
    if_revision: _IfRevision = None,
    key: _Key = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Put assets on a list."""
    of: dict[str, Any] = {"op": "bind"} | ({"scope": _scope(scope)} if scope else {})
    places = [None if position is None else position + number for number in range(len(assets))]
    asked = [
        of | {"asset_id": each} | ({"position": at} if at else {}) for each, at in zip(assets, places, strict=True)
    ]
    _change(target(aws, stack, region), asked, (sku, role, market), if_revision=if_revision, key=key)


def unbind(
    sku: _Sku,
    role: _Role,
    assets: _Assets,
    *,
    market: _Market = "any",
    if_revision: _IfRevision = None,
    key: _Key = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Take assets off a list."""
    asked = [{"op": "unbind", "asset_id": each} for each in assets]
    _change(target(aws, stack, region), asked, (sku, role, market), if_revision=if_revision, key=key)


def reorder(
    sku: _Sku,
    role: _Role,
    assets: _Assets,
    *,
    market: _Market = "any",
    if_revision: _IfRevision = None,
    key: _Key = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Put assets of a list first, in this order; the others follow in theirs."""
    asked = [{"op": "reorder", "assets": assets}]
    _change(target(aws, stack, region), asked, (sku, role, market), if_revision=if_revision, key=key)


def _scope(said: list[str]) -> dict[str, str]:
    found = {}
    for each in said:
        name, equals, value = each.partition("=")
        if not equals:
            raise Failure(f"a scope is NAME=VALUE, not {each!r}", code="invalid_scope")
        found[name] = value
    return found


def _change(
    place: Target, asked: list[dict[str, Any]], where: tuple[str, str, str], *, if_revision: int | None, key: str | None
) -> None:
    """Have one list changed, and tell what became of it; whatever was refused makes the command fail."""
    of: dict[str, Any] = dict(zip(("sku", "role", "market"), where, strict=True))
    of |= {} if if_revision is None else {"if_revision": if_revision}
    body = {"operations": [each | of for each in asked]}
    outcomes = place.call("POST", "/links", body=body, headers={"Idempotency-Key": key or str(uuid.uuid4())})
    refused = []
    for each in outcomes["operations"]:
        told = f"{each['op']} {each.get('asset_id', 'list')}: {each['code'] or each['effect']}"
        refused += [each["message"]] if each["effect"] == "refused" else []
        console.line(f"{told}, revision {each['revision']}" if each["effect"] != "refused" else told)
    if refused:
        raise Failure("; ".join(refused[:5]), code="refused")
