"""A bucket and a Catalog where masters, manifests and sidecars come in whatever order a test likes."""

import json
from datetime import timedelta
from typing import Any

from assetwire.domain.asset import Asset
from assetwire.domain.declaration import Declaration
from assetwire.services.declarations import Said, declare
from assetwire.services.ingest import Ingested, ingest
from assetwire.services.judging import Judge
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.media import FakeInspector, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeVault

KEY = "a/shoe.jpg"
ROW: dict[str, Any] = {
    "skus": ("S-1",),
    "gtins": ("4006381333931",),
    "category": "shoes",
    "fields": {"title": {"de": "Schuh"}, "keywords": ["brown"]},
}


_OF_THE_ORDER = {"revision", "updated_at", "used_at", "current_order", "current_version", "created_at"}
"""What depends on the order in which things came, as it should."""


class World:
    """A bucket, a Catalog, and everybody who writes to them."""

    def __init__(self, catalog: FakeCatalog | None = None) -> None:
        self.catalog = catalog or FakeCatalog()
        self.masters = FakeMasters()
        self._uploads = 0

    def put(self, data: bytes = b"A", key: str = KEY) -> Ingested:
        self._uploads += 1
        upload = self.masters.put(some.upload(key, self._uploads), data)
        return ingest(
            upload,
            catalog=self.catalog,
            masters=self.masters,
            vault=FakeVault(now=NOW),
            inspector=FakeInspector(),
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            judge=Judge(self.catalog),
            index=self.catalog,
            worklist=self.catalog,
            maximum_bytes=1000,
            now=NOW,
        )

    def sidecar(self, key: str, **fields: Any) -> Ingested:
        return self.put(json.dumps(fields).encode(), key)

    def manifest(self, key: str = KEY, minute: int = 0, **said: Any) -> Said:
        wanted = some.declaration(key, said_at=NOW + timedelta(minutes=minute), **(ROW | said))
        return self.declare(wanted)

    def declare(self, wanted: Declaration) -> Said:
        return declare(wanted, declarations=self.catalog, catalog=self.catalog, now=NOW, judge=Judge(self.catalog))

    def asset(self, key: str = KEY) -> Asset:
        source = self.catalog.source("masters", key)
        assert source is not None
        return self.catalog.asset(source.asset_id)

    def end(self) -> dict[str, Any]:
        """Return what an asset says in the end, without what only counts writes."""
        asset = self.asset()
        said = asset.model_dump(exclude=_OF_THE_ORDER)
        said["edits"] = {name: (edit.value, edit.source) for name, edit in asset.edits.items()}
        return said
