"""The perceptual hash of a picture: alike for copies that were resized, encoded anew or brightened."""

import math
from typing import Any

SIDE = 32
_BASIS = tuple(
    tuple(round(math.cos(math.pi * (2 * x + 1) * u / (2 * SIDE)) * 4096) for x in range(SIDE)) for u in range(17)
)


def perceptual_hash(image: Any) -> str | None:
    """Return the hash of a picture in hexadecimal; None for one that has too little in it to be told from others."""
    if image.hasalpha():
        image = image.flatten(background=[255, 255, 255] if image.bands > 2 else [255])
    grey = image.colourspace("b-w").cast("uchar")
    small = grey.thumbnail_image(SIDE, height=SIDE, size="force").write_to_memory()
    pixels = [small[row * SIDE : (row + 1) * SIDE] for row in range(SIDE)]
    rows = [[sum(p * c for p, c in zip(row, basis, strict=True)) for basis in _BASIS] for row in pixels]
    columns = list(zip(*rows, strict=True))
    coefficients = [
        sum(p * c for p, c in zip(columns[u], _BASIS[v], strict=True)) for u in range(17) for v in range(17) if (u or v)
    ][:256]
    value = 0
    for coefficient in coefficients:
        value = value << 1 | (coefficient > 0)
    if sum(abs(c) for c in coefficients) < 256 * 4096 * 4096:
        return None
    return f"{value:064x}"
