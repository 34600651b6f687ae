"""Links: the statement that an asset shows a product in a role, who made it, and in which order its assets stand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field

from assetwire.domain.access import MACHINE
from assetwire.domain.attributes import Attributes
from assetwire.domain.errors import InvalidRequest, Refused
from assetwire.domain.ids import AssetId
from assetwire.domain.model import Instant, Value
from assetwire.domain.sku import Sku
from assetwire.domain.territories import TERRITORIES

ANY_MARKET = "any"
LONGEST_LIST = 250
"""Assets of one product in one role and market: as many as Shopify takes of a product, the most of all channels."""
MOST_CHANGES = 48
"""Links that one call may change: each and the list have a note, all in one transaction, which holds 100 writes."""


def _is_a_market(text: str) -> str:
    if text != ANY_MARKET and text not in TERRITORIES:
        raise ValueError(f"a market is {ANY_MARKET!r} or an ISO 3166-1 alpha-2 code, not {text[:20]!r}")
    return text


Market = Annotated[str, AfterValidator(_is_a_market)]
"""Where a link counts: a territory, or `any`."""


class LinkRole(StrEnum):
    """What an asset is to a product, in the order in which a gallery shows them."""

    HERO = "hero"
    """The first picture: the product alone."""
    ALTERNATE = "alternate"
    """The product from another side."""
    DETAIL = "detail"
    LIFESTYLE = "lifestyle"
    """The product in use."""
    SWATCH = "swatch"
    """Its colour or material."""
    SPIN = "spin"
    VIDEO = "video"
    MANUAL = "manual"


class LinkState(StrEnum):
    """Whether a link counts."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    """Somebody said no: it is not proposed again from the same evidence."""
    REMOVED = "removed"
    """It counted, and does not any more."""


class LinkOrigin(StrEnum):
    """Where a link comes from, the strongest first."""

    PERSON = "person"
    PIM = "pim"
    DECLARED = "declared"
    """A manifest says so of the file."""
    EMBEDDED = "embedded"
    """Identifiers that the file's metadata holds."""
    BARCODE = "barcode"
    FILE_NAME = "file_name"

    @classmethod
    def of_caller(cls, name: str) -> "LinkOrigin":
        """Return the origin of what a caller of the API decides: machines speak for PIM, everybody else is a person."""
        return cls.PIM if name.startswith(MACHINE) else cls.PERSON

    @property
    def is_evidence(self) -> bool:
        """Tell whether it is what a file says, and nobody's decision."""
        return self not in {LinkOrigin.PERSON, LinkOrigin.PIM}

    def beats(self, other: "LinkOrigin") -> bool:
        """Tell whether this is stronger."""
        ranks = list(LinkOrigin)
        return ranks.index(self) < ranks.index(other)


class Link(Value):
    """An asset shows a product in a role and market; `revision` counts its changes."""

    sku: Sku
    asset_id: AssetId
    role: LinkRole
    market: Market = ANY_MARKET
    origin: LinkOrigin
    state: LinkState
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    evidence: dict[str, Any] = Field(default_factory=dict)
    """What speaks for it: its `digest`, and the claims."""
    refused: tuple[str, ...] = ()
    """Digests of evidence by which it was proposed or counted, and somebody decided against it."""
    scope: Attributes = Field(default_factory=dict)
    """The attributes of the variants that its asset shows; with none, it shows all of them."""
    rank: str = ""
    """Where its asset stands on a list among those that nobody placed."""
    by: str
    at: Instant
    """When it came to be in this state."""
    created_at: Instant
    revision: int = 0

    @property
    def is_confirmed(self) -> bool:
        """Tell whether it counts."""
        return self.state is LinkState.CONFIRMED

    def now_is(self, state: LinkState, *, origin: LinkOrigin, by: str, now: datetime) -> "Link":
        """Return this link in another state; people and PIM are certain, and what they refuse is remembered."""
        changes: dict[str, Any] = {"state": state, "origin": origin, "by": by, "at": now}
        if not origin.is_evidence:
            changes["confidence"] = 1.0
            digest = self.evidence.get("digest")
            if digest and state in {LinkState.REJECTED, LinkState.REMOVED}:
                changes["refused"] = tuple(dict.fromkeys((*self.refused, digest)))
        return self.model_copy(update={**changes, "revision": self.revision + 1})


class MediaOrder(Value):
    """The confirmed assets of a product in one role and market, in order: positions cannot collide."""

    sku: Sku
    role: LinkRole
    market: Market = ANY_MARKET
    assets: Annotated[tuple[AssetId, ...], Field(max_length=LONGEST_LIST)] = ()
    by: str = ""
    at: Instant
    revision: int = 0


class Arrangement(NamedTuple):
    """A list as it shall be, None if it stays as it is, the links that change with it, and what stood there before."""

    order: MediaOrder | None
    links: tuple[Link, ...]
    before: tuple[MediaOrder | Link, ...] = ()
    """The list, if there is one, and any links among which are those that change: the history tells what they were."""

    @property
    def records(self) -> tuple[Link | MediaOrder, ...]:
        """Everything that is written with it."""
        return self.links if self.order is None else (self.order, *self.links)


def moment_after(now: datetime, before: Iterable["Link | MediaOrder"]) -> datetime:
    """Return the moment of a change: now, and never before what it changes.

    Clocks differ, and whoever lost a race writes later than they began: by this, what is told in the order of time is
    told in the order in which it was done.
    """
    return max((now, *(each.at for each in before)))


class Place(NamedTuple):
    """Where a list stands: of which product, in which role, for which market."""

    sku: str
    role: LinkRole
    market: str = ANY_MARKET


def arranged(
    where: Place,
    before: MediaOrder | None,
    links: Sequence[Link],
    assets: tuple[AssetId, ...],
    *,
    origin: LinkOrigin,
    by: str,
    scopes: Mapping[str, Attributes] | None = None,
    now: datetime,
) -> Arrangement | None:
    """Return what makes a list these assets in this order; None if it is that already.

    `links` are those of this place, in whichever state. What is new on the list is confirmed, and what is not on it
    any more is removed, unless it stands there by a stronger origin: a person's assets stay when PIM leaves them out,
    behind its own. `scopes` says of which variants assets are, None that this stays as it is; of a stronger
    origin's asset it stays in any case.

    Raises:
        InvalidRequest: an asset is named twice (`duplicate_asset`), or more links would change than one call may
            (`too_many_changes`).
        Refused: a stronger origin took an asset away there, or rejected it (`person_decided`).
    """
    if len(set(assets)) != len(assets):
        raise InvalidRequest("an asset is on the list twice", code="duplicate_asset")
    stood = (*(() if before is None else (before,)), *links)
    now = moment_after(now, stood)
    known, place = {link.asset_id: link for link in links}, where._asdict()
    left_out = {link.asset_id: link for link in links if link.is_confirmed and link.asset_id not in assets}
    listed = () if before is None else before.assets
    stays = tuple(each for each in listed if each in left_out and left_out[each].origin.beats(origin))
    changed: list[Link] = []
    for asset_id in assets:
        link = known.get(asset_id)
        scope = (link.scope if link else {}) if scopes is None else scopes.get(asset_id, {})
        if link is None:
            said = {"origin": origin, "state": LinkState.CONFIRMED, "by": by, "at": now, "created_at": now}
            changed.append(Link(**place, asset_id=asset_id, scope=scope, **said))
        elif not link.is_confirmed and link.origin.beats(origin):
            raise Refused(f"somebody decided that {asset_id} is not to stand there", code="person_decided")
        elif not link.is_confirmed or origin.beats(link.origin) or (link.origin is origin and link.scope != scope):
            scoped = link.model_copy(update={"scope": scope})
            changed.append(scoped.now_is(LinkState.CONFIRMED, origin=origin, by=by, now=now))
    gone = (link for asset_id, link in left_out.items() if asset_id not in stays)
    changed += [link.now_is(LinkState.REMOVED, origin=origin, by=by, now=now) for link in gone]
    if (*assets, *stays) == listed and not changed:
        return None
    if len(changed) > MOST_CHANGES:
        raise InvalidRequest(f"{len(changed)} links would change, at most {MOST_CHANGES} may", code="too_many_changes")
    revision = 0 if before is None else before.revision + 1
    order = MediaOrder(**place, assets=(*assets, *stays), by=by, at=now, revision=revision)
    return Arrangement(order, tuple(changed), stood)
