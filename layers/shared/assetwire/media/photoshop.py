"""Photoshop documents: the flattened picture that they keep, read in strips and shrunk while it is read.

A document of 1 GB has hundreds of megapixels, plane after plane: no more of it is held than what it is shrunk to.
Source: Adobe Photoshop File Formats Specification (2019): file header, layer and mask information, image data.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import pyvips
from PIL import Image

from assetwire.domain.errors import Undecodable
from assetwire.media import scaling
from assetwire.media.colours import with_profile

MODES = {
    0: ("b-w", 1),
    1: ("b-w", 1),
    2: ("srgb", 1),
    3: ("srgb", 3),
    4: ("cmyk", 4),
    7: ("multiband", 1),
    8: ("b-w", 1),
    9: ("lab", 3),
}
"""Colour modes: libvips' name of the space, and the channels that it has without transparency."""
IN_STRIPS = frozenset({1, 3, 4, 8})
"""Modes that are read here: grey, RGB, CMYK, and duotone, whose channel is grey."""
_RAW, _PACKED = 0, 1
_STRIP = 8 * 1024**2
"""Bytes of samples that are decoded at once, about."""
_MOST_RESOURCES = 5_000
_LARGEST_PROFILE = 4 * 1024**2
_PROFILE, _VERSION = 1039, 1057


class Document(NamedTuple):
    """What the sections before the picture say; sizes in pixels."""

    large: bool
    channels: int
    height: int
    width: int
    bits: int
    mode: int
    transparent: bool
    """Whether the first channel behind the colours is the flattened picture's transparency, and no saved selection."""
    flattened: bool
    """Whether the document keeps a flattened picture: without, its place is filled with white."""
    profile: tuple[int, int]
    """Where its ICC profile stands, and the bytes of it; none of 0 bytes."""
    at: int
    """Where the picture's data begin."""

    @property
    def planes(self) -> int:
        """How many of its channels are shown."""
        return MODES[self.mode][1] + self.transparent


def read_document(file: Path) -> Document:
    """Read what stands before the picture: the header, and where the sections are.

    Raises:
        Undecodable: it is damaged.
    """
    with file.open("rb") as opened:
        head = opened.read(26)
        version, channels = int.from_bytes(head[4:6], "big"), int.from_bytes(head[12:14], "big")
        height, width = int.from_bytes(head[14:18], "big"), int.from_bytes(head[18:22], "big")
        bits, mode = int.from_bytes(head[22:24], "big"), int.from_bytes(head[24:26], "big")
        if len(head) < 26 or version not in {1, 2} or not 1 <= channels <= 56:
            raise Undecodable("the header is damaged")
        if bits not in {1, 8, 16, 32} or mode not in MODES or not width or not height:
            raise Undecodable("the header is damaged")
        resources_at = 26 + 4 + _number(opened, 26, 4)
        layers_at = resources_at + 4 + _number(opened, resources_at, 4)
        profile, flattened = _resources(opened, resources_at + 4, layers_at)
        wide = 8 if version == 2 else 4
        length = _number(opened, layers_at, wide)
        layers = _number(opened, layers_at + 2 * wide, 2) if length >= wide + 2 else 0
        transparent = layers >= 0x8000 and channels > MODES[mode][1]  # a negative count says so
        at = layers_at + wide + length
    return Document(version == 2, channels, height, width, bits, mode, transparent, flattened, profile, at)


def _number(opened: IO[bytes], at: int, size: int) -> int:
    opened.seek(at)
    data = opened.read(size)
    if len(data) < size:
        raise Undecodable("it is cut off before its picture")
    return int.from_bytes(data, "big")


def _resources(opened: IO[bytes], at: int, end: int) -> tuple[tuple[int, int], bool]:
    """Return where the ICC profile stands, and whether the document says that its flattened picture is real."""
    profile, flattened = (0, 0), True
    for _ in range(_MOST_RESOURCES):
        opened.seek(at)
        head = opened.read(7)
        if at + 12 > end or len(head) < 7:
            break
        name = head[6] + 1
        start = at + 6 + name + name % 2 + 4
        size = _number(opened, start - 4, 4)
        number = int.from_bytes(head[4:6], "big")
        if number == _PROFILE and size <= _LARGEST_PROFILE:
            profile = start, size
        elif number == _VERSION and size >= 5:
            flattened = _number(opened, start + 4, 1) != 0
        at = start + size + size % 2
    return profile, flattened


def flattened(file: Path, *, longest_edge: int) -> Any:
    """Return the flattened picture of a document of a mode in `IN_STRIPS`, with its profile, in 8 bits.

    It is shrunk while it is read, by whole numbers, and stays at least as long as `longest_edge` (pixels) if it is:
    twice as long, if that much fits into memory.

    Raises:
        Undecodable: it is damaged, or its data are packed in a way that Photoshop does not use for this picture.
    """
    document = read_document(file)
    times = _times(document, longest_edge)
    width, height = -(-document.width // times), -(-document.height // times)
    with file.open("rb") as opened:
        if len(data := _profile(opened, document)) < 2:
            data = b""
        strips = (
            _shrunk(rows, document, count, times)
            for plane in range(document.planes)
            for count, rows in _rows(opened, document, plane, times)
        )
        planes = _kept(strips, width, height, document.planes)
    space = MODES[document.mode][0]
    image = planes[0].bandjoin(planes[1:]) if planes[1:] else planes[0]
    if space == "cmyk":  # stored as light, not as ink
        inks = image.extract_band(0, n=4).invert()
        image = inks.bandjoin(planes[4]) if document.transparent else inks
    image = image.copy(interpretation=space)
    return with_profile(image, data) if data else image


def _times(document: Document, longest_edge: int) -> int:
    """Return by how much a picture is shrunk while it is read."""
    edge = max(document.width, document.height)
    halved = max(1, edge // (2 * longest_edge))
    held = document.width * document.height * document.planes // halved**2
    return halved if held <= scaling.IN_MEMORY else max(1, edge // longest_edge)


def _profile(opened: IO[bytes], document: Document) -> bytes:
    opened.seek(document.profile[0])
    return opened.read(document.profile[1])


def _rows(opened: IO[bytes], document: Document, plane: int, times: int) -> Iterator[tuple[int, bytes]]:
    """Yield the rows of one channel, as many at once as are decoded together, in samples as they are stored."""
    packing = _number(opened, document.at, 2)
    row = document.width * (2 if document.bits == 16 else 1)
    together = max(1, _STRIP // (row * times)) * times
    tops = range(0, document.height, together)
    start = document.at + 2
    if packing == _RAW:
        opened.seek(start + plane * row * document.height)
        for top in tops:
            count = min(together, document.height - top)
            yield count, _exactly(opened, count * row)
    elif packing == _PACKED:
        lengths = _lengths(opened, document, start, plane)
        opened.seek(next(lengths))
        for top in tops:
            count = min(together, document.height - top)
            packed = sum(itertools.islice(lengths, count))
            if packed > 2 * count * row + 2 * count:
                raise Undecodable("its rows are longer than rows can be")
            decoded = Image.frombytes("L", (row, count), _exactly(opened, packed), "packbits", "L")
            yield count, decoded.tobytes()
    else:
        raise Undecodable("its flattened picture is packed in a way that is not read: export a TIFF")


def _exactly(opened: IO[bytes], size: int) -> bytes:
    data = opened.read(size)
    if len(data) < size:
        raise Undecodable("it is cut off within its picture")
    return data


def _lengths(opened: IO[bytes], document: Document, start: int, plane: int) -> Iterator[int]:
    """Yield where the packed rows of a channel begin, then the bytes of each."""
    wide = 4 if document.large else 2
    opened.seek(start)
    table = _exactly(opened, wide * document.channels * document.height)
    lengths = memoryview(table).cast("B")
    rows = range(document.channels * document.height)
    before = rows[: plane * document.height]

    def at(row: int) -> int:
        return int.from_bytes(lengths[row * wide : (row + 1) * wide], "big")

    yield start + len(table) + sum(map(at, before))
    yield from map(at, rows[len(before) : len(before) + document.height])


def _shrunk(rows: bytes, document: Document, count: int, times: int) -> bytes:
    """Return rows in 8 bits, shrunk by the mean of each square."""
    samples = rows[::2] if document.bits == 16 else rows  # the upper byte comes first
    if times == 1:
        return samples
    return Image.frombytes("L", (document.width, count), samples).reduce(times).tobytes()


def _kept(strips: Iterator[bytes], width: int, height: int, planes: int) -> list[Any]:
    """Return the planes that strips make up: in memory, or in a temporary file that is gone once nobody reads it."""
    size = width * height
    if size * planes <= scaling.IN_MEMORY:
        whole, at = memoryview(bytearray(size * planes)), 0
        for strip in strips:
            whole[at : at + len(strip)] = strip
            at += len(strip)
        return [
            pyvips.Image.new_from_memory(whole[plane * size : (plane + 1) * size], width, height, 1, "uchar")
            for plane in range(planes)
        ]
    with scaling.temporary() as file:
        with Path(file).open("wb") as opened:
            opened.writelines(strips)
        return [pyvips.Image.rawload(file, width, height, 1, offset=plane * size) for plane in range(planes)]
