"""What was made of an asset and is shown, and what of it stands in delivery."""

import hashlib
import json

from pydantic import Field

from assetwire.domain.ids import VersionId
from assetwire.domain.model import Value
from assetwire.domain.rights import Usage


class Rendered(Value):
    """The version and its outputs that were finished last and completely: what is shown, if the rights allow."""

    version_id: VersionId
    outputs: dict[str, str] = Field(default_factory=dict)
    """Name of the file → digest of what it was made by."""
    unmet: dict[str, str] = Field(default_factory=dict)
    """Likewise of outputs that were tried, and have no room for this master's detail: it is complete without them."""
    answers: str = ""
    """The asset's `rendering_asked` of which this took account."""
    made_by: str = ""
    """Of a spin: the digest of the specs that it was made by; of others, their outputs say that."""

    @property
    def spec_digest(self) -> str:
        """Changes when any of the outputs does."""
        return hashlib.sha256(json.dumps(self.outputs, sort_keys=True).encode()).hexdigest()[:16]


class Delivered(Value):
    """What enforce last made sure of: these file names of this version stand under this generation's prefix."""

    generation: int
    version_id: VersionId | None = None
    renditions: tuple[str, ...] = ()
    sizes: dict[str, tuple[int, int]] = Field(default_factory=dict)
    """Width and height of a file in pixels, by its name, where anything is seen."""
    elsewhere: dict[str, VersionId] = Field(default_factory=dict)
    """Of which version a file is, by its name, where it is another: pictures and films are finished one by one."""
    digest: str = ""
    """Of the keys and bytes of everything that stands there."""
    usages: tuple[Usage, ...] = ()
    """What the files are shown for, each once; none is named where it was recorded before this was."""
    unsure: bool = False
    """More stood there than this says, and caches may hold it: noted before it goes, until they are to forget it."""

    @property
    def versions(self) -> set[VersionId]:
        """The versions whose files stand there."""
        return {version_id for version_id in (self.version_id, *self.elsewhere.values()) if version_id is not None}

    def version_of(self, name: str) -> VersionId | None:
        """Return the version that a delivered file is of."""
        return self.elsewhere.get(name, self.version_id)
