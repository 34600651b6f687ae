"""Enforce: make the delivery bucket hold exactly what the rights allow now."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.delivery import correction, desired_delivery, everything_of, unsure_record
from assetwire.domain.errors import Conflict
from assetwire.domain.revocation import Revocation
from assetwire.domain.shown import Delivered
from assetwire.ports import Catalog, DeliveryStore, Edge
from assetwire.ports.revocations import Revocations
from assetwire.services.conflicts import saved
from assetwire.services.shown import renditions_of_shown

_ATTEMPTS = 8


class Enforced(NamedTuple):
    """How many objects were put into delivery and taken out of it, and whether caches were purged."""

    copied: int
    removed: int
    purged: bool


def enforce(
    asset_id: str,
    *,
    catalog: Catalog,
    delivery: DeliveryStore,
    edge: Edge,
    revocations: Revocations,
    clock: Callable[[], datetime],
) -> Enforced:
    """Bring one asset's part of the delivery bucket to what may be seen.

    What must go goes first (origin, then caches), then what is missing is copied. What merely has a successor goes
    last, once that one is recorded: at every moment one of the two is there. At the end the asset must be as it was
    read: if anything about it changed (a withdrawal while objects were copied), the comparison starts anew and takes
    back what should not be there. A change after that point has an event, and so a run, of its own.

    Where a generation ended that was seen, each step's time is noted as a revocation, before the end of the run.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing it; the message must come again.
    """
    copied = removed = 0
    purged = False
    for _ in range(_ATTEMPTS):
        asset, now = catalog.asset(asset_id), clock()
        wanted = desired_delivery(asset, renditions_of_shown(asset, catalog=catalog), at=now)
        todo = correction(delivery.present(everything_of(asset_id)), wanted, asset.delivered)
        if todo.unrecorded:
            _recorded(asset, unsure_record(asset), catalog=catalog, now=now)
            continue

        if todo.remove:
            delivery.remove(todo.remove)
        removed_at = clock()
        if todo.gone:
            edge.purge(everything_of(asset_id))
        purged_at = clock()
        for key, rendition in todo.copy.items():
            delivery.copy_rendition(rendition.key, key)
        if todo.replaced:
            edge.purge(everything_of(asset_id))
        if (narrowing := asset.unfollowed) is not None:
            revocation = Revocation(
                asset_id=asset_id,
                generation=narrowing.generation,
                cause=narrowing.cause,
                decided_at=narrowing.at,
                removed_at=removed_at,
                purged_at=purged_at,
                restored_at=clock() if wanted.objects else None,
                files=0 if asset.delivered is None else len(asset.delivered.renditions),
            )
            revocations.note(revocation)

        copied, removed = copied + len(todo.copy), removed + len(todo.remove)
        purged = purged or todo.gone or todo.replaced
        held = asset
        if todo.superseded:
            both = wanted.record.model_copy(update={"unsure": True})
            seen = _recorded(asset, both, catalog=catalog, now=now)
            if seen is None:
                continue
            held = seen
            delivery.remove(todo.superseded)
            edge.purge(everything_of(asset_id))
            removed, purged = removed + len(todo.superseded), True
        if _recorded(held, wanted.record, catalog=catalog, now=now):
            return Enforced(copied, removed, purged)
    raise Conflict(f"asset {asset_id} kept changing while its delivery was brought in line")


def _recorded(asset: Asset, record: Delivered, *, catalog: Catalog, now: datetime) -> Asset | None:
    """Record what was delivered; return the asset with that, or None if it is not any more as it was read."""
    recorded = asset.with_delivered(record, now=now)
    if recorded is asset:
        return asset if catalog.asset(asset.asset_id).revision == asset.revision else None
    return recorded if saved(catalog.save_asset, recorded) else None
