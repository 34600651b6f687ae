"""The blocks that are written into a file."""

from collections.abc import Mapping
from typing import NamedTuple


class Blocks(NamedTuple):
    """What is written, in each of the three languages that programs read; each may be empty, but XMP."""

    xmp: bytes
    """One packet."""
    iim: bytes
    """A stream of datasets."""
    exif: Mapping[int, bytes]
    """Strings, each with its closing zero, by the number of their tag."""
