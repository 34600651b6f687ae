"""Assets, their versions, and where their bytes come from."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from assetwire.domain import ids
from assetwire.domain.archive import Act, Archive, ArchiveState, Withdrawal
from assetwire.domain.due import Due
from assetwire.domain.ids import AssetId, CollectionId, VersionId
from assetwire.domain.inspection import Identifier, Inspection, Problem, Status
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.model import Instant, Value
from assetwire.domain.next_due import next_due, rights_due
from assetwire.domain.product_use import ProductUse
from assetwire.domain.revocation import Narrowing
from assetwire.domain.rights import Rights
from assetwire.domain.rights_in_force import held_beside, rights_after
from assetwire.domain.rights_phase import Phase, phase_of
from assetwire.domain.shown import Delivered, Rendered
from assetwire.domain.transcoding import Transcoding

Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
DEFAULT_CATEGORY = "default"


class AssetStatus(StrEnum):
    """What an asset is good for."""

    ACCEPTED = "accepted"
    """It meets the house's rules: it is rendered, and delivered as its rights allow."""
    QUARANTINED = "quarantined"
    """Its master or its metadata is refused, for the reasons that it names."""
    WITHDRAWN = "withdrawn"
    """Somebody took it out of use, or it waits for its deletion."""
    DELETED = "deleted"
    """Its bytes are gone; the record says what it was."""


class Upload(Value):
    """An object that was put into the masters bucket: one cause of one version."""

    bucket: str
    key: str
    s3_version: str
    uploaded_at: Instant
    sequencer: str = ""

    @property
    def version_id(self) -> str:
        """The id of the version that this upload makes."""
        return ids.version_id(self.bucket, self.key, self.s3_version, self.uploaded_at)

    @property
    def order(self) -> str:
        """Sorts uploads by time; S3's sequencer, hexadecimal, orders those of one key within a second.

        Source: S3 user guide, "Event message structure": pad the shorter sequencer, then compare.
        """
        return f"{self.uploaded_at:%Y-%m-%dT%H:%M:%S}|{self.sequencer.upper():0<32}|{self.version_id}"

    @property
    def file_name(self) -> str:
        """The last part of the key."""
        return self.key.rsplit("/", 1)[-1]


class UploadRecord(Value):
    """The note that an upload was ingested, and into which version; None if its bytes were known already."""

    upload: Upload
    asset_id: AssetId
    version_id: VersionId | None = None


class Blob(Value):
    """Bytes that were read once; many uploads may hold them."""

    sha256: str
    asset_id: AssetId
    inspection: Inspection


class Version(Value):
    """A master of an asset: one upload and what its bytes are."""

    asset_id: AssetId
    version_id: VersionId
    upload: Upload
    inspection: Inspection
    problems: tuple[Problem, ...] = ()
    """Why the template of the asset's category refuses it; what is wrong with its bytes stands in the inspection."""

    @property
    def accepted(self) -> bool:
        """Tell whether this master may be rendered and shown."""
        return self.inspection.status is Status.ACCEPTED and not self.problems

    def judged(self, problems: tuple[Problem, ...]) -> "Version":
        """Return this version with what the template says of it now."""
        return self if problems == self.problems else self.model_copy(update={"problems": problems})

    def refused(self, problem: Problem) -> "Version":
        """Return this version quarantined for one more reason."""
        problems = (*self.inspection.problems, problem)
        refused = self.inspection.model_copy(update={"status": Status.QUARANTINED, "problems": problems})
        return self.model_copy(update={"inspection": refused})


class Edit(Value):
    """A metadata field that people set, over what the master says; None takes the master's value away."""

    value: Any = None
    source: Origin = Origin.API
    by: str = ""
    at: Instant


class Deletion(Act):
    """An asset is to be deleted when its grace period ends, and was by `done_at`."""

    due_at: Instant
    begun_at: Instant | None = None
    """From here on there is no way back: nothing is added to the asset, held or restored any more."""
    done_at: Instant | None = None
    used_in: tuple[str, ...] = ()
    """Where it was used when that was asked for."""


class Asset(Value):
    """A stable id with versions, rights and renditions; `revision` counts its changes, `generation` its narrowings."""

    asset_id: AssetId
    status: AssetStatus
    category: Category = DEFAULT_CATEGORY
    current_version: VersionId
    current_order: str
    file_name: str
    inspection: Inspection
    edits: dict[str, Edit] = Field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """Why the template of its category refuses it."""
    declared: tuple[Identifier, ...] = ()
    """Evidence of what it shows that was given beside its bytes; `where` is the master's key."""
    rights: Rights | None = None
    """As people or manifests set them."""
    rights_declared: bool = False
    """Its rights are what a manifest beside its master says; nobody who may set rights did."""
    held_limits: Rights | None = None
    """What declarations, and versions before the current one, say of its licence."""
    collections: tuple[CollectionId, ...] = ()
    """Those that it is in."""
    inherited: dict[str, Rights] = Field(default_factory=dict)
    """What those of them allow that have rights."""
    restricted: Rights | None = None
    """The rights within what its metadata says and its collections allow; None where nothing restricts them."""
    phase: Phase = Phase()
    generation: int = 1
    narrowing: Narrowing | None = None
    """What began this generation."""
    rendered: Rendered | None = None
    transcoded: Rendered | None = None
    """The same of films, sounds, pages and spins: a part of its own, whole by itself."""
    transcoding: Transcoding | None = None
    """What these wait for, and went without."""
    part_of: tuple[AssetId, ...] = ()
    """The spins that this is a frame of."""
    product_use: ProductUse = ProductUse.NEVER
    delivered: Delivered | None = None
    withdrawn: Withdrawal | None = None
    deletion: Deletion | None = None
    legal_hold: Act | None = None
    archive: Archive | None = None
    """How its masters are kept, if they are not all at hand."""
    used_at: Instant | None = None
    """When its masters were last of use: a version, renditions, an edit, a recall; None if only when it was made."""
    look_at: Instant | None = None
    """When custody looks at its masters again."""
    rendering_asked: str = ""
    """The job that last asked for its renditions to be looked at; empty if none did."""
    delivery_asked: str = ""
    """The job that last asked for its delivery to be looked at; empty if none did."""
    tidy_at: Instant | None = None
    """When superseded renditions of it are to be removed."""
    transcode_at: Instant | None = None
    """When transcode is to look at it again."""
    due: Due | None = None
    created_at: Instant
    updated_at: Instant
    revision: int = 0

    @classmethod
    def of(cls, version: Version, *, now: datetime, **declared: Any) -> "Asset":
        """Return the new asset that this version is the first of, with what was declared of it."""
        bare = cls(
            asset_id=version.asset_id,
            status=AssetStatus.ACCEPTED if version.accepted else AssetStatus.QUARANTINED,
            current_version=version.version_id,
            current_order=version.upload.order,
            file_name=version.upload.file_name,
            inspection=version.inspection,
            problems=version.problems,
            created_at=now,
            updated_at=now,
        )
        asset = bare.model_copy(update=declared)
        asset = asset.model_copy(update=rights_after(bare, asset, now=now))
        return asset.model_copy(update={"due": next_due(None, asset)})

    @property
    def fields(self) -> dict[str, FieldValue]:
        """The metadata that counts: what the current master says, with people's edits over it."""
        found = {name: field for name, field in self.inspection.metadata.fields.items() if name not in self.edits}
        edited = {name: edit for name, edit in self.edits.items() if edit.value is not None}
        return found | {name: FieldValue(value=edit.value, source=edit.source) for name, edit in edited.items()}

    def with_version(self, version: Version, *, now: datetime, **declared: Any) -> "Asset":
        """Return this asset knowing one more version, and what was declared of it meanwhile.

        The newest accepted upload is current, else the newest; it is kept within the limits of every one. Its revision
        counts the version in any case: whoever decides over all versions must notice one more.
        """
        accepted = self.inspection.status is Status.ACCEPTED and not self.problems
        if (version.accepted, version.upload.order) <= (accepted, self.current_order):
            held = held_beside(self.model_copy(update=declared), version.inspection)
            return self._changed(now, **{**declared, "used_at": now, "held_limits": held})
        # Its master is at hand, as it was just uploaded.
        return self._changed(now, **declared, **self._with_current(version), used_at=now, archive=None)

    def judged(self, versions: list[Version], *, now: datetime, **changes: Any) -> "Asset":
        """Return this asset after its versions were judged anew, and with these changes: the best version is current.

        The newest accepted one is the best, else the newest. What is shown and accepted no more, is shown no longer,
        and every URL minted so far ends: it may be of that.
        """
        refused = {version.version_id for version in versions if not version.accepted}
        seen = {part.version_id for part in self.shown_parts} | (self.delivered.versions if self.delivered else set())
        shown = {
            name: None if part is not None and part.version_id in refused else part
            for name, part in (("rendered", self.rendered), ("transcoded", self.transcoded))
        }
        best = max(versions, key=lambda v: (v.accepted, v.upload.order))
        generation = self.generation + bool(refused & seen)
        return self._changed(now, **shown | self._with_current(best), generation=generation, **changes)

    def _with_current(self, version: Version) -> dict[str, Any]:
        """Return what changes with this version current; of another kind of media, the films before it are no more."""
        changes = _shown(version)
        if version.inspection.kind is not self.inspection.kind:
            changes |= {"transcoded": None, "transcoding": None, "transcode_at": None}
        return changes

    @property
    def effective_rights(self) -> Rights | None:
        """The rights that count: by them it is judged, rendered and shown."""
        return self.rights if self.restricted is None else self.restricted

    @property
    def unfollowed(self) -> Narrowing | None:
        """The decision that delivery is yet to follow: something was seen of an earlier generation."""
        seen = self.delivered
        is_behind = seen is not None and seen.generation < self.generation and (seen.renditions or seen.unsure)
        return self.narrowing if is_behind else None

    def with_rights(self, rights: Rights, *, now: datetime) -> "Asset":
        """Return this asset with these rights; a narrowing bumps the generation, which ends every URL minted so far."""
        is_set = rights == self.rights and not self.rights_declared
        return self if is_set else self._changed(now, rights=rights, rights_declared=False)

    def with_limits_lifted(self, *, now: datetime) -> "Asset":
        """Return this asset within no limits but those that are said now."""
        return self if self.held_limits is None else self._changed(now, held_limits=None)

    def in_phase(self, *, now: datetime) -> "Asset":
        """Return this asset with its rights in the phase of this moment; what was open and is not ends every URL."""
        return self if phase_of(self.effective_rights, now) == self.phase else self._changed(now)

    def with_declared(self, *, now: datetime, **changes: Any) -> "Asset":
        """Return this asset after something was declared of it; see `domain/declaration.py`."""
        return self._changed(now, **changes) if changes else self

    def with_collections(
        self, collections: tuple[CollectionId, ...], inherited: dict[str, Rights], *, now: datetime
    ) -> "Asset":
        """Return this asset in these collections, and within what those that have rights allow."""
        if (collections, inherited) == (self.collections, self.inherited):
            return self
        return self._changed(now, collections=collections, inherited=inherited)

    def with_rendered(self, rendered: Rendered | None, *, tidy_at: datetime | None = None, now: datetime) -> "Asset":
        """Return this asset with its renditions finished, and with when what they supersede is to be removed."""
        if (rendered, tidy_at) == (self.rendered, self.tidy_at):
            return self
        return self._changed(now, rendered=rendered, tidy_at=tidy_at)

    def with_transcoding(self, *, now: datetime, **changes: Any) -> "Asset":
        """Return this asset with what transcode made, waits for or gave up; the same again changes nothing."""
        changed = any(getattr(self, name) != value for name, value in changes.items())
        return self._changed(now, **changes) if changed else self

    def with_spin(self, spin_id: str, *, belongs: bool, now: datetime) -> "Asset":
        """Return this asset as a frame of this spin, or of it no more."""
        others = tuple(each for each in self.part_of if each != spin_id)
        part_of = tuple(sorted((*others, spin_id))) if belongs else others
        return self if part_of == self.part_of else self._changed(now, part_of=part_of)

    def with_product_use(self, *, shows_published: bool, now: datetime) -> "Asset":
        """Return this asset knowing whether a published product shows it; the end of that ends every URL."""
        use = self.product_use.after(shows_published)
        if use is self.product_use:
            return self
        return self._changed(now, product_use=use, generation=self.generation + (use is ProductUse.ENDED))

    @property
    def shown_parts(self) -> tuple[Rendered, ...]:
        """What was finished last and is shown, if the rights allow: its pictures, and what else is made of it."""
        return tuple(part for part in (self.rendered, self.transcoded) if part is not None)

    def with_asked(self, *, now: datetime, rendering: str = "", delivery: str = "") -> "Asset":
        """Return this asset with jobs that ask for its renditions, or its delivery, to be looked at."""
        rendering, delivery = rendering or self.rendering_asked, delivery or self.delivery_asked
        if (rendering, delivery) == (self.rendering_asked, self.delivery_asked):
            return self
        return self._changed(now, rendering_asked=rendering, delivery_asked=delivery)

    def with_delivered(self, delivered: Delivered, *, now: datetime) -> "Asset":
        """Return this asset with its delivery made sure of."""
        return self if delivered == self.delivered else self._changed(now, delivered=delivered)

    @property
    def is_archived(self) -> bool:
        """Tell whether its masters are in cold storage, so that reading one means to wait, and to pay."""
        return self.archive is not None and self.archive.state is ArchiveState.ARCHIVED

    @property
    def is_accepted(self) -> bool:
        """Tell whether it is of use: neither refused nor out of use."""
        return self.status is AssetStatus.ACCEPTED

    @property
    def is_gone(self) -> bool:
        """Tell whether its deletion has begun, or is done: whatever comes now belongs to another asset."""
        begun = self.deletion is not None and self.deletion.begun_at is not None
        return begun or self.status is AssetStatus.DELETED

    def with_life(self, *, now: datetime, **changes: Any) -> "Asset":
        """Return this asset at another point of its life cycle; `domain.lifecycle` says which there are."""
        return self._changed(now, **changes)

    def woken(self, now: datetime) -> "Asset":
        """Return this asset after the sweep said that something about it is due."""
        changed = self._changed(now)
        waits = [each for each in (self.due and self.due.woken(now), rights_due(changed)) if each]
        return changed.model_copy(update={"due": min(waits, key=lambda due: due.at, default=None)})

    def _changed(self, now: datetime, **changes: Any) -> "Asset":
        if any(changes[name] != getattr(self, name) for name in _USES & changes.keys()):
            changes = {"used_at": now, **changes}
        changed = self.model_copy(update={**changes, "updated_at": now, "revision": self.revision + 1})
        changed = changed.model_copy(update={"status": changed._status(), **rights_after(self, changed, now=now)})
        return changed.model_copy(update={"due": next_due(self, changed)})

    def _status(self) -> AssetStatus:
        if self.deletion is not None and self.deletion.done_at is not None:
            return AssetStatus.DELETED
        if self.withdrawn is not None or self.deletion is not None:
            return AssetStatus.WITHDRAWN
        accepted = self.inspection.status is Status.ACCEPTED and not self.problems
        return AssetStatus.ACCEPTED if accepted else AssetStatus.QUARANTINED


_USES = {"current_version", "rendered", "transcoded", "edits", "category"}
"""The fields whose change says that an asset is of use, so that its masters stay at hand."""


def _shown(version: Version) -> dict[str, Any]:
    return {
        "current_version": version.version_id,
        "current_order": version.upload.order,
        "file_name": version.upload.file_name,
        "inspection": version.inspection,
        "problems": version.problems,
    }
