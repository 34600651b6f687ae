"""Signed URLs: for what may be seen, and never for longer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.asset import AssetStatus
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest, NotDelivered, NotFound
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.domain.url_terms import aligned_end
from assetwire.domain.viewer_paths import TokenKey, path_by_token
from assetwire.services.signed_url import SignedUrl, WantedUrl, sign_url, sign_urls, url_for_channel
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.messages import FakeSigner
from fakes.some import NOW

VERSION = some.version()
ASSET = some.asset(
    rights=some.rights(),
    delivered=Delivered(generation=1, version_id=VERSION.version_id, renditions=("web-320.jpg",), digest="d"),
)
MAXIMUM = 86400


def sign(changes: dict[str, Any] | None = None, *, now: datetime = NOW, bucket: int = 0, **request: Any) -> SignedUrl:
    catalog = FakeCatalog()
    asset = ASSET.model_copy(update=changes or {})
    catalog.records["asset", asset.asset_id] = asset
    asked: dict[str, Any] = {
        "asset_id": ASSET.asset_id,
        "rendition": "web-320.jpg",
        "territories": ("DE",),
        "usage": "web",
    }
    return sign_url(
        **{"ttl": 3600, **asked, **request},
        assets=catalog,
        signer=FakeSigner(),
        base_url="https://media.example",
        maximum_ttl=MAXIMUM,
        bucket=bucket,
        now=now,
    )


def ending(end: datetime) -> dict[str, Any]:
    return {"rights": some.rights(windows=(Window(ends=end),))}


def life(signed: SignedUrl, now: datetime = NOW) -> timedelta:
    return signed.expires_at - now


def test_a_url_names_the_delivered_path_and_its_end() -> None:
    signed = sign()
    expires = int(NOW.timestamp()) + 3600
    path = f"{ASSET.asset_id}/g1/{VERSION.version_id}/web-320.jpg"
    assert signed.url == f"https://media.example/DE/{path}?Expires={expires}&Signature=fake"
    assert signed.expires_at == datetime.fromtimestamp(expires, UTC)


def test_the_path_follows_the_version_that_a_file_is_of() -> None:
    older = some.version(number=0).version_id
    both = {"renditions": ("video-480.mp4", "web-320.jpg"), "elsewhere": {"video-480.mp4": older}}
    changes = {"delivered": ASSET.delivered.model_copy(update=both)}
    assert f"/{older}/video-480.mp4?" in sign(changes, rendition="video-480.mp4").url
    assert f"/{VERSION.version_id}/web-320.jpg?" in sign(changes).url


def test_the_path_follows_the_generation() -> None:
    signed = sign({"generation": 3, "delivered": ASSET.delivered.model_copy(update={"generation": 3})})
    assert "/g3/" in signed.url


def test_the_path_names_the_version_that_stands_in_delivery_while_a_newer_one_is_rendered() -> None:
    newer = some.version(number=2).version_id
    assert f"/{VERSION.version_id}/" in sign({"current_version": newer}).url


class TestTerritories:
    """A URL is for all the territories that it names, or for none."""

    @pytest.mark.parametrize("asked", [("DE", "AT"), ("AT", "DE"), ("DE", "AT", "DE")])
    def test_the_path_has_exactly_these_territories(self, asked: tuple[str, ...]) -> None:
        assert sign(territories=asked).url.startswith(f"https://media.example/AT-DE/{ASSET.asset_id}/")

    def test_everywhere_is_a_word_of_its_own(self) -> None:
        assert sign(territories=("*",)).url.startswith(f"https://media.example/any/{ASSET.asset_id}/")

    @pytest.mark.parametrize(
        ("rights", "asked", "where", "code"),
        [
            (some.rights(territories=("AT", "DE")), ("DE", "FR", "IT"), "FR", "territory_not_licensed"),
            (some.rights(excluded_territories=("IT",)), ("DE", "IT", "XX"), "IT", "territory_excluded"),
            (some.rights(), ("AT", "EU"), "EU", "unknown_territory"),
            (some.rights(excluded_territories=("ZW",)), ("*",), "ZW", "territory_excluded"),
            (some.rights(territories=("EU",)), ("*",), "AD", "territory_not_licensed"),
        ],
    )
    def test_the_first_that_is_not_allowed_is_named_with_its_reason(
        self, rights: Rights, asked: tuple[str, ...], where: str, code: str
    ) -> None:
        with pytest.raises(Denied) as denied:
            sign({"rights": rights}, territories=asked)
        assert denied.value.code == code
        assert f"in {where}: {code}" in denied.value.message

    def test_a_url_for_no_territory_is_an_invalid_request(self) -> None:
        with pytest.raises(InvalidRequest):
            sign(territories=())

    @given(
        st.lists(st.sampled_from(["AT", "CH", "DE", "FR"]), min_size=1), st.sets(st.sampled_from(["AT", "DE", "FR"]))
    )
    def test_a_url_is_minted_if_and_only_if_each_of_them_is_allowed(self, asked: list[str], licensed: set[str]) -> None:
        held = {"rights": some.rights(territories=tuple(sorted(licensed)))}
        try:
            url = sign(held, territories=tuple(asked)).url
        except Denied:
            assert not set(asked) <= licensed
        else:
            assert set(asked) <= licensed
            assert url.split("/")[3] == "-".join(sorted(set(asked)))


class TestForChannels:
    """The proof stands in the path; rights are asked for where and for what the channel shows it."""

    KEY = TokenKey("A", "a secret")

    def mint(
        self, changes: dict[str, Any] | None = None, *, now: datetime = NOW, bucket: int = 0, **request: Any
    ) -> SignedUrl:
        catalog = FakeCatalog()
        asset = ASSET.model_copy(update=changes or {})
        catalog.records["asset", asset.asset_id] = asset
        asked = {"channel": "walmart-us", "territory": "US", "usage": "marketplace", "ttl": 3600, **request}
        return url_for_channel(
            ASSET.asset_id,
            "web-320.jpg",
            **asked,
            assets=catalog,
            token_key=self.KEY,
            base_url="https://media.example",
            maximum_ttl=MAXIMUM,
            bucket=bucket,
            now=now,
        )

    def test_the_path_opens_this_file_until_the_end_and_needs_no_query(self) -> None:
        minted = self.mint()
        file = f"{ASSET.asset_id}/g1/{VERSION.version_id}/web-320.jpg"
        expires = int(NOW.timestamp()) + 3600
        assert (
            minted.url
            == f"https://media.example/{path_by_token(file, channel='walmart-us', expires=expires, by=self.KEY)}"
        )
        assert minted.expires_at == datetime.fromtimestamp(expires, UTC)
        assert "?" not in minted.url
        assert minted.url.endswith(".jpg")

    def test_it_ends_with_the_rights_and_with_the_longest_life(self) -> None:
        assert life(self.mint(ttl=MAXIMUM + 9)) == timedelta(seconds=MAXIMUM)
        assert life(self.mint(ending(NOW + timedelta(seconds=90)))) == timedelta(seconds=90)

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"rights": some.rights(territories=("DE",))}, "territory_not_licensed"),
            ({"rights": some.rights(usages=(Usage.WEB,))}, "usage_not_licensed"),
            ({"rights": None}, "no_rights"),
            ({"status": AssetStatus.WITHDRAWN}, "asset_withdrawn"),
            ({"generation": 2}, "not_delivered"),
        ],
    )
    def test_what_the_channel_may_not_show_gets_no_url(self, changes: dict[str, Any], code: str) -> None:
        with pytest.raises(AssetwireError) as refused:
            self.mint(changes)
        assert refused.value.code == code


class TestLife:
    """As long as asked, as the maximum, as the rights: whichever is shortest."""

    @pytest.mark.parametrize(
        ("asked", "rights_left", "expected"),
        [
            (60, timedelta(days=9), 60),
            (MAXIMUM, timedelta(days=9), MAXIMUM),
            (MAXIMUM + 1, timedelta(days=9), MAXIMUM),
            (3600, timedelta(seconds=90), 90),
            (3600, timedelta(seconds=90, microseconds=999_999), 90),
            (1, timedelta(seconds=1), 1),
        ],
    )
    def test_a_url_lives_as_long_as_the_shortest_of_the_three(
        self, asked: int, rights_left: timedelta, expected: int
    ) -> None:
        assert life(sign(ending(NOW + rights_left), ttl=asked)) == timedelta(seconds=expected)

    def test_windows_that_touch_count_as_one(self) -> None:
        middle = NOW + timedelta(seconds=10)
        held = some.rights(windows=(Window(ends=middle), Window(starts=middle, ends=NOW + timedelta(seconds=50))))
        assert life(sign({"rights": held})) == timedelta(seconds=50)

    def test_unlimited_rights_leave_the_life_as_asked(self) -> None:
        assert life(sign({"rights": some.rights(windows=(Window(),))})) == timedelta(hours=1)

    @pytest.mark.parametrize("left", [timedelta(microseconds=1), timedelta(milliseconds=999)])
    def test_rights_that_end_within_this_second_deny(self, left: timedelta) -> None:
        with pytest.raises(Denied) as denied:
            sign(ending(NOW + left))
        assert denied.value.code == "expired"

    @pytest.mark.parametrize("ttl", [0, -1])
    def test_a_life_that_is_none_is_an_invalid_request(self, ttl: int) -> None:
        with pytest.raises(InvalidRequest) as refused:
            sign(ttl=ttl)
        assert refused.value.code == "invalid_ttl"

    @given(
        st.integers(1, 2 * MAXIMUM),
        st.integers(0, 999_999),
        st.integers(1, 10**12) | st.integers(1, 3_000_000),
    )
    def test_no_url_outlives_its_rights_the_maximum_or_what_was_asked(
        self, ttl: int, now_microseconds: int, left_microseconds: int
    ) -> None:
        now = NOW + timedelta(microseconds=now_microseconds)
        end = now + timedelta(microseconds=left_microseconds)
        try:
            signed = sign(ending(end), now=now, ttl=ttl)
        except Denied:
            assert int(end.timestamp()) <= now.timestamp()  # no whole second was left
        else:
            assert now < signed.expires_at <= min(end, now + timedelta(seconds=min(ttl, MAXIMUM)))
            assert f"Expires={int(signed.expires_at.timestamp())}&" in signed.url


class TestTimeBuckets:
    """Asked for again within a bucket, a URL is the same, letter for letter: caches know it again."""

    BUCKET = 600

    def test_the_same_request_within_a_bucket_is_the_same_url_and_the_next_bucket_has_another(self) -> None:
        moments = [NOW + timedelta(seconds=s) for s in (0, 0.5, 599.999, 600)]
        one, other, last, next_ = (sign(now=moment, bucket=self.BUCKET) for moment in moments)
        assert one == other == last
        assert one.expires_at == NOW + timedelta(hours=1)
        assert next_.expires_at == one.expires_at + timedelta(seconds=self.BUCKET)

    def test_a_url_for_a_channel_keeps_its_letters_too(self) -> None:
        minted = [TestForChannels().mint(now=NOW + timedelta(seconds=s), bucket=self.BUCKET).url for s in (0, 599, 600)]
        assert minted[0] == minted[1] != minted[2]

    def test_an_end_of_rights_within_the_bucket_counts_and_is_no_ground_for_another_url(self) -> None:
        held = ending(NOW + timedelta(seconds=700))
        urls = {sign(held, now=NOW + timedelta(seconds=s), bucket=self.BUCKET).url for s in (0, 300, 599)}
        assert len(urls) == 1
        assert life(sign(held, now=NOW, bucket=self.BUCKET)) == timedelta(seconds=700)

    @given(
        st.integers(1, 2 * MAXIMUM), st.integers(0, MAXIMUM), st.integers(0, 10**7), st.none() | st.integers(1, 10**6)
    )
    def test_a_bucket_takes_half_of_a_life_at_the_most_and_lengthens_none(
        self, ttl: int, bucket: int, later: int, left: int | None
    ) -> None:
        now = NOW + timedelta(milliseconds=later)
        end = None if left is None else now + timedelta(seconds=left)
        minted = sign({} if end is None else ending(end), now=now, ttl=ttl, bucket=bucket)
        whole = min(ttl, MAXIMUM)
        shortest = timedelta(seconds=max(whole - whole // 2, whole - bucket) - 1)  # less than a second is rounded off
        assert life(minted, now) <= timedelta(seconds=whole)
        if end is None:
            assert life(minted, now) > shortest
        else:
            assert min(shortest, end - now - timedelta(seconds=1)) < life(minted, now) <= end - now

    @given(st.integers(0, 2**31), st.integers(1, MAXIMUM), st.integers(0, MAXIMUM))
    def test_ends_follow_one_another_by_whole_steps(self, now: int, asked: int, bucket: int) -> None:
        step = max(1, min(bucket, asked // 2))
        assert aligned_end(now + step, asked, bucket) - aligned_end(now, asked, bucket) == step
        begins = now - now % step
        assert {aligned_end(moment, asked, bucket) for moment in (begins, now, begins + step - 1)} == {begins + asked}


class TestRefusals:
    """Each says why, and no URL is signed."""

    @pytest.mark.parametrize(
        ("changes", "request_", "kind", "code"),
        [
            ({"status": AssetStatus.QUARANTINED}, {}, Denied, "asset_quarantined"),
            ({"rights": None}, {}, Denied, "no_rights"),
            ({"rights": some.rights(windows=())}, {}, Denied, "no_window"),
            ({"rights": some.rights(windows=(Window(starts=NOW + timedelta(seconds=1)),))}, {}, Denied, "embargoed"),
            ({"rights": some.rights(windows=(Window(ends=NOW),))}, {}, Denied, "expired"),
            ({}, {"territories": ("XX",)}, Denied, "unknown_territory"),
            ({"rights": some.rights(territories=("FR",))}, {}, Denied, "territory_not_licensed"),
            ({"rights": some.rights(excluded_territories=("DE",))}, {}, Denied, "territory_excluded"),
            ({"rights": some.rights(usages=(Usage.PRINT,))}, {}, Denied, "usage_not_licensed"),
            ({}, {"usage": "billboard"}, InvalidRequest, "unknown_usage"),
            ({}, {"usage": "WEB"}, InvalidRequest, "unknown_usage"),
            ({"rights": None}, {"usage": ""}, InvalidRequest, "unknown_usage"),
            ({"delivered": None}, {}, NotDelivered, "not_delivered"),
            ({"delivered": Delivered(generation=1)}, {}, NotDelivered, "not_delivered"),
            ({"generation": 2}, {}, NotDelivered, "not_delivered"),
            ({}, {"rendition": "web-9999.jpg"}, NotFound, "rendition_not_found"),
            ({}, {"rendition": ""}, NotFound, "rendition_not_found"),
            ({}, {"rendition": "../web-320.jpg"}, NotFound, "rendition_not_found"),
            ({}, {"asset_id": some.asset_id("nothing")}, NotFound, "asset_not_found"),
            ({"rights": None, "delivered": None}, {"rendition": "x"}, Denied, "no_rights"),
        ],
    )
    def test_a_refusal_names_its_reason(
        self, changes: dict[str, Any], request_: dict[str, Any], kind: type[AssetwireError], code: str
    ) -> None:
        with pytest.raises(AssetwireError) as refused:
            sign(changes, **request_)
        assert (type(refused.value), refused.value.code) == (kind, code)


def test_a_url_may_be_for_viewers_from_one_network_alone() -> None:
    assert sign(ip="192.0.2.0/24").url.endswith("&from=192.0.2.0/24")
    assert sign(ip="192.0.2.9").url.endswith("&from=192.0.2.9/32")
    with pytest.raises(InvalidRequest) as refused:
        sign(ip="2001:db8::/32")
    assert refused.value.code == "invalid_ip"


class Counting(FakeCatalog):
    """A Catalog that counts what is read of it."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []

    def asset(self, asset_id: str) -> Any:
        raise AssertionError(f"{asset_id} is read by itself")

    def assets_named(self, asset_ids: Any) -> Any:
        self.batches.append(len(asset_ids))
        return super().assets_named(asset_ids)


class TestBatches:
    """Many URLs in one round trip: each as if it were asked for by itself, and each asset read once."""

    def catalog(self, count: int) -> Counting:
        catalog = Counting()
        for number in range(count):
            asset = ASSET.model_copy(update={"asset_id": some.asset_id(str(number))})
            catalog.records["asset", asset.asset_id] = asset
        return catalog

    def sign(self, catalog: FakeCatalog, *wanted: WantedUrl) -> list[Any]:
        known: dict[str, Any] = {"signer": FakeSigner(), "base_url": "https://media.example"}
        return sign_urls(wanted, assets=catalog, **known, maximum_ttl=MAXIMUM, bucket=0, now=NOW)

    def want(self, number: int = 0, **changes: Any) -> WantedUrl:
        return WantedUrl(some.asset_id(str(number)), "web-320.jpg", ("DE",), "web", 3600)._replace(**changes)

    def test_each_is_what_it_would_be_alone_and_a_refusal_stands_in_its_place(self) -> None:
        answers = self.sign(
            self.catalog(1),
            self.want(),
            self.want(territories=("DE", "XX")),
            self.want(5),
            self.want(rendition="web-9.jpg"),
            self.want(ttl=0),
            self.want(territories=()),
            self.want(ip="somewhere"),
            self.want(ttl=10**6),
        )
        alone = self.sign(self.catalog(1), self.want())
        assert answers[0] == alone[0]
        codes = [answer.code if isinstance(answer, AssetwireError) else "url" for answer in answers]
        assert codes == [
            *("url", "unknown_territory", "asset_not_found", "rendition_not_found"),
            *("invalid_ttl", "invalid_territory", "invalid_ip", "url"),
        ]
        assert life(answers[-1]) == timedelta(seconds=MAXIMUM)

    @pytest.mark.parametrize(("assets", "batches"), [(1, [1]), (100, [100]), (101, [100, 1]), (500, [100] * 5)])
    def test_a_hundred_assets_are_one_read(self, assets: int, batches: list[int]) -> None:
        catalog = self.catalog(assets)
        answers = self.sign(catalog, *(self.want(number) for number in range(assets)), self.want(0))
        assert all(isinstance(answer, SignedUrl) for answer in answers)
        assert catalog.batches == batches
