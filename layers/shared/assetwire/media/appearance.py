"""How a picture looks: its dominant colour, a placeholder, how white its border is, and whether any is transparent.

All of it is measured on a picture that was shrunk for something else already, so it costs a few milliseconds.
"""

import base64
from collections import Counter
from typing import Any

from assetwire.domain.inspection import Appearance
from assetwire.media.thumbhash import thumbhash

_SMALL = 64
"""Longest edge (pixels) of what colours and the placeholder are taken from: it has more detail than either keeps."""
_BORDER = 64
"""The border is this part of the shortest edge, on each side: thicker than a fringe, thinner than a margin."""
_OPAQUE = 128
"""Opacity (of 255) from which on a pixel's colour counts."""
_WHITE = [255, 255, 255]


def appearance(image: Any) -> Appearance:
    """Return how a picture looks (8-bit sRGB, with or without alpha)."""
    if image.bands < 3:
        image = image.colourspace("srgb")
    has_transparency = bool(image.hasalpha() and image[image.bands - 1].min() < 255)
    shown = image.flatten(background=_WHITE) if image.hasalpha() else image
    small = image.thumbnail_image(_SMALL, height=_SMALL, size="down")
    rgba = bytes((small if small.hasalpha() else small.addalpha()).cast("uchar").write_to_memory())
    return Appearance(
        dominant_colour=_dominant(rgba),
        thumbhash=base64.b64encode(thumbhash(small.width, small.height, rgba)).decode(),
        white_border=round(_white_border(shown), 4),
        has_transparency=has_transparency,
    )


def _dominant(rgba: bytes) -> str:
    """Return the mean of the pixels in the fullest of 16 × 16 × 16 cells of colour; white if all is transparent.

    Of cells that are equally full, the first in the order of their colours counts.
    """
    pixels = [(r, g, b) for r, g, b, a in zip(*[iter(rgba)] * 4, strict=True) if a >= _OPAQUE]
    cells = Counter((r >> 4, g >> 4, b >> 4) for r, g, b in pixels)
    if not cells:
        return "#ffffff"
    fullest = min(cells, key=lambda cell: (-cells[cell], cell))
    inside = [pixel for pixel in pixels if (pixel[0] >> 4, pixel[1] >> 4, pixel[2] >> 4) == fullest]
    return "#" + "".join(f"{round(sum(samples) / len(inside)):02x}" for samples in zip(*inside, strict=True))


def _white_border(image: Any) -> float:
    """Return the share of an opaque picture's border that is pure white."""
    white = (image == _WHITE).bandand()
    thick = max(1, min(image.width, image.height) // _BORDER)
    if 2 * thick >= min(image.width, image.height):
        return float(white.avg()) / 255
    inside = white.crop(thick, thick, image.width - 2 * thick, image.height - 2 * thick)
    every, within = image.width * image.height, inside.width * inside.height
    return float((white.avg() * every - inside.avg() * within) / 255 / (every - within))
