"""What a leak test did and found."""

from typing import NamedTuple


class Difference(NamedTuple):
    """Something that is not as the oracle says."""

    kind: str
    asset: str
    what: str
    why: str
    at: float


class Report:
    """What was done, the exposures that the house recorded, and everything that differs."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.exposures: list[float] = []
        self.counts: dict[str, int] = {}

    @property
    def passed(self) -> bool:
        """Whether nothing differs of what was asked: a run in which nothing was answered proves nothing."""
        return not self.differences and self.counts.get("answered", 0) > 0

    def count(self, what: str, many: int = 1) -> None:
        """Count something that was done."""
        self.counts[what] = self.counts.get(what, 0) + many

    def differs(self, kind: str, asset: str, what: str, why: str, at: float) -> None:
        """Note a difference."""
        self.differences.append(Difference(kind, asset, what, why, at))
