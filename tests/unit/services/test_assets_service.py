"""Assets through the API: listed without a gap, changed without a lost update."""

import base64
import json
from datetime import timedelta
from typing import Any, ClassVar

import pytest

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.errors import Conflict, InvalidRequest, NotFound
from assetwire.domain.inspection import Kind, Problem
from assetwire.domain.rights import Usage
from assetwire.domain.shown import Rendered
from assetwire.domain.spec_book import SpecBook
from assetwire.domain.transcode_spec import transcodes
from assetwire.domain.transcoding import LeftOut, Transcoding
from assetwire.services import assets
from assetwire.services.assets import RenditionListing, list_assets, list_renditions, set_rights
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.rendition_world import WEB
from fakes.some import NOW


def filled(count: int, *, stale_index: bool = False) -> FakeCatalog:
    """Return a Catalog of assets, three of which come in every second."""
    catalog = FakeCatalog(stale_index=stale_index)
    for n in range(count):
        key = f"{n}.jpg"
        catalog.save_asset(some.asset(key, now=NOW + timedelta(seconds=n // 3), accepted=n % 5 != 0))
    catalog.catch_up()
    return catalog


def read_all(catalog: FakeCatalog, status: AssetStatus | None = None, limit: int = 100) -> list[Asset]:
    seen: list[Asset] = []
    cursor: str | None = None
    while True:
        listing = list_assets(status=status, limit=limit, cursor=cursor, catalog=catalog)
        assert len(listing.assets) <= limit
        seen += listing.assets
        cursor = listing.cursor
        if cursor is None:
            return seen


class TestListing:
    """All assets, newest first, page by page."""

    @pytest.mark.parametrize("limit", [1, 7, 50, 100])
    def test_250_assets_come_once_each_and_newest_first(self, limit: int) -> None:
        catalog = filled(250)
        seen = read_all(catalog, limit=limit)
        assert len({asset.asset_id for asset in seen}) == len(seen) == 250
        assert seen == sorted(seen, key=lambda asset: (asset.created_at, asset.asset_id), reverse=True)

    def test_assets_with_long_metadata_come_in_shorter_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        catalog = filled(20)
        one = len(catalog.asset(some.asset_id("0.jpg")).model_dump_json())
        monkeypatch.setattr(assets, "MOST_BYTES", 3 * one + one // 2)
        assert len(list_assets(status=None, limit=100, cursor=None, catalog=catalog).assets) == 3
        assert len({asset.asset_id for asset in read_all(catalog)}) == 20
        monkeypatch.setattr(assets, "MOST_BYTES", 1)  # an asset that is too long alone comes alone
        assert len({asset.asset_id for asset in read_all(catalog)}) == 20

    def test_one_status_has_its_own_assets(self) -> None:
        catalog = filled(250)
        assert len(read_all(catalog, AssetStatus.ACCEPTED, limit=30)) == 200
        assert len(read_all(catalog, AssetStatus.QUARANTINED, limit=30)) == 50

    def test_an_index_that_lags_gives_none_twice_and_what_it_knew_as_it_is_now(self) -> None:
        catalog = filled(250, stale_index=True)
        for n in range(0, 250, 2):
            asset = catalog.asset(some.asset_id(f"{n}.jpg"))
            catalog.save_asset(asset.with_rights(some.rights(), now=NOW))
        seen = read_all(catalog, limit=40)
        assert len({asset.asset_id for asset in seen}) == len(seen) == 250
        assert sum(asset.rights is not None for asset in seen) == 125

    def test_an_index_that_lags_never_shows_an_asset_under_a_status_that_it_lost(self) -> None:
        catalog = filled(250, stale_index=True)
        lost = [some.asset_id(f"{n}.jpg") for n in range(1, 250, 5)]
        for asset_id in lost:
            asset = catalog.asset(asset_id)
            changed = asset.model_copy(update={"status": AssetStatus.QUARANTINED, "revision": asset.revision + 1})
            catalog.save_asset(changed)
        seen = [asset.asset_id for asset in read_all(catalog, AssetStatus.ACCEPTED, limit=40)]
        assert len(seen) == len(set(seen)) == 150
        assert not set(seen) & set(lost)

    def test_an_index_that_catches_up_between_pages_gives_none_twice_and_loses_none(self) -> None:
        catalog = filled(250, stale_index=True)
        first = list_assets(status=None, limit=100, cursor=None, catalog=catalog)
        for n in range(250):
            asset = catalog.asset(some.asset_id(f"{n}.jpg"))
            flipped = AssetStatus.ACCEPTED if asset.status is AssetStatus.QUARANTINED else AssetStatus.QUARANTINED
            catalog.save_asset(asset.model_copy(update={"status": flipped, "revision": asset.revision + 1}))
        catalog.save_asset(some.asset("new.jpg", now=NOW + timedelta(days=1)))
        catalog.catch_up()
        second = list_assets(status=None, limit=100, cursor=first.cursor, catalog=catalog)
        third = list_assets(status=None, limit=100, cursor=second.cursor, catalog=catalog)
        seen = [asset.asset_id for page in (first, second, third) for asset in page.assets]
        assert len(seen) == len(set(seen)) == 250
        assert third.cursor is None

    def test_an_empty_catalog_has_an_empty_page(self) -> None:
        assert list_assets(status=None, limit=1, cursor=None, catalog=FakeCatalog()) == ([], None)

    @pytest.mark.parametrize("limit", [0, -1, 101])
    def test_a_page_of_another_size_is_refused(self, limit: int) -> None:
        with pytest.raises(InvalidRequest) as refused:
            list_assets(status=None, limit=limit, cursor=None, catalog=FakeCatalog())
        assert refused.value.code == "invalid_limit"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "null",
            "{}",
            "[]",
            '["2026-06-01T12:00:00+00:00"]',
            '["2026-06-01T12:00:00", "a"]',
            '["yesterday", "a"]',
            '["2026-06-01T12:00:00+00:00", 7]',
            '[1, "a"]',
            '["2026-06-01T12:00:00+00:00", "a", "b"]',
            '{"a": 1, "b": 2}',
            "[" * 300,
        ],
    )
    def test_a_cursor_that_is_none_of_ours_is_refused(self, text: str) -> None:
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        for one in (cursor, text or "%%%", "ü", "a"):
            with pytest.raises(InvalidRequest) as refused:
                list_assets(status=None, limit=1, cursor=one, catalog=FakeCatalog())
            assert refused.value.code == "invalid_cursor"

    def test_a_cursor_is_safe_in_a_url_and_goes_on_after_the_last_asset(self) -> None:
        catalog = filled(3)
        assets, cursor = list_assets(status=None, limit=2, cursor=None, catalog=catalog)
        assert cursor is not None
        assert cursor.replace("-", "").replace("_", "").isalnum()
        padded = cursor + "=" * (-len(cursor) % 4)
        assert json.loads(base64.urlsafe_b64decode(padded))[1] == assets[-1].asset_id


class TestRights:
    """Rights are replaced as a whole, on what the caller has read."""

    @pytest.fixture
    def catalog(self) -> FakeCatalog:
        catalog = FakeCatalog()
        catalog.save_asset(some.asset())
        return catalog

    def test_rights_are_set(self, catalog: FakeCatalog) -> None:
        asset = set_rights(some.asset_id(), some.rights(), catalog=catalog, now=NOW)
        assert asset == catalog.asset(some.asset_id())
        assert (asset.rights, asset.revision) == (some.rights(), 1)

    def test_the_same_rights_again_change_nothing(self, catalog: FakeCatalog) -> None:
        first = set_rights(some.asset_id(), some.rights(), catalog=catalog, now=NOW)
        assert set_rights(some.asset_id(), some.rights(), catalog=catalog, now=NOW + timedelta(days=1)) == first

    def test_a_narrowing_bumps_the_generation(self, catalog: FakeCatalog) -> None:
        set_rights(some.asset_id(), some.rights(), catalog=catalog, now=NOW)
        narrowed = set_rights(some.asset_id(), some.rights(usages=(Usage.WEB,)), catalog=catalog, now=NOW)
        assert narrowed.generation == 2

    def test_rights_are_set_on_the_revision_that_was_read(self, catalog: FakeCatalog) -> None:
        assert set_rights(some.asset_id(), some.rights(), if_revision=0, catalog=catalog, now=NOW).revision == 1

    @pytest.mark.parametrize("revision", [0, 2])
    def test_rights_are_not_set_on_another_revision(self, catalog: FakeCatalog, revision: int) -> None:
        before = set_rights(some.asset_id(), some.rights(), catalog=catalog, now=NOW)
        with pytest.raises(Conflict) as refused:
            set_rights(some.asset_id(), some.rights(holder="X"), if_revision=revision, catalog=catalog, now=NOW)
        assert refused.value.code == "revision"
        assert catalog.asset(some.asset_id()) == before

    def test_an_asset_that_is_not_there_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            set_rights(some.asset_id(), some.rights(), catalog=FakeCatalog(), now=NOW)

    @pytest.mark.parametrize(("races", "if_revision", "wins"), [(7, None, True), (8, None, False), (1, 0, False)])
    def test_a_lost_race_is_run_again_unless_a_revision_was_asked_for(
        self, races: int, if_revision: int | None, *, wins: bool
    ) -> None:
        class Contested(FakeCatalog):
            left = 0

            def save_asset(self, asset: Asset, **_: object) -> None:
                if self.left:
                    self.left -= 1
                    stored = self.asset(asset.asset_id)
                    self._write(stored.model_copy(update={"revision": stored.revision + 1}))
                super().save_asset(asset)

        catalog = Contested()
        catalog.save_asset(some.asset())
        catalog.left = races
        if wins:
            asset = set_rights(some.asset_id(), some.rights(), if_revision=if_revision, catalog=catalog, now=NOW)
            assert (asset.rights, asset.revision) == (some.rights(), races + 1)
        else:
            with pytest.raises(Conflict):
                set_rights(some.asset_id(), some.rights(), if_revision=if_revision, catalog=catalog, now=NOW)
            assert catalog.asset(some.asset_id()).rights is None


class TestRenditions:
    """What is shown of an asset in both parts, what is on its way, and what was given up and why."""

    BOOK = SpecBook((WEB,), transcodes=transcodes())
    FILM: ClassVar = {
        "kind": Kind.VIDEO,
        "media_type": "video/mp4",
        "duration_seconds": 9.0,
        "width": 640,
        "height": 360,
    }

    def listed(self, **changes: Any) -> RenditionListing:
        catalog = FakeCatalog()
        asset = some.asset(inspection=some.inspection(**self.FILM), **changes)
        catalog.save_asset(asset)
        for part in asset.shown_parts:
            version = some.version().model_copy(update={"version_id": part.version_id})
            made = [some.rendition(version, name, digest=digest) for name, digest in part.outputs.items()]
            catalog.save_renditions(made)
        return list_renditions(asset.asset_id, catalog=catalog, book=self.BOOK, now=NOW)

    def test_what_is_not_made_is_missing(self) -> None:
        found = self.listed()
        assert found.renditions == []
        assert {"web-320.jpg", "video-480.mp4", "loop-320.webp"} <= set(found.missing)

    def test_films_of_another_version_are_shown_and_missing(self) -> None:
        older = some.version(number=0).version_id
        films = Rendered(version_id=older, outputs={"video-480.mp4": "0" * 16})
        pictures = Rendered(version_id=some.version().version_id, outputs={"web-320.jpg": "1" * 16})
        found = self.listed(transcoded=films, rendered=pictures)
        assert [(each.name, each.version_id == older) for each in found.renditions] == [
            ("video-480.mp4", True),
            ("web-320.jpg", False),
        ]
        assert "video-480.mp4" in found.missing

    def test_what_was_given_up_is_not_missing_and_says_why(self) -> None:
        problem = Problem(code="too_long", field="duration_seconds", message="it would take an hour")
        left_out = {"video-480.mp4": LeftOut(made="", problem=problem)}
        state = Transcoding(version_id=some.version().version_id, left_out=left_out)
        found = self.listed(transcoding=state)
        assert found.left_out == {"video-480.mp4": problem}
        assert "video-480.mp4" not in found.missing
        assert self.listed(transcoding=state.model_copy(update={"version_id": "older"})).left_out == {}
