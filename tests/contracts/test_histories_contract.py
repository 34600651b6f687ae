"""The Histories port: the fake and DynamoDB keep the same promises."""

from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.history import DynamoHistories
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.domain.asset import Asset
from assetwire.domain.errors import Conflict
from assetwire.domain.history import AssetChange, change_between
from assetwire.domain.rights import Usage
from assetwire.ports import Agenda, Catalog
from assetwire.ports.history import Histories
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.history import FakeHistories
from fakes.some import NOW


class Places(NamedTuple):
    catalog: Catalog
    agenda: Agenda
    histories: Histories


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeCatalog()
        return Places(fake, fake, FakeHistories(fake))
    table = request.getfixturevalue("table")
    return Places(*(kind(table, region="us-east-1") for kind in (DynamoCatalog, DynamoAgenda, DynamoHistories)))


def set_rights(places: Places, asset: Asset, *usages: Usage) -> tuple[Asset, AssetChange]:
    changed = asset.with_rights(some.rights(usages=usages), now=NOW)
    change = change_between(asset, changed, by="me", reason="a new licence")
    places.catalog.save_asset(changed, change=change)
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
