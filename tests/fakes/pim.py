"""A PIM that takes deltas of associations as it is told to: the highest number counts, and older ones are ignored."""

from collections import defaultdict
from typing import Any

from assetwire.domain.associations import Associations
from assetwire.domain.errors import Conflict, Unavailable


class FakePim:
    """What PIM knows of each product's lists; with `down` it takes nothing, with `deaf` it takes and nobody hears."""

    def __init__(self) -> None:
        self._lists: defaultdict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        self._sequences: defaultdict[str, int] = defaultdict(int)
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.down = self.deaf = False

    def send(self, message_id: str, message: dict[str, Any]) -> None:
        if self.down:
            raise Unavailable("it is down")
        self.messages.append((message_id, message))
        said = message["data"]
        if said["sequence"] > self._sequences[said["sku"]]:
            self._sequences[said["sku"]] = said["sequence"]
            for told in said["lists"]:
                self._lists[said["sku"]][f"{told['role']}/{told['market']}"] = tuple(told["assets"])
        if self.deaf:
            raise Unavailable("the answer was lost")

    def lists(self, sku: str) -> dict[str, tuple[str, ...]]:
        """Return what it knows of a product: the lists that hold anything."""
        return {key: assets for key, assets in self._lists[sku].items() if assets}


class FakeAssociations:
    """What was told, in memory."""

    def __init__(self) -> None:
        self._told: dict[str, Associations] = {}

    def told(self, sku: str) -> Associations | None:
        return self._told.get(sku)

    def save_told(self, associations: Associations) -> None:
        before = self._told.get(associations.sku)
        if (-1 if before is None else before.revision) != associations.revision - 1:
            raise Conflict("its revision moved")
        self._told[associations.sku] = associations
