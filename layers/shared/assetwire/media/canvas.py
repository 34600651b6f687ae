"""Canvases: a scaled picture, sharpened, on its background, in its box."""

from typing import Any

import pyvips

from assetwire.domain.plan import Canvas
from assetwire.media.colours import numbers
from assetwire.media.scaling import rounded

_BINOMIAL = [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
_UNIT = 160
"""What the weights of sharpening are parts of."""


def drawn(image: Any, canvas: Canvas) -> Any:
    """Return the pixels of a canvas: of one picture, or of one frame of what moves."""
    if canvas.sharpen:
        image = _sharpened(image, canvas.sharpen)
    if canvas.opaque and image.hasalpha():
        image = image.flatten(background=numbers(canvas.background, image))
    if (image.width, image.height) == canvas.box:
        return image
    background = [*numbers(canvas.background, image), *([255.0] if image.hasalpha() else [])]
    return image.gravity("centre", *canvas.box, extend="background", background=background)


def _sharpened(image: Any, amount: float) -> Any:
    """Return a picture plus so much of its difference from its 3 × 3 binomial mean: an unsharp mask of one pixel."""
    if image.hasalpha():
        return _sharpened_within(image, amount)
    weights = [[round(-_UNIT * amount * weight / 16) for weight in row] for row in _BINOMIAL]
    weights[1][1] += _UNIT - sum(map(sum, weights))
    return image.conv(pyvips.Image.new_from_array(weights, scale=_UNIT), precision="integer")


def _sharpened_within(image: Any, amount: float) -> Any:
    """Sharpen what is seen against what is seen around it: where a silhouette ends there is no edge to enhance."""
    mean = image.premultiply().conv(pyvips.Image.new_from_array(_BINOMIAL, scale=16)).unpremultiply()
    colours, alpha = image.extract_band(0, n=image.bands - 1), image.extract_band(image.bands - 1)
    sharp = colours.linear(1 + amount, 0) - mean.extract_band(0, n=image.bands - 1).linear(amount, 0)
    return rounded(sharp.bandjoin(alpha), like=image)
