"""One asset with three masters, whose life cycle custody looks after."""

from datetime import datetime, timedelta
from typing import Any

from assetwire.domain.archive import Place
from assetwire.domain.asset import Asset, Upload
from assetwire.domain.declaration import Declaration
from assetwire.domain.shown import Rendered
from assetwire.services.custody import Outcome, keep
from assetwire.services.declarations import Said, declare
from assetwire.services.ingest import Outcome as Ingest
from assetwire.services.ingest import ingest
from assetwire.services.judging import Judge
from assetwire.services.lifecycle import deletion, take
from fakes import some
from fakes.catalog import InterruptedCatalog
from fakes.media import FakeInspector, read_sidecar
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeRenditionStore, FakeVault

ASSET = some.asset_id()


DAY = timedelta(days=1)


MONTH = timedelta(days=30)


DUE = NOW + MONTH


class World:
    """Masters, where they are stored, their renditions, and the Catalog that knows them."""

    def __init__(self) -> None:
        self.catalog = InterruptedCatalog()
        self.masters = FakeMasters()
        self.vault = FakeVault(now=NOW)
        self.renditions = FakeRenditionStore()

    def upload(self, key: str, number: int, data: bytes) -> Upload:
        upload = self.masters.put(some.upload(key, number), data)
        self.vault.places[upload.bucket, upload.key, upload.s3_version] = Place.AT_HAND
        return upload

    def ingest(self, upload: Upload) -> tuple[Ingest, str | None]:
        ingested = ingest(
            upload,
            catalog=self.catalog,
            masters=self.masters,
            vault=self.vault,
            inspector=FakeInspector(),
            declarations=self.catalog,
            sidecar_reader=read_sidecar,
            judge=Judge(self.catalog),
            index=self.catalog,
            worklist=self.catalog,
            maximum_bytes=1000,
            now=NOW,
        )
        return ingested.outcome, ingested.asset_id

    def take(self, step: Any, *, at: datetime = NOW, asset_id: str = ASSET) -> Asset:
        return take(step, asset_id, by="me", reason="why", catalog=self.catalog, now=at)

    def delete(self, grace: timedelta = MONTH) -> Asset:
        return self.take(deletion(grace=grace, catalog=self.catalog))

    def keep(self, at: datetime = NOW, *, days: int | None = None, asset_id: str = ASSET) -> Outcome:
        return keep(
            asset_id,
            catalog=self.catalog,
            declarations=self.catalog,
            vault=self.vault,
            renditions=self.renditions,
            archive_after=None if days is None else timedelta(days=days),
            now=at,
        )

    def declare(self, declaration: Declaration) -> Said:
        judge = Judge(self.catalog)
        return declare(declaration, declarations=self.catalog, catalog=self.catalog, now=NOW, judge=judge)

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(ASSET)


def stocked() -> World:
    """Return a world with one asset: two versions under one key, and the bytes of one under another."""
    world = World()
    for key, number, data in (("shoe.jpg", 1, b"A"), ("shoe.jpg", 2, b"B"), ("copy.jpg", 3, b"A")):
        world.ingest(world.upload(key, number, data))
    version = world.asset.current_version
    rendition = some.rendition(world.catalog.versions(ASSET)[1])
    world.catalog.save_renditions([rendition])
    world.renditions.hold(rendition.key, b"pixels")
    world.renditions.hold(f"{ASSET}/an-older-version/web-320.jpg", b"pixels")
    asset = world.asset.with_rendered(Rendered(version_id=version, outputs={"a.jpg": "d"}), now=NOW)
    world.catalog.save_asset(asset)
    return world
