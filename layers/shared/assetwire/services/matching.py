"""Matching: keep an asset linked to the products that its evidence names, whichever of them came first."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.evidence import Claim, claims_of, evidence_digest
from assetwire.domain.link import Link, LinkState
from assetwire.domain.match import AssetMatch
from assetwire.domain.matched_links import Wish, arrangements, wishes_of
from assetwire.domain.matching import Judgement, judge
from assetwire.domain.product import Product, ProductMedia
from assetwire.domain.work import SYSTEM, Resolution, WorkItem, WorkState, link_review
from assetwire.ports import AssetReader
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from assetwire.ports.worklist import Worklist
from assetwire.services.conflicts import decided


class _Found(NamedTuple):
    """Everything that a decision rests on, read at one time, and what it comes to."""

    asset: Asset
    claims: tuple[Claim, ...]
    digest: str
    judgement: Judgement
    wishes: dict[str, Wish]
    links: list[Link]
    """Of the asset, as far as the index or the products that are read here tell."""
    media: dict[str, ProductMedia]
    """Of every product that evidence names, or that was linked before."""

    @property
    def skus(self) -> tuple[str, ...]:
        """The products that whoever comes next must read: those wished for, and one of those that somebody decided."""
        decided = (link.sku for link in self.links if link.is_confirmed and not link.origin.is_evidence)
        return tuple(sorted({*self.wishes, *sorted(decided)[:1]}))


def match_asset(
    asset_id: str,
    *,
    sku: str | None = None,
    assets: AssetReader,
    products: Products,
    matches: Matches,
    worklist: Worklist,
    clock: Callable[[], datetime],
) -> bool:
    """Bring an asset's links to what its evidence and the products say now; tell whether anything changed.

    The asset's names are noted before products are looked for, and a product's with itself: so whichever comes second
    finds the first. A run that would change something claims the match first, and reads everything anew. `sku` is the
    product of the link whose change is followed, if it is one: no index may find that link yet.

    Raises:
        NotFound: there is no such asset.
        Conflict: others kept changing the same; the message must come again.
    """
    ports = {"assets": assets, "products": products, "matches": matches}

    def attempt() -> bool:
        known = matches.match(asset_id)
        found = _found(asset_id, known, sku, **ports)  # type: ignore[arg-type]
        if known is not None and _is_settled(found, known, now=clock()):
            return False
        claimed = _claimed(asset_id, known, found, matches=matches, now=clock())
        found = _found(asset_id, claimed, sku, **ports)  # type: ignore[arg-type]
        now = clock()
        for each, media in found.media.items():
            wish = found.wishes.get(each)
            for arrangement in arrangements(found.asset, media, wish, evidence=found.digest, now=now):
                matches.link(arrangement, claimed)
        work = _review(found, now=now)
        if work is not None:
            _ask(work, worklist=worklist, now=now)
        if claimed.work_id is not None and (work is None or work.work_id != claimed.work_id):
            _settle(claimed.work_id, worklist=worklist, now=now)
        _finish(found, claimed, work, matches=matches, now=now)
        return True

    return decided(attempt)


def match_product(
    media: ProductMedia,
    *,
    assets: AssetReader,
    products: Products,
    matches: Matches,
    worklist: Worklist,
    clock: Callable[[], datetime],
) -> int:
    """Bring the links of all assets that a product, which was read, may concern to what stands now; return how many.

    Raises:
        Conflict: others kept changing the same; the message must come again.
    """
    waiting = matches.assets_at(media.product.names)
    linked = [link.asset_id for link in media.links if link.origin.is_evidence]
    ports = {"assets": assets, "products": products, "matches": matches, "worklist": worklist, "clock": clock}
    return sum(match_asset(each, **ports) for each in dict.fromkeys((*waiting, *linked)))  # type: ignore[arg-type]


def _found(
    asset_id: str,
    known: AssetMatch | None,
    sku: str | None,
    *,
    assets: AssetReader,
    products: Products,
    matches: Matches,
) -> _Found:
    asset = assets.asset(asset_id)
    claims = () if asset.is_gone else claims_of(asset)
    names = list(dict.fromkeys(claim.name for claim in claims))
    matches.note_names(asset_id, set(names) - set(known.names if known else ()))
    noted = matches.skus_at(names)
    there = {p.sku: p for p in products.products_named(sorted({sku for skus in noted.values() for sku in skus}))}
    named = {name: _present(skus, there, name) for name, skus in noted.items()}
    digest = evidence_digest(claims)
    judgement = judge(claims, named)
    indexed = products.links_of(asset_id)
    concerned = {match.sku for match in (*judgement.confirmed, *judgement.proposed)}
    concerned |= {*(known.skus if known else ()), *_by_evidence(indexed), *(() if sku is None else (sku,))}
    media = {each: products.media(each) for each in sorted(concerned)}
    links = [link for each in media.values() for link in each.links if link.asset_id == asset_id]
    links += [link for link in indexed if link.sku not in media]  # the index may lack what is new
    return _Found(asset, claims, digest, judgement, wishes_of(judgement, links, evidence=digest), links, media)


def _present(skus: Sequence[str], there: dict[str, Product], name: str) -> list[Product]:
    """Return the products that have a name as they are now: a note may be a moment older than its product."""
    return [there[sku] for sku in skus if sku in there and name in there[sku].names]


def _by_evidence(links: list[Link]) -> set[str]:
    return {link.sku for link in links if link.origin.is_evidence}


def _is_settled(found: _Found, known: AssetMatch, *, now: datetime) -> bool:
    """Tell whether nothing is to be written: no link, no note, no question."""
    work = _review(found, now=now)
    said = (found.judgement.verdict, found.digest, work and work.work_id, found.skus)
    if said != (known.verdict, known.evidence, known.work_id, known.skus):
        return False
    if set(known.names) != {claim.name for claim in found.claims}:
        return False
    return not any(
        arrangements(found.asset, media, found.wishes.get(sku), evidence=found.digest, now=now)
        for sku, media in found.media.items()
    )


def _claimed(asset_id: str, known: AssetMatch | None, found: _Found, *, matches: Matches, now: datetime) -> AssetMatch:
    """Claim the match: whoever decided before this is stopped, and what is begun here is found again."""
    before = known or AssetMatch(asset_id=asset_id, at=now, revision=-1)
    names = {*before.names, *(claim.name for claim in found.claims)}
    skus = {*before.skus, *found.media}
    fields = {"names": tuple(sorted(names)), "skus": tuple(sorted(skus)), "at": now, "revision": before.revision + 1}
    claimed = before.model_copy(update=fields)
    matches.save_match(claimed)
    return claimed


def _finish(found: _Found, claimed: AssetMatch, work: WorkItem | None, *, matches: Matches, now: datetime) -> None:
    """Record what it came to; what no evidence says any more is forgotten last, as it is found by the record."""
    names = {claim.name for claim in found.claims}
    matches.forget_names(claimed.asset_id, set(claimed.names) - names)
    fields = {
        "names": tuple(sorted(names)),
        "skus": found.skus,
        "verdict": found.judgement.verdict,
        "evidence": found.digest,
        "work_id": work and work.work_id,
        "at": now,
        "revision": claimed.revision + 1,
    }
    matches.save_match(claimed.model_copy(update=fields))


def _review(found: _Found, *, now: datetime) -> WorkItem | None:
    """Return what people are asked, if anything is only suggested."""
    proposed = [wish.match for wish in found.wishes.values() if wish.state is LinkState.PROPOSED]
    if not proposed:
        return None
    return link_review(found.asset, found.judgement.verdict, proposed, evidence=found.digest, now=now)


def _ask(work: WorkItem, *, worklist: Worklist, now: datetime) -> None:
    """Open a question; one that was settled meanwhile is asked again, one that somebody answered is not."""
    if worklist.open(work):
        return
    asked = worklist.item(work.work_id)
    if asked.resolution == Resolution.SETTLED:
        worklist.save(asked.reopened(now=now, **work.evidence))


def _settle(work_id: str, *, worklist: Worklist, now: datetime) -> None:
    """Close a question that nobody needs to answer any more; one that somebody answered stays as it is."""
    item = worklist.item(work_id)
    if item.state is WorkState.OPEN:
        worklist.save(item.closed(Resolution.SETTLED, by=SYSTEM, now=now))
