"""`assetwire lifecycle`: withdraw, restore, delete, hold, release, archive and recall assets."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from assetwire.domain.archive import Tier
from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.target import ApiError, Target

app = typer.Typer(no_args_is_help=True, help="Withdraw, restore, delete, hold, release, archive and recall assets.")

Assets = Annotated[list[str], typer.Argument(metavar="ASSET…", help="Ids of assets.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept with the asset.")]
Told = Callable[[dict[str, Any]], str]


@app.command()
def withdraw(
    assets: Assets, *, reason: Reason, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Take assets out of use: every URL minted so far is void."""
    _each(target(aws, stack, region), assets, "withdraw", {"reason": reason})


@app.command()
def restore(
    assets: Assets, *, reason: Reason, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Put withdrawn assets back into use, and call their deletion off."""
    _each(target(aws, stack, region), assets, "restore", {"reason": reason})


@app.command()
def delete(
    assets: Assets,
    *,
    reason: Reason,
    grace_days: Annotated[
        int | None, typer.Option(min=1, max=365, help="Days until then; the stack's own period without it.")
    ] = None,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Withdraw assets, and delete them with all their masters when a grace period ends."""
    asked = {"reason": reason} | ({} if grace_days is None else {"grace_days": grace_days})
    _each(target(aws, stack, region), assets, "delete", asked, lambda asset: f"on {asset['deletion']['due_at']}")


@app.command()
def hold(
    assets: Assets, *, reason: Reason, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Place assets on legal hold: nothing deletes them until they are released."""
    _each(target(aws, stack, region), assets, "hold", {"reason": reason})


@app.command()
def release(
    assets: Assets, *, reason: Reason, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Release assets from legal hold."""
    _each(target(aws, stack, region), assets, "release", {"reason": reason})


@app.command()
def archive(
    assets: Assets, *, reason: Reason, aws: OnAws = False, stack: StackName = STACK, region: Region = REGION
) -> None:
    """Move the masters of assets to cold storage; what is rendered of them stays."""
    _each(target(aws, stack, region), assets, "archive", {"reason": reason}, _kept)


@app.command()
def recall(
    assets: Assets,
    *,
    reason: Reason,
    tier: Annotated[Tier, typer.Option(help="How fast, and at what price.")] = Tier.STANDARD,
    days: Annotated[int, typer.Option(min=1, max=365, help="Days that the masters can be read.")] = 7,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Make the masters of archived assets readable for some days."""
    asked = {"reason": reason, "tier": tier.value, "days": days}
    _each(target(aws, stack, region), assets, "recall", asked, _kept)


def _kept(asset: dict[str, Any]) -> str:
    return str((asset.get("archive") or {}).get("state") or "at hand")


def _each(
    place: Target, assets: list[str], step: str, asked: dict[str, Any], told: Told = lambda asset: str(asset["status"])
) -> None:
    """Take one step for each asset; one that is refused stops no other, and ends in exit code 1."""
    refused = 0
    for number, asset_id in enumerate(assets, start=1):
        try:
            asset = place.call("POST", f"/assets/{asset_id}/{step}", body=asked)
        except ApiError as error:
            refused += 1
            console.err.print(f"{asset_id}: {error.code}: {error.message}", style="red", markup=False)
        else:
            console.line(f"{asset_id}: {step}: {told(asset)}, revision {asset['revision']}")
        if len(assets) > 1:
            console.err.print(f"{number} of {len(assets)}, {refused} refused", style="dim")
    if refused:
        raise typer.Exit(1)
