"""Renditions: render what an asset's current version lacks, and nothing else."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset, AssetStatus, Rendered, Version
from assetwire.domain.errors import Archived, NotFound, Undecodable
from assetwire.domain.inscription import inscription_of
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.lifecycle import recall_unread
from assetwire.domain.outputs import Wanted, subject_of, wanted_outputs
from assetwire.domain.plan import Plan, plan
from assetwire.domain.rendition import Rendition
from assetwire.domain.spec import FORMATS, Format, Spec
from assetwire.ports import Catalog, Masters, RenderedFile, Renderer, RenditionStore
from assetwire.services.conflicts import change_asset, decided


class Made(NamedTuple):
    """How many renditions were missing and are now made, and how many stood already."""

    made: int
    kept: int


def make_renditions(
    asset_id: str,
    *,
    catalog: Catalog,
    masters: Masters,
    store: RenditionStore,
    renderer: Renderer,
    specs: Sequence[Spec],
    now: datetime,
) -> Made:
    """Bring the renditions of an asset's current version to what the specs say: what is missing is made.

    A master whose pixels turn out to be damaged is quarantined. One in cold storage is recalled, and its arrival is an
    event that calls this function again. One that has no picture, such as an Office document, is complete without
    renditions. Run twice, the second run makes and writes nothing.

    Raises:
        NotFound: there is no such asset, its master is gone, or it is a photograph of unknown size.
        Conflict: others kept changing the asset.
    """
    asset = catalog.asset(asset_id)
    if asset.status is not AssetStatus.ACCEPTED:
        return Made(0, 0)
    version = catalog.version(asset_id, asset.current_version)
    subject = subject_of(version.inspection, asset.fields)
    if subject is None and version.inspection.kind is Kind.IMAGE:
        raise NotFound(f"version {version.version_id} of {asset_id} has no size in pixels", code="size_unknown")
    wanted = wanted_outputs(asset, version, specs=specs, at=now)
    standing = {(r.name, r.digest) for r in catalog.renditions(asset_id, version.version_id)}
    missing = [each for each in wanted if (each.name, each.digest) not in standing]
    if missing and subject is not None:
        planned = plan([each.output for each in missing], subject)
        try:
            _make(planned, missing, asset, version, catalog=catalog, masters=masters, store=store, renderer=renderer)
        except Archived:
            _ask_for_master(asset, catalog=catalog, now=now)
            return Made(0, len(wanted) - len(missing))
        except Undecodable as error:
            _refuse(version, error, catalog=catalog, now=now)
            return Made(0, 0)
    rendered = Rendered(version_id=version.version_id, outputs={each.name: each.digest for each in wanted})
    _finish(asset, rendered, catalog=catalog, now=now)
    return Made(len(missing), len(wanted) - len(missing))


def _make(
    planned: Plan,
    missing: Sequence[Wanted],
    asset: Asset,
    version: Version,
    *,
    catalog: Catalog,
    masters: Masters,
    store: RenditionStore,
    renderer: Renderer,
) -> None:
    """Render what is missing of a version; each file is stored and recorded before the next is made."""
    by_name = {each.name: each for each in missing}
    with tempfile.TemporaryDirectory(prefix="render-") as folder:
        master = Path(folder) / "master"
        masters.fetch(version.upload, master, maximum=version.inspection.bytes)
        media_type = version.inspection.media_type or ""
        inscription = inscription_of(asset.fields)
        for file in renderer(master, planned, media_type=media_type, inscription=inscription, out=Path(folder)):
            for name in file.names:
                rendition = _rendition(version, by_name[name], file)
                etag = store.put(rendition.key, file.path, media_type=FORMATS[rendition.format].media_type)
                catalog.save_rendition(rendition.model_copy(update={"etag": etag}))
            file.path.unlink()


def _rendition(version: Version, wanted: Wanted, file: RenderedFile) -> Rendition:
    return Rendition(
        asset_id=version.asset_id,
        version_id=version.version_id,
        name=wanted.name,
        digest=wanted.digest,
        usage=wanted.usage,
        format=Format(file.format),
        width=file.width,
        height=file.height,
        bytes=file.bytes,
        sha256=file.sha256,
        etag="",
    )


def _finish(asset: Asset, rendered: Rendered, *, catalog: Catalog, now: datetime) -> None:
    """Record that the renditions of a version are complete, unless another version is current by now."""

    def change(asset: Asset) -> Asset:
        return asset.with_rendered(rendered, now=now) if asset.current_version == rendered.version_id else asset

    change_asset(asset.asset_id, change, read=asset, catalog=catalog)


def _ask_for_master(asset: Asset, *, catalog: Catalog, now: datetime) -> None:
    """Ask for a master that is in cold storage, unless somebody did already."""
    act = Act(by="assetwire", at=now, reason=f"to render version {asset.current_version}")
    change_asset(asset.asset_id, lambda asset: recall_unread(asset, act), read=asset, catalog=catalog)


def _refuse(version: Version, error: Undecodable, *, catalog: Catalog, now: datetime) -> None:
    """Quarantine a version, and let the best of the others stand in for it."""
    refused = version.refused(Problem(code=error.code, field="file", message=error.message))

    def attempt() -> None:
        asset = catalog.asset(version.asset_id)
        if not catalog.version(version.asset_id, version.version_id).accepted:
            return  # another delivery of the same message came first
        others = [v for v in catalog.versions(version.asset_id) if v.version_id != version.version_id]
        catalog.save_asset(asset.judged([*others, refused], now=now), versions=[refused])

    decided(attempt)
