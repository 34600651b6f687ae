"""What a person sees who reviews an item: every witness, what is suggested, and what looks nearly the same."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from assetwire.domain.asset import Asset
from assetwire.domain.case_view import asset_seen, link_seen, products_seen, witness_seen
from assetwire.domain.evidence import Claim, claims_of
from assetwire.domain.link import Link, LinkState
from assetwire.domain.product import Product
from assetwire.domain.work import WorkItem
from assetwire.ports import Catalog
from assetwire.ports.matches import Matches
from assetwire.ports.products import Products
from assetwire.ports.similarity import SimilarityIndex
from assetwire.ports.worklist import Worklist
from assetwire.services.near_duplicates import Similar, similar_to

MOST_NEAR = 10
"""Near-duplicates whose links are read: the nearest."""


class Near(NamedTuple):
    """An asset that shows nearly the same picture, and its links that count or wait."""

    similar: Similar
    links: tuple[Link, ...]


class Case(NamedTuple):
    """An item with all that speaks for an answer."""

    item: WorkItem
    asset: Asset | None
    witnesses: tuple[tuple[Claim, tuple[str, ...]], ...] = ()
    """What is said of the asset's products, the surest first, and which products bear that name."""
    links: tuple[Link, ...] = ()
    """Those of the asset, in whichever state."""
    near: tuple[Near, ...] = ()
    products: Mapping[str, Product] = MappingProxyType({})
    """All that are named above, by SKU."""

    @property
    def suggested(self) -> tuple[str, ...]:
        """The SKUs that it may show: those that wait for an answer, then those of what looks nearly the same."""
        waiting = [link.sku for link in self.links if link.state is LinkState.PROPOSED]
        near = [link.sku for each in self.near for link in each.links if link.is_confirmed]
        refused = {link.sku for link in self.links if link.state in {LinkState.REJECTED, LinkState.REMOVED}}
        there = (sku for sku in (*waiting, *near) if sku in self.products and not self.products[sku].is_deleted)
        return tuple(sku for sku in dict.fromkeys(there) if sku not in refused)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON for answers of the API."""
        near = [each.similar.as_json() | {"links": [link_seen(link) for link in each.links]} for each in self.near]
        return {
            "item": self.item.model_dump(mode="json"),
            "asset": self.asset and asset_seen(self.asset),
            "witnesses": [witness_seen(claim, skus) for claim, skus in self.witnesses],
            "links": [link.model_dump(mode="json") for link in self.links],
            "near_duplicates": near,
            "suggested": list(self.suggested),
            "products": products_seen(self.products),
        }


def read_case(
    work_id: str,
    *,
    worklist: Worklist,
    catalog: Catalog,
    products: Products,
    matches: Matches,
    index: SimilarityIndex,
) -> Case:
    """Return an item with what there is to see of its asset, as all that is now.

    Raises:
        NotFound: there is no such item.
    """
    item = worklist.item(work_id)
    if item.asset_id is None:
        return Case(item, None)
    asset = catalog.asset(item.asset_id)
    claims = () if asset.is_gone else claims_of(asset)
    skus_at = matches.skus_at(dict.fromkeys(claim.name for claim in claims))
    links = tuple(products.links_of(asset.asset_id))
    similar = similar_to(asset.asset_id, index=index, catalog=catalog).similar[:MOST_NEAR]
    near = tuple(Near(each, _telling(products.links_of(each.asset.asset_id))) for each in similar)
    witnesses = tuple((claim, skus_at[claim.name]) for claim in claims)
    every = {link.sku for link in (*links, *(link for each in near for link in each.links))}
    every |= {sku for _, skus in witnesses for sku in skus}
    known = {product.sku: product for product in products.products_named(sorted(every))}
    return Case(item, asset, witnesses, links, near, known)


def _telling(links: Sequence[Link]) -> tuple[Link, ...]:
    return tuple(link for link in links if link.state in {LinkState.CONFIRMED, LinkState.PROPOSED})
