"""The life cycle of assets, as callers of the API change it: one conditional write a step."""

from collections.abc import Callable
from datetime import datetime, timedelta

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.ports import Catalog
from assetwire.services.conflicts import change_asset

Step = Callable[[Asset, Act], Asset]
"""One step of `domain.lifecycle`: the asset after it, the same asset if it is there already, or a refusal."""


def take(
    step: Step,
    asset_id: str,
    *,
    by: str,
    reason: str,
    if_revision: int | None = None,
    catalog: Catalog,
    now: datetime,
) -> Asset:
    """Take one step of an asset's life cycle, and return the asset after it.

    Raises:
        NotFound: there is no such asset.
        Refused: its state does not admit the step.
        Conflict: the asset is not at `if_revision`, or others kept changing it.
    """
    act = Act(by=by, at=now, reason=reason)
    return change_asset(
        asset_id, lambda asset: step(asset, act), if_revision=if_revision, by=by, reason=reason, catalog=catalog
    )


def deletion(*, grace: timedelta, catalog: Catalog) -> Step:
    """Return the step that schedules an asset's deletion, with a record of where it is used."""

    def step(asset: Asset, act: Act) -> Asset:
        sources = catalog.sources(asset.asset_id)
        return lifecycle.schedule_deletion(asset, act, grace=grace, sources=sources)

    return step
