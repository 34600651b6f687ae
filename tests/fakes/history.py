"""Histories of the assets of a Catalog in memory."""

from assetwire.domain.history import AssetChange
from fakes.catalog import FakeCatalog


class FakeHistories:
    """What was noted when assets were saved."""

    def __init__(self, catalog: FakeCatalog) -> None:
        self._catalog = catalog

    def changes(self, asset_id: str, *, limit: int, before: int | None) -> list[AssetChange]:
        found = self._catalog.changes_of(asset_id)
        return [each for each in found if before is None or each.revision < before][:limit]
