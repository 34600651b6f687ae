"""Drawings: SVG, of which nothing is believed before the sanitiser has let it through."""

from pathlib import Path

from assetwire.domain.inspection import Kind
from assetwire.media.readers.facts import Facts
from assetwire.media.svg import LARGEST_FILE, sanitised, size


def read(file: Path, media_type: str) -> Facts:
    """Read the size of a drawing, in CSS pixels, rounded up.

    Raises:
        Undecodable: the sanitiser refuses it.
    """
    with file.open("rb") as opened:
        width, height = size(sanitised(opened.read(LARGEST_FILE + 1)))
    return Facts(
        kind=Kind.IMAGE,
        media_type=media_type,
        width=max(1, round(width)),
        height=max(1, round(height)),
        technical={"orientation": 1, "colour_space": "srgb", "vector": True},
    )
