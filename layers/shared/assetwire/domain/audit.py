"""Audit: what stands in the delivery bucket, compared with what `decide` allows; judged apart from what enforce does.

Enforce brings the bucket to `desired_delivery`; here each object is asked why it may be reached, by the one decision
about rights, in every territory.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.decisions import Reason, decide
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.territories import TERRITORIES

_TELLING = (
    Reason.ALLOWED,
    Reason.EMBARGOED,
    Reason.EXPIRED,
    Reason.NO_WINDOW,
    Reason.USAGE_NOT_LICENSED,
    Reason.TERRITORY_EXCLUDED,
    Reason.TERRITORY_NOT_LICENSED,
    Reason.NO_RIGHTS,
)
"""Reasons in the order of how much they tell: territories that nobody licensed tell least of an asset."""


class Kind(StrEnum):
    """How the bucket differs."""

    UNEXPECTED = "unexpected"
    """An object can be reached that must not be."""
    MISSING = "missing"
    """An object may be reached, and is not there."""
    OTHER_BYTES = "other_bytes"
    """An object that may be reached holds other bytes than were rendered."""


class Difference(NamedTuple):
    """One object that is not as it should be: its key, how it differs, and why it should be otherwise."""

    key: str
    kind: Kind
    reason: str


def differences(
    asset: Asset | None, renditions: Sequence[Rendition], present: Mapping[str, str], *, at: datetime
) -> list[Difference]:
    """Compare what stands of one asset (key → ETag) with what may be reached of it at a moment; by key."""
    found: list[Difference] = []
    allowed = {} if asset is None else _allowed(asset, renditions, at)
    for key in sorted(present.keys() | allowed.keys()):
        if key not in present:
            found.append(Difference(key, Kind.MISSING, "it is rendered, and its rights allow it"))
        elif key not in allowed:
            found.append(Difference(key, Kind.UNEXPECTED, _why_not(key, asset, renditions, at)))
        elif present[key] != allowed[key].etag:
            found.append(Difference(key, Kind.OTHER_BYTES, f"it is no copy of {allowed[key].key}"))
    return found


def _allowed(asset: Asset, renditions: Sequence[Rendition], at: datetime) -> dict[str, Rendition]:
    if asset.status is not AssetStatus.ACCEPTED:
        return {}
    shown = {(part.version_id, *output) for part in asset.shown_parts for output in part.outputs.items()}
    return {
        f"{asset.asset_id}/g{asset.generation}/{each.version_id}/{each.name}": each
        for each in renditions
        if (each.version_id, each.name, each.digest) in shown
        and _decided(asset.effective_rights, each.usage, at) is Reason.ALLOWED
    }


def _decided(rights: Rights | None, usage: Usage, at: datetime) -> Reason:
    """Return the most telling of the reasons that the decision gives, over all territories."""
    reasons = {decide(rights, at=at, territory=territory, usage=usage).reason for territory in TERRITORIES}
    return min(reasons, key=_TELLING.index)


def _why_not(key: str, asset: Asset | None, renditions: Sequence[Rendition], at: datetime) -> str:
    if asset is None:
        return "there is no such asset"
    if asset.status is not AssetStatus.ACCEPTED:
        return f"the asset is {asset.status.value}"
    if not asset.shown_parts:
        return "nothing of the asset is rendered completely"
    _, generation, version_id, *name = [*key.split("/", 3), "", "", ""][:4]
    if generation != f"g{asset.generation}":
        return f"the asset is at generation {asset.generation}"
    named = "".join(name)
    parts = [part for part in asset.shown_parts if named in part.outputs] or asset.shown_parts
    if version_id not in {part.version_id for part in parts}:
        return f"version {parts[0].version_id} is shown"
    usage = next((each.usage for each in renditions if each.name == named), None)
    if not any(named in part.outputs for part in parts) or usage is None:
        return "there is no such rendition"
    return f"{usage.value}: {_decided(asset.effective_rights, usage, at).value}"
