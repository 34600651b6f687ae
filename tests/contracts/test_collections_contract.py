"""The Collections port: the fake and DynamoDB keep the same promises."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from assetwire.adapters.catalog.agenda import DynamoAgenda
from assetwire.adapters.catalog.collections import DynamoCollections
from assetwire.adapters.catalog.history import DynamoHistories
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.domain.archive import Act
from assetwire.domain.asset import Asset
from assetwire.domain.collection import Collection, CollectionChange, Membership, collection_change, joined, left
from assetwire.domain.errors import Conflict, NotFound
from assetwire.domain.history import change_between
from assetwire.ports import Agenda, Catalog
from assetwire.ports.collections import Collections, Turn
from assetwire.ports.history import Histories
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.collections import FakeCollections
from fakes.history import FakeHistories
from fakes.some import NOW


class Places(NamedTuple):
    catalog: Catalog
    agenda: Agenda
    histories: Histories
    collections: Collections


@pytest.fixture(params=["fake", "dynamodb"])
def places(request: pytest.FixtureRequest) -> Places:
    if request.param == "fake":
        fake = FakeCatalog()
        return Places(fake, fake, FakeHistories(fake), FakeCollections(fake))
    table = request.getfixturevalue("table")
    kinds = (DynamoCatalog, DynamoAgenda, DynamoHistories, DynamoCollections)
    return Places(*(kind(table, region="us-east-1") for kind in kinds))


def made(places: Places, name: str = "one", **fields: object) -> Collection:
    collection = some.collection(name, **fields)
    places.collections.change(collection, collection_change(None, collection, by="me", reason=""))
    return collection


def changed(places: Places, before: Collection, **fields: object) -> tuple[Collection, CollectionChange]:
    after = before.changed(now=NOW, **fields)
    change = collection_change(before, after, by="me", reason="")
    places.collections.change(after, change)
    return after, change


def kept(places: Places, key: str) -> Asset:
    asset = some.asset(key)
    places.agenda.save(asset)
    return asset


def note(collection: Collection, asset: Asset) -> Membership:
    return Membership(collection_id=collection.collection_id, asset_id=asset.asset_id, by="me", at=NOW)


def join(places: Places, collection: Collection, asset: Asset) -> Asset:
    member = joined(asset, collection, now=NOW)
    change = change_between(asset, member, by="me", reason="")
    turn = Turn(assets=[member], joined=[note(collection, asset)], changes=[change])
    places.collections.take(turn, of=collection)
    return member


class TestRecords:
    """What is kept of a collection."""

    def test_a_collection_is_read_as_it_was_written_with_its_changes_newest_first(self, places: Places) -> None:
        first = made(places)
        second, one = changed(places, first, title="Spring")
        third, two = changed(places, second, rights=some.rights(territories=("DACH",)))
        assert places.collections.collection(first.collection_id) == third
        name = first.collection_id
        assert places.collections.changes_of(name, limit=2, before=None) == [two, one]
        assert [each.revision for each in places.collections.changes_of(name, limit=9, before=2)] == [1, 0]
        assert places.collections.changes_of(some.collection("other").collection_id, limit=9, before=None) == []

    def test_what_is_not_there_is_not_found_and_left_out_of_many(self, places: Places) -> None:
        known, other = made(places), some.collection("other")
        with pytest.raises(NotFound) as missing:
            places.collections.collection(other.collection_id)
        assert missing.value.code == "collection_not_found"
        assert places.collections.collections_named([other.collection_id, known.collection_id]) == [known]

    def test_a_second_one_of_the_same_id_and_a_change_that_lost_its_race_change_nothing(self, places: Places) -> None:
        first = made(places)
        with pytest.raises(Conflict):
            made(places, title="another")
        second, _ = changed(places, first, title="Spring")
        with pytest.raises(Conflict):
            changed(places, first, title="Autumn")
        assert places.collections.collection(first.collection_id) == second
        assert len(places.collections.changes_of(first.collection_id, limit=9, before=None)) == 2

    def test_a_job_is_written_with_its_change_or_not_at_all(self, places: Places) -> None:
        first, job = made(places), some.job()
        after = first.changed(now=NOW, rights=some.rights())
        change = collection_change(first, after, by="me", reason="")
        places.collections.change(after, change, job)
        assert places.agenda.job(job.job_id) == job
        with pytest.raises(Conflict):
            places.collections.change(after.changed(now=NOW, title="x"), change, job)
        assert places.collections.collection(first.collection_id) == after

    def test_those_that_are_not_deleted_are_listed_newest_first_page_by_page(self, places: Places) -> None:
        every = [made(places, str(n), created_at=NOW + timedelta(minutes=n)) for n in range(5)]
        changed(places, every[2], deleted=Act(by="me", at=NOW))
        page = places.collections.collections(limit=2, after=None)
        assert page.collections == [every[4], every[3]]
        last = places.collections.collections(limit=9, after=page.next)
        assert (last.collections, last.next) == ([every[1], every[0]], None)


class TestMembers:
    """Who is in it."""

    def test_a_member_its_note_and_its_history_are_written_together(self, places: Places) -> None:
        collection, asset = made(places), kept(places, "1.jpg")
        member = join(places, collection, asset)
        assert places.catalog.asset(asset.asset_id) == member
        assert places.collections.members(collection.collection_id, limit=9) == [note(collection, asset)]
        (change,) = places.histories.changes(asset.asset_id, limit=9, before=None)
        assert change.after == {"collections": [collection.collection_id]}

    def test_members_are_listed_in_the_order_of_their_ids_from_after_any(self, places: Places) -> None:
        collection, other = made(places), made(places, "other")
        assets = [join(places, collection, kept(places, f"{n}.jpg")) for n in range(5)]
        join(places, other, kept(places, "x.jpg"))
        ordered = sorted(asset.asset_id for asset in assets)
        name = collection.collection_id
        listed = [each.asset_id for each in places.collections.members(name, limit=3)]
        rest = [each.asset_id for each in places.collections.members(name, limit=9, after=listed[-1])]
        assert listed + rest == ordered
        assert places.collections.members(name, limit=9, after=ordered[-1]) == []
        assert places.collections.count_members(name) == 5

    def test_who_left_is_listed_no_more_and_leaving_twice_is_no_error(self, places: Places) -> None:
        collection, asset = made(places), kept(places, "1.jpg")
        member = join(places, collection, asset)
        after = left(member, collection.collection_id, now=NOW)
        places.collections.take(Turn(assets=[after], left=[note(collection, asset)]), of=collection)
        places.collections.take(Turn(left=[note(collection, asset)]), of=collection)
        assert places.catalog.asset(asset.asset_id) == after
        assert places.collections.count_members(collection.collection_id) == 0

    def test_nothing_is_written_once_the_collection_moved(self, places: Places) -> None:
        collection, asset = made(places), kept(places, "1.jpg")
        changed(places, collection, title="moved")
        with pytest.raises(Conflict):
            join(places, collection, asset)
        assert places.catalog.asset(asset.asset_id) == asset
        assert places.collections.members(collection.collection_id, limit=9) == []
        assert places.histories.changes(asset.asset_id, limit=9, before=None) == []

    @pytest.mark.parametrize("moved", ["asset", "job"])
    def test_nothing_is_written_once_a_member_or_the_job_moved(self, places: Places, moved: str) -> None:
        collection, asset, job = made(places), kept(places, "1.jpg"), some.job()
        places.agenda.save(job)
        turn = Turn(assets=[joined(asset, collection, now=NOW)], job=job.progressed(now=NOW, done=1))
        record = asset.with_asked(now=NOW, delivery="j" * 16) if moved == "asset" else job.progressed(now=NOW)
        places.agenda.save(record)
        with pytest.raises(Conflict):
            places.collections.take(turn, of=collection)
        assert places.catalog.asset(asset.asset_id).collections == ()
        assert places.agenda.job(job.job_id).done == 0

    def test_an_asset_that_is_forgotten_is_a_member_of_nothing(self, places: Places) -> None:
        collection, asset = made(places), kept(places, "1.jpg")
        join(places, collection, asset)
        join(places, collection, kept(places, "2.jpg"))
        places.catalog.forget(asset.asset_id)
        listed = places.collections.members(collection.collection_id, limit=9)
        assert [each.asset_id for each in listed] == [some.asset_id("2.jpg")]
