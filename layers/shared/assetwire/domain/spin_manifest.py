"""The manifest of a spin: photographs of one thing from all around, named in order. It is the master of that asset."""

import json
import re
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from assetwire.domain.errors import NotUnderstood
from assetwire.domain.model import Value
from assetwire.domain.uploads import checked_key

SPIN_TYPE = "application/vnd.assetwire.spin+json"
SUFFIX = ".spin.json"
FEWEST, MOST = 8, 360
"""Frames of a spin: fewer do not turn, and with more a degree has several."""
LARGEST_MANIFEST = 512 * 1024
"""Bytes of a manifest at the most: 360 keys of 512 bytes, and the brackets."""

FrameRef = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class SpinManifest(Value):
    """The frames of a spin, row by row, each row from left to right: as an asset's id, or as a master's key.

    A key is relative to the manifest's own folder; one that begins with a slash is not.
    """

    spin: Literal[1]
    """The version of this format."""
    frames: Annotated[tuple[FrameRef, ...], Field(min_length=FEWEST, max_length=MOST)]
    rows: int = Field(default=1, ge=1, le=MOST)
    columns: int = Field(default=0, ge=0, le=MOST)
    """Frames of a row; 0 for as many as there are."""

    @model_validator(mode="after")
    def _fills_its_rows(self) -> Self:
        if len(self.frames) % self.rows or self.columns not in {0, len(self.frames) // self.rows}:
            raise ValueError(f"{len(self.frames)} frames do not fill {self.rows} rows")
        return self

    @property
    def across(self) -> int:
        """How many frames a row has."""
        return len(self.frames) // self.rows

    def text(self) -> str:
        """Return the manifest as a file."""
        said = {"spin": 1, "rows": self.rows, "columns": self.across, "frames": list(self.frames)}
        return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def parse_manifest(data: bytes) -> SpinManifest:
    """Return the manifest in a file.

    Raises:
        NotUnderstood: it is none; the message says where it is wrong.
    """
    if len(data) > LARGEST_MANIFEST:
        raise NotUnderstood(f"a spin's manifest has at most {LARGEST_MANIFEST} bytes", code="invalid_spin")
    try:
        return SpinManifest.model_validate_json(data)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in error.errors()[:5])
        raise NotUnderstood(f"not the manifest of a spin: {wrong}", code="invalid_spin") from error


def asset_named(reference: str) -> str | None:
    """Return the id of the asset that a frame is, if it is named by one; None if by a key."""
    return reference if re.fullmatch(r"a[a-z2-7]{25}", reference) else None


def key_named(reference: str, manifest_key: str) -> str:
    """Return the key of the master that a frame is named by, in a manifest with this key.

    Raises:
        InvalidRequest: it can be no key.
    """
    folder = "" if reference.startswith("/") else manifest_key.rpartition("/")[0]
    return checked_key("/".join(part for part in (folder, reference.removeprefix("/")) if part))
