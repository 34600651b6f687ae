"""What shows a product: its own lists, and where it has none, those of variants of its look or of its parent.

Role by role, the nearest that has anything counts alone:

1. the product's own list;
2. what evidence says of other variants that look alike;
3. the parent's list, then that of the parent's parent: what is scoped to attributes that the product has, then what is
   scoped to none. What is scoped to others is not shown.

What somebody took from the product, or refused it, comes back by none of these.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assetwire.domain.ids import AssetId
from assetwire.domain.link import ANY_MARKET, LONGEST_LIST, Link, LinkRole, LinkState
from assetwire.domain.product import ProductMedia
from assetwire.domain.variant_looks import ImageryRules, alike, imagery_rules, within

MOST_ANCESTORS = 2
"""A size, its colour, and the model of both: as deep as PIMs nest products."""


class Shown(NamedTuple):
    """An asset that shows a product, and the product that lends it; None if it is its own."""

    asset_id: AssetId
    lender: str | None = None


class Inherited(NamedTuple):
    """What a product shows in a role and market that is not its own."""

    role: LinkRole
    market: str
    shown: tuple[Shown, ...]


class Imagery(NamedTuple):
    """A product's own media, and everybody's that may lend it theirs: the parents, the nearest first."""

    own: ProductMedia
    alike: tuple[ProductMedia, ...] = ()
    ancestors: tuple[ProductMedia, ...] = ()

    @property
    def attributes(self) -> dict[str, str]:
        """The product's attributes, and those of its parents that it does not say otherwise."""
        found: dict[str, str] = {}
        for each in (*reversed(self.ancestors), self.own):
            found |= each.product.facts.attributes
        return found

    @property
    def markets(self) -> tuple[str, ...]:
        """Every market in which anybody of these has a list, and `any`, which is the first."""
        named = {order.market for each in (self.own, *self.alike, *self.ancestors) for order in each.orders}
        return (ANY_MARKET, *sorted(named - {ANY_MARKET}))

    def assets(self, role: LinkRole, market: str) -> tuple[AssetId, ...]:
        """Return the assets that are shown in a role and market, in order."""
        return tuple(shown.asset_id for shown in self.shown(role, market))

    def shown(self, role: LinkRole, market: str) -> tuple[Shown, ...]:
        """Return what is shown in a role and market, in order, and who lends it."""
        if own := self.own.assets(role, market):
            return tuple(map(Shown, own))
        refused = {
            link.asset_id
            for link in self.own.links
            if link.state in {LinkState.REJECTED, LinkState.REMOVED} and not link.origin.is_evidence
        }
        for lent in self._lent(role, market):
            found = {shown.asset_id: shown for shown in reversed(lent) if shown.asset_id not in refused}
            if found:
                return tuple(reversed(found.values()))[:LONGEST_LIST]
        return ()

    def everything(self) -> frozenset[AssetId]:
        """Return every asset that is shown anywhere, in whichever role and market."""
        return frozenset(
            asset_id for market in self.markets for role in LinkRole for asset_id in self.assets(role, market)
        )

    def inherited(self) -> Iterator[Inherited]:
        """Yield what is shown and lent: for any market, and for each where it is something else."""
        for role in LinkRole:
            everywhere = self.shown(role, ANY_MARKET)
            for market in self.markets:
                shown = everywhere if market == ANY_MARKET else self.shown(role, market)
                if shown and shown[0].lender is not None and (market == ANY_MARKET or shown != everywhere):
                    yield Inherited(role, market, shown)

    def _lent(self, role: LinkRole, market: str) -> Iterator[list[Shown]]:
        """Yield what may be lent, the nearest first."""
        shared = imagery_rules().shared
        yield [
            Shown(link.asset_id, each.product.sku)
            for each in self.alike
            for link in _links(each, role, market)
            if link.origin in shared and not link.scope
        ]
        for each in self.ancestors:
            links = _links(each, role, market)
            of_all = [Shown(link.asset_id, each.product.sku) for link in links if not link.scope]
            fitting = [link for link in links if link.scope and within(link.scope, self.attributes)]
            yield [*(Shown(link.asset_id, each.product.sku) for link in fitting), *of_all]


def _links(media: ProductMedia, role: LinkRole, market: str) -> list[Link]:
    """Return the links behind a product's list in a role and market, in its order."""
    where = media.market_of(role, market)
    known = {link.asset_id: link for link in media.links if (link.role, link.market) == (role, where)}
    listed = media.assets(role, market)
    return [known[each] for each in listed if each in known and known[each].is_confirmed]


def parents_of(members: Mapping[str, ProductMedia], sku: str) -> tuple[ProductMedia, ...]:
    """Return those among these products that a product is a variant of, the nearest first; none that is deleted."""
    found: list[ProductMedia] = []
    seen, parent = {sku}, members[sku].product.facts.parent
    while parent is not None and parent not in seen and len(found) < MOST_ANCESTORS:
        media = members.get(parent)
        if media is None or media.product.is_deleted:
            break
        found.append(media)
        seen.add(parent)
        parent = media.product.facts.parent
    return tuple(found)


def imagery_of(members: Mapping[str, ProductMedia], sku: str, *, rules: ImageryRules | None = None) -> Imagery:
    """Return what shows a product, of these products that were read."""
    own, ancestors = members[sku], parents_of(members, sku)
    siblings = alike(own.product, ancestors[0], rules or imagery_rules()) if ancestors else ()
    known = [members[each] for each in siblings if each in members]
    return Imagery(own, tuple(m for m in known if m.product.facts.parent == own.product.facts.parent), ancestors)


def in_use(members: Mapping[str, ProductMedia]) -> frozenset[AssetId]:
    """Return every asset that a published product among these shows."""
    return frozenset(
        asset_id
        for sku, media in members.items()
        if media.product.is_published
        for asset_id in imagery_of(members, sku).everything()
    )
