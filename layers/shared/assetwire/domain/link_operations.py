"""Operations on lists: assets bound, unbound and reordered one by one, whatever else stands on the list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from assetwire.domain.attributes import Attributes
from assetwire.domain.errors import AssetwireError
from assetwire.domain.ids import AssetId
from assetwire.domain.link import (
    ANY_MARKET,
    LONGEST_LIST,
    MOST_CHANGES,
    Arrangement,
    Link,
    LinkOrigin,
    LinkRole,
    LinkState,
    Market,
    MediaOrder,
    Place,
    moment_after,
)
from assetwire.domain.model import Value
from assetwire.domain.product import ProductMedia
from assetwire.domain.sku import Sku

MOST_OPERATIONS = 100
"""Operations of one call."""


class OperationKind(StrEnum):
    """What is done to a list."""

    BIND = "bind"
    """An asset is put on it, or to another place on it."""
    UNBIND = "unbind"
    """An asset is taken off it."""
    REORDER = "reorder"
    """Assets on it are put first, in this order; the others follow in theirs."""


class LinkOperation(Value):
    """One operation on the list of a product in a role and market."""

    op: OperationKind
    sku: Sku
    role: LinkRole
    market: Market = ANY_MARKET
    asset_id: AssetId | None = None
    """Which is bound or unbound."""
    assets: Annotated[tuple[AssetId, ...], Field(max_length=LONGEST_LIST)] = ()
    """Which are put first."""
    position: Annotated[int, Field(ge=1, le=LONGEST_LIST)] | None = None
    """Where one is bound, from 1; at the end, or where it is, if none is said."""
    scope: Attributes | None = None
    """Of which variants one is that is bound; as it is, if none is said."""
    if_revision: Annotated[int, Field(ge=0)] | None = None
    """The revision of the list before the call."""
    if_new: bool = False
    """That there is no list yet."""

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> Self:
        is_reorder = self.op is OperationKind.REORDER
        if is_reorder == (self.asset_id is not None) or is_reorder != bool(self.assets):
            raise ValueError("reorder names assets, bind and unbind name one asset_id")
        if self.op is not OperationKind.BIND and not (self.position is None and self.scope is None):
            raise ValueError("position and scope are of what is bound")
        return self

    @property
    def place(self) -> Place:
        """The list that it is about."""
        return Place(self.sku, self.role, self.market)


class Effect(StrEnum):
    """What became of an operation."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    """It was so already."""
    REFUSED = "refused"


class OperationOutcome(Value):
    """What became of an operation, the revision of its list after all of the call's, and why it was refused."""

    effect: Effect
    revision: int | None = None
    """None if there is no list."""
    code: str = ""
    message: str = ""


class Operated(NamedTuple):
    """What operations make of a list, None if it stays as it is, and what becomes of each."""

    arrangement: Arrangement | None
    outcomes: tuple[OperationOutcome, ...]


class _Refusal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def operated(
    place: Place,
    media: ProductMedia,
    operations: Sequence[LinkOperation],
    *,
    there: Collection[str],
    origin: LinkOrigin,
    by: str,
    now: datetime,
) -> Operated:
    """Return what operations on one list come to, each after those before it; all that are not refused are one write.

    `there` are the assets that can be bound. What a person decided, PIM does not undo: it binds no asset that a person
    took away or rejected there, and unbinds none that a person bound. Whoever reorders assets has placed them.
    """
    before = media.order(place)
    list_ = _List(place, before, media.links_at(place), origin)
    effects: list[tuple[Effect, str, str]] = []
    for operation in operations:
        try:
            effects.append((list_.operate(operation, there), "", ""))
        except _Refusal as refusal:
            effects.append((Effect.REFUSED, refusal.code, refusal.message))
    arrangement = list_.arrangement(by=by, now=now)
    after = before if arrangement is None or arrangement.order is None else arrangement.order
    revision = None if after is None else after.revision
    outcomes = (
        OperationOutcome(effect=effect, revision=revision, code=code, message=said) for effect, code, said in effects
    )
    return Operated(arrangement, tuple(outcomes))


def refused(error: AssetwireError, operations: Sequence[LinkOperation]) -> Operated:
    """Return that nothing becomes of any of these operations, and why."""
    outcome = OperationOutcome(effect=Effect.REFUSED, code=error.code, message=error.message)
    return Operated(None, (outcome,) * len(operations))


class _List:
    """A list that is being changed, and what its links are to be."""

    def __init__(self, place: Place, before: MediaOrder | None, links: Sequence[Link], origin: LinkOrigin) -> None:
        self._place, self._before, self._origin = place, before, origin
        self._links = {link.asset_id: link for link in links}
        self._assets = list(before.assets) if before is not None else []
        self._scopes: dict[str, Attributes] = {}
        """Of every asset that was bound or placed here."""
        self._removed: set[str] = set()

    def operate(self, operation: LinkOperation, there: Collection[str]) -> Effect:
        self._require_revision(operation)
        stood = (list(self._assets), dict(self._scopes), set(self._removed))
        match operation.op:
            case OperationKind.BIND:
                self._bind(operation, there)
            case OperationKind.UNBIND:
                self._unbind(str(operation.asset_id))
            case OperationKind.REORDER:
                self._reorder(operation.assets)
        if len(self._changes()) > MOST_CHANGES:
            self._assets, self._scopes, self._removed = stood
            raise _Refusal("too_many_changes", f"more than {MOST_CHANGES} links of the list would change at once")
        return Effect.UNCHANGED if (self._assets, self._scopes, self._removed) == stood else Effect.APPLIED

    def arrangement(self, *, by: str, now: datetime) -> Arrangement | None:
        changed: list[Link] = []
        before = (*(() if self._before is None else (self._before,)), *self._links.values())
        now = moment_after(now, before)
        for asset_id, state in self._changes().items():
            link = self._links.get(asset_id)
            if link is None:
                new = {"origin": self._origin, "by": by, "at": now, "created_at": now, "state": state}
                changed.append(Link(**self._place._asdict(), asset_id=asset_id, scope=self._scopes[asset_id], **new))
            else:
                scope = self._scopes.get(asset_id, link.scope)
                changed.append(
                    link.model_copy(update={"scope": scope}).now_is(state, origin=self._origin, by=by, now=now)
                )
        assets, listed = tuple(self._assets), () if self._before is None else self._before.assets
        if assets == listed and not changed:
            return None
        revision = 0 if self._before is None else self._before.revision + 1
        order = MediaOrder(**self._place._asdict(), assets=assets, by=by, at=now, revision=revision)
        return Arrangement(order, tuple(changed), before)

    def _changes(self) -> dict[str, LinkState]:
        """Return the links that change, and what each becomes."""
        found: dict[str, LinkState] = {}
        for asset_id, scope in self._scopes.items():
            link = self._links.get(asset_id)
            if link is None or not link.is_confirmed or self._origin.beats(link.origin) or link.scope != scope:
                found[asset_id] = LinkState.CONFIRMED
        counted = (each for each in self._removed if each in self._links and self._links[each].is_confirmed)
        return found | dict.fromkeys(counted, LinkState.REMOVED)

    def _require_revision(self, operation: LinkOperation) -> None:
        revision = None if self._before is None else self._before.revision
        if operation.if_new and revision is not None:
            raise _Refusal("revision", f"there is a list, at revision {revision}")
        if operation.if_revision is not None and operation.if_revision != revision:
            there = "there is no list" if revision is None else f"the list is at revision {revision}"
            raise _Refusal("revision", f"{there}, not at {operation.if_revision}")

    def _bind(self, operation: LinkOperation, there: Collection[str]) -> None:
        asset_id = str(operation.asset_id)
        link = self._links.get(asset_id)
        if asset_id not in there:
            raise _Refusal("unknown_asset", f"no asset {asset_id}")
        if link is not None and not link.is_confirmed and link.origin.beats(self._origin):
            raise _Refusal("person_decided", f"somebody decided that {asset_id} is not to stand there")
        if asset_id not in self._assets and len(self._assets) >= LONGEST_LIST:
            raise _Refusal("list_too_long", f"a list holds at most {LONGEST_LIST} assets")
        if operation.position is not None or asset_id not in self._assets:
            others = [each for each in self._assets if each != asset_id]
            at = len(others) if operation.position is None else operation.position - 1
            self._assets = [*others[:at], asset_id, *others[at:]]
        self._removed.discard(asset_id)
        self._place_asset(asset_id, operation.scope)

    def _unbind(self, asset_id: str) -> None:
        if asset_id not in self._assets:
            return
        self._require_mine(asset_id)
        self._assets.remove(asset_id)
        self._scopes.pop(asset_id, None)
        self._removed.add(asset_id)

    def _reorder(self, assets: tuple[str, ...]) -> None:
        if len(set(assets)) != len(assets):
            raise _Refusal("duplicate_asset", "an asset is named twice")
        if missing := [each for each in assets if each not in self._assets]:
            raise _Refusal("not_on_list", f"{', '.join(missing[:5])} stands not on the list")
        self._assets = [*assets, *(each for each in self._assets if each not in assets)]
        for asset_id in assets:
            self._place_asset(asset_id, None)

    def _require_mine(self, asset_id: str) -> None:
        link = self._links.get(asset_id)
        if link is not None and link.is_confirmed and link.origin.beats(self._origin):
            raise _Refusal("person_decided", f"somebody decided that {asset_id} stands there")

    def _place_asset(self, asset_id: str, scope: Attributes | None) -> None:
        """Note that an asset is placed here; one that a stronger origin placed keeps what that says of it."""
        link = self._links.get(asset_id)
        known = self._scopes.get(asset_id, link.scope if link is not None else {})
        if link is not None and link.is_confirmed and link.origin.beats(self._origin):
            return
        wanted = known if scope is None else scope
        if link is None or not link.is_confirmed or self._origin.beats(link.origin) or wanted != link.scope:
            self._scopes[asset_id] = wanted
