"""Every minute → what is due is woken, other specs than before are applied, and PIMs are looked at."""

from typing import Any

from assetwire import bootstrap
from assetwire.observability import logger


def handler(_event: dict[str, Any], _context: object) -> None:
    """Wake what is due, and see to the specs and the PIMs; a failure is the next minute's to mend."""
    swept, started = bootstrap.clock()()
    if any(swept) or started:
        logger.info("swept", extra=swept._asdict() | {"started": [job.job_id for job in started]})
