"""What caches must forget, through SQS in batches → CloudFront is told, of many assets by one call."""

from collections.abc import Mapping
from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger

SECONDS = 110
"""How long one run goes on, of the function's 120 seconds."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Purge the assets of a batch; report those that failed."""

    def handle(asset_ids: list[str]) -> Mapping[str, Exception]:
        result = bootstrap.purge()(asset_ids, SECONDS)
        logger.info("purged", extra={"assets": len(asset_ids), **result._asdict(), "failed": len(result.failed)})
        return result.failed

    return queue_events.process_together(event, queue_events.purge_of, handle)
