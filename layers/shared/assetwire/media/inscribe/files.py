"""Which blocks go into a file of which format, and how they get there."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from assetwire.domain.inscription import Inscription
from assetwire.domain.spec import Format
from assetwire.media.inscribe import boxes, chunks, segments, tiff
from assetwire.media.inscribe.blocks import Blocks
from assetwire.media.inscribe.datasets import datasets
from assetwire.media.inscribe.packet import packet
from assetwire.media.inscribe.tags import tags


class _Container(NamedTuple):
    """How one format holds blocks: as pieces that make a new file, or added to the file itself."""

    pieces: Callable[[bytes, Blocks], Sequence[bytes | memoryview]] | None = None
    added: Callable[[Path, Blocks], None] | None = None


_CONTAINERS = {
    Format.JPEG: _Container(pieces=segments.jpeg),
    Format.PNG: _Container(pieces=chunks.png),
    Format.WEBP: _Container(pieces=chunks.webp),
    Format.GIF: _Container(pieces=segments.gif),
    Format.AVIF: _Container(pieces=boxes.avif),
    Format.TIFF: _Container(added=tiff.tiff),
}
"""JPEG and TIFF hold all three blocks; PNG, WebP and AVIF have no place for IIM, GIF none but for XMP."""


def inscribe(file: Path, format_: Format, inscription: Inscription) -> None:
    """Write an inscription into a file that holds no metadata yet, as an encoder left it; an empty one changes nothing.

    Raises:
        Malformed: the file is not of this format, or of a variant that our encoders do not write.
    """
    fields = inscription.fields
    if not fields:
        return
    blocks = Blocks(packet(fields), datasets(fields), tags(fields))
    container = _CONTAINERS[format_]
    if container.added is not None:
        container.added(file, blocks)
    if container.pieces is not None:
        pieces = container.pieces(file.read_bytes(), blocks)
        with file.open("wb") as opened:
            opened.writelines(pieces)
