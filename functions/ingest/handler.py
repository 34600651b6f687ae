"""S3 Object Created or Object Restore Completed, through SQS → the master is read and recorded."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Ingest a batch of uploads; report those that failed."""

    def handle(record: Any) -> None:
        upload = queue_events.upload_of(record)
        result = bootstrap.ingest()(upload, recalled=queue_events.is_restored(record))
        near = {f"near_duplicates_{name}": count for name, count in result.reported._asdict().items()}
        done = {"key": upload.key, "outcome": result.outcome, "asset_id": result.asset_id}
        logger.info("ingested", extra=done | near)

    return queue_events.process(event, handle)
