"""Renditions: where they stand, and what picture they are made of."""

from typing import Any

import pytest

from assetwire.domain.inspection import Kind
from assetwire.domain.rendition import WAVEFORM, picture_size
from fakes import some

PAGE = {"technical": {"page_width_points": 420, "page_height_points": 595}}


def test_the_key_of_a_rendition_names_its_version_and_what_it_was_made_by() -> None:
    version = some.version()
    rendition = some.rendition(version, digest="0123")
    assert rendition.key == f"{version.asset_id}/{version.version_id}/0123/web-320.jpg"


@pytest.mark.parametrize(
    ("facts", "size"),
    [
        ({"width": 300, "height": 200}, (300, 200)),
        ({"kind": Kind.VIDEO, "media_type": "video/mp4", "width": 1080, "height": 1920}, (1080, 1920)),
        ({"kind": Kind.AUDIO, "media_type": "audio/mpeg", "width": None, "height": None}, WAVEFORM),
        ({"kind": Kind.DOCUMENT, "media_type": "application/pdf", "metadata": PAGE}, (1412, 2000)),
        ({"kind": Kind.DOCUMENT, "media_type": "application/pdf"}, None),
        ({"media_type": "image/svg+xml", "width": 24, "height": 12}, (2000, 1000)),
        ({"kind": Kind.DOCUMENT, "media_type": "application/msword", "width": 420, "height": 595}, None),
        ({"width": None}, None),
    ],
)
def test_the_picture_of_a_master_has_its_size_or_that_of_a_drawing(
    facts: dict[str, Any], size: tuple[int, int] | None
) -> None:
    assert picture_size(some.inspection(**facts)) == size
