"""Signed URLs: for what may be seen, and never for longer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.asset import AssetStatus
from assetwire.domain.errors import AssetwireError, Denied, InvalidRequest, NotDelivered, NotFound
from assetwire.domain.rights import Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.services.signed_url import SignedUrl, sign_url
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


def sign(changes: dict[str, Any] | None = None, *, now: datetime = NOW, **request: Any) -> SignedUrl:
    catalog = FakeCatalog()
    asset = ASSET.model_copy(update=changes or {})
    catalog.records["asset", asset.asset_id] = asset
    asked: dict[str, Any] = {"asset_id": ASSET.asset_id, "rendition": "web-320.jpg", "territory": "DE", "usage": "web"}
    return sign_url(
        **{"ttl": 3600, **asked, **request},
        assets=catalog,
        signer=FakeSigner(),
        base_url="https://media.example",
        maximum_ttl=MAXIMUM,
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
    assert signed.url == f"https://media.example/{path}?Expires={expires}&Signature=fake"
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
            ({}, {"territory": "XX"}, Denied, "unknown_territory"),
            ({"rights": some.rights(territories=("FR",))}, {}, Denied, "territory_not_licensed"),
            ({"rights": some.rights(excluded_territories=("DE",))}, {}, Denied, "territory_excluded"),
            ({"rights": some.rights(usages=(Usage.PRINT,))}, {}, Denied, "usage_not_licensed"),
            ({}, {"usage": "billboard"}, Denied, "usage_not_licensed"),
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
