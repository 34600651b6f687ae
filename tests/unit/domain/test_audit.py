"""The audit's judgement: it agrees with what enforce aims at, and says why whatever differs should not be there."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetwire.domain.asset import Asset, AssetStatus
from assetwire.domain.audit import Difference, Kind, differences
from assetwire.domain.delivery import desired_delivery
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.shown import Rendered
from assetwire.domain.transcode_spec import MediaFormat
from fakes import some
from fakes.some import NOW

VERSION, OTHER = some.version(number=1), some.version(number=2)
HOUR = timedelta(hours=1)
FILES = [
    some.rendition(VERSION, "web-320.jpg", etag="one"),
    some.rendition(VERSION, "web-640.jpg", etag="two"),
    some.rendition(VERSION, "print-a4.tif", usage=Usage.PRINT, etag="three"),
    some.rendition(VERSION, "web-320.jpg", digest="f" * 16, etag="newer"),
    some.rendition(OTHER, "web-320.jpg", etag="other version"),
]
FILM = some.rendition(OTHER, "video-480.mp4", format=MediaFormat.MP4, etag="film")
FILMED = Rendered(version_id=OTHER.version_id, outputs={FILM.name: FILM.digest})
FILES.append(FILM)
SHOWN = Rendered(version_id=VERSION.version_id, outputs={file.name: file.digest for file in FILES[:3]})
ASSET = some.asset(rights=some.rights(), rendered=SHOWN)
PREFIX = f"{ASSET.asset_id}/g1/{VERSION.version_id}"
RIGHT = {f"{PREFIX}/{file.name}": file.etag for file in FILES[:3]}

SPANS = [(None, None), (None, NOW), (NOW, NOW + HOUR), (NOW + HOUR, None), (None, NOW + HOUR)]
windows = st.sampled_from([Window(starts=starts, ends=ends) for starts, ends in SPANS])
SHOWINGS = [
    None,
    SHOWN,
    SHOWN.model_copy(update={"version_id": OTHER.version_id}),
    SHOWN.model_copy(update={"outputs": {"web-320.jpg": "f" * 16}}),
]
rights = st.none() | st.builds(
    Rights,
    windows=st.lists(windows, max_size=2).map(tuple),
    territories=st.sampled_from([(), ("*",), ("DE",), ("DE", "AT")]),
    excluded_territories=st.sampled_from([(), ("*",), ("DE",), ("AT",)]),
    usages=st.sets(st.sampled_from([Usage.WEB, Usage.PRINT, Usage.SOCIAL])).map(tuple),
)
assets = st.builds(
    lambda held, status, shown, filmed, generation: ASSET.model_copy(
        update={"rights": held, "status": status, "rendered": shown, "transcoded": filmed, "generation": generation}
    ),
    rights,
    st.sampled_from(AssetStatus),
    st.sampled_from(SHOWINGS),
    st.sampled_from([None, FILMED]),
    st.integers(1, 2),
)


@given(assets)
def test_what_enforce_aims_at_has_no_differences_and_every_other_state_has(asset: Asset) -> None:
    wanted = {key: each.etag for key, each in desired_delivery(asset, FILES, at=NOW).objects.items()}
    assert differences(asset, FILES, wanted, at=NOW) == []
    for key in wanted:
        left = {other: etag for other, etag in wanted.items() if other != key}
        assert [d[:2] for d in differences(asset, FILES, left, at=NOW)] == [(key, Kind.MISSING)]
        assert [d[:2] for d in differences(asset, FILES, wanted | {key: "x"}, at=NOW)] == [(key, Kind.OTHER_BYTES)]
    for key in RIGHT.keys() - wanted.keys():
        found = differences(asset, FILES, wanted | {key: "x"}, at=NOW)
        assert [d[:2] for d in found] == [(key, Kind.UNEXPECTED)]
        assert found[0].reason


@pytest.mark.parametrize(
    ("changes", "key", "reason"),
    [
        ({}, f"{PREFIX}/planted.jpg", "there is no such rendition"),
        ({}, f"{ASSET.asset_id}/planted.jpg", "the asset is at generation 1"),
        ({}, f"{ASSET.asset_id}", "the asset is at generation 1"),
        ({"generation": 2}, f"{PREFIX}/web-320.jpg", "the asset is at generation 2"),
        ({}, f"{ASSET.asset_id}/g1/{OTHER.version_id}/web-320.jpg", f"version {VERSION.version_id} is shown"),
        ({"status": AssetStatus.WITHDRAWN}, f"{PREFIX}/web-320.jpg", "the asset is withdrawn"),
        ({"rendered": None}, f"{PREFIX}/web-320.jpg", "nothing of the asset is rendered completely"),
        ({"rights": None}, f"{PREFIX}/web-320.jpg", "web: no_rights"),
        ({"rights": some.rights(usages=(Usage.WEB,))}, f"{PREFIX}/print-a4.tif", "print: usage_not_licensed"),
        ({"rights": some.rights(windows=(Window(ends=NOW),))}, f"{PREFIX}/web-320.jpg", "web: expired"),
        ({"rights": some.rights(windows=(Window(starts=NOW + HOUR),))}, f"{PREFIX}/web-320.jpg", "web: embargoed"),
    ],
)
def test_what_must_not_be_reached_is_named_with_its_reason(changes: dict[str, object], key: str, reason: str) -> None:
    found = differences(ASSET.model_copy(update=changes), FILES, {key: "x"}, at=NOW)
    assert Difference(key, Kind.UNEXPECTED, reason) in found


def test_nothing_of_an_asset_that_there_is_not_may_be_reached() -> None:
    assert differences(None, [], {"stranger/x.jpg": "x"}, at=NOW) == [
        Difference("stranger/x.jpg", Kind.UNEXPECTED, "there is no such asset")
    ]
