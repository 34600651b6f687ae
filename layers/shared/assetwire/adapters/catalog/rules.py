"""The RuleStore and Progress ports: templates, vocabularies, and jobs that step through assets."""

from functools import partial
from typing import Any

from assetwire.adapters.catalog import keys
from assetwire.adapters.catalog.table import Table, translated
from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.job import Job
from assetwire.domain.outbox import Record
from assetwire.domain.rules import Rulebook, RuleChange, RuleKind, RuleText
from assetwire.ports.rules import Changed


class DynamoRules:
    """Templates and vocabularies in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def rulebook(self) -> Rulebook:
        """Return which versions hold now, read consistently."""
        return self._table.find(Rulebook, keys.rulebook()) or Rulebook()

    def text(self, kind: RuleKind, name: str, version: int) -> RuleText | None:
        """Return one version, if it was written."""
        return self._table.find(RuleText, keys.rule_text(kind.value, name, version))

    def change_log(self, kind: RuleKind, name: str, *, limit: int, before: int | None) -> list[RuleChange]:
        """Read the partition of a template or vocabulary from its end."""
        return self._table.newest(RuleChange, partial(keys.rule_change, kind.value, name), limit=limit, before=before)

    def change_rule(self, rulebook: Rulebook, text: RuleText, change: RuleChange, job: Job | None) -> None:
        """Write a version, its entry in the change log, the rulebook and the job that it causes in one transaction."""
        table = self._table
        new: list[Record] = [text, change, *([job] if job else [])]
        with table.transaction(f"changing {text.kind} {text.name}") as transaction:
            transaction.save(table.item_of(rulebook), condition=table.unchanged(rulebook))
            for record in new:
                transaction.save(table.item_of(record), condition=table.items.pk.does_not_exist())


class DynamoProgress:
    """Steps of jobs in a DynamoDB table."""

    def __init__(self, table: str, *, region: str) -> None:
        self._table = Table(table, region=region)

    def count_of(self, category: str) -> int:
        """Count the keys in the partitions of the category index."""
        return self._count(self._table.items.by_category, category)

    def count_with(self, status: AssetStatus) -> int:
        """Count the keys in the partitions of the listing index."""
        return self._count(self._table.items.by_listing, status.value)

    def _count(self, index: Any, listed: str) -> int:
        with translated(f"counting {listed}"):
            return sum(index.count(partition) for partition in keys.listings(listed))

    def advance(self, job: Job, changed: Changed) -> None:
        """Write a job's next state, with what its step changed, in one transaction."""
        table = self._table
        if not changed.assets:
            table.save(job)
            return
        with table.transaction(f"advancing job {job.job_id}") as transaction:
            revised: list[Asset | Job] = [job, *changed.assets]
            for record in revised:
                transaction.save(table.item_of(record), condition=table.unchanged(record))
            for version in changed.versions:
                transaction.save(table.item_of(version), condition=table.items.pk.exists())
            for change in changed.changes:
                transaction.save(table.item_of(change), condition=table.items.pk.does_not_exist())
