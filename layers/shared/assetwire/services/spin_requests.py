"""Spins as callers of the API make and see them: a manifest is written for them, and its frames are looked at first."""

import hashlib
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from pydantic import ValidationError

from assetwire.domain.asset import Asset
from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.spin import problem_of
from assetwire.domain.spin_manifest import LARGEST_MANIFEST, SUFFIX, SpinManifest, parse_manifest
from assetwire.domain.uploads import DROPS, checked_key
from assetwire.ports import Catalog, Masters
from assetwire.services.spins import frames_of


class CreatedSpin(NamedTuple):
    """A spin's manifest as it was uploaded; ingest makes an asset of it, as of any master."""

    key: str
    s3_version: str
    frames: int
    rows: int
    columns: int


_AS_IT_IS = ":/@+=,.*"
"""What stands in ARNs beside letters and digits. The rest is percent-encoded: metadata in S3 is ASCII."""


def create_spin(
    key: str, frames: Sequence[str], *, rows: int, bucket: str, by: str, catalog: Catalog, masters: Masters
) -> CreatedSpin:
    """Upload the manifest of a spin of these frames, which it names by their assets' ids; the same again is the same.

    Raises:
        InvalidRequest: the key is none of a spin, or the frames are none: too few or many, not there, not accepted, no
            photographs, or not of one size.
    """
    key = checked_key(key)
    if not key.endswith(SUFFIX) or key.startswith(DROPS):
        raise InvalidRequest(f"the key of a spin ends with {SUFFIX}, outside {DROPS}", code="invalid_spin_key")
    asked = _manifest(frames, rows)
    found = frames_of(asked, bucket, key, catalog=catalog)
    problem = problem_of(asked, found)
    if problem is not None:
        raise InvalidRequest(problem.message, code=problem.code, problems=(problem.model_dump(),))
    named = _manifest([frame.asset_id for frame in found if frame is not None], rows)
    data = named.text().encode()
    whose = quote(by, safe=_AS_IT_IS)
    with tempfile.TemporaryDirectory(prefix="spin-") as folder:
        file = Path(folder) / "manifest"
        file.write_bytes(data)
        stored = masters.store(key, file, sha256=hashlib.sha256(data).hexdigest(), cause=f"spin by {whose}")
    return CreatedSpin(key, stored.s3_version, len(named.frames), named.rows, named.across)


def _manifest(frames: Sequence[str], rows: int) -> SpinManifest:
    try:
        return SpinManifest(spin=1, frames=tuple(frames), rows=rows)
    except ValidationError as error:
        wrong = tuple(
            {"code": e["type"], "field": ".".join(map(str, e["loc"])) or "frames", "message": e["msg"]}
            for e in error.errors()[:20]
        )
        raise InvalidRequest("these frames make no spin", code="invalid_spin", problems=wrong) from error


class ShownSpin(NamedTuple):
    """A spin, its manifest, and the asset that each frame is, in order; None where there is none."""

    asset: Asset
    manifest: SpinManifest
    frames: list[Asset | None]
    problem: Problem | None

    def described(self) -> dict[str, Any]:
        """Return this as JSON: the frames as they are now, and why they make no spin if they make none."""
        return {
            "asset_id": self.asset.asset_id,
            "status": self.asset.status.value,
            "rows": self.manifest.rows,
            "columns": self.manifest.across,
            "frames": [
                {"number": number, "reference": reference, **_described(frame)}
                for number, (reference, frame) in enumerate(zip(self.manifest.frames, self.frames, strict=True), 1)
            ],
            "problem": None if self.problem is None else self.problem.model_dump(),
            "ready": self.asset.transcoded is not None
            and self.asset.transcoded.version_id == self.asset.current_version,
        }


def _described(frame: Asset | None) -> dict[str, Any]:
    if frame is None:
        return {"asset_id": None, "status": None, "file_name": None, "width": None, "height": None}
    return {
        "asset_id": frame.asset_id,
        "status": frame.status.value,
        "file_name": frame.file_name,
        "width": frame.inspection.width,
        "height": frame.inspection.height,
    }


def read_spin(asset_id: str, *, catalog: Catalog, masters: Masters) -> ShownSpin:
    """Return a spin with its frames as they are now.

    Raises:
        NotFound: there is no such asset, it is no spin, or its manifest is gone.
        Archived: its manifest is in cold storage.
    """
    asset = catalog.asset(asset_id)
    if asset.inspection.kind is not Kind.SPIN or asset.is_gone:
        raise NotFound(f"asset {asset_id} is no spin", code="spin_not_found")
    version = catalog.version(asset_id, asset.current_version)
    with tempfile.TemporaryDirectory(prefix="spin-") as folder:
        file = Path(folder) / "manifest"
        masters.fetch(version.upload, file, maximum=LARGEST_MANIFEST)
        manifest = parse_manifest(file.read_bytes())
    frames = frames_of(manifest, version.upload.bucket, version.upload.key, catalog=catalog)
    return ShownSpin(asset, manifest, frames, problem_of(manifest, frames))
