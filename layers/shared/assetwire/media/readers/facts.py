"""What a reader finds in a file's header: the facts that limits are checked against, before anything is decoded."""

from dataclasses import dataclass, field
from typing import Any

from assetwire.domain.inspection import Kind


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of one file; what does not apply is None. Sizes in upright pixels, or in points for drawings."""

    kind: Kind
    media_type: str
    width: int | None = None
    height: int | None = None
    duration_seconds: float | None = None
    pages: int | None = None
    frames: int = 1
    encrypted: bool | None = None
    technical: dict[str, Any] = field(default_factory=dict)
    container: dict[str, Any] = field(default_factory=dict)
    """What the container's tags say, by the names and in the shapes of `domain.metadata.FIELDS`."""
    private: dict[str, Any] = field(default_factory=dict)
    """Tags that have no such name, and never leave the house."""
    decoded_bytes: int = 0
    """Bytes of all pixels of one frame."""
    decoding_bytes: int = 0
    """Bytes that decoding holds at once, estimated."""
    refusal: tuple[str, str] | None = None
    """Code and reason, where the header alone shows that this cannot be decoded."""
    warnings: tuple[tuple[str, str, str], ...] = ()
    """Code, field and message of what is wrong and was lived with."""
