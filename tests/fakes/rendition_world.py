"""One asset on its way through the renditions function: its masters, the Catalog, and the renditions bucket."""

from datetime import datetime, timedelta
from typing import Any

from assetwire.domain.asset import Asset
from assetwire.domain.channels import Channels
from assetwire.domain.rendition import Rendition
from assetwire.domain.spec import Encoding, Format, Frame, Spec
from assetwire.domain.spec_book import SpecBook
from assetwire.services.renditions import Made, make_renditions
from fakes import some
from fakes.catalog import FakeCatalog, InterruptedCatalog
from fakes.intake import take_in
from fakes.media import FakeInspector, FakeRenderer
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeRenditionStore

ENCODINGS = (Encoding(format=Format.WEBP, quality=78, effort=4), Encoding(format=Format.JPEG, quality=80, effort=0))
FRAMES = {"320": Frame(width=320), "640": Frame(width=640)}
WEB = Spec(name="web", ladder=True, frames=FRAMES, encodings=ENCODINGS)


def with_quality(quality: int) -> Spec:
    """Return the spec with JPEGs of another quality."""
    return WEB.model_copy(update={"encodings": (ENCODINGS[0], ENCODINGS[1].model_copy(update={"quality": quality}))})


NAMES = ["web-320.jpg", "web-320.webp", "web-640.jpg", "web-640.webp"]
ASSET = some.asset_id()
GRACE = timedelta(days=7)


class World:
    """Masters, a Catalog that knows them, and the renditions bucket."""

    def __init__(self) -> None:
        self.catalog = InterruptedCatalog()
        self.masters = FakeMasters()
        self.store = FakeRenditionStore()
        self.renderer = FakeRenderer()
        self.spec = WEB
        self.channels = Channels({}, {})

    def upload(self, number: int, data: bytes, inspector: Any = None) -> None:
        chosen = inspector or FakeInspector()
        take_in(some.upload(number=number), data, catalog=self.catalog, masters=self.masters, inspector=chosen)

    def make(self, at: datetime = NOW) -> Made:
        self.store.now = at
        return make_renditions(
            ASSET,
            catalog=self.catalog,
            masters=self.masters,
            store=self.store,
            renderer=self.renderer,
            book=SpecBook((self.spec,), self.channels),
            grace=GRACE,
            now=at,
        )

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(ASSET)

    @property
    def renditions(self) -> list[Rendition]:
        return self.catalog.renditions(ASSET, self.asset.current_version)

    def writes(self) -> tuple[int, int, int]:
        """Return how often the Catalog and the bucket were written, and masters read."""
        return len(self.catalog.changes), self.store.writes, len(self.masters.fetched)

    def change_rights(self) -> None:
        FakeCatalog.save_asset(self.catalog, self.asset.with_rights(some.rights(), now=NOW))
