"""Alt texts that nobody wrote, as work: one item for each picture of a product, opened and settled by what is said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from assetwire.domain import ids
from assetwire.domain.asset import Asset
from assetwire.domain.inspection import Kind
from assetwire.domain.picture_texts import unsaid_locales
from assetwire.domain.product import Product
from assetwire.domain.validation import outbound
from assetwire.domain.work import SYSTEM, Queue, Resolution, WorkItem, WorkState


def alt_text_work_id(asset_id: str, sku: str) -> str:
    """Return the id of the item about a picture of a product: always the same, so that it is found without a note."""
    return ids.work_id(Queue.ALT_TEXT.value, asset_id, sku)


def unsaid(product: Product, asset: Asset | None) -> tuple[str, ...]:
    """Return the locales in which a product has a name, and nobody wrote an alt text of this picture of it."""
    if asset is None or asset.is_gone or not asset.is_accepted or asset.inspection.kind is not Kind.IMAGE:
        return ()
    return unsaid_locales(product, outbound(asset.fields))


def followed(
    item: WorkItem | None, *, asset: Asset | None, sku: str, missing: Sequence[str], now: datetime
) -> WorkItem | None:
    """Return the item about a picture as it is to be written; None if it is right as it is.

    It is opened where a text is missing, tells which while it waits, and is settled once none is. What a person closed
    is opened again only where a text is missing that was not then; what settled by itself, wherever one is.
    """
    if not missing:
        is_open = item is not None and item.state is WorkState.OPEN
        return item.closed(Resolution.SETTLED.value, by=SYSTEM, now=now) if item is not None and is_open else None
    said: dict[str, Any] = {"sku": sku, "file_name": "" if asset is None else asset.file_name, "missing": [*missing]}
    if item is None:
        cause = ("" if asset is None else asset.asset_id, sku)
        return WorkItem.opened(Queue.ALT_TEXT, *cause, asset_id=cause[0], now=now, **said)
    if item.state is WorkState.OPEN:
        return None if item.evidence == said else item.about(**said)
    accepted = set(item.evidence.get("missing", ())) if item.closed_by != SYSTEM else set()
    return None if set(missing) <= accepted else item.reopened(now=now, **said)
