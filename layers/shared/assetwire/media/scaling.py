"""Resample pictures: to a size, with a named kernel; and bring large ones out of memory."""

from typing import Any

import pyvips

IN_MEMORY = 96 * 1024**2
"""Bytes of pixels up to which a picture is kept in memory; larger ones are kept in a temporary file, read as mapped.

3508 × 3508 pixels of four inks, the largest that the shipped profiles ask for, are 47 MiB.
"""


def scaled(image: Any, width: int, height: int, kernel: str = "lanczos3") -> Any:
    """Return a picture at exactly this size; what is transparent lends no colour to what is not."""
    if (image.width, image.height) == (width, height):
        return image
    across, down = width / image.width, height / image.height
    if not image.hasalpha():
        return _exactly(image.resize(across, vscale=down, kernel=kernel), width, height)
    whole = rounded(image.premultiply(), like=image)
    return rounded(
        _exactly(whole.resize(across, vscale=down, kernel=kernel), width, height).unpremultiply(), like=image
    )


def rounded(image: Any, *, like: Any) -> Any:
    """Return a picture in the samples of another, to the nearest: a bare cast cuts off, and darkens at every step."""
    return image.rint().cast(like.format).copy(interpretation=like.interpretation)


def _exactly(image: Any, width: int, height: int) -> Any:
    """Return a picture without what rounding gave it too much, or with its last row or column once more."""
    if (image.width, image.height) == (width, height):
        return image
    return image.embed(0, 0, width, height, extend="copy")


def settled(image: Any) -> Any:
    """Return a picture whose pixels are made, so that many can use them: in memory, or in a temporary file if large.

    The file has no name that could be left behind: it is removed once the picture is used no more.
    """
    if image.width * image.height * image.bands * (2 if image.format == "ushort" else 1) <= IN_MEMORY:
        return image.copy_memory()
    kept = pyvips.Image.new_temp_file("%s.v")
    image.write(kept)
    return kept
