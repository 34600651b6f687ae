"""Every minute → assets whose rights begin, end or are about to end are said to, and all downstream follows."""

from typing import Any

from assetwire import bootstrap
from assetwire.observability import logger


def handler(_event: dict[str, Any], _context: object) -> None:
    """Bring what is due into the phase of this moment; a failure is the next minute's to mend."""
    done = bootstrap.rights_expiry()()
    if any(done):
        logger.info("flipped", extra=done._asdict())
