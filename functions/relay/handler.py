"""The Catalog's stream → events on the bus, all or nothing."""

from typing import Any

from assetwire import bootstrap
from assetwire.observability import logger


def handler(event: dict[str, Any], _context: object) -> None:
    """Announce a batch of changes; any failure raises, and the whole batch comes again."""
    records = event["Records"]
    announced = bootstrap.relay()(records)
    logger.info("relayed", extra={"records": len(records), "events": announced})
