"""Who keeps delivered files, and for how long."""

import pytest

from assetwire.domain.caching import EdgeSeconds, cache_control, cache_tag, media_type_of

EDGE = EdgeSeconds(pictures=1, films=2, others=3)


@pytest.mark.parametrize(
    ("name", "media_type", "seconds"),
    [
        ("web-320.jpg", "image/jpeg", 1),
        ("web-320.avif", "image/avif", 1),
        ("print-a4.tif", "image/tiff", 1),
        ("video-480.mp4", "video/mp4", 2),
        ("video-480.webm", "video/webm", 2),
        ("sound.m4a", "audio/mp4", 2),
        ("spin.json", "application/json", 3),
        ("what.ever", "application/octet-stream", 3),
        ("none", "application/octet-stream", 3),
    ],
)
def test_a_file_is_kept_at_the_edge_by_what_it_is_and_a_minute_in_browsers(
    name: str, media_type: str, seconds: int
) -> None:
    assert media_type_of(name) == media_type
    assert cache_control(media_type, EDGE) == f"public, max-age=60, s-maxage={seconds}"


def test_all_of_an_asset_is_forgotten_by_one_word() -> None:
    assert cache_tag("a1") == "asset:a1"
