"""What PynamoDB writes, others read without it: the stream's consumers, and the reader of single assets."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from botocore.stub import Stubber

from assetwire.adapters.catalog.images import KINDS, change_of, value_of
from assetwire.adapters.catalog.reader import DynamoAssetReader
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.clients import client
from assetwire.domain.applied_specs import AppliedSpecs
from assetwire.domain.asset import Blob, UploadRecord
from assetwire.domain.associations import Associations
from assetwire.domain.collection import CollectionKind, Membership, collection_change
from assetwire.domain.drop import MemberResult, Members
from assetwire.domain.errors import NotFound, NotUnderstood, Unavailable
from assetwire.domain.expansion import Fate
from assetwire.domain.history import change_between
from assetwire.domain.idempotency import IdempotentRequest, RequestPart
from assetwire.domain.link import Arrangement, LinkRole
from assetwire.domain.link_history import LinkChange, changes_of
from assetwire.domain.link_operations import Effect, OperationOutcome
from assetwire.domain.match import AssetMatch, NamedByAsset, ProductName
from assetwire.domain.matching import Verdict
from assetwire.domain.metadata import Metadata
from assetwire.domain.outbox import Record
from assetwire.domain.product_history import ProductRevision
from assetwire.domain.purge import PurgesInProgress, Urgency, wanted
from assetwire.domain.reconciliation import Feed, SeenPage
from assetwire.domain.revocation import Cause, Revocation
from assetwire.domain.rules import Rulebook, RuleChange, RuleKind, RuleText
from assetwire.domain.shown import Delivered
from assetwire.domain.source import Belonging, Named, Source
from assetwire.domain.variant import Variant
from assetwire.ports import AssetReader
from fakes import some

VERSION = some.version()
FULL_ASSET = some.asset(
    rights=some.rights(territories=("DE",), holder=""),
    rendered=some.rendered(VERSION),
    delivered=Delivered(generation=1, version_id=VERSION.version_id, renditions=("web-320.jpg",), digest="d"),
)
COLLECTION = some.collection(rights=some.rights(territories=("DE",)), kind=CollectionKind.JOB)
RECORDS: list[Record] = [
    some.asset("plain.jpg"),
    FULL_ASSET,
    some.asset("bad.jpg", accepted=False),
    change_between(
        some.asset(), some.asset().with_rights(some.rights(), now=some.NOW), by="me", reason="a new licence"
    ),
    ProductRevision(sku="S-1", revision=1, at=some.NOW, by="client:pim", after={"status": "published"}),
    LinkChange(sku="S-1", role=LinkRole.HERO, market="any", revision=0, at=some.NOW, by="me", after={"assets": []}),
    Revocation(
        asset_id=VERSION.asset_id,
        generation=2,
        cause=Cause.WITHDRAWN,
        decided_at=some.NOW,
        removed_at=some.NOW,
        purged_at=some.NOW,
    ),
    wanted(None, VERSION.asset_id, generation=2, urgency=Urgency.URGENT, revocations=(2, 3), now=some.NOW),
    PurgesInProgress().with_taken(7, now=some.NOW),
    VERSION,
    some.product(gtins=("4012345123456",), attributes={"colour": "red"}, image_axes=("colour",)),
    Variant(parent="S", sku="S-1", attributes={"colour": "red"}, is_published=True),
    some.link(evidence={"field": "product_in_image", "confidence": 0.9}, scope={"colour": "red"}),
    some.media_order("shoe.jpg", "sole.jpg"),
    *changes_of(Arrangement(None, (some.link(evidence={"digest": "e"}),), (some.media_order(),))),
    IdempotentRequest(request_id="r", digest="d", held_until=some.NOW, expires_at=some.NOW),
    Associations(
        sku="S-1", acknowledged={"hero/any": (some.asset_id(),)}, unsure=("hero/DE",), sequence=3, at=some.NOW
    ),
    RequestPart(
        request_id="r",
        serial=1,
        sku="S-1",
        role="hero",
        market="any",
        expires_at=some.NOW,
        outcomes={"0": OperationOutcome(effect=Effect.APPLIED, revision=3)},
    ),
    ProductName(name="gtin:04012345123456", sku="S-1"),
    NamedByAsset(name="sku:s-1", asset_id=some.asset_id()),
    AssetMatch(asset_id=some.asset_id(), names=("sku:s-1",), skus=("S-1",), verdict=Verdict.CERTAIN, at=some.NOW),
    Feed(source="akeneo", since=some.NOW, job_id="j" + "a" * 15, known_codes=("name",)),
    SeenPage(source="akeneo", page=1, job_id="j" + "a" * 15, skus=("S-1", "S 0.5+x")),
    COLLECTION,
    Membership(collection_id=COLLECTION.collection_id, asset_id=VERSION.asset_id, by="me", at=some.NOW),
    collection_change(None, COLLECTION, by="me", reason="a shoot"),
    some.rendition(VERSION),
    Blob(
        sha256="0" * 64,
        asset_id=VERSION.asset_id,
        inspection=some.inspection(metadata=Metadata(technical={"a": True, "b": 0.5, "c": 3})),
    ),
    Source(bucket="masters", key="a/ü ☃.jpg", asset_id=VERSION.asset_id),
    Belonging(bucket="masters", key="a/ü ☃.jpg", asset_id=VERSION.asset_id),
    UploadRecord(upload=VERSION.upload, asset_id=VERSION.asset_id, version_id=VERSION.version_id),
    UploadRecord(upload=some.upload("copy.jpg"), asset_id=VERSION.asset_id, version_id=None),
    some.work_item(evidence={"distance": 3, "where": ["a", "b"]}),
    some.job(total=7, cursor="x"),
    some.likenesses("plain.jpg", "0123456789abcdef" * 3 + "00000000")[3],
    AppliedSpecs(digest="0123", applied_at=some.NOW, due_at=some.NOW, revision=0),
    Rulebook(templates={"swatch": 2}, revision=0),
    RuleText(kind=RuleKind.TEMPLATE, name="swatch", version=2, text='{"name":"swatch"}'),
    RuleChange(kind=RuleKind.VOCABULARY, name="colours", version=1, at=some.NOW, changes=("+ a: 'ü'",)),
    Named(bucket="masters", stem="a/ü ☃", key="a/ü ☃.jpg"),
    some.declaration(),
    some.drop(),
    Members(
        drop_id=some.drop().drop_id, page=3, results=(MemberResult(name="a", fate=Fate.SKIPPED, code="directory"),)
    ),
]


def write(catalog: DynamoCatalog, value: Record) -> None:
    """Write one record of any kind, by the repository's own serialisation."""
    catalog._table.item_of(value).save()


@pytest.fixture
def catalog(table: str) -> DynamoCatalog:
    return DynamoCatalog(table, region="us-east-1")


@pytest.fixture
def images(aws: Callable[[str], Any], table: str) -> Callable[[], list[dict[str, Any]]]:
    return lambda: aws("dynamodb").scan(TableName=table)["Items"]


def test_the_records_below_are_of_every_kind() -> None:
    assert {type(record).__name__ for record in RECORDS} == set(KINDS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_record_is_read_from_its_item_as_it_was_written(
    record: Record, catalog: DynamoCatalog, images: Callable[[], list[dict[str, Any]]]
) -> None:
    write(catalog, record)
    assert [value_of(image) for image in images()] == [record]


def test_a_change_is_read_from_its_stream_record(
    catalog: DynamoCatalog, images: Callable[[], list[dict[str, Any]]]
) -> None:
    before = some.asset()
    after = before.with_rights(some.rights(), now=some.NOW)
    catalog.save_asset(before)
    (old,) = images()
    catalog.save_asset(after)
    (new,) = images()
    change = change_of(
        {
            "eventID": "e1",
            "dynamodb": {"ApproximateCreationDateTime": 1780315200.0, "OldImage": old, "NewImage": new},
        }
    )
    assert change == ("e1", datetime(2026, 6, 1, 12, tzinfo=UTC), before, after)


@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        {"eventID": "e1"},
        {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": 1}},
        {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": 1, "NewImage": {"pk": {"S": "x"}}}},
        {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": "soon", "NewImage": {"pk": {"S": "x"}}}},
        {"eventID": "e1", "dynamodb": {"ApproximateCreationDateTime": 1e300, "NewImage": {"pk": {"S": "x"}}}},
        {"eventID": "e1", "dynamodb": []},
        {
            "eventID": "e1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1,
                "NewImage": {"kind": {"S": "Asset"}, "data": {"M": {"revision": {"B": "AA=="}}}},
            },
        },
    ],
)
def test_a_stream_record_that_says_something_else_is_not_understood(spoilt: dict[str, Any]) -> None:
    with pytest.raises(NotUnderstood):
        change_of(spoilt)


def test_an_item_with_a_moment_outside_the_calendar_is_not_understood(
    catalog: DynamoCatalog, images: Callable[[], list[dict[str, Any]]]
) -> None:
    catalog.save_asset(some.asset())
    (image,) = images()
    image["data"]["M"]["created_at"] = {"S": "0001-01-01T00:00:00+14:00"}  # in UTC this is before year 1
    with pytest.raises(NotUnderstood):
        value_of(image)


class TestTheReaderOfSingleAssets:
    """It reads what the repository writes."""

    @pytest.fixture(params=["pynamodb", "botocore"])
    def reader(self, request: pytest.FixtureRequest, catalog: DynamoCatalog, table: str) -> AssetReader:
        return catalog if request.param == "pynamodb" else DynamoAssetReader(table)

    def test_an_asset_is_read_as_it_was_written(self, reader: AssetReader, catalog: DynamoCatalog) -> None:
        catalog.save_asset(FULL_ASSET)
        assert reader.asset(FULL_ASSET.asset_id) == FULL_ASSET

    def test_a_missing_asset_is_not_found(self, reader: AssetReader) -> None:
        with pytest.raises(NotFound) as missing:
            reader.asset(some.asset_id("nothing.jpg"))
        assert missing.value.code == "asset_not_found"

    def test_many_are_read_in_the_order_asked_for_and_those_that_are_not_there_left_out(
        self, reader: AssetReader, catalog: DynamoCatalog
    ) -> None:
        keys = [f"{number}.jpg" for number in range(100)]
        for key in keys[:60]:
            catalog.save_asset(some.asset(key))
        wanted = [some.asset_id(key) for key in reversed(keys)]
        assert [asset.asset_id for asset in reader.assets_named(wanted)] == wanted[40:]
        assert reader.assets_named([some.asset_id("nothing.jpg")]) == []

    def test_an_item_of_another_shape_is_not_understood(
        self, reader: AssetReader, aws: Callable[[str], Any], table: str
    ) -> None:
        key = {"pk": {"S": f"ASSET#{FULL_ASSET.asset_id}"}, "sk": {"S": "META"}}
        item = {**key, "kind": {"S": "Asset"}, "data": {"M": {"asset_id": {"S": FULL_ASSET.asset_id}}}}
        aws("dynamodb").put_item(TableName=table, Item=item)
        with pytest.raises(NotUnderstood):
            reader.asset(FULL_ASSET.asset_id)
        with pytest.raises(NotUnderstood):
            reader.assets_named([FULL_ASSET.asset_id])


class TestBatches:
    """What DynamoDB leaves out of a batch is asked for again."""

    KEY: ClassVar[dict[str, Any]] = {"pk": {"S": f"ASSET#{FULL_ASSET.asset_id}"}, "sk": {"S": "META"}}

    def read(self, monkeypatch: pytest.MonkeyPatch, *answers: dict[str, Any]) -> list[Any]:
        monkeypatch.setattr("assetwire.adapters.catalog.batches.time.sleep", lambda _: None)
        with Stubber(client("dynamodb")) as stub:
            for answer in answers:
                stub.add_response("batch_get_item", answer)
            return DynamoAssetReader("t").assets_named([FULL_ASSET.asset_id])

    def test_what_was_not_processed_is_asked_for_again(self, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
        DynamoCatalog(table, region="us-east-1").save_asset(FULL_ASSET)
        (stored,) = client("dynamodb").scan(TableName=table)["Items"]
        left = {"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": [self.KEY]}}}
        whole = {"Responses": {"t": [stored]}, "UnprocessedKeys": {}}
        assert self.read(monkeypatch, left, left, whole) == [FULL_ASSET]

    def test_what_is_never_processed_is_no_missing_asset(self, monkeypatch: pytest.MonkeyPatch, table: str) -> None:
        left = {"Responses": {"t": []}, "UnprocessedKeys": {"t": {"Keys": [self.KEY]}}}
        with pytest.raises(Unavailable):
            self.read(monkeypatch, *[left] * 5)
