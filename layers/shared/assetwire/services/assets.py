"""Assets as callers of the API see and change them: list, set rights, what is rendered of them."""

from datetime import datetime
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.delivery import is_shown
from assetwire.domain.errors import InvalidRequest, Refused
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.outputs import Wanted, WantedTranscode, is_unmet, left_out_of, wanted_of_media, wanted_outputs
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Rights
from assetwire.domain.spec_book import SpecBook
from assetwire.ports import Catalog, Page, Position
from assetwire.ports.purges import Purges
from assetwire.ports.revocations import Revocations
from assetwire.services.conflicts import change_asset
from assetwire.services.cursors import LARGEST_PAGE, cursor_of, position_of
from assetwire.services.shown import renditions_of_shown

MOST_BYTES = 2_000_000
"""Bytes of the records of one page, as JSON; an answer shows metadata and edits twice, and has 6 MB at the most.

Source: AWS Lambda quotas, invocation payload.
"""


class Listing(NamedTuple):
    """A page of assets, newest first, and the cursor of the next page; None at the end."""

    assets: list[Asset]
    cursor: str | None


def list_assets(*, status: AssetStatus | None, limit: int, cursor: str | None, catalog: Catalog) -> Listing:
    """Return one page of the assets, of one status or of all; a shorter one where their metadata is long.

    Raises:
        InvalidRequest: `limit` is not between 1 and 100, or the cursor is not one of ours.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidRequest(f"limit is between 1 and {LARGEST_PAGE}", code="invalid_limit")
    page: Page = catalog.assets([status] if status else list(AssetStatus), limit=limit, after=position_of(cursor))
    size = 0
    for number, asset in enumerate(page.assets):
        size += len(asset.model_dump_json())
        if number and size > MOST_BYTES:
            last = page.assets[number - 1]
            return Listing(page.assets[:number], cursor_of(Position(last.created_at, last.asset_id)))
    return Listing(page.assets, cursor_of(page.next))


_UNMET = Problem(
    code="unmet", field="bytes", message="the picture has too much detail for the bytes that its spec allows"
)


class RenditionListing(NamedTuple):
    """What is rendered of an asset: the files that were finished last, by name; and what it lacks, or cannot have."""

    asset: Asset
    renditions: list[Rendition]
    missing: list[str]
    left_out: dict[str, Problem]
    """What could not be made, by its name, and why."""


def list_renditions(asset_id: str, *, catalog: Catalog, book: SpecBook, now: datetime) -> RenditionListing:
    """Return what is rendered of an asset, and the names of the files that it wants and are not made yet.

    Raises:
        NotFound: there is no such asset.
    """
    asset = catalog.asset(asset_id)
    recorded = renditions_of_shown(asset, catalog=catalog)
    shown = sorted((r for r in recorded if is_shown(r, asset)), key=lambda each: each.name)
    has = {(r.version_id, r.name, r.digest) for r in shown}
    is_wanting = asset.status is AssetStatus.ACCEPTED
    pictures = wanted_outputs(asset, book=book, at=now) if is_wanting else ()
    media = wanted_of_media(asset, book=book) if is_wanting else ()
    wanted: list[Wanted | WantedTranscode] = [*pictures, *media]
    left_out = {name: left.problem for name, left in left_out_of(asset).items()}
    left_out |= {each.name: _UNMET for each in pictures if is_unmet(asset, each)}
    lacking = {each.name for each in wanted if (asset.current_version, each.name, each.digest) not in has}
    return RenditionListing(asset, shown, sorted(lacking - left_out.keys()), left_out)


def list_revocations(asset_id: str, *, catalog: Catalog, revocations: Revocations, purges: Purges) -> dict[str, Any]:
    """Return an asset's revocations, the newest first, and what is pending, as JSON.

    That is the decision that delivery is yet to follow (`pending`), and what caches are yet to be told (`purge`).

    Raises:
        NotFound: there is no such asset.
    """
    pending = catalog.asset(asset_id).unfollowed
    found = [
        each.model_dump(mode="json") | {"exposure_seconds": each.exposure_seconds} for each in revocations.of(asset_id)
    ]
    purge = purges.purge(asset_id)
    waits = {"wanted_at", "urgency", "generation"}
    return {
        "revocations": found,
        "pending": None if pending is None else pending.model_dump(mode="json"),
        "purge": purge.model_dump(mode="json", include=waits) if purge is not None and purge.is_pending else None,
    }


def set_rights(
    asset_id: str,
    rights: Rights,
    *,
    by: str = "",
    reason: str = "",
    if_revision: int | None = None,
    catalog: Catalog,
    now: datetime,
) -> Asset:
    """Replace an asset's rights; a narrowing voids every URL minted so far.

    Raises:
        NotFound: there is no such asset.
        Refused: it is deleted, or a spin, whose rights are those of its frames.
        Conflict: the asset is not at `if_revision`, or others kept changing it.
    """

    def change(asset: Asset) -> Asset:
        _require_there(asset)
        if asset.inspection.kind is Kind.SPIN:
            raise Refused(f"asset {asset_id} is a spin: set the rights of its frames", code="rights_of_frames")
        return asset.with_rights(rights, now=now)

    return change_asset(asset_id, change, if_revision=if_revision, by=by, reason=reason, catalog=catalog)


def lift_limits(
    asset_id: str, *, by: str = "", reason: str = "", if_revision: int | None = None, catalog: Catalog, now: datetime
) -> Asset:
    """Lift the limits that are held of former versions and declarations; what is said now still limits.

    Raises:
        NotFound: there is no such asset.
        Refused: it is deleted.
        Conflict: the asset is not at `if_revision`, or others kept changing it.
    """

    def change(asset: Asset) -> Asset:
        _require_there(asset)
        return asset.with_limits_lifted(now=now)

    return change_asset(asset_id, change, if_revision=if_revision, by=by, reason=reason, catalog=catalog)


def _require_there(asset: Asset) -> None:
    if asset.is_gone:
        raise Refused(f"asset {asset.asset_id} is deleted", code="already_deleted")
