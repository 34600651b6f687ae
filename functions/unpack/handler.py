"""S3 Object Created of a drop, through SQS → its members are masters, its manifest is applied."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Unpack a batch of drops; report those that failed."""

    def handle(record: Any) -> None:
        upload = queue_events.upload_of(record)
        drop = bootstrap.unpack()(upload)
        logger.info("unpacked", extra={"key": upload.key, "state": drop.state if drop else "gone"})

    return queue_events.process(event, handle)
