"""Declarations of masters: written down once, and applied to the asset that has the master, now or when it comes."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.declaration import Declaration, Slot, Standing, changes_to, disputed_rights, slots_of
from assetwire.domain.errors import Conflict
from assetwire.domain.history import change_between
from assetwire.domain.metadata import Origin
from assetwire.domain.source import Source
from assetwire.domain.work import WorkItem, limits_review, rights_conflict
from assetwire.ports import Catalog
from assetwire.ports.declarations import Declarations
from assetwire.services.conflicts import decided
from assetwire.services.judging import Judge, judge_asset, judged

DECLARED = "declared beside its master"
"""The reason that histories give of what a manifest or a sidecar changed."""


class Said(StrEnum):
    """What became of a declaration."""

    APPLIED = "applied"
    """An asset that was there is changed by it."""
    WAITING = "waiting"
    """It stands, and its master will find it."""
    UNCHANGED = "unchanged"
    """It stood already, and whoever it concerns knows it."""
    OUTDATED = "outdated"
    """Something that was said later stands."""


class Counts(NamedTuple):
    """How many declarations became what."""

    applied: int = 0
    waiting: int = 0
    unchanged: int = 0
    outdated: int = 0


def declare_all(
    declared: Iterable[Declaration],
    *,
    declarations: Declarations,
    catalog: Catalog,
    now: datetime,
    judge: Judge,
) -> Counts:
    """Declare one after the other. The same again changes nothing, so what broke off is declared from the beginning."""
    counts = dict.fromkeys(Said, 0)
    for each in declared:
        counts[declare(each, declarations=declarations, catalog=catalog, now=now, judge=judge)] += 1
    return Counts(**{said.value: count for said, count in counts.items()})


def declare(wanted: Declaration, *, declarations: Declarations, catalog: Catalog, now: datetime, judge: Judge) -> Said:
    """Write a declaration down, and apply it to the masters that are there; one that was said before others yields.

    Raises:
        Conflict: others kept declaring, or changing the same assets.
    """
    slot = Slot(wanted.name, wanted.origin)
    stands, said = _write(wanted, slot, declarations)
    keys = [wanted.name]
    if wanted.origin is Origin.SIDECAR:
        keys = declarations.masters_named(wanted.bucket, wanted.name)
    for key in keys:
        if key in stands.applied:
            continue
        if settle(wanted.bucket, key, declarations=declarations, catalog=catalog, now=now, judge=judge):
            said = Said.APPLIED
    if said is Said.WAITING and stands.applied:
        return Said.UNCHANGED
    return said


def _write(wanted: Declaration, slot: Slot, declarations: Declarations) -> tuple[Declaration, Said]:
    def attempt() -> tuple[Declaration, Said]:
        known = declarations.declaration(wanted.bucket, slot)
        new = wanted if known is None else wanted.in_place_of(known)
        if known is not None and known.says_the_same(new):
            return known, Said.WAITING if not known.applied else Said.UNCHANGED
        if known is not None and wanted.said_at < known.said_at and wanted.authorised <= known.authorised:
            return known, Said.OUTDATED
        declarations.declare(new)
        return new, Said.WAITING

    return decided(attempt)


def settle(
    bucket: str,
    key: str,
    *,
    declarations: Declarations,
    catalog: Catalog,
    now: datetime,
    judge: Judge,
) -> bool:
    """Apply what stands about a master to its asset in one conditional write; tell whether there is such an asset.

    One that is deleted is none: what stands is for the next master of this key. If the rules moved meanwhile, the asset
    is judged anew.

    Raises:
        Conflict: others kept changing the same records.
    """

    def attempt() -> tuple[bool, _Changed | None]:
        source = catalog.source(bucket, key)
        if source is None or catalog.asset(source.asset_id).is_gone:
            return False, None
        standing = declarations.standing(bucket, key)
        if not standing.open:
            return True, None
        return True, _apply(source, standing, declarations=declarations, catalog=catalog, now=now, judge=judge)

    there, changed = decided(attempt)
    if changed is not None and judge.rules(changed.category).stamp != changed.rules:
        judge_asset(changed.asset_id, catalog=catalog, judge=judge, now=now)
    return there


class _Changed(NamedTuple):
    """An asset that a declaration changed, and the stamp of the rules that it was judged by."""

    asset_id: str
    category: str
    rules: object


def _apply(
    source: Source,
    standing: Standing,
    *,
    declarations: Declarations,
    catalog: Catalog,
    now: datetime,
    judge: Judge,
) -> _Changed | None:
    asset = catalog.asset(source.asset_id)
    versions = catalog.versions(source.asset_id)
    own = any((each.upload.bucket, each.upload.key) == (source.bucket, source.key) for each in versions)
    if asset.is_gone:
        raise Conflict(f"asset {asset.asset_id} is deleted by now")
    changes = changes_to(asset, standing, own=own, now=now)
    if not changes:
        declarations.settle(standing, work=dispute(asset, standing, own=own, now=now))
        return None
    rules = judge.rules(changes.get("category", asset.category))
    after = judged(asset, versions, rules, now=now, **changes)
    work = [*dispute(after.asset, standing, own=own, now=now), *_less_said(after.asset, standing, now=now)]
    change = change_between(asset, after.asset, by=standing.said_by, reason=DECLARED)
    declarations.settle(standing, asset=after.asset, versions=after.versions, work=work, change=change)
    return _Changed(asset.asset_id, after.asset.category, rules.stamp)


def _less_said(asset: Asset, standing: Standing, *, now: datetime) -> tuple[WorkItem, ...]:
    """Return the work item for limits that are declared no more and are held, if there are any."""
    said = [each for each in standing.declarations if each is not None and standing.key not in each.applied]
    if not any(each.limits_less for each in said):
        return ()
    item = limits_review(asset, standing.bucket, standing.key, str(asset.revision), now=now, key=standing.key)
    return () if item is None else (item,)


def forget(source: Source, *, catalog: Catalog, declarations: Declarations) -> None:
    """Forget what the deleted asset of a source knew to be declared of it; what nobody took yet is for the next master.

    Raises:
        Conflict: others kept declaring.
    """

    def attempt() -> None:
        stands = catalog.source(source.bucket, source.key)
        if stands is None or stands.asset_id != source.asset_id:
            return  # another asset has this key by now
        for slot in slots_of(source.key):
            each = declarations.declaration(source.bucket, slot)
            if each is None or source.key not in each.applied:
                continue
            left = each.unknown_to(source.key)
            if left is None:
                declarations.retract(each)
            else:
                declarations.declare(left)

    decided(attempt)


def dispute(asset: Asset, standing: Standing, *, own: bool, now: datetime) -> tuple[WorkItem, ...]:
    """Return the work item for rights that are declared and were not taken, if they differ from those of the asset."""
    rights = disputed_rights(asset, standing, own=own)
    if rights is None:
        return ()
    text = rights.model_dump_json()
    digest = hashlib.sha256(f"{text} {standing.manifest.revision if standing.manifest else 0}".encode()).hexdigest()
    cause = (asset.asset_id, standing.bucket, standing.key, digest)
    conflict = rights_conflict(asset, rights, *cause, now=now, bucket=standing.bucket, key=standing.key)
    return () if conflict is None else (conflict,)
