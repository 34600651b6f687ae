"""Families: a product with those that lend it pictures, and with all to which it may lend its own."""

from collections.abc import Iterable

from assetwire.domain.errors import NotFound
from assetwire.domain.imagery import MOST_ANCESTORS, Imagery, imagery_of
from assetwire.domain.product import ProductMedia
from assetwire.domain.variant_looks import alike, imagery_rules
from assetwire.ports.products import ProductMediaReader

_Members = dict[str, ProductMedia]


def read_imagery(sku: str, *, products: ProductMediaReader) -> Imagery:
    """Return what shows a product.

    One read for the product, one for each of its parents (`MOST_ANCESTORS`), and one for each variant of its look
    (`MOST_ALIKE`): their parent knows which these are. A product that is a variant of none is one read.

    Raises:
        NotFound: there is no such product.
    """
    members = {sku: products.media(sku)}
    parents = _climb(sku, members, products=products)
    if parents:
        siblings = alike(members[sku].product, members[parents[0]], imagery_rules())
        _read(siblings, members, products=products)
    return imagery_of(members, sku)


def read_family(media: ProductMedia, *, products: ProductMediaReader) -> _Members:
    """Return a product, which was read, its parents, and the variants of all of them, by SKU: one read for each."""
    sku = media.product.sku
    members = {sku: media}
    last = [sku, *_climb(sku, members, products=products)]
    for _ in range(2 * MOST_ANCESTORS):  # up to the top, and down again as far below the product itself
        last = _read((note.sku for each in last for note in members[each].variants), members, products=products)
    return members


def _climb(sku: str, members: _Members, *, products: ProductMediaReader) -> list[str]:
    """Read the parents of a product, and return their SKUs, the nearest first; one that is not there ends it."""
    found: list[str] = []
    parent = members[sku].product.facts.parent
    while parent is not None and parent not in members and len(found) < MOST_ANCESTORS:
        if not _read([parent], members, products=products):
            break
        found.append(parent)
        parent = members[parent].product.facts.parent
    return found


def _read(skus: Iterable[str], members: _Members, *, products: ProductMediaReader) -> list[str]:
    """Read products that were not read yet, and return those that there are."""
    found: list[str] = []
    for sku in dict.fromkeys(skus):
        if sku in members:
            continue
        try:
            members[sku] = products.media(sku)
        except NotFound:
            continue
        found.append(sku)
    return found
