"""ItemDue of a look at a PIM, through SQS → products are what it has, page by page."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import ItemDue
from assetwire.observability import logger

SECONDS = 720
"""How long one run goes on, of the function's 900 seconds: what is left is woken by the clock."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take each look of a batch further; report those that failed."""

    def handle(record: Any) -> None:
        due = queue_events.event_of(record)
        if not isinstance(due, ItemDue) or due.item != "job":
            raise NotUnderstood(f"{due.type} is about no job")
        result = bootstrap.reconcile_products()(due.item_id, SECONDS)
        logger.info("advanced", extra={"job_id": due.item_id, **result._asdict()})

    return queue_events.process(event, handle)
