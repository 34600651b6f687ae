"""What caches must forget, and the caches themselves: the fakes, DynamoDB and CloudFront keep the same promises."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from assetwire.adapters.catalog.purges import DynamoPurges
from assetwire.adapters.cdn import CloudFrontEdge
from assetwire.adapters.clients import client
from assetwire.domain.errors import Conflict, Misconfigured, Unavailable
from assetwire.domain.purge import BY_PATH, BY_TAG, Purge, PurgesInProgress, Urgency, wanted
from assetwire.ports.purges import Edge, Purges
from fakes import some
from fakes.purges import FakeEdge, FakePurges
from fakes.some import NOW

Aws = Callable[[str], Any]
ONE, TWO = some.asset_id("one"), some.asset_id("two")


def want(asset_id: str, before: Purge | None = None) -> Purge:
    return wanted(before, asset_id, generation=2, urgency=Urgency.HYGIENE, revocations=(2,), now=NOW)


class TestPurges:
    """One record an asset, and one of all that is in progress; each is changed by one at a time."""

    @pytest.fixture(params=["fake", "dynamodb"])
    def purges(self, request: pytest.FixtureRequest) -> Purges:
        if request.param == "fake":
            return FakePurges()
        return DynamoPurges(request.getfixturevalue("table"), region="us-east-1")

    def test_what_was_never_wanted_is_not_there(self, purges: Purges) -> None:
        assert purges.purge(ONE) is None
        assert purges.purges_of([ONE, TWO]) == []

    def test_those_of_many_assets_are_found_each_once(self, purges: Purges) -> None:
        many = [want(some.asset_id(str(number))) for number in range(130)]
        for each in many:
            purges.save_purge(each)
        ids = [each.asset_id for each in many]
        found = purges.purges_of([*ids, *ids, some.asset_id("none")])
        assert sorted(found, key=lambda each: ids.index(each.asset_id)) == many
        assert purges.purge(ids[7]) == many[7]

    def test_whoever_comes_second_learns_of_it(self, purges: Purges) -> None:
        first = want(ONE)
        purges.save_purge(first)
        with pytest.raises(Conflict):
            purges.save_purge(want(ONE))
        purges.save_purge(want(ONE, first))
        with pytest.raises(Conflict):
            purges.save_purge(first.did(1, told=(), at=NOW))
        assert purges.purge(ONE).wanted == 2  # type: ignore[union-attr]

    def test_room_is_taken_by_one_at_a_time(self, purges: Purges) -> None:
        assert purges.in_progress() == PurgesInProgress()
        begun = purges.in_progress().with_taken(5, now=NOW)
        purges.save_in_progress(begun)
        with pytest.raises(Conflict):
            purges.save_in_progress(PurgesInProgress().with_taken(6, now=NOW))
        assert purges.in_progress() == begun
        purges.save_in_progress(begun.with_taken(6, now=NOW))
        assert [each.items for each in purges.in_progress().taken] == [5, 6]


Asked = Callable[[], list[list[str]]]


class TestEdge:
    """A purge reaches everything of an asset, by one call for many, whenever it is asked for."""

    @pytest.fixture(params=["fake", "cloudfront"])
    def edge(self, request: pytest.FixtureRequest) -> tuple[Edge, Asked]:
        if request.param == "fake":
            fake = FakeEdge()
            return fake, lambda: [[f"#asset:{asset_id}" for asset_id in call] for call in fake.calls]
        cloudfront = request.getfixturevalue("aws")("cloudfront")
        place = distribution(cloudfront)
        return CloudFrontEdge(place, by_tag=True), lambda: invalidations(cloudfront, place)

    def test_many_assets_are_purged_by_one_call(self, edge: tuple[Edge, Asked]) -> None:
        purger, asked = edge
        purger.purge([ONE, TWO])
        assert asked() == [[f"#asset:{ONE}", f"#asset:{TWO}"]]
        assert purger.quota == BY_TAG

    def test_a_second_purge_of_an_asset_is_one_of_its_own(self, edge: tuple[Edge, Asked]) -> None:
        purger, asked = edge
        for asset_id in (ONE, ONE, TWO):
            purger.purge([asset_id])
        assert sorted(asked()) == sorted([[f"#asset:{ONE}"], [f"#asset:{ONE}"], [f"#asset:{TWO}"]])


def distribution(cloudfront: Any) -> str:
    origin = {
        "Id": "delivery",
        "DomainName": "delivery.s3.us-east-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "test",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "delivery", "ViewerProtocolPolicy": "https-only"},
        }
    )
    return str(made["Distribution"]["Id"])


def invalidations(cloudfront: Any, place: str) -> list[list[str]]:
    """Return the items of each invalidation: CloudFront takes one CallerReference once; moto takes it twice."""
    listed = cloudfront.list_invalidations(DistributionId=place)["InvalidationList"].get("Items", [])
    found = {}
    for entry in listed:
        one = cloudfront.get_invalidation(DistributionId=place, Id=entry["Id"])["Invalidation"]
        batch = one["InvalidationBatch"]
        assert batch["Paths"]["Quantity"] == len(batch["Paths"]["Items"])
        found[batch["CallerReference"]] = batch["Paths"]["Items"]
    return list(found.values())


def test_where_tags_are_not_read_paths_are_purged(aws: Aws) -> None:
    cloudfront = aws("cloudfront")
    place = distribution(cloudfront)
    edge = CloudFrontEdge(place, by_tag=False)
    edge.purge([ONE, TWO])
    assert invalidations(cloudfront, place) == [[f"/{ONE}/*", f"/{TWO}/*"]]
    assert edge.quota == BY_PATH


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("TooManyInvalidationsInProgress", 400, Unavailable),
        ("BatchTooLarge", 413, Unavailable),
        ("Throttling", 400, Unavailable),
        ("NoSuchDistribution", 404, Misconfigured),
        ("AccessDenied", 403, Misconfigured),
    ],
)
def test_a_refusal_says_whether_it_passes(aws: Aws, code: str, status: int, error: type[Exception]) -> None:
    with Stubber(client("cloudfront")) as stubbed:
        for _ in range(4):  # botocore itself asks again where it was throttled
            stubbed.add_client_error("create_invalidation", code, http_status_code=status)
        with pytest.raises(error) as raised:
            CloudFrontEdge("E1", by_tag=True).purge([ONE])
    assert isinstance(raised.value.__cause__, ClientError)
