"""Work items: what a person must look at, because no rule can decide it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from assetwire.domain import ids
from assetwire.domain.asset import Asset, Upload, Version
from assetwire.domain.due import Due, DueKind
from assetwire.domain.embedded_rights import free_texts
from assetwire.domain.ids import AssetId
from assetwire.domain.link import LinkRole, Market
from assetwire.domain.matching import Match, Verdict, role_of
from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Rights
from assetwire.domain.rights_sets import the_same
from assetwire.domain.service_levels import due_at
from assetwire.domain.sku import Sku

WORK_ID = r"^w[a-z2-7]{25}$"
WorkId = Annotated[str, StringConstraints(pattern=WORK_ID)]


class Queue(StrEnum):
    """Why a person must look."""

    NEAR_DUPLICATE = "near_duplicate"
    """Two assets show nearly the same picture."""
    RIGHTS_CONFLICT = "rights_conflict"
    """The same bytes came with other rights than their asset has."""
    RIGHTS_REVIEW = "rights_review"
    """A master says in free text where or for what it may be used; or a new one, or a declaration, limits less."""
    LINK_REVIEW = "link_review"
    """An asset's evidence names products, and not surely, or not in one voice."""
    ALT_TEXT = "alt_text"
    """A published product shows a picture of which nobody says in a language what is to be seen on it."""
    COLD_MASTER = "cold_master"
    """A master came into cold storage: it is read once S3 has made a copy of it."""


class Resolution(StrEnum):
    """What a person decided."""

    DIFFERENT = "different"
    """Two pictures: the likeness is chance."""
    VARIANTS = "variants"
    """Nearly the same on purpose; both stay."""
    DUPLICATE = "duplicate"
    """One picture twice; what is to go was withdrawn or deleted."""
    RIGHTS_KEPT = "rights_kept"
    """The asset's rights are right."""
    RIGHTS_CHANGED = "rights_changed"
    """The asset's rights were set anew."""
    SOURCE_REFUSED = "source_refused"
    """Whoever declared the other rights must send the file again, or not at all."""
    RIGHTS_AGREE = "rights_agree"
    """The asset's rights say what the text does."""
    RIGHTS_ADAPTED = "rights_adapted"
    """The asset's rights were set to what the text says."""
    LINKED = "linked"
    """It shows a product, or several: they are linked."""
    NOT_LINKED = "not_linked"
    """It shows none of those that were suggested."""
    CORRECTED = "corrected"
    """It shows another product than was suggested, or in another role or market: it is linked to that."""
    ACCEPTED = "accepted"
    """What is made of the product's name and attributes will do."""
    SETTLED = "settled"
    """What came since answered the question."""
    RECALLED = "recalled"
    """Its copy came, and was read."""
    SENT_AGAIN = "sent_again"
    """It was put where it can be read at once, or nobody needs it."""


RESOLUTIONS: dict[Queue, tuple[Resolution, ...]] = {
    Queue.NEAR_DUPLICATE: (Resolution.DIFFERENT, Resolution.VARIANTS, Resolution.DUPLICATE),
    Queue.RIGHTS_CONFLICT: (Resolution.RIGHTS_KEPT, Resolution.RIGHTS_CHANGED, Resolution.SOURCE_REFUSED),
    Queue.RIGHTS_REVIEW: (Resolution.RIGHTS_AGREE, Resolution.RIGHTS_ADAPTED),
    Queue.LINK_REVIEW: (Resolution.LINKED, Resolution.NOT_LINKED, Resolution.CORRECTED, Resolution.SETTLED),
    Queue.ALT_TEXT: (Resolution.ACCEPTED, Resolution.SETTLED),
    Queue.COLD_MASTER: (Resolution.RECALLED, Resolution.SENT_AGAIN),
}
"""What may be decided about the items of each queue."""
SYSTEM = "assetwire"
"""Who closes what needs nobody any more."""
LONGEST_NOTE = 2000
LEASE = timedelta(minutes=15)
"""How long an item is one person's after it was claimed; claimed again by the same, it is so for as long again."""


class WorkState(StrEnum):
    """Whether a work item still waits for a person."""

    OPEN = "open"
    CLOSED = "closed"


class Claim(Value):
    """Whose an item is, since when and until when; after its end it is anybody's."""

    by: str
    at: Instant
    until: Instant


class Outcome(StrEnum):
    """What became of a link that was suggested."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    CORRECTED = "corrected"
    """Something else was linked in its place."""


class Answer(Value):
    """What a person said to one suggestion: of which product, by which evidence."""

    sku: Sku
    origin: str
    outcome: Outcome


class Linked(Value):
    """A link that a person made by an answer."""

    sku: Sku
    role: LinkRole
    market: Market


class WorkItem(Value):
    """One thing for a person to decide: which asset, if there is one, why, with what evidence, and what was decided."""

    work_id: WorkId
    queue: Queue
    state: WorkState = WorkState.OPEN
    asset_id: AssetId | None = None
    other_asset_id: AssetId | None = None
    evidence: dict[str, Any] = Field(default_factory=dict)
    opened_at: Instant
    claim: Claim | None = None
    due: Due | None = None
    """When it passes the next service level of its queue."""
    level: int = 0
    """How many service levels it has passed: from 1 on it is overdue."""
    closed_at: Instant | None = None
    closed_by: str = ""
    resolution: str = ""
    note: Annotated[str, StringConstraints(max_length=LONGEST_NOTE)] = ""
    answers: tuple[Answer, ...] = ()
    """To the links that were suggested, if it was decided by them."""
    linked: tuple[Linked, ...] = ()
    """What it was linked to with that."""
    revision: int = 0

    @classmethod
    def opened(
        cls,
        queue: Queue,
        *cause: str,
        now: datetime,
        asset_id: str | None = None,
        other: str | None = None,
        **evidence: Any,
    ) -> "WorkItem":
        """Return a new item; its id comes from its cause, so that the same cause opens it once."""
        return cls(
            work_id=ids.work_id(queue.value, *cause),
            queue=queue,
            asset_id=asset_id,
            other_asset_id=other,
            evidence=evidence,
            opened_at=now,
            due=_due(queue, now, 0),
        )

    @property
    def listed_at(self) -> datetime:
        """Its moment in listings: while it waits when it was opened, then when it was decided."""
        return self.closed_at or self.opened_at

    def claimed_by_other(self, by: str, *, now: datetime) -> Claim | None:
        """Return somebody else's claim, if it holds at this moment."""
        claim = self.claim
        return None if claim is None or claim.by == by or claim.until <= now else claim

    def claimed(self, by: str, *, now: datetime) -> "WorkItem":
        """Return this item as one person's for the length of a lease; whoever has it already keeps it for longer."""
        since = self.claim.at if self.claim is not None and self.claim.by == by and self.claim.until > now else now
        return self._changed(claim=Claim(by=by, at=since, until=now + LEASE))

    def released(self) -> "WorkItem":
        """Return this item as nobody's."""
        return self._changed(claim=None)

    def woken(self, now: datetime) -> "WorkItem":  # noqa: ARG002  as whatever is due is woken
        """Return this item one service level further: each is passed, and told, once."""
        level = self.level + 1
        return self._changed(level=level, due=_due(self.queue, self.opened_at, level))

    def about(self, **evidence: Any) -> "WorkItem":
        """Return this item with what is known now."""
        return self._changed(evidence=evidence)

    def reopened(self, *, now: datetime, **evidence: Any) -> "WorkItem":
        """Return this item as it was opened once more, for the same cause as before."""
        again = WorkItem(work_id=self.work_id, queue=self.queue, asset_id=self.asset_id, opened_at=now)
        fields = {name: getattr(again, name) for name in WorkItem.model_fields if name not in {"revision", "due"}}
        return self._changed(**fields | {"evidence": evidence, "due": _due(self.queue, now, 0)})

    def closed(self, resolution: str, *, by: str, now: datetime, note: str = "", **said: Any) -> "WorkItem":
        """Return this item, decided."""
        decided = {"state": WorkState.CLOSED, "resolution": resolution, "note": note, "closed_by": by, "closed_at": now}
        return self._changed(**decided, **said, claim=None, due=None)

    def _changed(self, **fields: Any) -> "WorkItem":
        return self.model_copy(update={**fields, "revision": self.revision + 1})


def _due(queue: Queue, opened_at: datetime, level: int) -> Due | None:
    at = due_at(queue.value, opened_at, level)
    return None if at is None else Due(kind=DueKind.WORK, at=at)


def cold_master(upload: Upload, *, now: datetime) -> WorkItem:
    """Return the work item for a master that nobody can read before S3 has made a copy of it."""
    cause = (upload.bucket, upload.key, upload.s3_version)
    return WorkItem.opened(Queue.COLD_MASTER, *cause, now=now, upload=upload.model_dump(mode="json"))


def rights_conflict(asset: Asset, declared: Rights, *cause: str, now: datetime, **came: str) -> WorkItem | None:
    """Return the work item for bytes of this asset that came with other rights than it has; None if they are the same.

    `cause` makes the item's id, and `came` says as evidence what they came as.

    An asset without rights is delivered to nobody, so rights that are declared for its bytes are other rights too.
    """
    if the_same(asset.rights, declared):
        return None
    return WorkItem.opened(
        Queue.RIGHTS_CONFLICT,
        *cause,
        asset_id=asset.asset_id,
        now=now,
        **came,
        rights=None if asset.rights is None else asset.rights.model_dump(mode="json", exclude_none=True),
        declared=declared.model_dump(mode="json", exclude_none=True),
    )


def rights_review(version: Version, before: Asset | None, after: Asset, *, now: datetime) -> WorkItem | None:
    """Return the work item for a version that says more in free text than the one before, or limits less; else None."""
    texts = free_texts(version.inspection.metadata.fields)
    if before is not None and texts == free_texts(before.inspection.metadata.fields):
        texts = {}
    cause = (version.asset_id, version.version_id)
    came = {"key": version.upload.key, "version_id": version.version_id}
    is_new = before is not None and after.held_limits != before.held_limits
    held = limits_review(after, *cause, now=now, **came) if is_new else None
    if not texts:
        return held
    evidence: dict[str, Any] = {**(came if held is None else held.evidence), "constraints": texts}
    return WorkItem.opened(Queue.RIGHTS_REVIEW, *cause, asset_id=version.asset_id, now=now, **evidence)


def limits_review(asset: Asset, *cause: str, now: datetime, **came: str) -> WorkItem | None:
    """Return the work item for limits that are held of an asset and were said no more; None if it holds none.

    `cause` makes the item's id, and `came` says as evidence what said less.
    """
    if asset.held_limits is None:
        return None
    held = asset.held_limits.model_dump(mode="json", exclude_none=True)
    return WorkItem.opened(Queue.RIGHTS_REVIEW, *cause, asset_id=asset.asset_id, now=now, **came, held_limits=held)


def link_review(asset: Asset, verdict: Verdict, proposed: Sequence[Match], *, evidence: str, now: datetime) -> WorkItem:
    """Return the work item for an asset whose evidence only suggests these products."""
    suggestions = [
        {"sku": match.sku, "origin": match.origin.value, "confidence": match.confidence} for match in proposed
    ]
    cause = (asset.asset_id, verdict.value, evidence, *(match.sku for match in proposed))
    said: dict[str, Any] = {
        "verdict": verdict.value,
        "digest": evidence,
        "suggestions": suggestions,
        "role": role_of(asset).value,
    }
    return WorkItem.opened(Queue.LINK_REVIEW, *cause, asset_id=asset.asset_id, now=now, **said)
