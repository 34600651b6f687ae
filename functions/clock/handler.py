"""Every minute → what is due is woken."""

from typing import Any

from assetwire import bootstrap
from assetwire.observability import logger


def handler(_event: dict[str, Any], _context: object) -> None:
    """Wake what is due; a failure is the next minute's to mend."""
    swept = bootstrap.clock()()
    if any(swept):
        logger.info("swept", extra=swept._asdict())
