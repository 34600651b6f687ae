"""What a master says about itself, and why it would be refused."""

from enum import StrEnum

from pydantic import Field

from assetwire.domain.model import Value


class Kind(StrEnum):
    """The kind of media that a master is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
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
    """Evidence in a master of the product that it shows; `confidence` is between 0 and 1."""

    kind: str
    value: str
    source: str
    confidence: float = Field(ge=0, le=1)


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
    metadata: dict[str, str | int | float | bool] = Field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
