"""Renditions: the bucket and the Catalog hold what an asset's current version wants, and nothing else for long."""

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset, AssetStatus, Version
from assetwire.domain.errors import Archived, Conflict, NotFound, Undecodable, Unmet
from assetwire.domain.inscription import inscription_of
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.lifecycle import recall_unread
from assetwire.domain.outputs import Wanted, is_unmet, wanted_outputs
from assetwire.domain.plan import Subject, plan
from assetwire.domain.rendition import Rendition
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Format
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.subject import subject_of
from assetwire.domain.transcode_plan import has_transcodes
from assetwire.domain.upkeep import Upkeep, missing, needed_by, upkeep
from assetwire.ports import Catalog, Masters, RenderedFile, Renderer, RenditionStore
from assetwire.services.conflicts import decided
from assetwire.services.keeping import keep, keep_up


class Made(NamedTuple):
    """How many renditions were missing and are now made, how many stood already, and how many objects were removed."""

    made: int
    kept: int
    removed: int = 0
    unmet: tuple[str, ...] = ()
    """Names of outputs that were found to have too much detail for their bytes, at any quality that is allowed."""


def make_renditions(
    asset_id: str,
    *,
    catalog: Catalog,
    masters: Masters,
    store: RenditionStore,
    renderer: Renderer,
    book: SpecBook,
    grace: timedelta,
    now: datetime,
) -> Made:
    """Bring the renditions of an asset's current version to what it wants; remove what is superseded for so long.

    What is made stands beside what was shown until then, and takes its place with one write that is conditional on the
    asset as it was read. If anything about the asset changed meanwhile, all is looked at anew: what another run made
    stands already, and what this one removed is made again, should it be wanted by now.

    A master whose pixels turn out to be damaged is quarantined. One in cold storage is recalled, and its arrival is an
    event that calls this function again. One that has no picture, such as an Office document, is complete without
    renditions, and any is without outputs that its spec gives too few bytes. Run twice, the second run makes and writes
    nothing.

    Raises:
        NotFound: there is no such asset, its master is gone, or it is a photograph of unknown size.
        Conflict: others kept changing the asset.
    """
    run = _Run(catalog=catalog, masters=masters, store=store, renderer=renderer, now=now)
    try:
        return decided(lambda: run.attempt(asset_id, book, grace))
    except _Damaged as error:
        _refuse(error.version, error.problem, catalog=catalog, now=now)
        return run.made._replace(made=0)


class _Damaged(Exception):
    """A version's pixels are damaged."""

    def __init__(self, version: Version, problem: Problem) -> None:
        super().__init__(problem.message)
        self.version, self.problem = version, problem


class _Run:
    def __init__(
        self, *, catalog: Catalog, masters: Masters, store: RenditionStore, renderer: Renderer, now: datetime
    ) -> None:
        self._catalog, self._masters, self._store = catalog, masters, store
        self._renderer, self._now = renderer, now
        self.made = Made(0, 0)
        """What all attempts together did."""

    def attempt(self, asset_id: str, book: SpecBook, grace: timedelta) -> Made:
        asset = self._catalog.asset(asset_id)
        if asset.status is not AssetStatus.ACCEPTED:
            return self.made
        version = self._catalog.version(asset_id, asset.current_version)
        subject = subject_of(asset.inspection, asset.fields, asset.effective_rights)
        if subject is None and asset.inspection.kind is Kind.IMAGE:
            raise NotFound(f"version {version.version_id} of {asset_id} has no size in pixels", code="size_unknown")
        wanted = wanted_outputs(asset, book=book, at=self._now)
        everything = self._catalog.renditions(asset_id)
        others: set[str] = set()
        if has_transcodes(asset.inspection.kind, asset.inspection.media_type):
            others = {rendition.key for rendition in everything if rendition.made}  # transcode looks after its own
        recorded = [rendition for rendition in everything if rendition.key not in others]
        present = self._store.present(f"{asset_id}/")
        unmet = {each.name for each in wanted if is_unmet(asset, each)}
        lacking = missing([w for w in wanted if w.name not in unmet], version.version_id, recorded, present)
        recall = False
        if lacking and subject is not None:
            try:
                self._make(lacking, asset, version, subject)
            except Archived:
                recall = True
            except Unmet as error:  # everything else is made: the asset is complete without these
                self.made = self.made._replace(unmet=error.names)
                unmet |= set(error.names)
            except Undecodable as error:
                problem = Problem(code=error.code, field="file", message=error.message)
                raise _Damaged(version, problem) from error
        rendered = Rendered(
            version_id=version.version_id,
            outputs={each.name: each.digest for each in wanted if each.name not in unmet},
            unmet={each.name: each.digest for each in wanted if each.name in unmet},
            answers=asset.rendering_asked,
        )
        needed = needed_by(rendered)
        if recall:
            needed |= needed_by(asset.rendered)  # it is shown until the rest is made
        fresh = {(version.version_id, each.name, each.digest) for each in lacking}
        old = [r for r in recorded if (r.version_id, r.name, r.digest) not in fresh]
        todo = upkeep(needed, old, present, grace=grace, at=self._now, others=others)
        keep_up(todo, store=self._store, catalog=self._catalog)
        self.made = self.made._replace(removed=self.made.removed + len(todo.keys))
        done = asset.rendered if recall else rendered
        self._close(asset, done, todo, recall=recall, touched=bool(lacking) and not recall)
        return self.made._replace(kept=len(wanted) - len(unmet | {each.name for each in lacking}))

    def _make(self, lacking: Sequence[Wanted], asset: Asset, version: Version, subject: Subject) -> None:
        """Render what is missing of a version; each file is stored and recorded before the next is made."""
        by_name = {each.name: each for each in lacking}
        planned = plan([each.output for each in lacking], subject)
        inscription = inscription_of(asset.fields, asset.rights)
        media_type = version.inspection.media_type or ""
        with tempfile.TemporaryDirectory(prefix="render-") as folder:
            master, out = Path(folder) / "master", Path(folder)
            self._masters.fetch(version.upload, master, maximum=version.inspection.bytes)
            for file in self._renderer(master, planned, media_type=media_type, inscription=inscription, out=out):
                for name in file.names:
                    rendition = _rendition(version, by_name[name], file)
                    keep(rendition, file.path, store=self._store, catalog=self._catalog)
                    self.made = self.made._replace(made=self.made.made + 1)
                file.path.unlink()

    def _close(self, asset: Asset, done: Rendered | None, todo: Upkeep, *, recall: bool, touched: bool) -> None:
        """Record what is complete, and what is to be looked at when; it holds for the asset as it was read alone.

        Raises:
            Conflict: the asset changed since.
        """
        changed = asset.with_rendered(done, tidy_at=todo.tidy_at, now=self._now)
        if recall:
            act = Act(by="assetwire", at=self._now, reason=f"to render version {asset.current_version}")
            changed = recall_unread(changed, act)
        if changed is not asset:
            # Two steps may have been taken: they are one write.
            self._catalog.save_asset(changed.model_copy(update={"revision": asset.revision + 1}))
        elif (touched or todo.keys) and self._catalog.asset(asset.asset_id).revision != asset.revision:
            raise Conflict(f"asset {asset.asset_id} changed while its renditions were brought in line")


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


def _refuse(version: Version, problem: Problem, *, catalog: Catalog, now: datetime) -> None:
    """Quarantine a version, and let the best of the others stand in for it."""
    refused = version.refused(problem)

    def attempt() -> None:
        asset = catalog.asset(version.asset_id)
        if not catalog.version(version.asset_id, version.version_id).accepted:
            return  # another delivery of the same message came first
        others = [v for v in catalog.versions(version.asset_id) if v.version_id != version.version_id]
        catalog.save_asset(asset.judged([*others, refused], now=now), versions=[refused])

    decided(attempt)
