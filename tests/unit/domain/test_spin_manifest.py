"""The manifest of a spin: what is one, and what its references name."""

import json
from typing import Any

import pytest

from assetwire.domain.errors import InvalidRequest, NotUnderstood
from assetwire.domain.spin_manifest import LARGEST_MANIFEST, SpinManifest, asset_named, key_named, parse_manifest
from fakes import some

FRAMES = [f"{number:02}.jpg" for number in range(24)]


def parsed(**said: Any) -> SpinManifest:
    return parse_manifest(json.dumps({"spin": 1, "frames": FRAMES} | said).encode())


def test_a_manifest_names_its_frames_in_order_and_its_rows() -> None:
    assert (parsed().rows, parsed().across, parsed().frames) == (1, 24, tuple(FRAMES))
    assert (parsed(rows=2).across, parsed(rows=3, columns=8).across) == (12, 8)
    assert parse_manifest(parsed(rows=2).text().encode()) == parsed(rows=2, columns=12)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"frames": FRAMES[:7]}, "at least 8"),
        ({"frames": FRAMES * 16}, "at most 360"),
        ({"rows": 5}, "do not fill 5 rows"),
        ({"rows": 2, "columns": 10}, "do not fill"),
        ({"spin": 2}, "spin"),
        ({"frames": [*FRAMES, ""]}, "frames.24"),
        ({"speed": 3}, "speed"),
    ],
)
def test_what_is_no_manifest_says_where_it_is_wrong(said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(NotUnderstood, match=wrong) as refused:
        parsed(**said)
    assert refused.value.code == "invalid_spin"


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b" " * (LARGEST_MANIFEST + 1)])
def test_what_is_no_json_is_no_manifest(data: bytes) -> None:
    with pytest.raises(NotUnderstood):
        parse_manifest(data)


def test_a_frame_is_named_by_an_asset_or_by_a_key_beside_the_manifest() -> None:
    assert asset_named(some.asset_id()) == some.asset_id()
    assert asset_named("01.jpg") is None
    assert key_named("01.jpg", "shoes/red/a.spin.json") == "shoes/red/01.jpg"
    assert key_named("frames/01.jpg", "a.spin.json") == "frames/01.jpg"
    assert key_named("/other/01.jpg", "shoes/red/a.spin.json") == "other/01.jpg"
    for wrong in ("../01.jpg", "a//b.jpg", "/"):
        with pytest.raises(InvalidRequest):
            key_named(wrong, "shoes/a.spin.json")
