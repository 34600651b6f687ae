"""Revocations in memory."""

from datetime import datetime

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

    def purged(self, asset_id: str, generation: int, *, at: datetime) -> None:
        self._set("purged_at", asset_id, generation, at)

    def restored(self, asset_id: str, generation: int, *, at: datetime) -> None:
        self._set("restored_at", asset_id, generation, at)

    def _set(self, field: str, asset_id: str, generation: int, at: datetime) -> None:
        known = self.noted.get((asset_id, generation))
        if known is not None and getattr(known, field) is None:
            self.noted[asset_id, generation] = known.model_copy(update={field: at})

    def of(self, asset_id: str) -> list[Revocation]:
        found = [each for each in self.noted.values() if each.asset_id == asset_id]
        return sorted(found, key=lambda each: -each.generation)
