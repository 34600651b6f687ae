"""Products and links that change, through SQS → PIM is told which assets show its products."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.domain.errors import TransientError
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Tell PIM of a batch of products; what it does not take waits longer each time, and is reported as failed."""

    def handle(record: Any) -> None:
        sku = queue_events.sku_of(record)
        try:
            told = bootstrap.notify()(sku)
        except TransientError:
            bootstrap.put_off()(record.receipt_handle, int(record.attributes.approximate_receive_count))
            raise
        logger.info("notified", extra={"sku": sku, "told": told})

    return queue_events.process(event, handle)
