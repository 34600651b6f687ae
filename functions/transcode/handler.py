"""Films, sounds, documents, spins and frames of spins, through SQS → what is made of them beside pictures."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger

SECONDS = 840
"""How long one run goes on, of the function's 900 seconds: what is left is woken by the clock."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Bring what is made of a batch of assets further; report those that failed."""

    def handle(record: Any) -> None:
        asset_id = queue_events.asset_or_job_of(record)
        result = bootstrap.transcode()(asset_id, SECONDS, record.message_id)
        logger.info("transcoded", extra={"asset_id": asset_id, **result._asdict()})

    return queue_events.process(event, handle)
