"""The three buckets: the fakes and S3 keep the same promises."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.stub import Stubber

from assetwire.adapters import media_store
from assetwire.adapters.clients import client
from assetwire.adapters.media_store import S3Delivery, S3Masters, S3Renditions
from assetwire.domain.asset import Upload
from assetwire.domain.caching import EdgeSeconds
from assetwire.domain.errors import InvalidRequest, Misconfigured, NotFound, Unavailable
from assetwire.domain.uploads import Part, s3_checksum
from assetwire.ports import DeliveryStore, Masters, RenditionStore, Stored, UploadedPart
from fakes import some
from fakes.stores import FakeDeliveryStore, FakeMasters, FakeRenditionStore

Aws = Callable[[str], Any]
Put = Callable[[str, bytes], Upload]
"""Uploads a master under a key, as a studio would."""
BUCKETS = ("masters", "renditions", "delivery")


@pytest.fixture
def s3(aws: Aws) -> Any:
    made = aws("s3")
    for bucket in BUCKETS:
        made.create_bucket(Bucket=bucket)
    made.put_bucket_versioning(Bucket="masters", VersioningConfiguration={"Status": "Enabled"})
    return made


class TestMasters:
    """The masters bucket keeps every version of a key."""

    @pytest.fixture(params=["fake", "s3"])
    def bucket(self, request: pytest.FixtureRequest) -> tuple[Masters, Put, Callable[[Upload], None]]:
        if request.param == "fake":
            fake, numbers = FakeMasters(), iter(range(1, 100))
            return fake, lambda key, data: fake.put(some.upload(key, next(numbers)), data), fake.delete
        s3 = request.getfixturevalue("s3")

        def put(key: str, data: bytes) -> Upload:
            version = s3.put_object(Bucket="masters", Key=key, Body=data)["VersionId"]
            at = s3.head_object(Bucket="masters", Key=key)["LastModified"]
            return Upload(bucket="masters", key=key, s3_version=version, uploaded_at=at)

        def delete(upload: Upload) -> None:
            s3.delete_object(Bucket=upload.bucket, Key=upload.key, VersionId=upload.s3_version)

        return S3Masters("masters"), put, delete

    @pytest.fixture
    def masters(self, bucket: tuple[Masters, Put, Any]) -> Masters:
        return bucket[0]

    @pytest.fixture
    def put(self, bucket: tuple[Masters, Put, Any]) -> Put:
        return bucket[1]

    @pytest.fixture
    def delete(self, bucket: tuple[Masters, Put, Any]) -> Callable[[Upload], None]:
        return bucket[2]

    def test_a_master_is_fetched_whole_and_hashed(self, masters: Masters, put: Put, tmp_path: Path) -> None:
        data = bytes(range(256)) * 5000  # more than one piece
        fetched = masters.fetch(put("a/ü ☃.jpg", data), tmp_path / "master", maximum=len(data))
        assert fetched == (hashlib.sha256(data).hexdigest(), len(data))
        assert (tmp_path / "master").read_bytes() == data

    def test_an_older_version_keeps_its_bytes(self, masters: Masters, put: Put, tmp_path: Path) -> None:
        old = put("shoe.jpg", b"old")
        put("shoe.jpg", b"new")
        masters.fetch(old, tmp_path / "master", maximum=100)
        assert (tmp_path / "master").read_bytes() == b"old"

    def test_a_master_past_the_maximum_is_counted_and_hashed_but_not_kept(
        self, masters: Masters, put: Put, tmp_path: Path
    ) -> None:
        data = b"x" * 3_000_000
        fetched = masters.fetch(put("huge.jpg", data), tmp_path / "master", maximum=1_500_000)
        assert fetched == (hashlib.sha256(data).hexdigest(), len(data))
        assert (tmp_path / "master").stat().st_size <= 1_500_000

    def test_an_empty_master_has_no_bytes(self, masters: Masters, put: Put, tmp_path: Path) -> None:
        fetched = masters.fetch(put("empty.jpg", b""), tmp_path / "master", maximum=100)
        assert fetched.bytes == 0
        assert (tmp_path / "master").read_bytes() == b""

    def test_a_master_that_is_gone_is_not_found(
        self, masters: Masters, put: Put, delete: Callable[[Upload], None], tmp_path: Path
    ) -> None:
        gone = put("shoe.jpg", b"bytes")
        delete(gone)
        with pytest.raises(NotFound):
            masters.fetch(gone, tmp_path / "master", maximum=100)

    def test_a_version_that_is_gone_is_not_found_though_its_key_has_another(
        self, masters: Masters, put: Put, delete: Callable[[Upload], None], tmp_path: Path
    ) -> None:
        gone = put("shoe.jpg", b"bytes")
        put("shoe.jpg", b"more bytes")
        delete(gone)
        with pytest.raises(NotFound):
            masters.fetch(gone, tmp_path / "master", maximum=100)

    def test_an_announcement_without_version_is_resolved_to_the_newest(self, masters: Masters, put: Put) -> None:
        put("shoe.jpg", b"old")
        newest = put("shoe.jpg", b"new")
        announced = newest.model_copy(update={"s3_version": "", "uploaded_at": some.NOW - timedelta(days=9)})
        assert masters.resolve(announced) == newest

    def test_an_announcement_with_version_is_taken_as_it_is(self, masters: Masters, put: Put) -> None:
        announced = put("shoe.jpg", b"old")
        put("shoe.jpg", b"new")
        assert masters.resolve(announced) == announced

    def test_an_announcement_of_what_is_gone_is_not_found(self, masters: Masters) -> None:
        with pytest.raises(NotFound):
            masters.resolve(some.upload("nothing.jpg", s3_version=""))

    def test_a_file_is_stored_once_and_again_when_its_bytes_differ(self, masters: Masters, tmp_path: Path) -> None:
        def store(data: bytes, cause: str) -> Stored:
            (tmp_path / "file").write_bytes(data)
            sha256 = hashlib.sha256(data).hexdigest()
            return masters.store("a/shoe.jpg", tmp_path / "file", sha256=sha256, cause=cause)

        acts = [(b"A", "one"), (b"A", "two"), (b"A", "one"), (b"B", "two"), (b"A", "one")]
        first, second, again, third, fourth = (store(*act) for act in acts)
        assert [each.written for each in (first, second, again, third, fourth)] == [True, False, True, True, True]
        assert first.s3_version == second.s3_version
        assert len({first.s3_version, third.s3_version, fourth.s3_version}) == 3
        upload = some.upload("a/shoe.jpg", s3_version=third.s3_version)
        assert masters.fetch(upload, tmp_path / "back", maximum=9).sha256 == hashlib.sha256(b"B").hexdigest()

    def test_an_upload_form_names_its_key(self, masters: Masters) -> None:
        form = masters.upload_form("a/shoe.jpg", minimum=1, maximum=1000, checksum=None, seconds=60)
        assert form["url"].startswith("https://")
        assert form["fields"]["key"] == "a/shoe.jpg"


def test_a_form_of_s3_holds_the_upload_to_its_key_and_size(s3: Any) -> None:
    import base64
    import json

    form = S3Masters("masters").upload_form("a/shoe.jpg", minimum=1, maximum=1000, checksum=None, seconds=60)
    policy = json.loads(base64.b64decode(form["fields"]["policy"]))
    assert ["content-length-range", 1, 1000] in policy["conditions"]
    assert {"key": "a/shoe.jpg"} in policy["conditions"]
    assert {"bucket": "masters"} in policy["conditions"]
    assert form["fields"]["x-amz-algorithm"] == "AWS4-HMAC-SHA256"


def test_a_form_for_known_bytes_binds_s3_to_their_size_and_their_checksum(s3: Any) -> None:
    import base64
    import json

    checksum = s3_checksum(hashlib.sha256(b"shoe").hexdigest())
    form = S3Masters("masters").upload_form("shoe.jpg", minimum=4, maximum=4, checksum=checksum, seconds=60)
    conditions = json.loads(base64.b64decode(form["fields"]["policy"]))["conditions"]
    assert ["content-length-range", 4, 4] in conditions
    assert {"x-amz-checksum-sha256": checksum} in conditions
    assert form["fields"]["x-amz-checksum-sha256"] == checksum


def test_a_url_of_a_part_signs_its_size_and_its_checksum_as_headers(s3: Any) -> None:
    url = S3Masters("masters").part_url("a b.mp4", "id", Part(3, 0, 7), checksum="abc=", seconds=60)
    query = parse_qs(urlsplit(url).query)
    assert query["X-Amz-SignedHeaders"] == ["content-length;host;x-amz-checksum-sha256"]
    assert (query["partNumber"], query["uploadId"], query["X-Amz-Expires"]) == (["3"], ["id"], ["60"])
    unbound = S3Masters("masters").part_url("a b.mp4", "id", Part(3, 0, 7), checksum=None, seconds=60)
    assert parse_qs(urlsplit(unbound).query)["X-Amz-SignedHeaders"] == ["content-length;host"]


class TestMultipart:
    """An upload in parts is there whole, or not at all."""

    SIZE = 5 * 1024 * 1024

    @pytest.fixture(params=["fake", "s3"])
    def bucket(self, request: pytest.FixtureRequest) -> tuple[Masters, Callable[[str, int, int], None]]:
        if request.param == "fake":
            fake = FakeMasters()
            return fake, fake.put_part
        s3 = request.getfixturevalue("s3")

        def put(upload_id: str, number: int, size: int) -> None:
            body = bytes([number]) * size
            part = {"Bucket": "masters", "Key": "film.mp4", "UploadId": upload_id, "PartNumber": number}
            s3.upload_part(**part, Body=body, ChecksumSHA256=s3_checksum(hashlib.sha256(body).hexdigest()))

        return S3Masters("masters"), put

    def test_parts_are_listed_in_order_and_make_one_object(self, bucket: Any) -> None:
        masters, put = bucket
        upload_id = masters.begin_multipart("film.mp4", checksums=True)
        put(upload_id, 2, 7)
        put(upload_id, 1, self.SIZE)
        page = masters.uploaded_parts("film.mp4", upload_id, after=0)
        assert ([(p.number, p.bytes) for p in page.parts], page.next_after) == ([(1, self.SIZE), (2, 7)], None)
        assert [p.number for p in masters.uploaded_parts("film.mp4", upload_id, after=1).parts] == [2]
        assert masters.complete_multipart("film.mp4", upload_id, page.parts, size=self.SIZE + 7)

    def test_an_upload_that_is_not_there_is_not_found_and_giving_it_up_is_no_error(self, bucket: Any) -> None:
        masters, put = bucket
        upload_id = masters.begin_multipart("film.mp4", checksums=True)
        put(upload_id, 1, 7)
        masters.abort_multipart("film.mp4", upload_id)
        masters.abort_multipart("film.mp4", upload_id)
        with pytest.raises(NotFound) as gone:
            masters.uploaded_parts("film.mp4", upload_id, after=0)
        assert gone.value.code == "multipart_not_found"


def test_completing_what_is_gone_is_not_found_and_parts_that_s3_refuses_are_the_callers_fault() -> None:
    for code, kind in (("NoSuchUpload", NotFound), ("InvalidPart", InvalidRequest), ("SlowDown", Unavailable)):
        with Stubber(client("s3")) as answers:
            answers.add_client_error("complete_multipart_upload", code)
            with pytest.raises(kind):
                S3Masters("masters").complete_multipart("film.mp4", "id", [UploadedPart(1, 7, "e", None)], size=7)


def test_a_part_is_told_apart_by_its_checksum_and_more_parts_than_one_call_gives_are_paged(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_store, "_PARTS", 1)
    masters = S3Masters("masters")
    upload_id = masters.begin_multipart("film.mp4", checksums=True)
    digest = hashlib.sha256(b"a").hexdigest()
    for number in (1, 2):
        part = {"Bucket": "masters", "Key": "film.mp4", "UploadId": upload_id, "PartNumber": number}
        s3.upload_part(**part, Body=b"a", ChecksumSHA256=s3_checksum(digest))
    first = masters.uploaded_parts("film.mp4", upload_id, after=0)
    assert ([p.number for p in first.parts], first.next_after) == ([1], 1)
    assert [p.number for p in masters.uploaded_parts("film.mp4", upload_id, after=1).parts] == [2]


def test_a_bucket_that_is_not_there_is_no_missing_master(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        S3Masters().fetch(some.upload(bucket="nowhere"), tmp_path / "master", maximum=100)


class TestRenditionsAndDelivery:
    """Files go into renditions, and from there into delivery; ETags tell them apart."""

    @pytest.fixture(params=["fake", "s3"])
    def stores(self, request: pytest.FixtureRequest) -> tuple[RenditionStore, DeliveryStore]:
        if request.param == "fake":
            renditions = FakeRenditionStore()
            return renditions, FakeDeliveryStore(renditions)
        request.getfixturevalue("s3")
        return S3Renditions("renditions"), S3Delivery("delivery", renditions="renditions")

    @pytest.fixture
    def renditions(self, stores: tuple[RenditionStore, DeliveryStore]) -> RenditionStore:
        return stores[0]

    @pytest.fixture
    def delivery(self, stores: tuple[RenditionStore, DeliveryStore]) -> DeliveryStore:
        return stores[1]

    @pytest.fixture
    def put(self, renditions: RenditionStore, tmp_path: Path) -> Callable[[str, bytes], str]:
        def put(key: str, data: bytes) -> str:
            (tmp_path / "file").write_bytes(data)
            return renditions.put(key, tmp_path / "file", media_type="image/jpeg")

        return put

    def test_what_is_put_is_present_with_its_etag_and_its_moment(
        self, put: Callable[[str, bytes], str], renditions: RenditionStore
    ) -> None:
        etags = {key: put(key, key.encode()) for key in ("a/v/d/web-320.jpg", "a/w/d/web 1 ü.jpg", "ab/1")}
        present = renditions.present("a/")
        assert {key: stored.etag for key, stored in present.items()} == {
            key: etag for key, etag in etags.items() if key.startswith("a/")
        }
        assert all(stored.modified.tzinfo is not None for stored in present.values())
        assert renditions.present("c/") == {}

    def test_a_rendition_is_fetched_as_it_was_put_or_is_not_there(
        self, put: Callable[[str, bytes], str], renditions: RenditionStore, tmp_path: Path
    ) -> None:
        put("a/v/d/video 1 ü.mp4", bytes(range(256)) * 10_000)
        renditions.fetch("a/v/d/video 1 ü.mp4", tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == bytes(range(256)) * 10_000
        with pytest.raises(NotFound):
            renditions.fetch("a/v/d/gone.mp4", tmp_path / "gone")

    def test_renditions_are_removed_by_name_or_all_under_a_prefix(
        self, put: Callable[[str, bytes], str], renditions: RenditionStore
    ) -> None:
        for key in ("a/1", "a/2", "a/3 ü", "ab/1"):
            put(key, b"pixels")
        renditions.remove(("a/1", "a/3 ü", "a/gone"))
        renditions.remove(())
        assert set(renditions.present("a")) == {"a/2", "ab/1"}
        renditions.clear("a/")
        assert set(renditions.present("a")) == {"ab/1"}

    def test_an_etag_is_the_md5_of_the_bytes(self, put: Callable[[str, bytes], str]) -> None:
        assert put("a/v/web-320.jpg", b"pixels") == hashlib.md5(b"pixels", usedforsecurity=False).hexdigest()

    def test_a_copy_stands_in_delivery_with_the_etag_of_its_rendition(
        self, put: Callable[[str, bytes], str], delivery: DeliveryStore
    ) -> None:
        etag = put("a/v/web-320.jpg", b"pixels")
        delivery.copy_rendition("a/v/web-320.jpg", "a/g1/v/web-320.jpg")
        assert delivery.present("a/") == {"a/g1/v/web-320.jpg": etag}

    def test_a_copy_replaces_what_stood_there(self, put: Callable[[str, bytes], str], delivery: DeliveryStore) -> None:
        put("r", b"old")
        delivery.copy_rendition("r", "a/x")
        etag = put("r", b"new")
        delivery.copy_rendition("r", "a/x")
        assert delivery.present("a/") == {"a/x": etag}

    def test_a_rendition_that_is_not_there_is_not_found(self, delivery: DeliveryStore) -> None:
        with pytest.raises(NotFound):
            delivery.copy_rendition("nothing", "a/x")

    def test_only_what_stands_under_the_prefix_is_present(
        self, put: Callable[[str, bytes], str], delivery: DeliveryStore
    ) -> None:
        put("r", b"pixels")
        for key in ("a/1", "a/2", "ab/1", "b/1"):
            delivery.copy_rendition("r", key)
        assert set(delivery.present("a/")) == {"a/1", "a/2"}
        assert delivery.present("c/") == {}
        assert list(delivery.walked()) == sorted(delivery.present("").items())
        assert [key for key, _ in delivery.walked()] == ["a/1", "a/2", "ab/1", "b/1"]

    def test_removing_takes_what_is_named_and_no_more(
        self, put: Callable[[str, bytes], str], delivery: DeliveryStore
    ) -> None:
        put("r", b"pixels")
        for key in ("a/1", "a/2", "a/3 ü"):
            delivery.copy_rendition("r", key)
        delivery.remove(("a/1", "a/3 ü"))
        assert set(delivery.present("a/")) == {"a/2"}

    def test_removing_what_is_gone_or_nothing_at_all_is_no_error(self, delivery: DeliveryStore) -> None:
        delivery.remove(("a/1",))
        delivery.remove(())
        assert delivery.present("") == {}


@pytest.mark.parametrize(
    ("name", "media_type", "seconds"),
    [("web-320.avif", "image/avif", 7), ("video-480.mp4", "video/mp4", 8), ("spin.json", "application/json", 9)],
)
def test_a_delivered_object_says_what_it_is_how_long_it_is_kept_and_whose_it_is(
    s3: Any, name: str, media_type: str, seconds: int
) -> None:
    s3.put_object(Bucket="renditions", Key="r", Body=b"bytes", ContentType="text/plain", CacheControl="max-age=999")
    seconds_by_kind = EdgeSeconds(pictures=7, films=8, others=9)
    delivery = S3Delivery("delivery", renditions="renditions", edge_seconds=seconds_by_kind)
    delivery.copy_rendition("r", f"a1/g1/v/{name}")
    head = s3.head_object(Bucket="delivery", Key=f"a1/g1/v/{name}")
    assert head["ContentType"] == media_type
    assert head["CacheControl"] == f"public, max-age=60, s-maxage={seconds}"
    assert head["Metadata"] == {"cache-tag": "asset:a1"}


def test_more_objects_than_one_call_takes_are_all_listed_and_all_removed(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_store, "_BATCH", 2)
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    for n in range(5):
        s3.put_object(Bucket="delivery", Key=f"a/{n}", Body=b"x")
    delivery = S3Delivery("delivery", renditions="renditions")
    assert len(delivery.present("a/")) == 5
    delivery.remove([f"a/{n}" for n in range(5)])
    assert s3.list_objects_v2(Bucket="delivery")["KeyCount"] == 0


def test_an_object_that_s3_could_not_delete_raises() -> None:
    with Stubber(client("s3")) as answers:
        answers.add_response("delete_objects", {"Errors": [{"Key": "a/1", "Code": "InternalError"}]})
        with pytest.raises(Unavailable, match="a/1"):
            S3Delivery("delivery", renditions="renditions").remove(["a/1"])
