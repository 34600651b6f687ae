"""Wiring of the API of spins."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from assetwire import settings

if TYPE_CHECKING:
    from assetwire.services.spin_requests import CreatedSpin, ShownSpin


class Spins:
    """The use cases behind the API of spins."""

    def __init__(self) -> None:
        from assetwire.adapters.catalog.repository import DynamoCatalog
        from assetwire.adapters.media_store import S3Masters

        known = settings.load(settings.SpinsSettings)
        self._catalog = DynamoCatalog(known.catalog_table, region=known.aws_region)
        self._bucket = known.masters_bucket
        self._masters = S3Masters(self._bucket)

    def create(self, key: str, frames: "Sequence[str]", *, rows: int, by: str) -> "CreatedSpin":
        """Upload the manifest of a spin."""
        from assetwire.services.spin_requests import create_spin

        return create_spin(
            key, frames, rows=rows, bucket=self._bucket, by=by, catalog=self._catalog, masters=self._masters
        )

    def read(self, asset_id: str) -> "ShownSpin":
        """Return a spin and its frames."""
        from assetwire.services.spin_requests import read_spin

        return read_spin(asset_id, catalog=self._catalog, masters=self._masters)


@cache
def spins() -> Spins:
    """Return the API of spins."""
    return Spins()
