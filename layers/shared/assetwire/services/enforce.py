"""Enforce: make the delivery bucket hold exactly what the rights allow now, and note what caches must forget."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.delivery import Correction, correction, desired_delivery, everything_of, unsure_record
from assetwire.domain.errors import Conflict
from assetwire.domain.purge import Urgency
from assetwire.domain.revocation import Cause, Narrowing, Revocation
from assetwire.domain.shown import Delivered
from assetwire.ports import Catalog, DeliveryStore
from assetwire.ports.purges import Purges
from assetwire.ports.revocations import Revocations
from assetwire.services.conflicts import saved
from assetwire.services.purge import want_purge
from assetwire.services.shown import renditions_of_shown

_ATTEMPTS = 8


class Enforced(NamedTuple):
    """How many objects were put into delivery and taken out of it, and whether caches must forget something."""

    copied: int
    removed: int
    purging: bool


def enforce(
    asset_id: str,
    *,
    catalog: Catalog,
    delivery: DeliveryStore,
    purges: Purges,
    revocations: Revocations,
    clock: Callable[[], datetime],
) -> Enforced:
    """Bring one asset's part of the delivery bucket to what may be seen.

    What must go goes first, and once it is gone, caches must forget it: that is noted, and `purge` does it. Then what
    is missing is copied. What merely has a successor goes last, once that one is recorded: at every moment one of the
    two is there. At the end the asset must be as it was read: if anything about it changed (a withdrawal while objects
    were copied), the comparison starts anew and takes back what should not be there. A change after that point has an
    event, and so a run, of its own.

    Where a generation ended that was seen, each step's time is noted as a revocation. Where a job asked for a look at
    the delivery, a purge that is late is asked for once more.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing it; the message must come again.
    """
    copied = removed = 0
    purging = False

    def forget(asset: Asset, urgency: Urgency, narrowing: Narrowing | None = None) -> None:
        told = () if narrowing is None else (narrowing.generation,)
        about = {"generation": asset.generation, "urgency": urgency, "revocations": told}
        want_purge(asset_id, **about, purges=purges, clock=clock)  # type: ignore[arg-type]

    for _ in range(_ATTEMPTS):
        asset, now = catalog.asset(asset_id), clock()
        wanted = desired_delivery(asset, renditions_of_shown(asset, catalog=catalog), at=now)
        todo = correction(delivery.present(everything_of(asset_id)), wanted, asset.delivered)
        if todo.unrecorded:
            _recorded(asset, unsure_record(asset), catalog=catalog, now=now)
            continue

        narrowing = asset.unfollowed
        if todo.remove:
            delivery.remove(todo.remove)
        if todo.gone:
            if narrowing is not None:
                revocations.note(_revocation(asset, narrowing, removed_at=clock()))
            forget(asset, _urgency(asset, wanted.record, todo), narrowing)
        for key, rendition in todo.copy.items():
            delivery.copy_rendition(rendition.key, key)
        if todo.replaced:
            forget(asset, Urgency.HYGIENE)
        if narrowing is not None and wanted.objects:
            revocations.restored(asset_id, narrowing.generation, at=clock())

        copied, removed = copied + len(todo.copy), removed + len(todo.remove)
        purging = purging or todo.gone or todo.replaced
        held = asset
        if todo.superseded:
            both = wanted.record.model_copy(update={"unsure": True})
            seen = _recorded(asset, both, catalog=catalog, now=now)
            if seen is None:
                continue
            held = seen
            delivery.remove(todo.superseded)
            forget(asset, Urgency.HYGIENE)
            removed, purging = removed + len(todo.superseded), True
        if _recorded(held, wanted.record, catalog=catalog, now=now):
            if asset.delivery_asked and (late := purges.purge(asset_id)) is not None and late.is_late(now):
                forget(asset, late.urgency)
            return Enforced(copied, removed, purging)
    raise Conflict(f"asset {asset_id} kept changing while its delivery was brought in line")


def _urgency(asset: Asset, wanted: Delivered, todo: Correction) -> Urgency:
    """Tell how urgently caches must forget: at once, unless nothing is denied, or all URLs died with a window."""
    narrowing, seen = asset.unfollowed, asset.delivered
    if seen is None or seen.unsure:
        return Urgency.URGENT
    if narrowing is not None:
        has_ended = narrowing.cause is Cause.RIGHTS_ENDED and seen.generation == narrowing.generation - 1
        return Urgency.HYGIENE if has_ended else Urgency.URGENT
    denied = todo.remove or seen.generation != wanted.generation or set(seen.renditions) - set(wanted.renditions)
    return Urgency.URGENT if denied else Urgency.HYGIENE


def _revocation(asset: Asset, narrowing: Narrowing, *, removed_at: datetime) -> Revocation:
    return Revocation(
        asset_id=asset.asset_id,
        generation=narrowing.generation,
        cause=narrowing.cause,
        decided_at=narrowing.at,
        removed_at=removed_at,
        files=0 if asset.delivered is None else len(asset.delivered.renditions),
    )


def _recorded(asset: Asset, record: Delivered, *, catalog: Catalog, now: datetime) -> Asset | None:
    """Record what was delivered; return the asset with that, or None if it is not any more as it was read."""
    recorded = asset.with_delivered(record, now=now)
    if recorded is asset:
        return asset if catalog.asset(asset.asset_id).revision == asset.revision else None
    return recorded if saved(catalog.save_asset, recorded) else None
