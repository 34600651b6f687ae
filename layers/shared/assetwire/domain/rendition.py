"""Which files are derived from a master: specs as data, and the plan that they give for one image."""

import hashlib
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from assetwire.domain.asset import AssetId, VersionId
from assetwire.domain.errors import InvalidRequest
from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.model import Value

RENDERER = 1
"""Version of the renderer's own behaviour: raised when the same spec gives other pixels or bytes."""


WAVEFORM = (1600, 400)
"""Width and height (pixels) of the picture that stands for a sound."""
DRAWN_EDGE = 2000
"""Longest edge (pixels) of the picture of what has no pixels of its own: the first page of a PDF, a vector drawing."""


class Format(StrEnum):
    """A file format that renditions are encoded in."""

    AVIF = "avif"
    WEBP = "webp"
    JPEG = "jpeg"


class FormatFacts(NamedTuple):
    """What a format can do."""

    extension: str
    media_type: str
    alpha: bool
    longest_edge: int
    """Pixels of either edge at the most, as libvips' encoders take them."""


FORMATS = {
    Format.AVIF: FormatFacts(extension="avif", media_type="image/avif", alpha=True, longest_edge=16_384),
    Format.WEBP: FormatFacts(extension="webp", media_type="image/webp", alpha=True, longest_edge=16_383),
    Format.JPEG: FormatFacts(extension="jpg", media_type="image/jpeg", alpha=False, longest_edge=65_535),
}


class Encoding(Value):
    """How pixels become a file: quality from 1 to 100, effort as the encoder counts it."""

    format: Format
    quality: int = Field(ge=1, le=100)
    effort: int = Field(ge=0, le=9)


class Profile(Value):
    """A named set of renditions: every width (pixels, of the upright image) in every encoding."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    widths: Annotated[tuple[Annotated[int, Field(ge=1, le=16384)], ...], Field(min_length=1)]
    encodings: Annotated[tuple[Encoding, ...], Field(min_length=1)]

    @property
    def digest(self) -> str:
        """Changes when any output of this profile would."""
        return hashlib.sha256(f"{RENDERER}{self.model_dump_json()}".encode()).hexdigest()[:16]

    @property
    def file_names(self) -> tuple[str, ...]:
        """The name of every rendition that this profile can give, widest last."""
        return tuple(self._file_name(width, e) for width in sorted(self.widths) for e in self.encodings)

    def plan(self, width: int, height: int) -> "Plan":
        """Return what to render of an upright image of this size (pixels): nothing is enlarged.

        The widths that fit are made; where the image is smaller than the widest, the next width's name carries it at
        its own size, so that none of its detail is lost. A format is left out where an edge is longer than it can hold.
        """
        sizes, covered = [], 0
        for nominal in sorted(self.widths):
            if covered >= width:
                break
            covered = min(nominal, width)
            scaled = max(1, round(height * covered / width))
            fitting = [e for e in self.encodings if max(covered, scaled) <= FORMATS[e.format].longest_edge]
            files = tuple(PlannedFile(self._file_name(nominal, e), e) for e in fitting)
            if files:
                sizes.append(PlannedSize(covered, scaled, files))
        return Plan(tuple(reversed(sizes)))

    def _file_name(self, width: int, encoding: Encoding) -> str:
        return f"{self.name}-{width}.{FORMATS[encoding.format].extension}"


def picture_size(inspection: Inspection) -> tuple[int, int] | None:
    """Return the width and height (pixels) of the picture that stands for a master; None if it has none.

    Of a page and of a drawing only the shape counts, in whatever unit its size was recorded.
    """
    if inspection.kind is Kind.AUDIO:
        return WAVEFORM
    if inspection.media_type == "application/pdf":
        facts = inspection.metadata.technical
        return _drawn(facts.get("page_width_points"), facts.get("page_height_points"))
    if inspection.media_type == "image/svg+xml":
        return _drawn(inspection.width, inspection.height)
    if inspection.kind not in {Kind.IMAGE, Kind.VIDEO} or not inspection.width or not inspection.height:
        return None
    return inspection.width, inspection.height


def _drawn(width: float | None, height: float | None) -> tuple[int, int] | None:
    """Return the size in pixels that something of this shape is drawn at; None if it has none."""
    if not width or not height:
        return None
    longest = max(width, height)
    return max(1, round(width * DRAWN_EDGE / longest)), max(1, round(height * DRAWN_EDGE / longest))


class PlannedFile(NamedTuple):
    """One file to encode."""

    name: str
    encoding: Encoding


class PlannedSize(NamedTuple):
    """One size in pixels, and the files that share its pixels."""

    width: int
    height: int
    files: tuple[PlannedFile, ...]


class Plan(NamedTuple):
    """What to render, widest first: each size is made from the one before."""

    sizes: tuple[PlannedSize, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every planned file."""
        return tuple(file.name for size in self.sizes for file in size.files)

    def only(self, names: frozenset[str]) -> "Plan":
        """Return the part of this plan that makes these files."""
        sizes = (s._replace(files=tuple(f for f in s.files if f.name in names)) for s in self.sizes)
        return Plan(tuple(size for size in sizes if size.files))


class Rendition(Value):
    """A derived file of a version, as it stands in the renditions bucket."""

    asset_id: AssetId
    version_id: VersionId
    name: str
    format: Format
    width: int
    height: int
    bytes: int
    sha256: str
    etag: str
    spec_digest: str

    @property
    def key(self) -> str:
        """Its key in the renditions bucket."""
        return f"{self.asset_id}/{self.version_id}/{self.name}"


@cache
def profile(name: str = "web") -> Profile:
    """Return a profile that ships with the code.

    Raises:
        InvalidRequest: there is none of this name.
    """
    file = resources.files("assetwire.data") / "profiles" / f"{name}.json"
    if not name.isidentifier() or not file.is_file():
        raise InvalidRequest(f"no profile named {name!r}", code="unknown_profile")
    return Profile.model_validate_json(file.read_text(encoding="utf-8"))
