"""What judging by the house's rules needs of the outside world."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from assetwire.domain.asset import Asset, AssetStatus, Version
from assetwire.domain.history import AssetChange
from assetwire.domain.job import Job
from assetwire.domain.rules import Rulebook, RuleChange, RuleKind, RuleText


class RuleStore(Protocol):
    """Templates and vocabularies: what holds now, every version, and the change log."""

    def rulebook(self) -> Rulebook:
        """Return which versions hold now, read consistently; at revision -1 where none was ever changed."""
        ...

    def text(self, kind: RuleKind, name: str, version: int) -> RuleText | None:
        """Return one version, if it was written; those that ship with the code never are."""
        ...

    def change_log(self, kind: RuleKind, name: str, *, limit: int, before: int | None) -> list[RuleChange]:
        """Return changes of one template or vocabulary, newest first, at most `limit` of versions `before` one."""
        ...

    def change_rule(self, rulebook: Rulebook, text: RuleText, change: RuleChange, job: Job | None) -> None:
        """Write a version, its entry in the change log, the rulebook and the job that it causes, all or nothing.

        Raises:
            Conflict: the rulebook's revision moved, or the version exists by now.
        """
        ...


class Changed(NamedTuple):
    """What one step of a job changed: assets, versions of theirs, and the entries of their histories."""

    assets: Sequence[Asset] = ()
    versions: Sequence[Version] = ()
    changes: Sequence[AssetChange] = ()


class Progress(Protocol):
    """Work over many assets: what is affected, and each step with the assets that it changed."""

    def count_of(self, category: str) -> int:
        """Return how many assets a category has, as the index says."""
        ...

    def count_with(self, status: AssetStatus) -> int:
        """Return how many assets have a status, as the index says."""
        ...

    def advance(self, job: Job, changed: Changed) -> None:
        """Write a job's next state with all that the step changed, all or nothing.

        Raises:
            Conflict: the job's or an asset's revision moved.
        """
        ...
