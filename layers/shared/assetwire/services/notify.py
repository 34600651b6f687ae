"""Tell PIM which assets show its products: what changed since it last acknowledged, product by product."""

from collections.abc import Callable
from datetime import datetime

from assetwire.domain import ids
from assetwire.domain.associations import lists_of, nothing_told
from assetwire.domain.errors import NotFound
from assetwire.domain.product import ProductMedia
from assetwire.ports.associations import AssociationsKept, Receiver
from assetwire.ports.products import ProductMediaReader
from assetwire.services.conflicts import decided, saved


def notify(
    sku: str,
    *,
    products: ProductMediaReader,
    associations: AssociationsKept,
    receiver: Receiver,
    clock: Callable[[], datetime],
) -> bool:
    """Tell PIM what it does not know of a product, and note that it took it; tell whether there was anything.

    What was told is read before the product is: a run that decides by what stood before cannot begin a delta after one
    that knew better. Nothing is noted as taken unless PIM says so, and what a delta is about stands in the Catalog
    before it is sent: a run that breaks off anywhere has the next one tell all of that again.

    Raises:
        Unavailable: PIM did not acknowledge it; the message must come again.
        Conflict: others kept telling the same; likewise.
    """

    def attempt() -> bool:
        known = associations.told(sku) or nothing_told(sku, now=clock())
        lists = lists_of(media_of(sku, products=products))
        keys = known.outdated(lists)
        if not keys:
            return False
        begun = known.begun(keys, now=clock())
        associations.save_told(begun)
        receiver.send(ids.digest(sku, str(begun.sequence)), begun.delta(lists))
        saved(associations.save_told, begun.taken(lists, now=clock()))  # else somebody tells all of it again
        return True

    return decided(attempt)


def media_of(sku: str, *, products: ProductMediaReader) -> ProductMedia | None:
    """Return a product with its lists, if there ever was one."""
    try:
        return products.media(sku)
    except NotFound:
        return None
