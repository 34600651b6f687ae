"""Declarations: what somebody says of a master beside its bytes, before or after they come.

A declaration stands under a name: a manifest's and a sidecar's under the master's key, a sidecar's that bears only the
stem under that. What stands is applied to an asset once, in the write that says so; what counts then does not depend
on the order in which master, manifest and sidecar came.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import Field

from assetwire.domain.asset import DEFAULT_CATEGORY, Asset, Category, Edit
from assetwire.domain.declared import Declared
from assetwire.domain.embedded_rights import limits_of
from assetwire.domain.inspection import Identifier, Kind, Problem
from assetwire.domain.metadata import FieldValue, Origin
from assetwire.domain.model import Instant, Value
from assetwire.domain.rights import Rights
from assetwire.domain.rights_sets import strictest, the_same
from assetwire.domain.sidecar import named_by, names_of

_CONFIDENCE = 0.95
"""Of what a manifest says that a file shows: people wrote it down, file by file."""
_BY_PEOPLE = frozenset({Origin.API})
"""Edits that declarations never overrule."""


class Declaration(Value):
    """What is said of the masters of one name; `applied` are the keys of those whose asset knows it already.

    `rights_known` are the keys of those whose asset knew these very rights before the rest of it was said: people may
    have set others since, which stand. `authorised` says that its rights are the word of somebody who may set rights,
    and not of whoever may write into the bucket; `disputed` are others that were only said there since.
    """

    bucket: str
    name: str
    origin: Origin
    skus: tuple[str, ...] = ()
    gtins: tuple[str, ...] = ()
    category: Category | None = None
    rights: Rights | None = None
    authorised: bool = False
    disputed: Rights | None = None
    fields: dict[str, Any] = Field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """What could not be read of it."""
    said_at: Instant
    by: str = ""
    former_limits: Rights | None = None
    """What those before it limited rights to."""
    limits_known: tuple[str, ...] = ()
    """The keys of those whose asset is within these limits already."""
    applied: tuple[str, ...] = ()
    rights_known: tuple[str, ...] = ()
    revision: int = 0

    @classmethod
    def of_row(
        cls, row: Declared, *, bucket: str, folder: str, said_at: datetime, by: str, authorised: bool
    ) -> "Declaration":
        """Return what a manifest's row declares; its file stands in `folder`, which is empty or ends in a slash."""
        said = row.model_dump(exclude={"file", "rights"}) | {"rights": row.rights, "authorised": authorised}
        return cls(bucket=bucket, name=folder + row.file, origin=Origin.MANIFEST, said_at=said_at, by=by, **said)

    @classmethod
    def of_sidecar(
        cls, key: str, fields: dict[str, Any], problems: tuple[Problem, ...], *, bucket: str, said_at: datetime, by: str
    ) -> "Declaration":
        """Return what a sidecar declares: metadata alone, never rights."""
        said = {"fields": fields, "problems": problems, "said_at": said_at, "by": by}
        return cls(bucket=bucket, name=named_by(key), origin=Origin.SIDECAR, **said)

    def says_the_same(self, other: "Declaration") -> bool:
        """Tell whether both declare the same of the same masters, whoever said so and when."""
        beside = {"said_at", "by", "applied", "rights_known", "former_limits", "limits_known", "revision"}
        return self.model_dump(exclude=beside) == other.model_dump(exclude=beside)

    def in_place_of(self, known: "Declaration") -> "Declaration":
        """Return this declaration as the one that follows another: it has still to be applied.

        Rights that somebody said who may set them stand, until somebody says others who may.
        """
        new = self if self.authorised or not known.authorised else self._under(known.rights)
        same = the_same(new.rights, known.rights) if new.rights and known.rights else False
        same = same and known.authorised >= new.authorised
        knew = tuple(sorted({*known.applied, *known.rights_known})) if same else ()
        says_more = new._own_limits is not None and new._own_limits != known._own_limits
        followed = {
            "former_limits": known.limits,
            "limits_known": () if says_more else tuple(sorted({*known.applied, *known.limits_known})),
        }
        return new.model_copy(update={"revision": known.revision + 1, "applied": (), "rights_known": knew, **followed})

    def _under(self, rights: Rights | None) -> "Declaration":
        if rights is None:
            return self
        is_other = self.rights is not None and not the_same(self.rights, rights)
        disputed = self.rights if is_other else None
        return self.model_copy(update={"rights": rights, "authorised": True, "disputed": disputed})

    def rights_for(self, key: str) -> Rights | None:
        """Return the rights that it says, if the asset of this master has not heard them of it yet."""
        return None if key in self.applied or key in self.rights_known else self.rights

    @property
    def limits(self) -> Rights | None:
        """What it, and those before it, limit rights to; None if they do not."""
        said = [each for each in (self._own_limits, self.former_limits) if each is not None]
        return strictest(said) if said else None

    @property
    def limits_less(self) -> bool:
        """Tell whether those before it limited more than it does."""
        return self.limits is not None and (self._own_limits is None or not the_same(self._own_limits, self.limits))

    @property
    def _own_limits(self) -> Rights | None:
        return limits_of({name: FieldValue(value=value, source=self.origin) for name, value in self.fields.items()})

    def limits_for(self, key: str) -> Rights | None:
        """Return its limits, if the asset of this master has not heard them yet."""
        return None if key in self.applied or key in self.limits_known else self.limits

    def applied_to(self, key: str) -> "Declaration":
        """Return this declaration, known by the asset of this master."""
        return self.model_copy(update={"applied": (*self.applied, key), "revision": self.revision + 1})

    def unknown_to(self, key: str) -> "Declaration | None":
        """Return this declaration as it stands once the asset of this master is deleted; None if it was about it alone.

        What was said of the stem speaks for other masters too, and for the next one of this key.
        """
        others = tuple(each for each in self.applied if each != key)
        if self.name == key or not others:
            return None
        knew, within = (
            tuple(each for each in known if each != key) for known in (self.rights_known, self.limits_known)
        )
        said = {"applied": others, "rights_known": knew, "limits_known": within}
        return self.model_copy(update={**said, "revision": self.revision + 1})

    def identifiers(self, key: str) -> tuple[Identifier, ...]:
        """Return the evidence that it gives of the product that a master shows."""
        told = [("sku", sku, None) for sku in self.skus] + [("gtin", gtin, gtin.zfill(14)) for gtin in self.gtins]
        return tuple(
            Identifier(kind=kind, value=value, source=self.origin.value, where=key, confidence=_CONFIDENCE, gtin=gtin)
            for kind, value, gtin in told
        )


class Slot(NamedTuple):
    """A place where a declaration about a master may stand."""

    name: str
    origin: Origin


def slots_of(key: str) -> tuple[Slot, ...]:
    """Return every place where declarations about a master may stand: manifest, sidecar, sidecar of the stem."""
    return (Slot(key, Origin.MANIFEST), *(Slot(name, Origin.SIDECAR) for name in names_of(key)))


class Standing(NamedTuple):
    """What stands about one master, by `slots_of` its key: None where nothing is said."""

    bucket: str
    key: str
    declarations: tuple[Declaration | None, ...]

    @property
    def open(self) -> bool:
        """Tell whether something stands there that the master's asset does not know yet."""
        return any(each is not None and self.key not in each.applied for each in self.declarations)

    @property
    def manifest(self) -> Declaration | None:
        """What a manifest says."""
        return self.declarations[0]

    @property
    def sidecar(self) -> Declaration | None:
        """What the sidecar says that counts: the one with the master's full name, else that of its stem."""
        return next((each for each in self.declarations[1:] if each is not None), None)

    def limits(self) -> list[Rights]:
        """Return the limits that the master's asset has not heard yet, of every declaration, whichever counts."""
        said = [each.limits_for(self.key) for each in self.declarations if each is not None]
        return [limits for limits in said if limits is not None]

    @property
    def said_by(self) -> str:
        """Who said what the master's asset does not know yet; of several, the manifest's."""
        return next((each.by for each in self.declarations if each is not None and self.key not in each.applied), "")

    def known(self) -> tuple[tuple[Slot, Declaration | None, Declaration | None], ...]:
        """Return each slot with what stands there, and with what is to stand there once the asset knows it."""
        return tuple(
            (slot, each, each.applied_to(self.key) if each is not None and self.key not in each.applied else each)
            for slot, each in zip(slots_of(self.key), self.declarations, strict=True)
        )


def changes_to(asset: Asset, standing: Standing, *, own: bool, now: datetime) -> dict[str, Any]:
    """Return what the declarations change of an asset; nothing if it knows all of them.

    `own` says that the master is one of the asset's versions. If its bytes were known and came under another key, it
    adds evidence, and fields where nobody set any; rights are compared by whoever calls, and never taken. Nor are those
    that are only said in the bucket taken in place of what people set, or of what a spin has of its frames. What limits
    rights is held, whoever says it.
    """
    if not standing.open:
        return {}
    manifest = standing.manifest
    limits = [each for each in (asset.held_limits, *standing.limits()) if each is not None]
    wanted: dict[str, Any] = {
        "held_limits": strictest(limits) if limits else None,
        "edits": _edits(asset, standing, own=own, now=now),
        "declared": _evidence(asset, standing),
    }
    if manifest is not None and manifest.category is not None and (own or asset.category == DEFAULT_CATEGORY):
        wanted["category"] = manifest.category
    rights = manifest.rights_for(standing.key) if manifest is not None and own and not _is_spin(asset) else None
    if manifest is not None and rights is not None and (manifest.authorised or not _set_by_people(asset)):
        wanted |= {"rights": rights, "rights_declared": not manifest.authorised}
    return {name: value for name, value in wanted.items() if getattr(asset, name) != value}


def limits_elsewhere(asset: Asset, changes: dict[str, Any], elsewhere: Asset) -> dict[str, Any]:
    """Return what changes beside these of an asset that is to have the bytes of another: it is kept within its rights.

    What was taken out of use there may not be shown here. What nobody granted anything there limits nothing.
    """
    allowed = Rights() if elsewhere.withdrawn is not None else elsewhere.effective_rights
    rights = changes.get("rights", asset.rights)
    if allowed is None or (rights is not None and the_same(strictest([rights, allowed]), strictest([rights]))):
        return {}
    held = changes.get("held_limits", asset.held_limits)
    return {"held_limits": allowed if held is None else strictest([held, allowed])}


def disputed_rights(asset: Asset, standing: Standing, *, own: bool) -> Rights | None:
    """Return rights that are said of a master and that its asset, as it is after all, did not take; None if it did."""
    manifest = standing.manifest
    if manifest is None or standing.key in manifest.applied or _is_spin(asset):
        return None
    said = manifest.rights_for(standing.key)
    if own and said is not None and not manifest.authorised and _set_by_people(asset):
        return said
    return manifest.disputed if own else said


def _is_spin(asset: Asset) -> bool:
    return asset.inspection.kind is Kind.SPIN


def _set_by_people(asset: Asset) -> bool:
    return asset.rights is not None and not asset.rights_declared


def _edits(asset: Asset, standing: Standing, *, own: bool, now: datetime) -> dict[str, Edit]:
    """Return the asset's edits: people's stay, a manifest's stand over a sidecar's; what is said no more is gone."""
    kept = {name: edit for name, edit in asset.edits.items() if not own or edit.source in _BY_PEOPLE}
    said: dict[str, Edit] = {}
    for declaration in (standing.sidecar, standing.manifest):
        if declaration is None:
            continue
        for name, value in declaration.fields.items():
            edit = Edit(value=value, source=declaration.origin, by=declaration.by, at=now)
            before = asset.edits.get(name)
            same = before is not None and (before.value, before.source) == (edit.value, edit.source)
            said[name] = before if same and before is not None else edit
    return {**said, **kept}


def _evidence(asset: Asset, standing: Standing) -> tuple[Identifier, ...]:
    others = [each for each in asset.declared if each.where != standing.key]
    return (*others, *_said(standing))


def _said(standing: Standing) -> Iterator[Identifier]:
    if standing.manifest is not None:
        yield from standing.manifest.identifiers(standing.key)
