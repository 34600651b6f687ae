"""Declarations and drops: the fake and DynamoDB keep the same promises."""

from typing import Any, NamedTuple

import pytest

from assetwire.adapters.catalog.declarations import DynamoDeclarations, DynamoDrops
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.domain.asset import Asset, Blob, UploadRecord
from assetwire.domain.declaration import Slot
from assetwire.domain.drop import DropState, MemberResult, Members
from assetwire.domain.errors import Conflict
from assetwire.domain.expansion import Fate
from assetwire.domain.metadata import Origin
from assetwire.domain.source import Source
from assetwire.ports import Catalog
from assetwire.ports.declarations import Declarations
from assetwire.ports.drops import Drops
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.some import NOW

KEY = "a/ü shoe.jpg"
SAID = some.declaration(KEY)
SHARED = some.declaration("a/ü shoe", origin=Origin.SIDECAR, rights=None, skus=())


class Store(NamedTuple):
    catalog: Catalog
    declarations: Declarations
    drops: Drops


@pytest.fixture(params=["fake", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "fake":
        fake = FakeCatalog()
        return Store(fake, fake, fake)
    table = request.getfixturevalue("table")
    return Store(*(kind(table, region="us-east-1") for kind in (DynamoCatalog, DynamoDeclarations, DynamoDrops)))


def record(store: Store, key: str = KEY, **rest: Any) -> Asset:
    version = some.version(key)
    store.catalog.record(
        UploadRecord(upload=version.upload, asset_id=version.asset_id, version_id=version.version_id),
        source=Source(bucket="masters", key=key, asset_id=version.asset_id),
        blob=Blob(sha256=version.inspection.sha256, asset_id=version.asset_id, inspection=version.inspection),
        version=version,
        asset=Asset.of(version, now=NOW),
        **rest,
    )
    return store.catalog.asset(version.asset_id)


def test_what_is_declared_is_read_as_it_was_written(store: Store) -> None:
    assert store.declarations.declaration("masters", Slot(KEY, Origin.MANIFEST)) is None
    store.declarations.declare(SAID)
    assert store.declarations.declaration("masters", Slot(KEY, Origin.MANIFEST)) == SAID
    assert store.declarations.declaration("masters", Slot(KEY, Origin.SIDECAR)) is None
    store.declarations.declare(SHARED)
    assert store.declarations.standing("masters", KEY).declarations == (SAID, None, SHARED)


def test_a_declaration_is_retracted_as_it_was_read_and_not_otherwise(store: Store) -> None:
    store.declarations.declare(SAID)
    store.declarations.declare(SAID.in_place_of(SAID))
    store.declarations.retract(SAID)
    left = store.declarations.declaration("masters", Slot(KEY, Origin.MANIFEST))
    assert left == SAID.in_place_of(SAID)
    for _ in range(2):
        store.declarations.retract(left)
        assert store.declarations.declaration("masters", Slot(KEY, Origin.MANIFEST)) is None
    store.declarations.declare(SAID)


def test_a_declaration_is_replaced_at_the_revision_that_was_read(store: Store) -> None:
    store.declarations.declare(SAID)
    with pytest.raises(Conflict):
        store.declarations.declare(SAID)
    store.declarations.declare(SAID.in_place_of(SAID))
    with pytest.raises(Conflict):
        store.declarations.declare(SAID.in_place_of(SAID))


def test_an_upload_is_recorded_only_if_the_same_is_declared_and_then_its_asset_knows_it(store: Store) -> None:
    before = store.declarations.standing("masters", KEY)
    store.declarations.declare(SAID)
    with pytest.raises(Conflict):
        record(store, standing=before)
    assert store.catalog.source("masters", KEY) is None
    standing = store.declarations.standing("masters", KEY)
    store.declarations.declare(SHARED)
    with pytest.raises(Conflict):
        record(store, standing=standing)
    record(store, standing=store.declarations.standing("masters", KEY))
    assert [each.applied if each else None for each in store.declarations.standing("masters", KEY).declarations] == [
        *((KEY,), None, (KEY,)),
    ]
    assert not store.declarations.standing("masters", KEY).open


def test_what_is_known_already_is_required_and_left_as_it_is(store: Store) -> None:
    store.declarations.declare(SAID.applied_to(KEY).model_copy(update={"revision": 0}))
    standing = store.declarations.standing("masters", KEY)
    record(store, standing=standing)
    assert store.declarations.standing("masters", KEY) == standing


def test_settling_writes_asset_and_declarations_together_or_neither(store: Store) -> None:
    asset = record(store)
    store.declarations.declare(SAID)
    standing = store.declarations.standing("masters", KEY)
    changed = asset.with_declared(now=NOW, category="shoes")
    with pytest.raises(Conflict):
        store.declarations.settle(standing, asset=changed.model_copy(update={"revision": 7}))
    assert store.declarations.standing("masters", KEY) == standing
    item = some.work_item()
    store.declarations.settle(standing, asset=changed, work=(item,))
    assert store.catalog.asset(asset.asset_id) == changed
    assert not store.declarations.standing("masters", KEY).open
    with pytest.raises(Conflict):
        store.declarations.settle(standing, asset=changed.with_declared(now=NOW, category="hats"))
    assert store.catalog.asset(asset.asset_id) == changed


def test_masters_are_found_by_their_names_and_their_stems(store: Store) -> None:
    for key in ("a/shoe.jpg", "a/shoe.tif", "a/shoes.jpg", "a/shoe"):
        record(store, key)
    assert store.declarations.masters_named("masters", "a/shoe") == ["a/shoe", "a/shoe.jpg", "a/shoe.tif"]
    assert store.declarations.masters_named("masters", "a/shoe.jpg") == ["a/shoe.jpg"]
    assert store.declarations.masters_named("masters", "a/sho") == []


def test_a_drop_is_written_at_the_revision_that_was_read(store: Store) -> None:
    assert store.drops.drop(some.drop().drop_id) is None
    store.drops.save_drop(some.drop())
    done = some.drop(state=DropState.DONE, counts={Fate.EXPANDED: 2}, revision=1)
    with pytest.raises(Conflict):
        store.drops.save_drop(some.drop())
    store.drops.save_drop(done)
    assert store.drops.drop(done.drop_id) == done


def test_a_page_of_members_is_written_once(store: Store) -> None:
    first = Members(drop_id=some.drop().drop_id, page=0, results=(MemberResult(name="a", fate=Fate.EXPANDED),))
    store.drops.save_members(first)
    store.drops.save_members(first.model_copy(update={"results": ()}))
    assert store.drops.members(first.drop_id, 0) == first
    assert store.drops.members(first.drop_id, 1) is None
