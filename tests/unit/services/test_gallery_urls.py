"""Galleries: one signature for every file of an asset, and never for more than the rights allow."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.decisions import decide
from assetwire.domain.errors import AssetwireError, InvalidRequest, NotFound
from assetwire.domain.rights import Release, Rights, Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.services.gallery_urls import AssetCookies, AssetUrls, Viewers, sign_assets, sign_cookies
from assetwire_cli.edge.wildcards import covers
from fakes import some
from fakes.catalog import FakeCatalog
from fakes.messages import FakeSigner
from fakes.some import NOW

OLDER, VERSION = some.version(number=0).version_id, some.version().version_id
FILES = Delivered(
    generation=1,
    version_id=VERSION,
    renditions=("video-480.mp4", "web-320.jpg", "web-640.webp"),
    elsewhere={"video-480.mp4": OLDER},
    usages=(Usage.WEB,),
)
ASSET = some.asset(rights=some.rights(), delivered=FILES)
GERMANS = Viewers(("DE",), "web", 3600)
PLACE = f"https://media.example/DE/{ASSET.asset_id}/g1/"


def terms(now: datetime = NOW, bucket: int = 0) -> dict[str, Any]:
    known: dict[str, Any] = {"signer": FakeSigner(), "base_url": "https://media.example", "maximum_ttl": 86400}
    return {**known, "bucket": bucket, "now": now}


def sign(asset: Asset = ASSET, viewers: Viewers = GERMANS, **known: Any) -> AssetUrls:
    (answer,) = sign_assets([asset], viewers=viewers, **terms(**known)).values()
    if isinstance(answer, AssetwireError):
        raise answer
    return answer


def changed(**changes: Any) -> Asset:
    return ASSET.model_copy(update=changes)


def policy(query: str) -> dict[str, Any]:
    (statement,) = json.loads(parse_qs(query)["Policy"][0])["Statement"]
    found: dict[str, Any] = statement
    return found


def test_one_query_goes_behind_the_url_of_every_file() -> None:
    urls = sign()
    assert urls.url("web-320.jpg") == f"{PLACE}{VERSION}/web-320.jpg?{urls.query}"
    assert urls.url("web-640.webp") == f"{PLACE}{VERSION}/web-640.webp?{urls.query}"
    assert urls.url("video-480.mp4") == f"{PLACE}{OLDER}/video-480.mp4?{urls.query}"
    with pytest.raises(NotFound):
        urls.url("web-960.jpg")


def test_its_policy_is_of_this_generation_in_these_territories_until_the_end() -> None:
    end = int(NOW.timestamp()) + 3600
    assert policy(sign().query) == {
        "Resource": f"{PLACE}*",
        "Condition": {"DateLessThan": {"AWS:EpochTime": end}},
    }
    assert sign().opened.expires_at == NOW + timedelta(hours=1)
    several = sign(viewers=GERMANS._replace(territories=("DE", "AT"), ip="192.0.2.9"))
    assert policy(several.query) == {
        "Resource": f"https://media.example/AT-DE/{ASSET.asset_id}/g1/*",
        "Condition": {"DateLessThan": {"AWS:EpochTime": end}, "IpAddress": {"AWS:SourceIp": "192.0.2.9/32"}},
    }
    anywhere = sign(viewers=GERMANS._replace(territories=("*",)))
    assert policy(anywhere.query)["Resource"] == f"https://media.example/any/{ASSET.asset_id}/g1/*"


def test_it_covers_no_other_generation_territory_or_asset() -> None:
    resource = policy(sign().query)["Resource"]
    url = sign().opened.url("web-320.jpg")
    assert covers(resource, url)
    for other in ("/g1/", "/g10/"), ("/DE/", "/AT/"), ("/DE/", "/AT-DE/"), (ASSET.asset_id, some.asset_id("other")):
        assert not covers(resource, url.replace(*other)) or other == ("/g1/", "/g1/")


def test_within_a_time_bucket_all_urls_are_the_same() -> None:
    moments = [NOW + timedelta(seconds=seconds) for seconds in (0, 599, 600)]
    one, other, next_ = (sign(now=moment, bucket=600).url("web-320.jpg") for moment in moments)
    assert one == other != next_


def test_it_ends_with_the_rights_and_with_the_longest_life() -> None:
    held = some.rights(windows=(Window(ends=NOW + timedelta(seconds=90)),))
    assert sign(changed(rights=held)).opened.expires_at == NOW + timedelta(seconds=90)
    assert sign(viewers=GERMANS._replace(ttl=10**6)).opened.expires_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"rights": None}, "no_rights"),
        ({"rights": some.rights(territories=("FR",))}, "territory_not_licensed"),
        ({"rights": some.rights(usages=(Usage.PRINT,))}, "usage_not_licensed"),
        ({"rights": some.rights(windows=(Window(starts=NOW + timedelta(1)),))}, "embargoed"),
        ({"rights": some.rights(windows=(Window(ends=NOW),))}, "expired"),
        ({"status": AssetStatus.WITHDRAWN}, "asset_withdrawn"),
        ({"generation": 2}, "not_delivered"),
        ({"delivered": None}, "not_delivered"),
        ({"delivered": FILES.model_copy(update={"usages": ()})}, "not_delivered"),
    ],
)
def test_what_may_not_be_seen_is_not_signed_and_its_reason_stands_in_its_place(
    changes: dict[str, Any], code: str
) -> None:
    other = some.asset(asset_id=some.asset_id("other"), rights=some.rights(), delivered=FILES)
    answers = sign_assets([changed(**changes), other], viewers=GERMANS, **terms())
    refused = answers[ASSET.asset_id]
    assert isinstance(refused, AssetwireError)
    assert refused.code == code
    assert isinstance(answers[other.asset_id], AssetUrls)


def test_a_signature_that_would_open_a_file_for_another_usage_than_the_rights_allow_is_refused() -> None:
    """Such a file is about to go: whatever went wrong with it, a wildcard must not open it."""
    stale = FILES.model_copy(update={"usages": (Usage.PRINT, Usage.WEB)})
    with pytest.raises(AssetwireError, match="for print, too") as refused:
        sign(changed(delivered=stale, rights=some.rights(usages=(Usage.WEB,))))
    assert refused.value.code == "usage_not_licensed"
    assert sign(changed(delivered=stale, rights=some.rights(usages=(Usage.PRINT, Usage.WEB))))


@pytest.mark.parametrize(
    ("viewers", "code"),
    [
        (GERMANS._replace(ttl=0), "invalid_ttl"),
        (GERMANS._replace(territories=()), "invalid_territory"),
        (GERMANS._replace(ip="::1"), "invalid_ip"),
        (GERMANS._replace(ip='1.2.3.4","x":"'), "invalid_ip"),
    ],
)
def test_viewers_that_are_none_are_an_invalid_request(viewers: Viewers, code: str) -> None:
    for ask in (lambda: sign(viewers=viewers), lambda: cookies(viewers=viewers)):
        with pytest.raises(InvalidRequest) as refused:
            ask()
        assert refused.value.code == code


rights = st.builds(
    Rights,
    windows=st.lists(st.sampled_from([Window(ends=NOW + timedelta(seconds=s)) for s in (-5, 0, 7, 5000)]), max_size=2),
    territories=st.lists(st.sampled_from(["AT", "DE", "FR"]), max_size=3),
    excluded_territories=st.lists(st.sampled_from(["AT", "DE"]), max_size=1),
    usages=st.lists(st.sampled_from([Usage.WEB, Usage.PRINT, Usage.INTERNAL]), max_size=3),
    model_release=st.sampled_from([None, Release.NONE, Release.UNLIMITED]),
)


@given(
    rights,
    st.sets(st.sampled_from([Usage.WEB, Usage.PRINT, Usage.INTERNAL]), min_size=1),
    st.lists(st.sampled_from(["AT", "DE", "FR"]), min_size=1, max_size=3),
    st.sampled_from(["web", "print", "internal"]),
)
def test_it_is_signed_if_and_only_if_the_decision_allows_every_file_everywhere_until_its_end(
    held: Rights, usages: set[Usage], territories: list[str], usage: str
) -> None:
    delivered = FILES.model_copy(update={"usages": tuple(sorted(usages))})
    judged = [
        decide(held, at=NOW, territory=territory, usage=each) for territory in territories for each in {usage, *usages}
    ]
    try:
        signed = sign(changed(rights=held, delivered=delivered), Viewers(tuple(territories), usage, 3600))
    except AssetwireError:
        assert not all(decision.allowed for decision in judged)
    else:
        assert all(decision.allowed for decision in judged)
        assert all(each.expires_at is None or signed.opened.expires_at <= each.expires_at for each in judged)


def cookies(*asset_ids: str, viewers: Viewers = GERMANS) -> Any:
    catalog = FakeCatalog()
    catalog.records["asset", ASSET.asset_id] = ASSET
    return sign_cookies(asset_ids or (ASSET.asset_id,), viewers=viewers, assets=catalog, **terms())


def test_cookies_have_the_policy_that_urls_have_and_go_to_its_place_alone() -> None:
    found = cookies()[ASSET.asset_id]
    assert isinstance(found, AssetCookies)
    assert unquote(found.cookies["CloudFront-Policy"]) == parse_qs(sign().query)["Policy"][0]
    assert found.attributes == {
        "domain": "media.example",
        "path": f"/DE/{ASSET.asset_id}/g1/",
        "secure": True,
        "http_only": True,
        "same_site": "Lax",
    }
    assert found.opened == sign().opened


def test_of_an_asset_that_is_not_there_the_reason_stands_in_its_place_and_each_is_answered_once() -> None:
    unknown = some.asset_id("nothing")
    found = cookies(unknown, ASSET.asset_id, unknown)
    assert list(found) == [unknown, ASSET.asset_id]
    assert found[unknown].code == "asset_not_found"
