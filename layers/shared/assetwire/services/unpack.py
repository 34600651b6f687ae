"""Unpack: expand a drop into masters, and apply the manifests in it or beside masters; each member is told of."""

import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain import ids
from assetwire.domain.asset import Upload
from assetwire.domain.drop import MOST_PROBLEMS, PAGE, Drop, DropState, MemberResult, Members, is_manifest
from assetwire.domain.errors import Archived, AssetwireError, Conflict, InvalidRequest, NotFound, Undecodable
from assetwire.domain.expansion import Expansion, Fate, Limits, Member, Role, plan
from assetwire.domain.inspection import Problem
from assetwire.domain.manifest import LARGEST_MANIFEST
from assetwire.domain.uploads import drop_prefix
from assetwire.ports import Catalog, Masters
from assetwire.ports.declarations import Declarations
from assetwire.ports.drops import ArchiveOpener, Drops, OpenArchive
from assetwire.services.judging import Judge
from assetwire.services.manifests import Refused, apply_manifest

_LONGEST_NAME = 600
"""Characters of a member's name that are kept."""


class Unpacking(NamedTuple):
    """What unpacking needs of the outside world, and its limits."""

    masters: Masters
    drops: Drops
    declarations: Declarations
    catalog: Catalog
    opener: ArchiveOpener
    judge: Judge
    maximum_bytes: int
    limits: Limits = Limits()


def unpack(upload: Upload, *, world: Unpacking, now: datetime) -> Drop | None:
    """Expand an archive, or apply a manifest, and write down what became of it; None if the object is gone.

    Content never raises. A second delivery goes on where the first broke off: members whose result is written down
    are not touched again, and bytes that stand under their key already are not put again.
    """
    try:
        upload = world.masters.resolve(upload)
        drop = _begun(upload, world, now)
        if drop.state is not DropState.WORKING:
            return drop
        with tempfile.TemporaryDirectory(prefix="drop-") as folder:
            ended = _work(_Run(upload, drop, Path(folder), world, now))
    except NotFound:  # deleted since it was announced
        return None
    try:
        world.drops.save_drop(ended)
    except Conflict:
        known = world.drops.drop(drop.drop_id)
        if known is None or known.state is DropState.WORKING:
            raise
        return known
    return ended


def _begun(upload: Upload, world: Unpacking, now: datetime) -> Drop:
    drop_id = ids.drop_id(upload.bucket, upload.key, upload.s3_version)
    for _ in range(2):
        known = world.drops.drop(drop_id)
        if known is not None:
            return known
        place = {"bucket": upload.bucket, "key": upload.key, "s3_version": upload.s3_version}
        drop = Drop(drop_id=drop_id, **place, created_at=now, updated_at=now)
        try:
            world.drops.save_drop(drop)
        except Conflict:
            continue
        return drop
    raise Conflict(f"drop {drop_id} was begun by another, and is gone")


class _Run(NamedTuple):
    """One run over one drop."""

    upload: Upload
    drop: Drop
    folder: Path
    world: Unpacking
    now: datetime

    def ended(self, state: DropState, **found: Any) -> Drop:
        changes = {"state": state, "updated_at": self.now, "revision": self.drop.revision + 1, **found}
        return self.drop.model_copy(update=changes)


def _work(run: _Run) -> Drop:
    key, beside = run.upload.key, is_manifest(run.upload.key)
    file, most = run.folder / "drop", LARGEST_MANIFEST if beside else run.world.maximum_bytes
    try:
        prefix = key.rpartition("/")[0] + "/" if beside else drop_prefix(key)
        if run.world.masters.fetch(run.upload, file, maximum=most).bytes > most:
            raise InvalidRequest(f"a drop has at most {most} bytes", code="too_large")
        if beside:
            return run.ended(DropState.DONE, declared=_manifest(run, key, file, prefix))
        with run.world.opener(file) as archive:
            entries = archive.entries()
            expansion = plan(entries, prefix=prefix, limits=run.world.limits, directory_at=archive.directory_at)
            if expansion.problems:
                return run.ended(DropState.REFUSED, members=len(entries), problems=expansion.problems)
            declared = _manifest_within(run, expansion, archive, prefix)
            counts = _expand(run, expansion, archive)
            return run.ended(DropState.DONE, members=len(entries), counts=counts, declared=declared)
    except Refused as refused:
        problem = Problem(code=refused.code, field="manifest", message=refused.message)
        kept = refused.found[:MOST_PROBLEMS]
        return run.ended(DropState.REFUSED, problems=(problem,), manifest_problems=kept)
    except (InvalidRequest, Undecodable, Archived) as error:
        return run.ended(DropState.REFUSED, problems=(_problem_of(error),))


def _manifest_within(run: _Run, expansion: Expansion, archive: OpenArchive, prefix: str) -> int:
    """Apply an archive's manifest before its masters come, so that each finds what is declared of it."""
    for member in expansion.of(Role.MANIFEST):
        archive.unpack(member, run.folder / "manifest")
        return _manifest(run, member.name, run.folder / "manifest", prefix)
    return 0


def _manifest(run: _Run, name: str, file: Path, prefix: str) -> int:
    with file.open("rb") as opened:
        data = opened.read(LARGEST_MANIFEST + 1)
    applied = apply_manifest(
        name,
        data,
        folder=prefix,
        bucket=run.upload.bucket,
        said_at=run.upload.uploaded_at,
        by=f"{run.upload.key}@{run.upload.s3_version}",
        may_set_rights=None,
        declarations=run.world.declarations,
        catalog=run.world.catalog,
        now=run.now,
        judge=run.world.judge,
    )
    return applied.rows


def _expand(run: _Run, expansion: Expansion, archive: OpenArchive) -> dict[Fate, int]:
    counts: Counter[Fate] = Counter()
    for page, start in enumerate(range(0, len(expansion.members), PAGE)):
        known = run.world.drops.members(run.drop.drop_id, page)
        if known is None:
            some = expansion.members[start : start + PAGE]
            results = tuple(_one(run, member, archive) for member in some)
            known = Members(drop_id=run.drop.drop_id, page=page, results=results)
            run.world.drops.save_members(known)
        counts.update(result.fate for result in known.results)
    return dict(sorted(counts.items()))


def _one(run: _Run, member: Member, archive: OpenArchive) -> MemberResult:
    told = {"name": member.name[:_LONGEST_NAME].encode("utf-8", "replace").decode(), "role": member.role}
    if member.fate is not Fate.EXPANDED:
        return MemberResult(**told, fate=member.fate, code=member.code, message=member.message)
    if member.role is Role.MANIFEST:
        return MemberResult(**told, fate=Fate.EXPANDED, message="applied")
    file = run.folder / "member"
    try:
        unpacked = archive.unpack(member, file)
    except Undecodable as error:
        return MemberResult(**told, fate=Fate.REFUSED, code=error.code, message=error.message)
    stored = run.world.masters.store(member.key, file, sha256=unpacked.sha256, cause=run.drop.drop_id)
    file.unlink()
    place = {"key": member.key, "s3_version": stored.s3_version, "written": stored.written}
    return MemberResult(**told, fate=Fate.EXPANDED, **place)


def _problem_of(error: AssetwireError) -> Problem:
    return Problem(code=error.code, field="drop", message=error.message)


class DropPage(NamedTuple):
    """A drop, a page of its members, and the number of the next page; None at the end."""

    drop: Drop
    members: tuple[MemberResult, ...]
    next_page: int | None


def find_drop(bucket: str, key: str, s3_version: str, *, page: int, drops: Drops) -> DropPage:
    """Return what became of a drop and of some of its members.

    Raises:
        NotFound: it is not worked on (yet).
    """
    drop_id = ids.drop_id(bucket, key, s3_version)
    drop = drops.drop(drop_id)
    if drop is None:
        raise NotFound(f"drop {s3_version} of {key!r} is not worked on (yet)", code="drop_not_found")
    found = drops.members(drop_id, page)
    more = found is not None and drops.members(drop_id, page + 1) is not None
    return DropPage(drop, found.results if found is not None else (), page + 1 if more else None)
