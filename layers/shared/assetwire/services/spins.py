"""Spins: made of their frames, allowed what every frame is allowed; whatever happens to a frame reaches its spins."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from assetwire.domain.asset import Asset, AssetStatus, Version
from assetwire.domain.errors import Archived, InvalidRequest, NotFound, Undecodable
from assetwire.domain.history import SYSTEM, change_between
from assetwire.domain.inscription import inscription_of
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.plan import plan
from assetwire.domain.rendition import Rendition
from assetwire.domain.rights import Rights, Usage
from assetwire.domain.rights_sets import strictest
from assetwire.domain.shown import Rendered
from assetwire.domain.spec import Format
from assetwire.domain.spin import (
    MANIFEST,
    FrameOutput,
    delivered_manifest,
    frame_outputs,
    problem_of,
    rights_of,
    subject_of_frame,
)
from assetwire.domain.spin_manifest import LARGEST_MANIFEST, SpinManifest, asset_named, key_named, parse_manifest
from assetwire.domain.transcode_spec import AnyFormat, MediaFormat
from assetwire.domain.transcoding import LeftOut, Transcoding, next_look
from assetwire.domain.upkeep import missing
from assetwire.ports import Catalog, RenderedFile
from assetwire.services.asset_batches import assets_by_id
from assetwire.services.conflicts import change_asset, decided
from assetwire.services.keeping import keep
from assetwire.services.transcode import Tools, Transcoded, complete, recall_master, transcode

_FRAME = 60.0
"""Seconds that a frame needs at the most: another one is not begun with less."""


def look_after(asset_id: str, *, tools: Tools, now: datetime) -> Transcoded:
    """Bring what is made of an asset, and of the spins that it is a frame of, to what is wanted.

    Raises:
        NotFound: there is no such asset, or a master is gone.
        Conflict: others kept changing it; the message must come again.
    """
    asset = tools.catalog.asset(asset_id)
    if asset.inspection.kind is Kind.SPIN:
        return make_spin(asset_id, tools=tools, now=now).done
    done = transcode(asset_id, tools=tools, now=now)
    for spin_id in asset.part_of:
        if asset_id not in make_spin(spin_id, tools=tools, now=now, frame=asset).frames:
            change_asset(asset_id, partial(_let_go, spin_id=spin_id, now=now), catalog=tools.catalog)
    return done


def _let_go(frame: Asset, *, spin_id: str, now: datetime) -> Asset:
    return frame.with_spin(spin_id, belongs=False, now=now)


class Spun(NamedTuple):
    """What was made of a spin, and the assets that are its frames."""

    done: Transcoded
    frames: frozenset[str] = frozenset()


def make_spin(spin_id: str, *, tools: Tools, now: datetime, frame: Asset | None = None) -> Spun:
    """Make what a spin lacks: each frame in each width, what stands for the whole, and a manifest beside them.

    Its rights are those of its strictest frame. First each frame is told that it belongs to the spin, then it is read:
    whatever happens to it afterwards has an event that leads back here. `frame` is the one that something happened to:
    it narrows the spin at once, also while the manifest waits in cold storage.

    Raises:
        NotFound: there is no such asset, or a master is gone.
        Conflict: others kept changing it.
    """
    run = _Run(tools, now)
    return decided(lambda: run.attempt(spin_id, frame))


def frames_of(manifest: SpinManifest, bucket: str, key: str, *, catalog: Catalog) -> list[Asset | None]:
    """Return the asset that each reference of the manifest at this key names, in order; None where there is none."""
    ids = [_named(reference, bucket, key, catalog=catalog) for reference in manifest.frames]
    wanted = sorted({asset_id for asset_id in ids if asset_id is not None})
    found = assets_by_id(wanted, assets=catalog)
    alive = {asset_id: asset for asset_id, asset in found.items() if not asset.is_gone}
    return [None if asset_id is None else alive.get(asset_id) for asset_id in ids]


def _named(reference: str, bucket: str, key: str, *, catalog: Catalog) -> str | None:
    asset_id = asset_named(reference)
    if asset_id is not None:
        return asset_id
    try:
        source = catalog.source(bucket, key_named(reference, key))
    except InvalidRequest:
        return None
    return None if source is None else source.asset_id


def _itself(frame: Asset | None) -> frozenset[str]:
    """Return the frame as one that stays the spin's, while nobody can tell."""
    return frozenset() if frame is None else frozenset({frame.asset_id})


class _Made(NamedTuple):
    """What a file is kept as."""

    name: str
    digest: str
    usage: Usage
    format: AnyFormat


class _Run:
    def __init__(self, tools: Tools, now: datetime) -> None:
        self._tools, self._now = tools, now
        self._made = 0

    def attempt(self, spin_id: str, frame: Asset | None) -> Spun:
        catalog = self._tools.catalog
        asset = catalog.asset(spin_id)
        is_there = asset.status in {AssetStatus.ACCEPTED, AssetStatus.WITHDRAWN} and not asset.is_gone
        if not is_there or asset.inspection.kind is not Kind.SPIN:
            return Spun(Transcoded(), _itself(frame))
        version = catalog.version(spin_id, asset.current_version)
        try:
            manifest = self._manifest(version)
        except Archived:
            if frame is not None and asset.rights is not None:
                asset = self._with_rights(asset, strictest([asset.rights, rights_of([frame])]))
            recall_master(asset, "to make a spin", catalog=catalog, now=self._now)
            return Spun(Transcoded(), _itself(frame))
        found = frames_of(manifest, version.upload.bucket, version.upload.key, catalog=catalog)
        frames = [self._told(frame, spin_id) for frame in found]
        members = frozenset(frame.asset_id for frame in frames if frame is not None)
        asset = self._with_rights(asset, rights_of(frames))
        if asset.status is not AssetStatus.ACCEPTED:  # out of use; once it is restored, its rights are those of now
            return Spun(Transcoded(), members)
        problem = problem_of(manifest, frames)
        if problem is not None:
            return Spun(self._without(asset, version, problem), members)
        known = [frame for frame in frames if frame is not None]
        return Spun(self._turned(asset, version, manifest, known), members)

    def _manifest(self, version: Version) -> SpinManifest:
        with tempfile.TemporaryDirectory(prefix="spin-") as folder:
            file = Path(folder) / "manifest"
            self._tools.masters.fetch(version.upload, file, maximum=LARGEST_MANIFEST)
            return parse_manifest(file.read_bytes())

    def _told(self, frame: Asset | None, spin_id: str) -> Asset | None:
        """Let a frame know that it belongs to the spin; return it as it is then."""
        if frame is None or spin_id in frame.part_of:
            return frame
        return change_asset(
            frame.asset_id,
            lambda asset: asset.with_spin(spin_id, belongs=True, now=self._now),
            read=frame,
            catalog=self._tools.catalog,
        )

    def _with_rights(self, asset: Asset, rights: Rights) -> Asset:
        """Give the spin the rights of its frames, before anything is made: a narrowing does not wait."""
        if asset.rights is None and not rights.windows:
            return asset
        changed = asset.with_rights(rights, now=self._now)
        if changed is not asset:
            change = change_between(asset, changed, by=SYSTEM, reason="the rights of its frames")
            self._tools.catalog.save_asset(changed, change=change)
        return changed

    def _without(self, asset: Asset, version: Version, problem: Problem) -> Transcoded:
        """Record why there is no spin; frames that are not there yet are looked for again, ever more seldom."""
        left_out = {MANIFEST: LeftOut(made="", problem=problem)}
        state = Transcoding(version_id=version.version_id, answers=asset.rendering_asked, left_out=left_out)
        look_at = None
        if problem.code == "frame_missing":
            known = asset.transcode_at if asset.transcoding == state else None
            look_at = known if known and known > self._now else next_look(version.upload.uploaded_at, self._now)
        changed = asset.with_transcoding(now=self._now, transcoding=state, transcode_at=look_at)
        if changed is not asset:
            self._tools.catalog.save_asset(changed)
        return Transcoded(left_out=1)

    def _turned(self, asset: Asset, version: Version, manifest: SpinManifest, frames: Sequence[Asset]) -> Transcoded:
        inside = [inscription_of(frame.fields, frame.rights) for frame in frames]
        outputs = frame_outputs(frames, inside, turns=self._tools.book.transcodes, posters=self._tools.book.posters)
        recorded = [r for r in self._tools.catalog.renditions(asset.asset_id) if r.made]
        present = self._tools.store.present(f"{asset.asset_id}/")
        lacking = missing(outputs, version.version_id, recorded, present)
        wanted = {(version.version_id, output.name, output.digest) for output in outputs}
        standing = {r.name: r for r in recorded if (r.version_id, r.name, r.digest) in wanted}
        made: dict[str, Rendition] = {}
        for number in sorted({output.frame for output in lacking}):
            if made and self._tools.left() < _FRAME:
                return self._later(asset, kept=len(outputs) - len(lacking))
            mine = [output for output in lacking if output.frame == number]
            try:
                made |= self._rendered(version, frames[number], mine)
            except Archived:
                recall_master(frames[number], "to make a spin", catalog=self._tools.catalog, now=self._now)
                return Transcoded(made=self._made, kept=len(outputs) - len(lacking), waiting=1)
            except Undecodable as error:
                damaged = Problem(code="frame_damaged", field="frames", message=f"frame {number + 1}: {error.message}")
                return self._without(asset, version, damaged)
        told = self._told_to_viewers(version, delivered_manifest(manifest, outputs, standing | made), recorded, present)
        fresh = {(version.version_id, r.name, r.digest) for r in (*made.values(), told)}
        done = Rendered(
            version_id=version.version_id,
            outputs={output.name: output.digest for output in outputs} | {told.name: told.digest},
            answers=asset.rendering_asked,
            made_by=self._tools.book.spin_digest,
        )
        complete(
            asset,
            done,
            transcoding=None,
            recorded=[r for r in recorded if (r.version_id, r.name, r.digest) not in fresh],
            touched=bool(made),
            tools=self._tools,
            now=self._now,
        )
        return Transcoded(made=self._made, kept=len(outputs) - len(lacking))

    def _later(self, asset: Asset, *, kept: int) -> Transcoded:
        self._tools.catalog.save_asset(asset.with_transcoding(now=self._now, transcode_at=self._now))
        return Transcoded(made=self._made, kept=kept, later=True)

    def _rendered(self, version: Version, frame: Asset, outputs: Sequence[FrameOutput]) -> dict[str, Rendition]:
        """Make pictures of one frame; each is stored and recorded before the next is made."""
        master = self._tools.catalog.version(frame.asset_id, frame.current_version)
        subject = subject_of_frame(frame)
        if subject is None:
            raise NotFound(f"frame {frame.asset_id} has no size in pixels", code="size_unknown")
        by_name = {output.name: output for output in outputs}
        made: dict[str, Rendition] = {}
        with tempfile.TemporaryDirectory(prefix="frame-") as folder:
            file = Path(folder) / "master"
            self._tools.masters.fetch(master.upload, file, maximum=master.inspection.bytes)
            rendered = self._tools.renderer(
                file,
                plan([output.output for output in outputs], subject),
                media_type=master.inspection.media_type or "",
                inscription=inscription_of(frame.fields, frame.rights),
                out=Path(folder),
            )
            for each in rendered:
                for name in each.names:
                    output = by_name[name]
                    of = _Made(output.name, output.digest, output.usage, Format(each.format))
                    made[name] = self._kept(version, of, each)
                each.path.unlink()
        return made

    def _told_to_viewers(
        self, version: Version, said: dict[str, object], recorded: Sequence[Rendition], present: Mapping[str, object]
    ) -> Rendition:
        """Store the manifest that is delivered beside the pictures, unless it stands."""
        data = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
        sha256 = hashlib.sha256(data).hexdigest()
        known = next(
            (r for r in recorded if (r.version_id, r.name, r.digest) == (version.version_id, MANIFEST, sha256[:16])),
            None,
        )
        if known is not None and known.key in present:
            return known
        with tempfile.TemporaryDirectory(prefix="spin-") as folder:
            file = Path(folder) / MANIFEST
            file.write_bytes(data)
            written = RenderedFile((MANIFEST,), file, MediaFormat.JSON.value, 0, 0, len(data), sha256)
            return self._kept(version, _Made(MANIFEST, sha256[:16], Usage.WEB, MediaFormat.JSON), written)

    def _kept(self, version: Version, of: _Made, file: RenderedFile) -> Rendition:
        """Store and record one file."""
        rendition = Rendition(
            asset_id=version.asset_id,
            version_id=version.version_id,
            name=of.name,
            digest=of.digest,
            made=of.digest,
            usage=of.usage,
            format=of.format,
            width=file.width,
            height=file.height,
            bytes=file.bytes,
            sha256=file.sha256,
            etag="",
        )
        kept = keep(rendition, file.path, store=self._tools.store, catalog=self._tools.catalog)
        self._made += 1
        return kept
