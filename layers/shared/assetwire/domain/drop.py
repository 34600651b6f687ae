"""Drops: archives and manifests that were put into the masters bucket, and what became of everything in them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from assetwire.domain.expansion import MANIFESTS, Fate, Role
from assetwire.domain.inspection import Problem
from assetwire.domain.manifest import ManifestProblem
from assetwire.domain.model import Instant, Value
from assetwire.domain.uploads import DROPS

DROP_ID = r"^d[a-z2-7]{25}$"
DropId = Annotated[str, StringConstraints(pattern=DROP_ID)]
PAGE = 50
"""Members whose results are written together."""
MOST_PROBLEMS = 200
"""Problems of a manifest that are kept: the first ones say enough."""


class DropState(StrEnum):
    """How far a drop is."""

    WORKING = "working"
    DONE = "done"
    REFUSED = "refused"
    """As a whole, for the problems that it names: nothing of it was taken."""


class MemberResult(Value):
    """What became of one member; `s3_version` is that of the master which holds its bytes."""

    name: str
    fate: Fate
    role: Role = Role.MASTER
    key: str = ""
    s3_version: str = ""
    written: bool = False
    """Whether it was put; the same bytes that stood under the key already are not put again."""
    code: str = ""
    message: str = ""


class Members(Value):
    """Results of some members of a drop, in the order of its archive."""

    drop_id: DropId
    page: int
    results: tuple[MemberResult, ...]


class Drop(Value):
    """One upload of an archive or a manifest, and what became of it; members count by their fate."""

    drop_id: DropId
    bucket: str
    key: str
    s3_version: str
    state: DropState = DropState.WORKING
    members: int = 0
    counts: dict[Fate, int] = Field(default_factory=dict)
    declared: int = 0
    """Rows of its manifest."""
    problems: tuple[Problem, ...] = ()
    manifest_problems: tuple[ManifestProblem, ...] = ()
    created_at: Instant
    updated_at: Instant
    revision: int = 0


def is_drop(key: str) -> bool:
    """Tell whether a key is that of a drop: it stands under `drops/`, or is a manifest beside masters."""
    return key.startswith(DROPS) or is_manifest(key)


def is_manifest(key: str) -> bool:
    """Tell whether a key is that of a manifest beside masters, in a folder."""
    return "/" in key and key.rsplit("/", 1)[-1] in MANIFESTS and not key.startswith(DROPS)
