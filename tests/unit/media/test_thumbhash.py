"""ThumbHash: the same bytes as the algorithm's own implementation gives."""

import base64
from collections.abc import Callable

import pytest

from assetwire.media.thumbhash import thumbhash

Pixel = tuple[int, int, int, int]


def rgba(width: int, height: int, pixel: Callable[[int, int], Pixel]) -> bytes:
    return bytes(value % 256 for y in range(height) for x in range(width) for value in pixel(x, y))


def disc(x: int, y: int) -> int:
    return 255 if (x - 13) ** 2 + (y - 17) ** 2 < 150 else 0


def nibbles(found: bytes) -> list[int]:
    return [part for byte in found for part in (byte & 15, byte >> 4)]


# Every expected hash here is that of npm's thumbhash 0.1.1 for these pixels.


@pytest.mark.parametrize(
    ("width", "height", "pixel", "expected"),
    [
        (
            *(33, 17),
            lambda x, y: ((x * 7919 + y * 104729) % 251, (x * 31 + y * 17) % 253, (x * x + y * y) % 255, 255),
            "XvgBFIIBQpgSQKUkSKnt36v2hw==",
        ),
        (32, 32, lambda x, y: (200, 40 + x, 40 + y * x // 5, disc(x, y)), "XCmDDQA3MI2De8m5d89+9YyHG2d1eGCJZw=="),
        (48, 20, lambda x, y: (x * 5, 128, 255 - y * 10, x * x // 11 + 5 * y), "oyeGGogmsIZveHaFsAmaeIB4ZGmHd4c="),
        (10, 10, lambda x, y: (0, 0, 0, 0), "AAiCBQAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
        (100, 1, lambda x, y: (x % 7 * 30, x, 0, 255), "C0oaiZR2d3eIiAiJdoiwhwg="),
        (100, 100, lambda x, y: (x * y, x ^ y, x, 255), "U3kGJwRwdndFeIeHdnh3d4eH91d1WfkF"),
    ],
    ids=["noise", "cutout", "glass", "nothing", "one row", "the largest"],
)
def test_a_hash_is_the_reference_implementations(
    width: int, height: int, pixel: Callable[[int, int], Pixel], expected: str
) -> None:
    assert base64.b64encode(thumbhash(width, height, rgba(width, height, pixel))).decode() == expected


@pytest.mark.parametrize(
    ("width", "height", "pixel", "expected"),
    [
        (40, 30, lambda x, y: (x * x // 7, y * 8, (x + y) * 3, 255), "2KcNFZiQh4dweHiHh3iIh/pwGPmI"),
        (20, 64, lambda x, y: (255 - y * y // 17, x * 12, 90, 255), "n3kKMhhwj2eIeId4cH/2+Gc="),
    ],
    ids=["landscape", "portrait"],
)
def test_a_wave_that_is_not_there_is_half_a_step_off_at_the_most(
    width: int, height: int, pixel: Callable[[int, int], Pixel], expected: str
) -> None:
    # Where a wave is none, the reference rounds what its sum left of 7.5 up or down; here it is always up.
    reference = base64.b64decode(expected)
    found = thumbhash(width, height, rgba(width, height, pixel))
    assert found[:5] == reference[:5]
    differing = [(a, b) for a, b in zip(nibbles(found), nibbles(reference), strict=True) if a != b]
    assert differing
    assert set(differing) == {(8, 7)}


@pytest.mark.parametrize(("colour", "reference"), [((255, 255, 255), "PwgCBwBa"), ((12, 200, 99), "GogABwBd")])
def test_a_plain_picture_has_its_colour_and_no_noise_of_rounding(colour: tuple[int, ...], reference: str) -> None:
    found = thumbhash(10, 10, rgba(10, 10, lambda x, y: (*colour, 255)))
    # Colours and scales are the reference's; its waves, of scale 0, are what rounding left there.
    assert found[:5] == base64.b64decode(reference)[:5]
    assert set(found[5:]) == {0}


@pytest.mark.parametrize(
    ("width", "height", "size"), [(101, 1, 404), (1, 101, 404), (0, 5, 0), (5, 0, 0), (2, 2, 15), (2, 2, 17)]
)
def test_what_is_no_picture_is_refused(width: int, height: int, size: int) -> None:
    with pytest.raises(ValueError, match="no picture"):
        thumbhash(width, height, bytes(size))
