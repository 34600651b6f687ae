"""`assetwire revoke`: take assets out of sight at once, and see how far that is."""

import time
from typing import Annotated, Any

import typer

from assetwire_cli import console
from assetwire_cli.choose import REGION, STACK, OnAws, Region, StackName, target
from assetwire_cli.failure import Failure
from assetwire_cli.target import Target


def revoke(
    assets: Annotated[list[str], typer.Argument(metavar="ASSET…", help="Ids of assets.")],
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the asset.")],
    seconds: Annotated[int, typer.Option(min=1, help="Seconds to wait until that is done.")] = 120,
    aws: OnAws = False,
    stack: StackName = STACK,
    region: Region = REGION,
) -> None:
    """Withdraw assets, wait until the origin holds nothing of them and caches were told, and print how long that took.

    CloudFront's caches follow within seconds. All are withdrawn before any is waited for. Exit code: 1 if one could not
    be withdrawn, or is not done in time.
    """
    place = target(aws, stack, region)
    generations, failed = {}, False
    for asset_id in dict.fromkeys(assets):
        try:
            withdrawn = place.call("POST", f"/assets/{asset_id}/withdraw", body={"reason": reason})
        except Failure as error:
            failed = True
            console.err.print(f"{asset_id}: NOT withdrawn: {error}", style="red", markup=False)
        else:
            generations[asset_id] = withdrawn["generation"]
            console.err.print(f"{asset_id}: withdrawn, generation {withdrawn['generation']}", style="dim")
    deadline = time.monotonic() + seconds
    for asset_id, generation in generations.items():
        try:
            done = _done(place, asset_id, generation, deadline)
        except Failure as error:
            failed = True
            console.err.print(f"{asset_id}: {error}", style="red", markup=False)
        else:
            seen = "nobody could see it"
            if done is not None:
                seen = f"gone from the origin and purged after {done['exposure_seconds']:.3f} s"
            console.line(f"{asset_id}: {seen}")
    if failed:
        raise typer.Exit(1)


def _done(place: Target, asset_id: str, generation: int, deadline: float) -> dict[str, Any] | None:
    """Return the revocation of a generation once caches were told; None if there was nothing to be seen.

    Each asset is looked at once at the least, however late it is.

    Raises:
        Failure: caches were not told in time, or the API refused.
    """
    while True:
        found = place.call("GET", f"/assets/{asset_id}/revocations")
        if found["pending"] is None:
            done = next((each for each in found["revocations"] if each["generation"] == generation), None)
            if done is None or done["exposure_seconds"] is not None:
                return done
        if time.monotonic() >= deadline:
            raise Failure("it is withdrawn, but caches were not told yet to forget it", code="not_revoked_yet")
        time.sleep(0.2)
