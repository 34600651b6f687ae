"""Work items: what a person must look at, because no rule can decide it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from assetwire.domain import ids
from assetwire.domain.asset import AssetId
from assetwire.domain.model import Instant, Value

WORK_ID = r"^w[a-z2-7]{25}$"
WorkId = Annotated[str, StringConstraints(pattern=WORK_ID)]


class Queue(StrEnum):
    """Why a person must look."""

    NEAR_DUPLICATE = "near_duplicate"
    """Two assets show nearly the same picture."""
    RIGHTS_CONFLICT = "rights_conflict"
    """The same bytes came with other rights than their asset has."""


class WorkState(StrEnum):
    """Whether a work item still waits for a person."""

    OPEN = "open"
    CLOSED = "closed"


class WorkItem(Value):
    """One thing for a person to decide: which asset, why, with what evidence, and what was decided."""

    work_id: WorkId
    queue: Queue
    state: WorkState = WorkState.OPEN
    asset_id: AssetId
    other_asset_id: AssetId | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)
    opened_at: Instant
    closed_at: Instant | None = None
    closed_by: str = ""
    resolution: str = ""
    revision: int = 0

    @classmethod
    def opened(
        cls, queue: Queue, *cause: str, asset_id: str, now: datetime, other: str | None = None, **evidence: Any
    ) -> "WorkItem":
        """Return a new item; its id comes from its cause, so that the same cause opens it once."""
        return cls(
            work_id=ids.work_id(queue.value, *cause),
            queue=queue,
            asset_id=asset_id,
            other_asset_id=other,
            evidence=evidence,
            opened_at=now,
        )

    def closed(self, resolution: str, *, by: str, now: datetime) -> "WorkItem":
        """Return this item, decided."""
        decided = {"state": WorkState.CLOSED, "resolution": resolution, "closed_by": by, "closed_at": now}
        return self.model_copy(update={**decided, "revision": self.revision + 1})
