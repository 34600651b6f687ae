"""One film, sound or document on its way through transcode: masters, a Catalog, and who makes what."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from assetwire.domain.asset import Asset, Edit
from assetwire.domain.errors import Unavailable
from assetwire.domain.inspection import Kind
from assetwire.domain.rendition import Rendition
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.transcode_spec import TranscodeSpec, transcodes
from assetwire.domain.transcoding import Claim
from assetwire.services.transcode import Tools, Transcoded, transcode
from fakes import some
from fakes.catalog import FakeCatalog, InterruptedCatalog
from fakes.intake import finding, take_in
from fakes.media import FakeRenderer
from fakes.some import NOW
from fakes.stores import FakeMasters, FakeRenditionStore
from fakes.transcoding import FakeLabeller, FakeTranscoder

ASSET = some.asset_id()


GRACE = timedelta(days=7)


FILM = {"kind": Kind.VIDEO, "media_type": "video/mp4", "width": 1280, "height": 720, "duration_seconds": 60.0}


SOUND = {"kind": Kind.AUDIO, "media_type": "audio/wav", "width": None, "height": None, "duration_seconds": 60.0}


NAMES = {"loop-320.webp", "preview-480.mp4", "video-480.mp4", "video-480.webm", "video-720.mp4", "video-720.webm"}


LONG = "video-720.mp4"


class World:
    """Masters, a Catalog that knows them, the renditions bucket, and those who make films."""

    def __init__(self, **facts: Any) -> None:
        self.catalog = InterruptedCatalog()
        self.masters = FakeMasters()
        self.store = FakeRenditionStore()
        self.here, self.elsewhere = FakeTranscoder(), FakeTranscoder(at_once=False)
        self.labeller = FakeLabeller()
        self.has_elsewhere = True
        self.specs: tuple[TranscodeSpec, ...] = transcodes()
        self.left = 800.0
        self.message = "message-1"
        self.upload(1, b"A", **(facts or FILM))

    def upload(self, number: int, data: bytes, **facts: Any) -> None:
        inspector = finding(**(facts or FILM))
        take_in(some.upload(number=number), data, catalog=self.catalog, masters=self.masters, inspector=inspector)

    def run(self, at: datetime = NOW) -> Transcoded:
        self.store.now = at
        tools = Tools(
            catalog=self.catalog,
            masters=self.masters,
            store=self.store,
            here=self.here,
            elsewhere=self.elsewhere if self.has_elsewhere else None,
            labeller=self.labeller,
            renderer=FakeRenderer(),
            book=SpecBook((), transcodes=self.specs),
            grace=GRACE,
            left=lambda: self.left,
            claim=Claim(run=self.message, until=at + timedelta(seconds=900)),
        )
        return transcode(ASSET, tools=tools, now=at)

    @property
    def asset(self) -> Asset:
        return self.catalog.asset(ASSET)

    @property
    def renditions(self) -> list[Rendition]:
        return self.catalog.renditions(ASSET, self.asset.current_version)

    def change(self, change: Callable[[Asset], Asset]) -> None:
        FakeCatalog.save_asset(self.catalog, change(self.asset))

    def entitle(self, title: str) -> None:
        """Set the title, as somebody does through the API."""
        edits = {"title": Edit(value={"x-default": title}, at=NOW)}
        self.change(lambda asset: asset.with_declared(now=NOW, edits=edits))

    def writes(self) -> tuple[int, int, int]:
        return len(self.catalog.changes), self.store.writes, len(self.masters.fetched)

    @property
    def reasons(self) -> dict[str, str]:
        state = self.asset.transcoding
        return {} if state is None else {name: left.problem.code for name, left in state.left_out.items()}


def interrupt_the_third_put(world: World) -> None:
    """Let a run break off when its third file is to be stored."""
    world.store.puts_until_failure = 3
    with pytest.raises(Unavailable):
        world.run()
