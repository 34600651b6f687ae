"""Deliveries of webhooks, through SQS → products are what their source says of them."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Mirror a batch of deliveries; report those that failed."""

    def handle(record: Any) -> None:
        delivery = queue_events.delivery_of(record)
        outcomes = dict(bootstrap.mirror()(delivery))
        logger.info("mirrored", extra={"source": delivery.source, "delivery_id": delivery.delivery_id, **outcomes})

    return queue_events.process(event, handle)
