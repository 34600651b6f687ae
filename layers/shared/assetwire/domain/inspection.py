"""What a master says about itself, and why it would be refused."""

from enum import StrEnum

from pydantic import Field

from assetwire.domain.metadata import Metadata
from assetwire.domain.model import Colour, Value


class Kind(StrEnum):
    """The kind of media that a master is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    SPIN = "spin"
    """Photographs of one thing from all around: the master is a manifest that names them, see `domain/spin.py`."""
    OTHER = "other"


class Status(StrEnum):
    """Whether a master meets the house's rules."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"


class Problem(Value):
    """One reason why a master, or a field of it, is refused."""

    code: str
    field: str
    message: str


class Identifier(Value):
    """Evidence of the product that a master shows: what it says, who says so, and where exactly that was found."""

    kind: str
    """`gtin`, `sku`, `asin`, `job_id` …"""
    value: str
    """As it was read."""
    source: str
    """`barcode`, `xmp`, `iptc`, `exif`, `container`, `filename` …"""
    where: str = ""
    """The property, the symbology and its place in the picture, or the pattern of the file name."""
    confidence: float = Field(ge=0, le=1)
    gtin: str | None = None
    """The same as a GTIN-14, where it is a GTIN whose check digit is right."""


class Appearance(Value):
    """How a picture looks: what a page shows before it is loaded, and what channels ask of its background."""

    dominant_colour: Colour
    """Of the most pixels; what is transparent does not count."""
    thumbhash: str
    """Its ThumbHash, in base64: a placeholder of about 25 bytes."""
    white_border: float = Field(ge=0, le=1)
    """The share of its border that is pure white (`#ffffff`) where it stands on white."""
    has_transparency: bool
    """Whether any of it is transparent."""


class Inspection(Value):
    """The facts of one master: bytes, pixels (upright), seconds. What does not apply is None."""

    status: Status
    kind: Kind | None = None
    media_type: str | None = None
    sha256: str
    bytes: int
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    pages: int | None = None
    encrypted: bool | None = None
    identifiers: tuple[Identifier, ...] = ()
    metadata: Metadata = Metadata()
    perceptual_hash: str | None = None
    """Of the picture, in hexadecimal; see `domain/similarity.py`."""
    appearance: Appearance | None = None
    """Of the picture; None where there is none, or nobody measured it."""
    problems: tuple[Problem, ...] = ()
    """Why it is refused."""
    warnings: tuple[Problem, ...] = ()
    """What is wrong and was lived with: a field that was dropped, an extension that does not fit the content."""
