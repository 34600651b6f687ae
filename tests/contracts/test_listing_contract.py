"""Every Catalog lists assets alike: by status, newest first, page by page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.inspection import Problem
from assetwire.ports import Catalog, Position
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.recording import record

BOTH = [AssetStatus.ACCEPTED, AssetStatus.QUARANTINED]


def test_a_listing_is_newest_first_and_pages_without_a_gap(catalog: Catalog) -> None:
    made = [
        record(
            catalog, some.version(f"{n}.jpg"), asset=some.asset(f"{n}.jpg", now=some.NOW + timedelta(seconds=n // 2))
        )
        for n in range(11)
    ]
    expected = sorted(made, key=lambda asset: (asset.created_at, asset.asset_id), reverse=True)
    seen: list[Asset] = []
    after: Position | None = None
    sizes = []
    while True:
        page = catalog.assets(BOTH, limit=4, after=after)
        seen += page.assets
        sizes.append(len(page.assets))
        after = page.next
        if after is None:
            break
    assert seen == expected
    assert sizes == [4, 4, 3]


def test_a_page_that_ends_with_the_last_asset_has_no_next(catalog: Catalog) -> None:
    for n in range(3):
        record(catalog, some.version(f"{n}.jpg"))
    page = catalog.assets(BOTH, limit=3, after=None)
    assert (len(page.assets), page.next) == (3, None)


def test_a_listing_has_only_the_statuses_asked_for(catalog: Catalog) -> None:
    good = record(catalog, some.version("good.jpg"))
    bad = record(catalog, some.version("bad.jpg", accepted=False))
    assert catalog.assets([AssetStatus.ACCEPTED], limit=10, after=None).assets == [good]
    assert catalog.assets([AssetStatus.QUARANTINED], limit=10, after=None).assets == [bad]


def test_an_asset_is_listed_under_its_new_status_once_it_changed(catalog: Catalog) -> None:
    version = some.version()
    asset = record(catalog, version)
    refused = version.refused(Problem(code="undecodable", field="file", message="damaged"))
    changed = asset.judged([refused], now=some.NOW)
    catalog.save_asset(changed, versions=[refused])
    assert catalog.assets([AssetStatus.ACCEPTED], limit=10, after=None).assets == []
    assert catalog.assets([AssetStatus.QUARANTINED], limit=10, after=None).assets == [changed]


def test_a_stale_index_finds_what_it_knew_and_shows_what_is_true_now() -> None:
    catalog = FakeCatalog(stale_index=True)
    version = some.version()
    asset = record(catalog, version)
    assert catalog.assets(BOTH, limit=10, after=None).assets == []
    catalog.catch_up()
    changed = asset.with_rights(some.rights(), now=some.NOW)
    catalog.save_asset(changed)
    assert catalog.assets(BOTH, limit=10, after=None).assets == [changed]


def test_an_index_that_lags_never_shows_an_asset_under_a_status_that_it_lost(
    table: str, aws: Callable[[str], Any]
) -> None:
    catalog = DynamoCatalog(table, region="us-east-1")
    accepted = record(catalog, some.version())
    refused = some.version().refused(Problem(code="undecodable", field="file", message="damaged"))
    catalog.save_asset(accepted.judged([refused], now=some.NOW), versions=[refused])
    (item,) = (i for i in aws("dynamodb").scan(TableName=table)["Items"] if i["kind"]["S"] == "Asset")
    old_shelf = {"S": item["listing"]["S"].replace("quarantined", "accepted")}
    aws("dynamodb").put_item(TableName=table, Item=item | {"listing": old_shelf})  # as an index that has not caught up
    assert catalog.assets([AssetStatus.ACCEPTED], limit=10, after=None) == ([], None)
    assert [asset.status for asset in catalog.assets(BOTH, limit=10, after=None).assets] == [AssetStatus.QUARANTINED]


def test_a_page_of_a_hundred_assets_is_read_whole(table: str) -> None:
    catalog = DynamoCatalog(table, region="us-east-1")
    for n in range(101):
        catalog.save_asset(some.asset(f"{n}.jpg", now=some.NOW + timedelta(seconds=n)))
    page = catalog.assets(BOTH, limit=100, after=None)
    assert [asset.created_at - some.NOW for asset in page.assets] == [timedelta(seconds=n) for n in range(100, 0, -1)]
    assert page.next is not None
