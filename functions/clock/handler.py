"""Every minute → what is due is woken, and other specs than before are applied."""

from typing import Any

from assetwire import bootstrap
from assetwire.observability import logger


def handler(_event: dict[str, Any], _context: object) -> None:
    """Wake what is due, and see to the specs; a failure is the next minute's to mend."""
    swept, refresh = bootstrap.clock()()
    if any(swept) or refresh:
        logger.info("swept", extra=swept._asdict() | {"refresh": refresh.job_id if refresh else None})
