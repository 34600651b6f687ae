"""Files that are derived from a master, as they stand, and the picture that they are derived from."""

from assetwire.domain.ids import AssetId, VersionId
from assetwire.domain.inspection import Inspection, Kind
from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Usage
from assetwire.domain.transcode_spec import AnyFormat

WAVEFORM = (1600, 400)
"""Width and height (pixels) of the picture that stands for a sound."""
MOVING = frozenset({"image/gif", "image/webp"})
"""Media types whose frames are decoded; of any other that moves (APNG, AVIF sequences) the first is shown."""
MOST_MOVING = 250_000_000
"""Pixels of all frames together at the most that move: decoded, they are 1 GB of a temporary file. Of more, the first
frame is shown."""
DRAWN_EDGE = 2000
"""Longest edge (pixels) of the picture of what has no pixels of its own: the first page of a PDF, a vector drawing."""


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


class Rendition(Value):
    """A derived file of a version, as it stands in the renditions bucket."""

    asset_id: AssetId
    version_id: VersionId
    name: str
    digest: str
    """Of its output: what it was made by; another digest of the same name stands beside it."""
    usage: Usage
    """What it is shown for: it is delivered where the rights allow that."""
    format: AnyFormat
    width: int
    height: int
    """In pixels, like the width; both are 0 where nothing is seen."""
    seconds: float | None = None
    """How long it plays; None where nothing moves or sounds."""
    bytes: int
    sha256: str
    etag: str
    superseded_at: Instant | None = None
    """Since when it is needed no more."""
    made: str = ""
    """Of what transcode makes: the digest without what is written inside, by which it is labelled anew; else empty."""

    @property
    def key(self) -> str:
        """Its key in the renditions bucket."""
        return f"{self.asset_id}/{self.version_id}/{self.digest}/{self.name}"
