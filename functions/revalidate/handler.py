"""ItemDue of a job, through SQS → the job goes on: assets are judged, or edited, each once."""

from typing import Any

from assetwire import bootstrap, queue_events
from assetwire.domain.errors import NotUnderstood
from assetwire.domain.events import ItemDue
from assetwire.observability import logger

SECONDS = 240
"""How long one run goes on, of the function's 300 seconds: what is left is woken by the clock."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Take each job of a batch further; report those that failed."""

    def handle(record: Any) -> None:
        due = queue_events.event_of(record)
        if not isinstance(due, ItemDue):
            raise NotUnderstood(f"{due.type} is no ItemDue")
        if due.item == "job":
            result = bootstrap.revalidate()(due.item_id, SECONDS)
            logger.info("advanced", extra={"job_id": due.item_id, **result._asdict()})

    return queue_events.process(event, handle)
