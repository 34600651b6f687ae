"""The perceptual hash of a picture: alike for copies that were resized, encoded anew, brightened or turned grey.

The picture is brought to 32 × 32 cells and taken apart into waves (DCT-II). Of the 192 longest waves of its brightness,
each gives one bit: its sign. Brightness and contrast move no sign. Of the 8 longest of each of its two colour
differences, each says whether it is clearly above neutral, clearly below, or neither.

From the cells on, all is arithmetic of integers, the same on every machine. The cells come from decoders and libvips,
which may differ by a level in 255 between formats and processors: that turns the signs of waves that are all but
absent, a few bits, for which the distance has room.
"""

import math
from typing import Any

from assetwire.domain.similarity import BANDS, COLOUR_BITS, SHAPE_BITS

EDGE = 512
"""Longest edge (pixels) that a picture should be hashed at: callers that agree on it find the nearest hashes."""

_SIDE, _FINE = 32, 128
_ONE = 1 << 14
"""The value 1 among the wave's integers."""
_UNIT = 256 * _ONE * _ONE * _SIDE * _SIDE
"""What a wave gives whose mean size is one level of 255: weights of 256, both waves, the number of cells."""
_PRESENT = _UNIT // 10
"""From this size on a wave is taken to be in the picture."""
_ENOUGH = 24
"""Waves of 192 that must be present: with fewer, most signs are noise, or alike in all blank pictures."""
_COLOURED = _UNIT
"""From this size on a colour difference counts as clear."""


def _longest(count: int, *, mean: bool) -> tuple[tuple[int, int], ...]:
    """Return the frequencies (down, across) of the longest waves; with or without the mean."""
    every = [(v, u) for v in range(_SIDE) for u in range(_SIDE) if mean or u or v]
    return tuple(sorted(every, key=lambda wave: (wave[0] ** 2 + wave[1] ** 2, wave))[:count])


_SHAPE = _longest(SHAPE_BITS, mean=False)
_COLOUR = _longest(COLOUR_BITS // 2, mean=True)
_HIGHEST = max(max(wave) for wave in _SHAPE) + 1
_WAVES = tuple(
    tuple(round(math.cos(math.pi * (2 * x + 1) * u / (2 * _SIDE)) * _ONE) for x in range(_SIDE))
    for u in range(_HIGHEST)
)


def perceptual_hash(image: Any) -> str | None:
    """Return the hash of a picture (8-bit sRGB) in hexadecimal; None for one too plain to be told from others."""
    if image.hasalpha():
        image = image.flatten(background=[255] * (image.bands - 1))
    if image.bands < 3:
        image = image.colourspace("srgb")
    cells = image.thumbnail_image(_FINE, height=_FINE, size="force").shrink(_FINE // _SIDE, _FINE // _SIDE)
    samples = bytes(cells.cast("uchar").write_to_memory())
    colours = list(zip(samples[::3], samples[1::3], samples[2::3], strict=True))
    # ITU-R BT.601, in parts of 256.
    shape = _transformed([77 * r + 150 * g + 29 * b for r, g, b in colours], _SHAPE)
    if sum(abs(size) >= _PRESENT for size in shape) < _ENOUGH:
        return None
    blue = _transformed([-43 * r - 85 * g + 128 * b for r, g, b in colours], _COLOUR)
    red = _transformed([128 * r - 107 * g - 21 * b for r, g, b in colours], _COLOUR)
    colour = blue + red
    # Every 16th wave into one band, so that each holds long waves and short ones: bands of long waves alone would be
    # the same in all product photographs on white.
    ordered = [shape[at] > 0 for band in range(BANDS) for at in range(band, SHAPE_BITS, BANDS)]
    return _hexadecimal([*ordered, *(size >= _COLOURED for size in colour), *(size <= -_COLOURED for size in colour)])


def _transformed(cells: list[int], waves: tuple[tuple[int, int], ...]) -> list[int]:
    """Return how much of each wave there is in 32 × 32 cells."""
    highest = max(max(wave) for wave in waves) + 1
    rows = [cells[at : at + _SIDE] for at in range(0, _SIDE * _SIDE, _SIDE)]
    across = [[_product(row, _WAVES[u]) for row in rows] for u in range(highest)]
    return [_product(across[u], _WAVES[v]) for v, u in waves]


def _product(one: list[int], other: tuple[int, ...]) -> int:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _hexadecimal(bits: list[bool]) -> str:
    value = 0
    for bit in bits:
        value = value << 1 | bit
    return f"{value:0{len(bits) // 4}x}"
