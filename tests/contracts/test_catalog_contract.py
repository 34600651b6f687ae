"""The Catalog: the fake and DynamoDB keep the same promises."""

from datetime import timedelta

import pytest

from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.domain import ids
from assetwire.domain.asset import Asset, AssetStatus, Deletion, Upload, UploadRecord, Version
from assetwire.domain.errors import AssetwireError, Conflict, NotFound
from assetwire.domain.inspection import Problem
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.shown import Delivered
from assetwire.domain.source import Source
from assetwire.ports import Catalog
from fakes import some
from fakes.recording import first_of, record, record_next, write

BOTH = [AssetStatus.ACCEPTED, AssetStatus.QUARANTINED]


def noted(catalog: Catalog, upload: Upload) -> UploadRecord | None:
    return catalog.upload(upload.bucket, upload.key, upload.s3_version)


def contents(catalog: Catalog, *versions: Version) -> list[object]:
    """Return everything that stands about these versions, so that nothing more than wanted was written."""
    found: list[object] = []
    for version in versions:
        upload = version.upload
        found += [noted(catalog, upload), catalog.source(upload.bucket, upload.key)]
        found += [catalog.blob(version.inspection.sha256), *catalog.versions(version.asset_id)]
        try:
            found.append(catalog.asset(version.asset_id))
        except NotFound:
            found.append(None)
    return found


def test_an_empty_catalog_knows_nothing(catalog: Catalog) -> None:
    version = some.version()
    with pytest.raises(NotFound) as no_asset:
        catalog.asset(version.asset_id)
    with pytest.raises(NotFound) as no_version:
        catalog.version(version.asset_id, version.version_id)
    assert (no_asset.value.code, no_version.value.code) == ("asset_not_found", "version_not_found")
    assert noted(catalog, version.upload) is None
    assert catalog.source("masters", "shoe.jpg") is None
    assert catalog.blob(version.inspection.sha256) is None
    assert catalog.versions(version.asset_id) == []
    assert catalog.renditions(version.asset_id, version.version_id) == []
    assert catalog.assets(BOTH, limit=10, after=None) == ([], None)


def test_what_is_recorded_is_read_back_as_it_was(catalog: Catalog) -> None:
    version = some.version()
    written = first_of(version)
    record(catalog, version)
    assert catalog.asset(version.asset_id) == written["asset"]
    assert catalog.version(version.asset_id, version.version_id) == version
    assert noted(catalog, version.upload) == written["upload"]
    assert catalog.source(version.upload.bucket, version.upload.key) == written["source"]
    assert catalog.blob(version.inspection.sha256) == written["blob"]


def test_every_field_of_an_asset_survives(catalog: Catalog) -> None:
    version = some.version()
    problem = Problem(code="too_small", field="width", message="")
    inspection = version.inspection.model_copy(
        update={
            "metadata": Metadata(
                technical={
                    "orientation": 6,
                    "has_alpha": True,
                    "icc_profile": "Adobe RGB – 1998",
                    "x": 0.25,
                    "note": "",
                },
                fields={
                    "title": FieldValue(value={"x-default": "Schuh", "en": "Shoe"}, source=Origin.XMP),
                    "keywords": FieldValue(value=["a", "b"], source=Origin.IPTC),
                },
            ),
            "problems": (problem,),
            "duration_seconds": 12.5,
            "encrypted": False,
        }
    )
    asset = record(catalog, version).model_copy(
        update={
            "inspection": inspection,
            "rights": some.rights(territories=("DE", "AT"), holder="", excluded_territories=("CH",)),
            "rendered": some.rendered(version, "a.jpg", "web-1.b.webp"),
            "delivered": Delivered(generation=3, version_id=version.version_id, renditions=("a.jpg",), digest="d"),
            "generation": 3,
            "updated_at": some.NOW + timedelta(microseconds=1),
            "revision": 1,
        }
    )
    catalog.save_asset(asset)
    read = catalog.asset(asset.asset_id)
    assert read == asset
    assert {name: type(value) for name, value in read.inspection.metadata.technical.items()} == {
        "orientation": int,
        "has_alpha": bool,
        "icc_profile": str,
        "x": float,
        "note": str,
    }


def test_an_upload_that_made_no_version_is_read_back(catalog: Catalog) -> None:
    version = some.version()
    record(catalog, version)
    copy = some.upload("copy.jpg")
    note = UploadRecord(upload=copy, asset_id=version.asset_id, version_id=None)
    catalog.record(note, source=Source(bucket=copy.bucket, key=copy.key, asset_id=version.asset_id))
    assert noted(catalog, copy) == note


@pytest.mark.parametrize("known", ["upload", "source", "blob", "version", "asset"])
def test_a_record_that_exists_stops_all_the_others(catalog: Catalog, known: str) -> None:
    old, new = some.version("old.jpg"), some.version("new.jpg")
    written = record(catalog, old)
    before = contents(catalog, old, new)
    clash = {"asset": written} if known == "asset" else {known: first_of(old)[known]}
    with pytest.raises(Conflict):
        write(catalog, first_of(new) | clash)
    assert contents(catalog, old, new) == before


def test_versions_come_oldest_first_whatever_the_order_of_writing(catalog: Catalog) -> None:
    numbers = [3, 1, 2]
    first, *others = [some.version(number=n) for n in numbers]
    asset = record(catalog, first)
    for version in others:
        asset = record_next(catalog, asset, version)
    record(catalog, some.version("other.jpg"))
    assert [v.upload.s3_version for v in catalog.versions(asset.asset_id)] == ["v1", "v2", "v3"]


def test_an_asset_is_saved_only_upon_the_revision_that_was_read(catalog: Catalog) -> None:
    asset = record(catalog, some.version())
    mine, theirs = (
        asset.with_rights(some.rights(), now=some.NOW),
        asset.with_rights(some.rights(holder="X"), now=some.NOW),
    )
    catalog.save_asset(theirs)
    with pytest.raises(Conflict):
        catalog.save_asset(mine)
    assert catalog.asset(asset.asset_id) == theirs


def test_an_asset_is_not_saved_upon_a_revision_that_is_yet_to_come(catalog: Catalog) -> None:
    asset = record(catalog, some.version())
    with pytest.raises(Conflict):
        catalog.save_asset(asset.model_copy(update={"revision": 2}))


def test_an_asset_that_is_not_there_is_not_saved_as_a_later_revision(catalog: Catalog) -> None:
    with pytest.raises(Conflict):
        catalog.save_asset(some.asset(revision=1))


def test_a_lost_race_for_a_new_version_writes_nothing(catalog: Catalog) -> None:
    first, second, third = (some.version(number=n) for n in (1, 2, 3))
    asset = record(catalog, first)
    record_next(catalog, asset, second)
    with pytest.raises(Conflict):
        record_next(catalog, asset, third)
    assert catalog.versions(asset.asset_id) == [first, second]
    assert noted(catalog, third.upload) is None
    assert catalog.blob(third.inspection.sha256) is None


def test_a_version_is_replaced_together_with_its_asset(catalog: Catalog) -> None:
    version = some.version()
    asset = record(catalog, version)
    refused = version.refused(Problem(code="undecodable", field="file", message="damaged"))
    catalog.save_asset(asset.judged([refused], now=some.NOW), versions=[refused])
    assert catalog.version(asset.asset_id, version.version_id) == refused
    assert catalog.asset(asset.asset_id).status is AssetStatus.QUARANTINED


def test_a_version_is_not_replaced_when_its_asset_moved(catalog: Catalog) -> None:
    version = some.version()
    asset = record(catalog, version)
    catalog.save_asset(asset.with_rights(some.rights(), now=some.NOW))
    refused = version.refused(Problem(code="undecodable", field="file", message="damaged"))
    with pytest.raises(Conflict):
        catalog.save_asset(asset.judged([refused], now=some.NOW), versions=[refused])
    assert catalog.version(asset.asset_id, version.version_id) == version


def test_an_asset_is_not_saved_with_a_version_that_was_never_recorded(catalog: Catalog) -> None:
    asset = record(catalog, some.version())
    with pytest.raises(Conflict):
        catalog.save_asset(asset.with_rights(some.rights(), now=some.NOW), versions=[some.version(number=9)])
    assert catalog.asset(asset.asset_id) == asset


def test_renditions_are_those_of_one_version_by_name_and_the_last_write_stands(catalog: Catalog) -> None:
    mine, other = some.version(number=1), some.version(number=2)
    replaced = some.rendition(mine, "web-320.jpg", etag="old")
    stands = some.rendition(mine, "web-320.jpg", etag="new")
    wide = some.rendition(mine, "web-1280.jpg")
    beside = some.rendition(mine, "web-320.jpg", digest="f" * 16, superseded_at=some.NOW)
    elsewhere = some.rendition(other)
    for renditions in ([replaced], [wide, elsewhere, beside], [stands]):
        catalog.save_renditions(renditions)
    catalog.save_renditions([])
    assert catalog.renditions(mine.asset_id, mine.version_id) == [wide, stands, beside]
    assert catalog.renditions(mine.asset_id) == [wide, stands, beside, elsewhere]


def test_renditions_are_removed_and_those_that_are_gone_are_no_error(catalog: Catalog) -> None:
    version = some.version()
    made = [some.rendition(version, f"web-{number}.jpg") for number in range(30)]  # more than one batch
    catalog.save_renditions(made)
    catalog.remove_renditions([*made[:28], some.rendition(version, "gone.jpg")])
    catalog.remove_renditions([])
    assert catalog.renditions(version.asset_id) == sorted(made[28:], key=lambda each: each.name)


# --- DynamoDB alone ---------------------------------------------------------------------------------------------------


def test_a_table_that_is_not_there_is_an_error_of_ours(aws: object) -> None:
    with pytest.raises(AssetwireError):
        DynamoCatalog("no-such-table", region="us-east-1").asset(some.asset_id())


def test_a_table_that_is_not_there_is_no_missing_record(aws: object) -> None:
    with pytest.raises(AssetwireError) as failed:
        DynamoCatalog("no-such-table", region="us-east-1").upload("masters", "shoe.jpg", "v1")
    assert not isinstance(failed.value, NotFound)


class TestDeletion:
    """What a deleted asset leaves, and how its places are taken over."""

    def begun(self, catalog: Catalog, asset: Asset) -> Asset:
        at = some.NOW
        deletion = Deletion(by="me", at=at, due_at=at, begun_at=at)
        going = catalog.asset(asset.asset_id).with_life(now=at, deletion=deletion)
        catalog.save_asset(going)
        return going

    def test_an_asset_knows_its_sources_and_all_their_uploads(self, catalog: Catalog) -> None:
        asset = record(catalog, some.version("a.jpg", 1))
        record(catalog, some.version("b.jpg", 2))
        record_next(catalog, asset, some.version("a.jpg", 3))
        copy = UploadRecord(upload=some.upload("ü" * 512, 4), asset_id=asset.asset_id)
        source = Source(bucket="masters", key="ü" * 512, asset_id=asset.asset_id)
        catalog.record(copy, source=source)
        assert {s.key for s in catalog.sources(asset.asset_id)} == {"a.jpg", "ü" * 512}
        assert {u.upload.s3_version for u in catalog.uploads(asset.asset_id)} == {"v1", "v3", "v4"}
        assert catalog.uploads(some.asset_id("nothing.jpg")) == []

    def test_nothing_is_added_to_an_asset_whose_deletion_has_begun(self, catalog: Catalog) -> None:
        asset = self.begun(catalog, record(catalog, some.version("a.jpg", 1)))
        copy = UploadRecord(upload=some.upload("b.jpg", 2), asset_id=asset.asset_id)
        with pytest.raises(Conflict):
            catalog.record(copy, source=Source(bucket="masters", key="b.jpg", asset_id=asset.asset_id))
        assert noted(catalog, copy.upload) is None

    def test_an_asset_that_waits_for_its_deletion_takes_another_source(self, catalog: Catalog) -> None:
        asset = record(catalog, some.version("a.jpg", 1))
        deletion = Deletion(by="me", at=some.NOW, due_at=some.NOW + timedelta(days=30))
        catalog.save_asset(asset.with_life(now=some.NOW, deletion=deletion))
        copy = UploadRecord(upload=some.upload("b.jpg", 2), asset_id=asset.asset_id)
        catalog.record(copy, source=Source(bucket="masters", key="b.jpg", asset_id=asset.asset_id))
        assert noted(catalog, copy.upload) == copy

    def test_source_and_blob_of_a_deleted_asset_pass_to_the_next_and_of_others_never(self, catalog: Catalog) -> None:
        old = self.begun(catalog, record(catalog, some.version("a.jpg", 1)))
        upload = some.upload("a.jpg", 2)
        fresh = ids.asset_id("masters", "a.jpg", "v2")
        content = some.version("a.jpg", 1).inspection
        version = Version(asset_id=fresh, version_id=upload.version_id, upload=upload, inspection=content)
        with pytest.raises(Conflict):
            record(catalog, version)
        with pytest.raises(Conflict):
            record(catalog, version, gone={some.asset_id("other.jpg")})
        record(catalog, version, gone={old.asset_id})
        assert catalog.source("masters", "a.jpg").asset_id == fresh
        assert catalog.blob(content.sha256).asset_id == fresh
        assert {u.upload.s3_version for u in catalog.uploads(fresh)} == {"v2"}
        assert {u.upload.s3_version for u in catalog.uploads(old.asset_id)} == {"v1"}

    def test_forgetting_takes_versions_renditions_and_own_blobs_and_leaves_the_rest(self, catalog: Catalog) -> None:
        first, other = some.version("a.jpg", 1), some.version("b.jpg", 2)
        asset = record(catalog, first)
        record(catalog, other)
        shared = some.version("a.jpg", 3).model_copy(update={"inspection": other.inspection})
        record(catalog, shared, source=None, blob=None, asset=asset.with_version(shared, now=some.NOW))
        for version in (first, shared, other):
            for number in range(20):  # more than one batch
                catalog.save_renditions([some.rendition(version, name=f"web-{number}.jpg")])
        for _ in range(2):
            catalog.forget(asset.asset_id)
            assert catalog.versions(asset.asset_id) == []
            assert catalog.renditions(asset.asset_id, first.version_id) == []
            assert catalog.blob(first.inspection.sha256) is None
            assert catalog.blob(other.inspection.sha256) is not None
            assert catalog.versions(other.asset_id) == [other]
            assert len(catalog.renditions(other.asset_id, other.version_id)) == 20
            assert len(catalog.uploads(asset.asset_id)) == 2
