"""Whatever changes what an asset wants, through SQS → what its current version lacks is rendered."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Render for a batch of assets; report those that failed."""

    def handle(record: Any) -> None:
        asset_id = queue_events.asset_of(record)
        result = bootstrap.renditions()(asset_id)
        logger.info("rendered", extra={"asset_id": asset_id, **result._asdict()})

    return queue_events.process(event, handle)
