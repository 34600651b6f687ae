"""Revocations in memory."""

from assetwire.domain.revocation import Revocation


class FakeRevocations:
    """Revocations by asset and generation, each written once."""

    def __init__(self) -> None:
        self.noted: dict[tuple[str, int], Revocation] = {}

    def note(self, revocation: Revocation) -> bool:
        place = (revocation.asset_id, revocation.generation)
        is_new = place not in self.noted
        self.noted.setdefault(place, revocation)
        return is_new

    def of(self, asset_id: str) -> list[Revocation]:
        found = [each for each in self.noted.values() if each.asset_id == asset_id]
        return sorted(found, key=lambda each: -each.generation)
