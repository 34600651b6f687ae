"""The SpecStore port: which specs were applied last."""

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table
from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.job import Job


class DynamoSpecs:
    """The record of applied specs in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def applied(self) -> AppliedSpecs | None:
        """Return the record, read consistently."""
        return self._table.find(AppliedSpecs, keys.specs())

    def apply(self, applied: AppliedSpecs, job: Job) -> None:
        """Write the record and its job in one transaction."""
        with self._table.transaction("applying specs") as transaction:
            for record in (applied, job):
                transaction.save(self._table.item_of(record), condition=self._table.unchanged(record))
