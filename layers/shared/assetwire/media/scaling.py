"""Resample pictures: to a size, with a named kernel; and bring large ones out of memory."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyvips

from assetwire.media.colours import PROFILE, has_profile, with_profile

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
    """Return a picture whose pixels are made, so that many can use them: in memory, or in a temporary file if large."""
    if image.width * image.height * image.bands * (2 if image.format == "ushort" else 1) <= IN_MEMORY:
        return image.copy_memory()
    said = {"format": image.format, "interpretation": image.interpretation}
    with temporary() as file:
        image.rawsave(file)
        kept = pyvips.Image.rawload(file, image.width, image.height, image.bands, **said)
    return with_profile(kept, image.get(PROFILE)) if has_profile(image) else kept


@contextmanager
def temporary() -> Iterator[str]:
    """Give the name of a new file, which is gone afterwards: whoever opened it by then reads it to its own end."""
    descriptor, name = tempfile.mkstemp(prefix="pixels-")
    os.close(descriptor)
    try:
        yield name
    finally:
        Path(name).unlink()
