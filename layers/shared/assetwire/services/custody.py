"""Custody: keep an asset's masters as its life cycle says: at hand, in cold storage, or not at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from assetwire.domain import lifecycle
from assetwire.domain.archive import Act, Archive, ArchiveState, Place
from assetwire.domain.asset import Asset, AssetStatus, Upload
from assetwire.domain.errors import Conflict
from assetwire.ports import Catalog, RenditionStore
from assetwire.ports.declarations import Declarations
from assetwire.ports.vault import Vault
from assetwire.services.conflicts import saved
from assetwire.services.declarations import forget

_ATTEMPTS = 8
ARCHIVING_TAKES = timedelta(days=1)
"""How often to look whether S3 has moved marked masters; its lifecycle runs once a day."""
RECALLING_TAKES = timedelta(hours=6)
"""How often to look whether copies came, should S3's own word of it be lost."""


class Outcome(StrEnum):
    """What custody did for an asset."""

    NOTHING = "nothing"
    KEPT = "kept"
    """Its masters are where they should be, or on their way."""
    DELETED = "deleted"


def keep(
    asset_id: str,
    *,
    catalog: Catalog,
    declarations: Declarations,
    vault: Vault,
    renditions: RenditionStore,
    archive_after: timedelta | None,
    now: datetime,
) -> Outcome:
    """Bring the masters of one asset to where its life cycle says; `archive_after` is how long they may lie unused.

    Deleting begins with a write that is conditional on the asset as it was read, so that a hold or a restoration either
    comes before it, and nothing is deleted, or is refused. The last write leaves the tombstone; a run that broke off in
    between is woken again, and does the rest.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing it; the message must come again.
        Unavailable: S3 did not do what it was asked for; the message must come again.
    """
    for _ in range(_ATTEMPTS):
        asset = catalog.asset(asset_id)
        begun = lifecycle.begin_deletion(asset, now=now)
        if begun.is_gone:
            if begun is not asset and not saved(catalog.save_asset, begun):
                continue
            stores = {"catalog": catalog, "declarations": declarations, "vault": vault, "renditions": renditions}
            return _delete(begun, **stores, now=now)  # type: ignore[arg-type]
        changed = _kept(asset, catalog=catalog, vault=vault, archive_after=archive_after, now=now)
        if changed is asset:
            return Outcome.NOTHING
        if saved(catalog.save_asset, changed):
            return Outcome.KEPT
    raise Conflict(f"asset {asset_id} kept changing while its masters were looked after")


def keep_master(
    upload: Upload,
    *,
    catalog: Catalog,
    now: datetime,
    **ports: Any,
) -> Outcome:
    """Keep the asset to which a master belongs that S3 tells of; one that was never ingested concerns nobody.

    Raises:
        Conflict, Unavailable: as `keep` does.
    """
    known = catalog.upload(upload.bucket, upload.key, upload.s3_version)
    if known is None:
        return Outcome.NOTHING
    return keep(known.asset_id, catalog=catalog, now=now, **ports)


# --- deletion ---


def _delete(
    asset: Asset,
    *,
    catalog: Catalog,
    declarations: Declarations,
    vault: Vault,
    renditions: RenditionStore,
    now: datetime,
) -> Outcome:
    """Delete everything of an asset past its point of no return: nothing is added to it any more."""
    if asset.status is AssetStatus.DELETED:
        return Outcome.NOTHING
    vault.destroy([record.upload for record in catalog.uploads(asset.asset_id)])
    renditions.clear(f"{asset.asset_id}/")
    for source in catalog.sources(asset.asset_id):
        forget(source, catalog=catalog, declarations=declarations)
    catalog.forget(asset.asset_id)
    for _ in range(_ATTEMPTS):
        left = lifecycle.buried(asset, now=now)
        if left is asset or saved(catalog.save_asset, left):
            return Outcome.DELETED
        asset = catalog.asset(asset.asset_id)
    raise Conflict(f"asset {asset.asset_id} kept changing while it was deleted")


# --- cold storage ---


def _kept(asset: Asset, *, catalog: Catalog, vault: Vault, archive_after: timedelta | None, now: datetime) -> Asset:
    """Return the asset with its masters looked after: marked, recalled, or left in peace until a moment."""
    archive = asset.archive
    if archive is None:
        return _while_at_hand(asset, archive_after=archive_after, now=now)
    if archive.state is ArchiveState.ARCHIVED:
        return _noted(asset, archive, look_at=None, now=now)
    if archive.state is ArchiveState.RECALLED and (archive.until is None or now < archive.until):
        return _noted(asset, archive, look_at=archive.until, now=now)
    uploads = [record.upload for record in catalog.uploads(asset.asset_id)]
    if archive.state is ArchiveState.RECALLING:
        return _recall(asset, archive, uploads, vault=vault, now=now)
    return _archive(asset, archive, uploads, vault=vault, now=now)


def _while_at_hand(asset: Asset, *, archive_after: timedelta | None, now: datetime) -> Asset:
    """Ask for masters to be archived that were of no use for too long, or say when that will be looked at again."""
    if archive_after is None or asset.status is not AssetStatus.ACCEPTED:
        return asset if asset.look_at is None else asset.with_life(now=now, look_at=None)
    idle_at = (asset.used_at or asset.created_at) + archive_after
    if idle_at <= now:
        act = Act(by="assetwire", at=now, reason=f"unused for {archive_after.days} days")
        return lifecycle.archive(asset, act)
    if asset.look_at is not None and now < asset.look_at <= idle_at:
        return asset  # a look before that will move it: one write for as long as it takes, not one for each use
    return asset.with_life(now=now, look_at=idle_at)


def _archive(asset: Asset, archive: Archive, uploads: Sequence[Upload], *, vault: Vault, now: datetime) -> Asset:
    """Mark what is at hand; when nothing is, the masters are archived."""
    at_hand = [upload for upload in uploads if vault.kept(upload).place is Place.AT_HAND]
    for upload in at_hand:
        vault.mark(upload)
    if at_hand:
        changed = archive.model_copy(update={"state": ArchiveState.ARCHIVING, "until": None})
        return _noted(asset, changed, look_at=now + ARCHIVING_TAKES, now=now)
    changed = archive.model_copy(update={"state": ArchiveState.ARCHIVED, "until": None})
    return _noted(asset, changed, look_at=None, now=now)


def _recall(asset: Asset, archive: Archive, uploads: Sequence[Upload], *, vault: Vault, now: datetime) -> Asset:
    """Take marks from what is at hand, and ask for copies of the rest; when all can be read, they are recalled."""
    found = []
    for upload in uploads:
        kept = vault.kept(upload)
        if kept.place is Place.AT_HAND:
            vault.unmark(upload)
            kept = vault.kept(upload)  # S3 may have moved it right before
        short = kept.place is Place.COPIED and (kept.until is None or kept.until < archive.wanted_until)
        if kept.place is Place.COLD or short:
            vault.fetch_back(upload, days=archive.days, tier=archive.tier)
            kept = vault.kept(upload)
        found.append(kept)
    if any(kept.place in {Place.COLD, Place.COMING} for kept in found):
        return _noted(asset, archive, look_at=now + RECALLING_TAKES, now=now)
    ends = [kept.until for kept in found if kept.place is Place.COPIED and kept.until is not None]
    if not ends:
        return asset.with_life(now=now, archive=None, look_at=None, used_at=now)
    changed = archive.model_copy(update={"state": ArchiveState.RECALLED, "until": min(ends)})
    return _noted(asset, changed, look_at=min(ends), now=now)


def _noted(asset: Asset, archive: Archive, *, look_at: datetime | None, now: datetime) -> Asset:
    """Return the asset with how its masters are kept; a look that lies ahead as far is left as it is."""
    waits = look_at is not None and asset.look_at is not None and now < asset.look_at <= look_at
    if archive == asset.archive and (waits or asset.look_at == look_at):
        return asset
    return asset.with_life(now=now, archive=archive, look_at=asset.look_at if waits else look_at)
