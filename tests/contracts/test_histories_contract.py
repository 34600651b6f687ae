"""The Histories port: the fake and DynamoDB keep the same promises."""

from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.declarations import DynamoDeclarations
from assetwire.adapters.catalog.history import DynamoHistories
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.catalog.rules import DynamoProgress
from assetwire.domain.asset import Asset
from assetwire.domain.errors import Conflict
from assetwire.domain.history import AssetChange, change_between
from assetwire.domain.rights import Usage
from assetwire.ports import Agenda, Catalog
from assetwire.ports.declarations import Declarations
from assetwire.ports.history import Histories
from assetwire.ports.rules import Changed, Progress
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.history import FakeHistories
from fakes.recording import record
from fakes.some import NOW


class Places(NamedTuple):
    catalog: Catalog
    agenda: Agenda
    histories: Histories
    declarations: Declarations
    progress: Progress


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeCatalog()
        return Places(fake, fake, FakeHistories(fake), fake, fake)
    table = request.getfixturevalue("table")
    kinds = (DynamoCatalog, DynamoAgenda, DynamoHistories, DynamoDeclarations, DynamoProgress)
    return Places(*(kind(table, region="us-east-1") for kind in kinds))  # type: ignore[arg-type]


def set_rights(places: Places, asset: Asset, *usages: Usage) -> tuple[Asset, AssetChange]:
    changed = asset.with_rights(some.rights(usages=usages), now=NOW)
    change = change_between(asset, changed, by="me", reason="a new licence")
    places.catalog.save_asset(changed, change=change)
    assert change is not None
    return changed, change


def test_changes_are_written_with_their_asset_and_read_newest_first_page_by_page(places: Places) -> None:
    asset = some.asset()
    places.agenda.save(asset)
    written = []
    for usage in (Usage.WEB, Usage.PRINT, Usage.POS):
        asset, change = set_rights(places, asset, usage)
        written.append(change)
    newest_first = written[::-1]
    assert places.histories.changes(asset.asset_id, limit=9, before=None) == newest_first
    assert places.histories.changes(asset.asset_id, limit=2, before=None) == newest_first[:2]
    assert places.histories.changes(asset.asset_id, limit=2, before=newest_first[1].revision) == newest_first[2:]
    assert places.histories.changes(some.asset_id("another"), limit=9, before=None) == []


def test_a_change_that_lost_its_race_is_noted_nowhere(places: Places) -> None:
    asset = some.asset()
    places.agenda.save(asset)
    _, first = set_rights(places, asset, Usage.WEB)
    with pytest.raises(Conflict):
        set_rights(places, asset, Usage.PRINT)
    assert places.histories.changes(asset.asset_id, limit=9, before=None) == [first]


def test_what_an_upload_a_declaration_or_a_job_changed_is_noted_in_the_same_write(places: Places) -> None:
    version = some.version()
    asset = Asset.of(version, now=NOW, rights=some.rights(), rights_declared=True)
    first = change_between(Asset.of(version, now=NOW), asset, by="manifest.csv@1", reason="")
    record(places.catalog, version, asset=asset, change=first)
    narrowed = asset.with_rights(some.rights(usages=(Usage.WEB,)), now=NOW)
    second = change_between(asset, narrowed, by="manifest.csv@2", reason="")
    standing = places.declarations.standing("masters", "shoe.jpg")
    places.declarations.settle(standing, asset=narrowed, change=second)
    edited = narrowed.with_declared(now=NOW, category="shoes")
    third = change_between(narrowed, edited, by="ada", reason="job 1")
    assert None not in (first, second, third)
    job = some.job()
    places.agenda.save(job)
    places.progress.advance(job.progressed(now=NOW, done=1), Changed([edited], (), [third] if third else []))
    assert places.histories.changes(asset.asset_id, limit=9, before=None) == [third, second, first]
