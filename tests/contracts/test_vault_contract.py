"""The vault: the fake and S3 keep the same promises, as far as moto plays S3's cold storage.

moto moves nothing by its lifecycle, brings copies at once, and copies the latest version whichever is asked for: what
happens in between is told to it here by hand, and what S3 answers then by botocore's stubs.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from assetwire.adapters.clients import client
from assetwire.adapters.vault import MARK, S3Vault
from assetwire.domain.archive import Kept, Place, Tier
from assetwire.domain.asset import Upload
from assetwire.domain.errors import Archived, Misconfigured, Unavailable
from assetwire.ports.vault import Vault
from fakes import some
from fakes.stores import FakeVault

Aws = Callable[[str], Any]


@pytest.fixture
def s3(aws: Aws) -> Any:
    made = aws("s3")
    made.create_bucket(Bucket="masters")
    made.put_bucket_versioning(Bucket="masters", VersioningConfiguration={"Status": "Enabled"})
    return made


def put(s3: Any, key: str, data: bytes = b"bytes", **options: str) -> Upload:
    version = s3.put_object(Bucket="masters", Key=key, Body=data, **options)["VersionId"]
    return some.upload(key, s3_version=version)


@pytest.fixture(params=["fake", "s3"])
def stored(request: pytest.FixtureRequest) -> tuple[Vault, Upload, Upload]:
    """Return a vault, a master at hand and one in the cold."""
    if request.param == "fake":
        hot, cold = some.upload("hot.jpg"), some.upload("cold.jpg")
        fake = FakeVault(hot, cold, now=datetime.now(UTC))
        fake.places["masters", "cold.jpg", "v1"] = Place.COLD
        return fake, hot, cold
    s3 = request.getfixturevalue("s3")
    return S3Vault(), put(s3, "hot.jpg"), put(s3, "cold.jpg", StorageClass="GLACIER")


def test_a_master_is_at_hand_or_in_the_cold_or_nowhere(stored: tuple[Vault, Upload, Upload]) -> None:
    vault, hot, cold = stored
    gone = hot.model_copy(update={"s3_version": "gone"})
    places = [vault.kept(upload).place for upload in (hot, cold, gone)]
    assert places == [Place.AT_HAND, Place.COLD, Place.NOWHERE]


def test_a_recalled_master_has_a_copy_until_some_day(stored: tuple[Vault, Upload, Upload]) -> None:
    vault, _, cold = stored
    vault.fetch_back(cold, days=3, tier=Tier.BULK)
    if isinstance(vault, FakeVault):
        vault.copies_come()
    kept = vault.kept(cold)
    assert kept.place is Place.COPIED
    assert kept.until is not None
    assert abs(kept.until - datetime.now(UTC) - timedelta(days=3)) < timedelta(minutes=5)


def test_what_is_at_hand_or_gone_is_recalled_marked_and_unmarked_without_an_error(
    stored: tuple[Vault, Upload, Upload],
) -> None:
    vault, hot, _ = stored
    vault.fetch_back(hot, days=3, tier=Tier.STANDARD)
    assert vault.kept(hot).place is Place.AT_HAND
    gone = hot.model_copy(update={"s3_version": "gone"})
    vault.mark(gone)
    vault.unmark(gone)
    vault.destroy([gone])


def test_destroying_takes_the_exact_version_and_no_other(stored: tuple[Vault, Upload, Upload]) -> None:
    vault, hot, cold = stored
    vault.destroy([cold])
    vault.destroy([cold])
    vault.destroy([])
    assert [vault.kept(upload).place for upload in (hot, cold)] == [Place.AT_HAND, Place.NOWHERE]


def test_an_older_version_is_marked_and_destroyed_and_the_newer_one_is_left(s3: Any) -> None:
    old, new = put(s3, "shoe.jpg", b"old"), put(s3, "shoe.jpg", b"new")
    S3Vault().mark(old)
    tags = [
        s3.get_object_tagging(Bucket="masters", Key="shoe.jpg", VersionId=u.s3_version)["TagSet"] for u in (old, new)
    ]
    assert tags == [[MARK], []]
    S3Vault().destroy([old])
    (left,) = s3.list_object_versions(Bucket="masters")["Versions"]
    assert left["VersionId"] == new.s3_version


def test_the_mark_stands_beside_other_tags_and_goes_without_them(s3: Any) -> None:
    upload, other = put(s3, "shoe.jpg", Tagging="team=studio"), {"Key": "team", "Value": "studio"}
    place = {"Bucket": "masters", "Key": "shoe.jpg"}
    for _ in range(2):
        S3Vault().mark(upload)
        assert sorted(tag["Key"] for tag in s3.get_object_tagging(**place)["TagSet"]) == [MARK["Key"], "team"]
    for _ in range(2):
        S3Vault().unmark(upload)
        assert s3.get_object_tagging(**place)["TagSet"] == [other]


def test_a_master_in_the_cold_cannot_be_fetched_and_says_so(s3: Any, tmp_path: Any) -> None:
    from assetwire.adapters.media_store import S3Masters

    with pytest.raises(Archived):
        S3Masters().fetch(put(s3, "cold.jpg", StorageClass="DEEP_ARCHIVE"), tmp_path / "master", maximum=100)


@pytest.mark.parametrize(
    ("head", "kept"),
    [
        ({}, Kept(place=Place.AT_HAND)),
        ({"StorageClass": "STANDARD_IA"}, Kept(place=Place.AT_HAND)),
        ({"StorageClass": "GLACIER_IR"}, Kept(place=Place.AT_HAND)),
        ({"StorageClass": "DEEP_ARCHIVE"}, Kept(place=Place.COLD)),
        ({"StorageClass": "GLACIER", "Restore": 'ongoing-request="true"'}, Kept(place=Place.COMING)),
        (
            {
                "StorageClass": "GLACIER",
                "Restore": 'ongoing-request="false", expiry-date="Fri, 27 Nov 2026 00:00:00 GMT"',
            },
            Kept(place=Place.COPIED, until=datetime(2026, 11, 27, tzinfo=UTC)),
        ),
    ],
)
def test_where_a_master_is_is_read_from_what_s3_says(head: dict[str, Any], kept: Kept) -> None:
    with Stubber(client("s3")) as answers:
        answers.add_response("head_object", head)
        assert S3Vault().kept(some.upload()) == kept


@pytest.mark.parametrize("code", ["RestoreAlreadyInProgress", "InvalidObjectState", "ObjectAlreadyInActiveTierError"])
def test_a_recall_that_is_under_way_or_not_needed_is_no_error(code: str) -> None:
    with Stubber(client("s3")) as answers:
        answers.add_client_error("restore_object", code)
        S3Vault().fetch_back(some.upload(), days=3, tier=Tier.EXPEDITED)


@pytest.mark.parametrize(
    ("code", "kind"), [("GlacierExpeditedRetrievalNotAvailable", Unavailable), ("AccessDenied", Misconfigured)]
)
def test_a_recall_that_s3_refuses_is_an_error(code: str, kind: type[Exception]) -> None:
    with Stubber(client("s3")) as answers:
        answers.add_client_error("restore_object", code)
        with pytest.raises(kind):
            S3Vault().fetch_back(some.upload(), days=3, tier=Tier.EXPEDITED)


def test_a_recall_names_version_days_and_tier() -> None:
    with Stubber(client("s3")) as answers:
        wanted = {"Days": 3, "GlacierJobParameters": {"Tier": "Expedited"}}
        place = {"Bucket": "masters", "Key": "shoe.jpg", "VersionId": "v1"}
        answers.add_response("restore_object", {}, {**place, "RestoreRequest": wanted})
        S3Vault().fetch_back(some.upload(), days=3, tier=Tier.EXPEDITED)


def test_a_master_that_s3_could_not_delete_raises() -> None:
    with Stubber(client("s3")) as answers:
        answers.add_response("delete_objects", {"Errors": [{"Key": "shoe.jpg", "Code": "AccessDenied"}]})
        with pytest.raises(Unavailable, match=r"shoe\.jpg"):
            S3Vault().destroy([some.upload()])
