"""What finding near-duplicates needs of the outside world."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from assetwire.domain.near_duplicates import Likeness


class Neighbours(NamedTuple):
    """What stands in the same bands as a picture; `cut` bands hold more than was read."""

    likenesses: list[Likeness]
    cut: int


class SimilarityIndex(Protocol):
    """Finds pictures by the bands of their hashes, read consistently, and never scans."""

    def add(self, likenesses: Sequence[Likeness]) -> None:
        """Write likenesses; those that stand there already are the same."""
        ...

    def neighbours(self, likenesses: Sequence[Likeness], *, limit: int) -> Neighbours:
        """Return what stands in the bands of these likenesses: all of a band, or the `limit` nearest in its order."""
        ...
