"""Whatever changes what may be seen, through SQS → the delivery bucket holds exactly that."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Enforce the rights of a batch of assets; report those that failed."""

    def handle(record: Any) -> None:
        asset_id = queue_events.asset_of(record)
        result = bootstrap.enforce()(asset_id)
        logger.info("enforced", extra={"asset_id": asset_id, **result._asdict()})

    return queue_events.process(event, handle)
