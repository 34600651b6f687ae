"""Matching: which products the evidence of an asset confirms, which it suggests, and where it contradicts itself.

One function of what stands now, so that the order in which assets, products and people came does not matter.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import combinations
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.evidence import Claim, Witness, entries_of, voices_of
from assetwire.domain.inspection import Kind
from assetwire.domain.link import LinkOrigin, LinkRole
from assetwire.domain.product import Product

_ORIGINS = {
    Witness.DECLARED: LinkOrigin.DECLARED,
    Witness.EMBEDDED: LinkOrigin.EMBEDDED,
    Witness.BARCODE: LinkOrigin.BARCODE,
    Witness.FILE_NAME: LinkOrigin.FILE_NAME,
}
_BY_KIND = {
    Kind.VIDEO: LinkRole.VIDEO,
    Kind.AUDIO: LinkRole.VIDEO,
    Kind.DOCUMENT: LinkRole.MANUAL,
    Kind.SPIN: LinkRole.SPIN,
}
_BY_CATEGORY = {"swatch": LinkRole.SWATCH, "lifestyle": LinkRole.LIFESTYLE, "detail": LinkRole.DETAIL}
_HEROES = ("amazon variant=MAIN", "gs1 type=A face=1", "gs1 type=C face=1")
"""File names that say: the product alone, from the front. Sources: Amazon's variants; GS1 Product Image Specification,
types A and C (with and without packaging), face 1."""
_SWATCHES = ("amazon variant=SWCH",)


class Verdict(StrEnum):
    """What the evidence of an asset comes to."""

    CERTAIN = "certain"
    """Every product that it names is confirmed."""
    UNCERTAIN = "uncertain"
    """It names products, and not surely enough."""
    AMBIGUOUS = "ambiguous"
    """What it says is the name of several products."""
    CONTRADICTION = "contradiction"
    """Its witnesses name different products."""
    UNKNOWN = "unknown"
    """It names no product that is known: it waits for one."""


class Match(NamedTuple):
    """A product that evidence speaks for: the strongest witness, how surely, and every claim."""

    sku: str
    origin: LinkOrigin
    confidence: float
    claims: tuple[Claim, ...]


class Judgement(NamedTuple):
    """What evidence comes to: what it confirms, and what it only suggests, the surest first."""

    verdict: Verdict
    confirmed: tuple[Match, ...] = ()
    proposed: tuple[Match, ...] = ()


Named = Mapping[str, Sequence[Product]]
"""The products that each name stands for; a name that nobody has is not there, or has none."""


def judge(claims: Sequence[Claim], named: Named) -> Judgement:
    """Judge the claims of an asset.

    - The strongest witness that names a known product speaks for all; a file's name is believed by nobody alone.
    - Witnesses that name different products contradict each other; of a product and its variant, the variant is meant,
      unless it is the file's name alone that names the variant.
    - So does a witness that contradicts itself: several products are believed only where they are listed, one by one.
    - A witness that surely names something that nobody knows leaves it open: the product may come later.
    """
    by_witness = {witness: [claim for claim in claims if claim.witness is witness] for witness in Witness}
    believed = [witness for witness in Witness if witness is not Witness.FILE_NAME]
    spoken = [claim for claim in claims if claim.witness in believed]
    known = _products(spoken, named)
    if not known:
        suggested = _meant(claims, named, _products(claims, named))
        if not suggested:
            return Judgement(Verdict.UNKNOWN)
        return Judgement(Verdict.UNCERTAIN, proposed=_matches(suggested, claims, named))
    said = {witness: _meant(by_witness[witness], named, known) for witness in believed}
    heard = frozenset[str]().union(*said.values())
    if _contradict(list(said.values()), spoken, named, known):
        return Judgement(Verdict.CONTRADICTION, proposed=_matches(heard, claims, named))
    meant = _matches(said[max(witness for witness in believed if said[witness])], claims, named)
    if any(_is_open(entry, named) for entry in entries_of(spoken)):
        return Judgement(Verdict.UNCERTAIN, proposed=meant)
    if any(len(_refined({p.sku for p in named.get(c.name, ())}, known)) > 1 for c in claims if c.is_certain):
        return Judgement(Verdict.AMBIGUOUS, proposed=_matches(heard, claims, named))
    sure = tuple(match for match in meant if any(claim.is_certain for claim in match.claims))
    listed = [match for match in sure if any(claim.is_listed for claim in match.claims)]
    if not sure or (len(sure) > 1 and listed != [*sure]):
        return Judgement(Verdict.UNCERTAIN, proposed=meant)
    return Judgement(Verdict.CERTAIN, confirmed=sure)


def _contradict(
    said: Sequence[frozenset[str]], claims: Sequence[Claim], named: Named, known: Mapping[str, Product]
) -> bool:
    """Tell whether two witnesses, what two are sure of, or two names of one entry have no product in common."""
    surely = [_meant([claim for claim in voice if claim.is_certain], named, known) for voice in voices_of(claims)]
    entries = [[_meant(called, named, known) for called in entry] for entry in entries_of(claims)]
    pairs = (pair for products in (said, surely, *entries) for pair in combinations(filter(None, products), 2))
    return any(not one & other for one, other in pairs)


def _is_open(entry: Sequence[Sequence[Claim]], named: Named) -> bool:
    """Tell whether an entry surely names what nobody knows; another name of what it knows by one is nothing else."""
    unknown = any(claim.is_certain and not named.get(claim.name) for called in entry for claim in called)
    return unknown and not any(all(named.get(claim.name) for claim in called) for called in entry)


def _products(claims: Sequence[Claim], named: Named) -> dict[str, Product]:
    """Return every product that these claims name, by SKU."""
    return {product.sku: product for claim in claims for product in named.get(claim.name, ())}


def _meant(claims: Sequence[Claim], named: Named, every: Mapping[str, Product]) -> frozenset[str]:
    """Return the products that these claims name."""
    return _refined({*_products(claims, named)}, every)


def _refined(skus: set[str], every: Mapping[str, Product]) -> frozenset[str]:
    """Return these products, and in place of one those of its variants that are among `every`."""
    variants = {sku: {v.sku for v in every.values() if v.facts.parent == sku} for sku in skus}
    return frozenset(found for sku in skus for found in (variants[sku] or {sku}))


def _matches(skus: frozenset[str], claims: Sequence[Claim], named: Named) -> tuple[Match, ...]:
    """Return what speaks for each of these products, or for the one that it is a variant of; the surest first."""
    found = []
    for sku in skus:
        own = [c for c in claims if any(sku in {p.sku, *_variants_of(p, named)} for p in named.get(c.name, ()))]
        best = max(own, key=lambda claim: (claim.witness, claim.confidence))
        found.append(Match(sku, _ORIGINS[best.witness], max(claim.confidence for claim in own), tuple(own)))
    return tuple(sorted(found, key=lambda match: (-match.claims[0].witness, -match.confidence, match.sku)))


def _variants_of(parent: Product, named: Named) -> set[str]:
    return {p.sku for products in named.values() for p in products if p.facts.parent == parent.sku}


def role_of(asset: Asset) -> LinkRole:
    """Return what an asset is to the products that its evidence names: by its kind, its category, its file's name."""
    if asset.inspection.kind in _BY_KIND:
        return _BY_KIND[asset.inspection.kind]
    if asset.category in _BY_CATEGORY:
        return _BY_CATEGORY[asset.category]
    places = [each.where for each in asset.inspection.identifiers if each.source == "filename"]
    if any(place.startswith(_SWATCHES) for place in places):
        return LinkRole.SWATCH
    return LinkRole.HERO if any(place.startswith(_HEROES) for place in places) else LinkRole.ALTERNATE
