"""The life cycle of an asset: withdrawn, restored, held, deleted, its masters archived and recalled.

Each function returns the asset after one step, or the asset itself if it is there already. What the asset's state does
not admit is refused by a code. `docs/lifecycle.md` draws the states.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from assetwire.domain.archive import Act, Archive, ArchiveState, Tier, Withdrawal
from assetwire.domain.asset import Asset, AssetStatus, Deletion
from assetwire.domain.errors import InvalidRequest, NotPermitted, Refused
from assetwire.domain.inspection import Inspection
from assetwire.domain.source import Source

SHORTEST_GRACE = timedelta(days=1)
"""No deletion is sooner: mistakes have a way back, and whatever still renders the asset has ended by then."""
LONGEST_GRACE = timedelta(days=365)
MOST_USES = 1_000
"""Places of use that a deletion records; an item of the Catalog holds 400 KB."""


def withdraw(asset: Asset, act: Act, *, may_set_rights: bool = True) -> Asset:
    """Take an asset out of use: every URL minted so far is void.

    Whoever may set rights withdraws it for their like: what others withdrew before is theirs from then on.

    Raises:
        Refused: it is deleted (`already_deleted`).
    """
    _require_not_gone(asset)
    if asset.withdrawn is not None and (asset.withdrawn.reserved or not may_set_rights):
        return asset
    withdrawn = Withdrawal(**act.model_dump(), reserved=may_set_rights)
    return asset.with_life(now=act.at, withdrawn=withdrawn, generation=_voided(asset))


def restore(asset: Asset, act: Act, *, may_set_rights: bool = True) -> Asset:
    """Put a withdrawn asset back into use, and call its deletion off.

    Raises:
        Refused: it is not withdrawn (`not_withdrawn`), or deleted (`already_deleted`).
        NotPermitted: somebody withdrew it who may set rights, or it is to be deleted, and whoever restores it may not
            (`restore_not_permitted`).
    """
    _require_not_gone(asset)
    if asset.withdrawn is None and asset.deletion is None:
        raise Refused(f"asset {asset.asset_id} is not withdrawn", code="not_withdrawn")
    is_reserved = asset.deletion is not None or (asset.withdrawn is not None and asset.withdrawn.reserved)
    if is_reserved and not may_set_rights:
        last = asset.deletion or asset.withdrawn
        text = f"{last.by if last else ''} took asset {asset.asset_id} out of use; who may set rights restores it"
        raise NotPermitted(text, code="restore_not_permitted")
    return asset.with_life(now=act.at, withdrawn=None, deletion=None, used_at=act.at)


def schedule_deletion(asset: Asset, act: Act, *, grace: timedelta, sources: Sequence[Source]) -> Asset:
    """Withdraw an asset, to be deleted after a grace period; asked for again, the last word counts.

    Raises:
        InvalidRequest: the grace period is too short or too long (`invalid_grace`).
        Refused: it is on legal hold (`on_legal_hold`), or deleted (`already_deleted`).
    """
    _require_not_gone(asset)
    if not SHORTEST_GRACE <= grace <= LONGEST_GRACE:
        text = f"the grace period is between {SHORTEST_GRACE.days} and {LONGEST_GRACE.days} days"
        raise InvalidRequest(text, code="invalid_grace")
    if asset.legal_hold is not None:
        raise Refused(f"asset {asset.asset_id} is on legal hold", code="on_legal_hold")
    used_in = asset.deletion.used_in if asset.deletion else used(asset, sources)
    deletion = Deletion(**act.model_dump(), due_at=act.at + grace, used_in=used_in)
    return asset.with_life(now=act.at, deletion=deletion, generation=_voided(asset))


def used(asset: Asset, sources: Sequence[Source]) -> tuple[str, ...]:
    """Return where an asset is used now: the places that it came from, and what is delivered of it."""
    places = [f"source s3://{source.bucket}/{source.key}" for source in sources]
    shown = asset.delivered
    names = shown.renditions if shown else ()
    delivered = [f"delivered g{shown.generation}/{shown.version_of(n)}/{n}" for n in names] if shown else []
    return tuple([*delivered, *places][:MOST_USES])


def place_hold(asset: Asset, act: Act) -> Asset:
    """Forbid the deletion of an asset; one that waits for its grace period's end does not end while this holds.

    Raises:
        Refused: it is deleted (`already_deleted`).
    """
    _require_not_gone(asset)
    return asset if asset.legal_hold is not None else asset.with_life(now=act.at, legal_hold=act)


def release_hold(asset: Asset, act: Act) -> Asset:
    """Allow the deletion of an asset again; one whose grace period ended meanwhile has the shortest one anew.

    Raises:
        Refused: nothing holds it (`not_on_hold`), or it is deleted (`already_deleted`).
    """
    _require_not_gone(asset)
    if asset.legal_hold is None:
        raise Refused(f"asset {asset.asset_id} is not on legal hold", code="not_on_hold")
    deletion = asset.deletion
    if deletion is not None:
        deletion = deletion.model_copy(update={"due_at": max(deletion.due_at, act.at + SHORTEST_GRACE)})
    return asset.with_life(now=act.at, legal_hold=None, deletion=deletion)


def begin_deletion(asset: Asset, *, now: datetime) -> Asset:
    """Return the asset at the point of no return, or as it is: on hold, not due yet, or begun already."""
    deletion = asset.deletion
    if deletion is None or asset.is_gone or asset.legal_hold is not None or deletion.due_at > now:
        return asset
    return asset.with_life(now=now, deletion=deletion.model_copy(update={"begun_at": now}))


def buried(asset: Asset, *, now: datetime) -> Asset:
    """Return what is left of an asset whose bytes are gone: its ids and hash, its file's name, and who deleted it, why.

    Metadata, edits and everything else that was read out of its masters are gone with them.
    """
    if asset.deletion is None or not asset.is_gone:
        raise AssertionError("an asset is buried once its deletion has begun")
    if asset.status is AssetStatus.DELETED:
        return asset
    read = asset.inspection
    kept = Inspection(
        status=read.status, kind=read.kind, media_type=read.media_type, sha256=read.sha256, bytes=read.bytes
    )
    return asset.with_life(
        now=now,
        deletion=asset.deletion.model_copy(update={"done_at": now}),
        inspection=kept,
        edits={},
        collections=(),
        inherited={},
        problems=(),
        rendered=None,
        transcoded=None,
        transcoding=None,
        transcode_at=None,
        archive=None,
        look_at=None,
        tidy_at=None,
    )


def archive(asset: Asset, act: Act) -> Asset:
    """Ask for an asset's masters to be moved to cold storage; what is rendered of them stays where it is.

    Raises:
        Refused: it is deleted (`already_deleted`).
    """
    _require_not_gone(asset)
    if asset.archive is not None and asset.archive.state in {ArchiveState.ARCHIVING, ArchiveState.ARCHIVED}:
        return asset
    return asset.with_life(now=act.at, archive=Archive(state=ArchiveState.ARCHIVING, asked=act))


def recall(asset: Asset, act: Act, *, tier: Tier = Tier.STANDARD, days: int = 7) -> Asset:
    """Ask for an asset's masters to be made readable for some days.

    Raises:
        Refused: they are at hand (`not_archived`), or it is deleted (`already_deleted`).
    """
    _require_not_gone(asset)
    if asset.archive is None:
        raise Refused(f"the masters of asset {asset.asset_id} are at hand", code="not_archived")
    return recall_unread(asset, act, tier=tier, days=days)


def recall_unread(asset: Asset, act: Act, *, tier: Tier = Tier.STANDARD, days: int = 7) -> Asset:
    """Ask for masters that S3 did not let somebody read, whatever the Catalog thought of them."""
    if asset.is_gone:
        return asset
    before = asset.archive
    if before and (before.state, before.tier, before.days) == (ArchiveState.RECALLING, tier, days):
        return asset
    wanted = Archive(state=ArchiveState.RECALLING, asked=act, tier=tier, days=days)
    return asset.with_life(now=act.at, archive=wanted, used_at=act.at)


def _voided(asset: Asset) -> int:
    """Return the generation after a withdrawal: no URL that was minted for the one before is of use."""
    return asset.generation + (asset.status is not AssetStatus.WITHDRAWN)


def _require_not_gone(asset: Asset) -> None:
    if asset.is_gone:
        raise Refused(f"asset {asset.asset_id} is deleted", code="already_deleted")
