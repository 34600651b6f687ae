"""Pictures of what has no pixels of its own: vector drawings, and the first page of a document."""

from pathlib import Path
from typing import Any

import pyvips

from assetwire.domain.errors import Undecodable
from assetwire.media.engine import in_memory
from assetwire.media.svg import LARGEST_FILE, sanitised, size

LARGEST = 4096
"""Pixels of an edge at the most that anything is drawn at."""


def drawing(file: Path, *, width: int, height: int) -> Any:
    """Return an SVG, sanitised, drawn as large as fits within this size.

    Raises:
        Undecodable: the sanitiser refuses it.
    """
    with file.open("rb") as opened:
        clean = sanitised(opened.read(LARGEST_FILE + 1))
    natural = size(clean)
    scale = min(min(width, LARGEST) / natural[0], min(height, LARGEST) / natural[1])
    image = pyvips.Image.svgload_buffer(clean, dpi=96, scale=scale)
    if max(image.width, image.height) > 2 * LARGEST:
        raise Undecodable("the drawing's size cannot be told")
    return image.copy_memory()


def first_page(file: Path, *, width: int, height: int) -> Any:
    """Return the first page of a PDF, as `page_of` does."""
    return page_of(file, 0, width=width, height=height)


def page_of(file: Path, number: int, *, width: int, height: int) -> Any:
    """Return a page of a PDF, counted from 0, on white, as large as fits within this size: no form is filled.

    No script runs either.

    Raises:
        Undecodable: it has no such page, or a page without a size.
    """
    import pypdfium2  # noqa: PLC0415  a drawing needs none of it

    document = pypdfium2.PdfDocument(file)
    try:
        if len(document) <= number:
            raise Undecodable("the document has no page" if number == 0 else f"the document has no page {number + 1}")
        page = document[number]
        across, down = page.get_size()
        if not (across > 0 and down > 0):
            raise Undecodable("the page has no size")
        scale = min(min(width, LARGEST) / across, min(height, LARGEST) / down)
        # pypdfium2 rounds sizes up: a hair less keeps a size that fits exactly.
        bitmap = page.render(
            scale=scale * (1 - 1e-9),
            may_draw_forms=False,
            fill_color=(255, 255, 255, 255),
            rev_byteorder=True,
            prefer_bgrx=True,
        )
        pixels = in_memory(bytes(bitmap.buffer), bitmap.width, bitmap.height, 4, stride=bitmap.stride)
        return pixels.extract_band(0, n=3).copy_memory()
    finally:
        document.close()
