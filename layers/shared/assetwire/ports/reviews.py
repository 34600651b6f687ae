"""The port of reviews: an answer, written whole."""

from typing import Protocol

from assetwire.domain.review import Reviewed


class Reviews(Protocol):
    """Takes what people decide about suggested links."""

    def decide(self, found: Reviewed) -> None:
        """Write an answered question with its links, lists and history, all or nothing.

        Raises:
            Conflict: a revision moved: the item's, a link's or a list's.
        """
        ...
