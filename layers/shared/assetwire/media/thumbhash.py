"""ThumbHash: a placeholder of a picture in about 25 bytes, with its shape, its colours and its transparency.

Brightness, two colour differences and opacity are each taken apart into waves (DCT-II), of which the longest are kept
in 4 bits. Source: Evan Wallace, ThumbHash, https://evanw.github.io/thumbhash/.
"""

import math
from collections.abc import Sequence
from itertools import chain
from operator import mul
from typing import NamedTuple

LARGEST = 100
"""Pixels of an edge at the most: more would not change the hash, and cost time."""
_LUMINANCE, _LUMINANCE_BESIDE_ALPHA, _CHROMINANCE, _ALPHA = 7, 5, 3, 5
"""Waves along the longest edge."""
_NOTHING = 1e-9
"""A wave below this is what rounding leaves of none: it would be half a step up on one machine and down on another."""


class _Channel(NamedTuple):
    mean: float
    waves: list[float]
    """The size of each wave but the mean, 0 to 1; 0.5 is none."""
    scale: float
    """What 1 means among them."""


def thumbhash(width: int, height: int, rgba: bytes) -> bytes:
    """Return the ThumbHash of a picture of at most 100 × 100 pixels, four bytes each: red, green, blue, opacity.

    Raises:
        ValueError: it is larger, empty, or has another number of bytes.
    """
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST) or len(rgba) != 4 * width * height:
        raise ValueError(f"{len(rgba)} bytes are no picture of {width} × {height} pixels")
    opacity = [value / 255 for value in rgba[3::4]]
    opaque = sum(opacity)
    has_alpha = opaque < width * height
    red, green, blue = (_on_average(rgba[at::4], opacity, opaque) for at in range(3))
    longest, limit = max(width, height), _LUMINANCE_BESIDE_ALPHA if has_alpha else _LUMINANCE
    across, down = max(1, _round(limit * width / longest)), max(1, _round(limit * height / longest))
    brightness = [(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)]
    yellow_blue = [(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)]
    red_green = [r - g for r, g in zip(red, green, strict=True)]
    size = width, height
    light = _encoded(brightness, size, max(3, across), max(3, down))
    yellow = _encoded(yellow_blue, size, _CHROMINANCE, _CHROMINANCE)
    reddish = _encoded(red_green, size, _CHROMINANCE, _CHROMINANCE)
    channels = [light, yellow, reddish]
    is_landscape = width > height
    first = _packed(
        (_round(63 * light.mean), 6),
        (_round(31.5 + 31.5 * yellow.mean), 6),
        (_round(31.5 + 31.5 * reddish.mean), 6),
        (_round(31 * light.scale), 5),
        (has_alpha, 1),
    )
    second = _packed(
        (down if is_landscape else across, 3),
        (_round(63 * yellow.scale), 6),
        (_round(63 * reddish.scale), 6),
        (is_landscape, 1),
    )
    head = first.to_bytes(3, "little") + second.to_bytes(2, "little")
    if has_alpha:
        alpha = _encoded(opacity, size, _ALPHA, _ALPHA)
        channels.append(alpha)
        head += bytes([_packed((_round(15 * alpha.mean), 4), (_round(15 * alpha.scale), 4))])
    nibbles = [_round(15 * wave) for wave in chain.from_iterable(channel.waves for channel in channels)]
    nibbles += [0] * (len(nibbles) % 2)
    return head + bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))


def _on_average(samples: bytes, opacity: Sequence[float], opaque: float) -> list[float]:
    """Return a colour, 0 to 1, standing on its own average where the picture is transparent."""
    shown = [value / 255 * share for value, share in zip(samples, opacity, strict=True)]
    average = sum(shown) / opaque if opaque else 0.0
    return [average * (1 - share) + value for value, share in zip(shown, opacity, strict=True)]


def _encoded(samples: Sequence[float], size: tuple[int, int], across: int, down: int) -> _Channel:
    """Take samples apart into waves: those of the triangle of long ones, row by row, the mean first."""
    width, height = size
    rows = [samples[at : at + width] for at in range(0, width * height, width)]
    swings = [[math.cos(math.pi / width * u * (x + 0.5)) for x in range(width)] for u in range(across)]
    by_column = [[sum(map(mul, row, swing)) for row in rows] for swing in swings]
    found = []
    for v in range(down):
        swing = [math.cos(math.pi / height * v * (y + 0.5)) for y in range(height)]
        for u in range(across):
            if u * down < across * (down - v):
                wave = sum(map(mul, by_column[u], swing)) / (width * height)
                found.append(wave if abs(wave) >= _NOTHING else 0.0)
    mean, *waves = found
    scale = max(map(abs, waves))
    return _Channel(mean, [0.5 + 0.5 / scale * wave for wave in waves] if scale else waves, scale)


def _packed(*values: tuple[int, int]) -> int:
    """Return values in so many bits each as one number, the first in the lowest."""
    number = place = 0
    for value, bits in values:
        number |= int(value) << place
        place += bits
    return number


def _round(value: float) -> int:
    return math.floor(value + 0.5)
