"""Histories: whatever people change of an asset says who it was, when, why, and what was before."""

from typing import Any

import pytest

from assetwire.domain import lifecycle
from assetwire.domain.asset import Asset, UploadRecord
from assetwire.domain.edits import MetadataEdit
from assetwire.domain.errors import InvalidRequest, NotFound
from assetwire.domain.history import AssetChange
from assetwire.domain.rights import Usage
from assetwire.domain.source import Source
from assetwire.services.assets import set_rights
from assetwire.services.history import read_history
from assetwire.services.judging import Judge
from assetwire.services.lifecycle import take
from assetwire.services.metadata import edit_metadata
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.history import FakeHistories
from fakes.some import NOW

ASSET = some.asset_id()


@pytest.fixture
def catalog() -> FakeCatalog:
    catalog = FakeCatalog()
    version = some.version()
    note = UploadRecord(upload=version.upload, asset_id=ASSET, version_id=version.version_id)
    source = Source(bucket=version.upload.bucket, key=version.upload.key, asset_id=ASSET)
    catalog.record(note, source=source, version=version, asset=Asset.of(version, now=NOW))
    return catalog


def history(catalog: FakeCatalog, **asked: Any) -> list[AssetChange]:
    asked = {"limit": 50} | asked
    return read_history(ASSET, **asked, assets=catalog, histories=FakeHistories(catalog)).changes


def grant(catalog: FakeCatalog, *usages: Usage, by: str = "legal") -> None:
    set_rights(ASSET, some.rights(usages=usages), by=by, reason="a new licence", catalog=catalog, now=NOW)


def test_rights_say_what_they_were_and_what_they_are(catalog: FakeCatalog) -> None:
    grant(catalog, Usage.WEB, Usage.PRINT)
    grant(catalog, Usage.WEB)
    last, first = history(catalog)
    assert (last.by, last.reason, last.at, last.generation) == ("legal", "a new licence", NOW, 2)
    assert (last.before["rights"]["usages"], last.after["rights"]["usages"]) == (["print", "web"], ["web"])
    assert (first.before, last.revision) == ({}, first.revision + 1)


def test_the_same_again_is_no_change(catalog: FakeCatalog) -> None:
    grant(catalog, Usage.WEB)
    grant(catalog, Usage.WEB, by="somebody else")
    assert [change.by for change in history(catalog)] == ["legal"]


def test_steps_of_the_life_cycle_and_edits_are_noted(catalog: FakeCatalog) -> None:
    take(lifecycle.withdraw, ASSET, by="me", reason="a mistake", catalog=catalog, now=NOW)
    edits = MetadataEdit(set={"title": {"en": "Shoe"}})
    edit_metadata(ASSET, edits, may_set_rights=True, by="copy", catalog=catalog, judge=Judge(catalog), now=NOW)
    edits = MetadataEdit(set={"headline": "Red"})
    edit_metadata(ASSET, edits, may_set_rights=True, by="copy", catalog=catalog, judge=Judge(catalog), now=NOW)
    third, second, first = history(catalog)
    assert (first.after["withdrawn"]["by"], first.reason) == ("me", "a mistake")
    assert (list(second.after["edits"]), second.by) == (["title"], "copy")
    assert (list(third.after["edits"]), third.before["edits"]) == (["headline"], {})


def test_a_history_is_read_page_by_page(catalog: FakeCatalog) -> None:
    for usage in Usage:
        grant(catalog, usage)
    found, cursor = [], None
    while True:
        page = read_history(ASSET, limit=3, cursor=cursor, assets=catalog, histories=FakeHistories(catalog))
        found += page.changes
        cursor = page.cursor
        if cursor is None:
            break
    assert found == history(catalog)
    assert len(found) == len(Usage)


def test_what_is_no_history_is_refused(catalog: FakeCatalog) -> None:
    with pytest.raises(InvalidRequest, match="cursor"):
        history(catalog, cursor="x")
    with pytest.raises(NotFound):
        read_history(some.asset_id("nothing"), limit=9, assets=catalog, histories=FakeHistories(catalog))
