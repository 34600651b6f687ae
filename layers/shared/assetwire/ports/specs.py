"""What applying specs needs of the outside world."""

from typing import Protocol

from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.job import Job


class SpecStore(Protocol):
    """The record of the specs that were applied last."""

    def applied(self) -> AppliedSpecs | None:
        """Return it, read consistently; None if none ever were."""
        ...

    def apply(self, applied: AppliedSpecs, job: Job) -> None:
        """Write it together with the job that applies them.

        Raises:
            Conflict: its revision moved, or there is such a job.
        """
        ...
