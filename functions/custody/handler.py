"""What is due, asked for or moved by S3, through SQS → the masters are kept as their asset's life cycle says."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Keep the masters of a batch of assets; report those that failed."""

    def handle(record: Any) -> None:
        concerned = queue_events.master_or_asset(record)
        outcome = bootstrap.custody()(concerned)
        logger.info("kept", extra={"concerned": str(concerned), "outcome": outcome})

    return queue_events.process(event, handle)
