"""Products, links and evidence that change, through SQS → assets are linked to the products that they show."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Follow a batch of changes; report those that failed."""

    def handle(record: Any) -> None:
        concerned = queue_events.product_or_asset_of(record)
        logger.info("associated", extra={"concerned": concerned, "changed": bootstrap.associate()(*concerned)})

    return queue_events.process(event, handle)
