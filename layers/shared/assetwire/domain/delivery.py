"""What the delivery bucket should hold, and the paths under which it is seen."""

import hashlib
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.decisions import may_be_seen
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Usage
from assetwire.domain.shown import Delivered


def delivery_path(asset_id: str, generation: int, version_id: str, name: str) -> str:
    """Return the path, without a leading slash, at which a rendition is delivered; also its key in the bucket."""
    return f"{everything_of_generation(asset_id, generation)}{version_id}/{name}"


def everything_of_generation(asset_id: str, generation: int) -> str:
    """Return the prefix under which everything stands that is delivered of one generation of an asset."""
    return f"{asset_id}/g{generation}/"


def everything_of(asset_id: str) -> str:
    """Return the prefix under which everything ever delivered of an asset stands."""
    return f"{asset_id}/"


def is_shown(rendition: Rendition, asset: Asset) -> bool:
    """Tell whether a rendition is one of those that were finished last."""
    return any(
        rendition.version_id == part.version_id and part.outputs.get(rendition.name) == rendition.digest
        for part in asset.shown_parts
    )


class Delivery(NamedTuple):
    """The objects that should stand in the delivery bucket for one asset, by key."""

    objects: dict[str, Rendition]
    record: Delivered


def desired_delivery(asset: Asset, renditions: list[Rendition], *, at: datetime) -> Delivery:
    """Return what may be seen of an asset now: the outputs that were finished last, each if its usage is allowed.

    So a new version takes the place of the old one at once and whole, as soon as it is rendered; its films take the
    place of the old one's as soon as they are made.
    """
    parts = asset.shown_parts
    if not parts or asset.status is not AssetStatus.ACCEPTED:
        return Delivery({}, Delivered(generation=asset.generation))
    usages = {usage for usage in Usage if may_be_seen(asset.effective_rights, at, usage=usage)}
    if not usages:
        return Delivery({}, Delivered(generation=asset.generation))
    seen = [r for r in renditions if is_shown(r, asset) and r.usage in usages]
    objects = {
        delivery_path(r.asset_id, asset.generation, r.version_id, r.name): r for r in sorted(seen, key=lambda r: r.name)
    }
    digest = hashlib.sha256("\n".join(f"{key} {r.sha256}" for key, r in objects.items()).encode()).hexdigest()
    record = Delivered(
        generation=asset.generation,
        version_id=parts[0].version_id,
        renditions=tuple(r.name for r in objects.values()),
        sizes={r.name: (r.width, r.height) for r in objects.values() if r.width},
        elsewhere={r.name: r.version_id for r in objects.values() if r.version_id != parts[0].version_id},
        digest=digest[:16],
        usages=tuple(sorted({r.usage for r in objects.values()})),
    )
    return Delivery(objects, record)


def unsure_record(asset: Asset) -> Delivered:
    """Return what is recorded of an asset's delivery, with the note that more may have been seen."""
    return (asset.delivered or Delivered(generation=asset.generation)).model_copy(update={"unsure": True})


class Correction(NamedTuple):
    """The difference between what stands in the delivery bucket and what should."""

    remove: tuple[str, ...]
    """What must not be seen any more: it goes before anything is copied."""
    copy: dict[str, Rendition]
    superseded: tuple[str, ...]
    """What may be seen, and has a successor of the same name: it goes once that one is recorded."""
    gone: bool
    """Something that may have been seen is gone, or goes now, without a successor: caches must forget it."""
    replaced: bool
    """Something that may have been seen gets other bytes: caches must forget it after the copy."""
    unrecorded: bool
    """Caches must forget something of which the record knows nothing: that is to be noted before anything is done."""


def correction(present: dict[str, str], wanted: Delivery, recorded: Delivered | None) -> Correction:
    """Compare the bucket (key → ETag) with what is wanted, and with what was last recorded.

    The record counts beside the bucket, since an earlier run may have deleted objects and not have noted that caches
    must forget them.
    """
    succeeded = _succeeded(wanted, recorded)
    stale = sorted(key for key in present if key not in wanted.objects)
    remove = tuple(key for key in stale if key not in succeeded)
    superseded = tuple(key for key in stale if key in succeeded)
    copy = {key: r for key, r in wanted.objects.items() if present.get(key) != r.etag}
    replaced = any(key in present for key in copy)
    was_seen = recorded is not None and (bool(recorded.renditions) or recorded.unsure) and _differs(recorded, wanted)
    is_succession = bool(superseded) and recorded is not None and len(succeeded) == len(recorded.renditions)
    return Correction(
        remove,
        copy,
        superseded,
        gone=bool(remove) or (was_seen and not is_succession),
        replaced=replaced,
        unrecorded=(bool(remove) or replaced) and not was_seen,
    )


def _differs(recorded: Delivered, wanted: Delivery) -> bool:
    """Tell whether caches may hold other than is wanted: they keep nothing of what is said about files."""
    said = {"usages": wanted.record.usages, "sizes": wanted.record.sizes}
    return recorded.model_copy(update=said) != wanted.record


def _succeeded(wanted: Delivery, recorded: Delivered | None) -> set[str]:
    """Return the keys of what was recorded under this generation, and is wanted of another version.

    Whatever is denied has another generation, or no successor: nothing that must go is among them.
    """
    if recorded is None or recorded.unsure or recorded.generation != wanted.record.generation:
        return set()
    (asset_id,) = {r.asset_id for r in wanted.objects.values()} or {""}
    names = set(recorded.renditions) & set(wanted.record.renditions)
    paths = {delivery_path(asset_id, recorded.generation, str(recorded.version_of(name)), name) for name in names}
    return paths - wanted.objects.keys()
