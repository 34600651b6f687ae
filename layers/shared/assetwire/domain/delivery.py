"""What the delivery bucket should hold, and the paths under which it is seen."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset, AssetStatus, Delivered
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import may_be_seen


def delivery_path(asset_id: str, generation: int, version_id: str, name: str) -> str:
    """Return the path, without a leading slash, at which a rendition is delivered; also its key in the bucket."""
    return f"{asset_id}/g{generation}/{version_id}/{name}"


def everything_of(asset_id: str) -> str:
    """Return the prefix under which everything ever delivered of an asset stands."""
    return f"{asset_id}/"


class Delivery(NamedTuple):
    """The objects that should stand in the delivery bucket for one asset, by key."""

    objects: dict[str, Rendition]
    record: Delivered


def desired_delivery(asset: Asset, renditions: list[Rendition], *, at: datetime) -> Delivery:
    """Return what may be seen of an asset now: all renditions of the version that was rendered last, or nothing.

    So a new version takes the place of the old one at once and whole, as soon as it is rendered.
    """
    shown = asset.rendered
    if shown is None or asset.status is not AssetStatus.ACCEPTED or not may_be_seen(asset.rights, at):
        return Delivery({}, Delivered(generation=asset.generation))
    complete = [r for r in renditions if r.version_id == shown.version_id and shown.outputs.get(r.name) == r.digest]
    objects = {
        delivery_path(r.asset_id, asset.generation, r.version_id, r.name): r
        for r in sorted(complete, key=lambda r: r.name)
    }
    digest = hashlib.sha256("\n".join(f"{key} {r.sha256}" for key, r in objects.items()).encode()).hexdigest()
    record = Delivered(
        generation=asset.generation,
        version_id=shown.version_id,
        renditions=tuple(r.name for r in objects.values()),
        digest=digest[:16],
    )
    return Delivery(objects, record)


def unsure_record(asset: Asset) -> Delivered:
    """Return what is recorded of an asset's delivery, with the note that more may have been seen."""
    return (asset.delivered or Delivered(generation=asset.generation)).model_copy(update={"unsure": True})


class Correction(NamedTuple):
    """The difference between what stands in the delivery bucket and what should."""

    remove: tuple[str, ...]
    copy: dict[str, Rendition]
    gone: bool
    """Something that may have been seen is gone, or goes now: caches must forget it."""
    replaced: bool
    """Something that may have been seen gets other bytes: caches must forget it after the copy."""
    unrecorded: bool
    """Caches must forget something of which the record knows nothing: that is to be noted before anything is done."""


def correction(present: dict[str, str], wanted: Delivery, recorded: Delivered | None) -> Correction:
    """Compare the bucket (key → ETag) with what is wanted, and with what was last recorded.

    The record counts beside the bucket, since an earlier run may have deleted objects and not come as far as the purge.
    """
    remove = tuple(sorted(key for key in present if key not in wanted.objects))
    copy = {key: r for key, r in wanted.objects.items() if present.get(key) != r.etag}
    replaced = any(key in present for key in copy)
    was_seen = recorded is not None and (bool(recorded.renditions) or recorded.unsure) and recorded != wanted.record
    unrecorded = (bool(remove) or replaced) and not was_seen
    return Correction(remove, copy, gone=bool(remove) or was_seen, replaced=replaced, unrecorded=unrecorded)
