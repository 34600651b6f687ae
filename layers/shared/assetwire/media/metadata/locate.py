"""Find the raw blocks of metadata in a file of any type, by bounded reads at the places that matter."""

import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from assetwire.media.metadata import boxes, pictures
from assetwire.media.metadata.blocks import LARGEST_BLOCK, Blocks, Malformed, Source

_SCANNED_HEAD, _SCANNED_TAIL, _PIECE = 8 * 1024**2, 8 * 1024**2, 1024**2
_BEGIN, _END = b"<?xpacket begin", b"<?xpacket end"
_OBJECT = re.compile(rb"/Metadata\s+(\d{1,9})\s+(\d{1,5})\s+R")

Walker = Callable[[Source, Blocks], None]


def locate(file: Path, media_type: str) -> Blocks:
    """Return the blocks of a file; nothing in it raises, what is wrong is in `warnings`."""
    blocks = Blocks()
    walker = WALKERS.get(media_type, scanned)
    try:
        with Source(file) as source:
            walker(source, blocks)
    except Exception as error:  # noqa: BLE001 - nothing in a file may raise out of its reader
        message = str(error) if isinstance(error, Malformed) else f"{type(error).__name__}: {error}"
        blocks.warn("malformed_container", message)
    return blocks


def pieces(file: Path) -> Iterator[bytes]:
    """Yield a text's first 16 MiB in pieces: an SVG's metadata, also of one that is compressed (SVGZ).

    Raises:
        Malformed: it is compressed, and damaged.
    """
    with file.open("rb") as opened:
        unpacker = zlib.decompressobj(wbits=31) if opened.read(2) == b"\x1f\x8b" else None
        opened.seek(0)
        for _ in range(256):
            try:
                piece = opened.read(65_536) if unpacker is None else _unpacked_piece(opened, unpacker)
            except zlib.error as error:
                raise Malformed("a compressed text is damaged") from error
            if not piece:
                return
            yield piece


def _unpacked_piece(opened: IO[bytes], unpacker: Any) -> bytes:
    """Return the next piece of what is compressed; nothing at its end."""
    piece = b""
    while not piece and not unpacker.eof:
        packed = unpacker.unconsumed_tail or opened.read(16_384)
        if not packed:
            break
        piece = unpacker.decompress(packed, 65_536)
    return bytes(piece)


def scanned(source: Source, blocks: Blocks) -> None:
    """Look for a packet's own marks, in files whose structure is not known here."""
    for data in _ends(source):
        begin = data.find(_BEGIN)
        if begin >= 0 and (end := data.find(_END, begin)) > 0 and end - begin <= LARGEST_BLOCK:
            blocks.xmp.append(data[begin : end + 19])
            return


def pdf(source: Source, blocks: Blocks) -> None:
    """Take the packet that a PDF's catalogue names, else the last one: pictures in it have packets of their own.

    Source: ISO 32000-1, 14.3.2. A catalogue within a compressed object stream is not read.
    """
    packets: list[bytes] = []
    for data in reversed(list(_ends(source))):
        named = _OBJECT.findall(data)
        catalogue = data.rfind(b"/Catalog")
        if catalogue >= 0 and (near := _OBJECT.search(data[max(0, catalogue - 4000) : catalogue + 4000])):
            named = [(near[1], near[2]), *named[-1:]]
        for number, generation in named[:2]:
            starts = list(re.finditer(rb"(?<!\d)%s\s+%s\s+obj\b" % (number, generation), data))
            if starts and (packet := _stream(data, starts[-1].end())):
                blocks.xmp.append(packet)
                return
        begin = data.rfind(_BEGIN)
        if begin >= 0 and (end := data.find(_END, begin)) > 0:
            packets.append(data[begin : end + 19])
    blocks.xmp.extend(packets[:1])


def _stream(data: bytes, at: int) -> bytes | None:
    """Return the content of the stream of the object that begins here, unpacked where it is deflated."""
    match = re.compile(rb"stream\r?\n").search(data, at, at + 2000)
    if match is None:
        return None
    end = data.find(b"endstream", match.end(), match.end() + LARGEST_BLOCK)
    if end < 0:
        return None
    content = data[match.end() : end]
    if b"/FlateDecode" in data[at : match.start()]:
        try:
            content = pictures.inflated(content)
        except (Malformed, zlib.error):
            return None
    return content.rstrip() if b"RDF" in content else None


def _ends(source: Source) -> Iterator[bytes]:
    """Yield the beginning of a file, and its end if that lies beyond."""
    head = min(source.size, _SCANNED_HEAD)
    yield _read(source, 0, head)
    if source.size > head:
        start = max(head - LARGEST_BLOCK // 4, source.size - _SCANNED_TAIL)
        yield _read(source, start, source.size - start)


def _read(source: Source, start: int, length: int) -> bytes:
    return b"".join(source.at(at, min(_PIECE, start + length - at)) for at in range(start, start + length, _PIECE))


def _nothing(_source: Source, _blocks: Blocks) -> None:
    """Find nothing: the text itself is parsed."""


WALKERS: dict[str, Walker] = {
    "image/jpeg": pictures.jpeg,
    "image/png": pictures.png,
    "image/apng": pictures.png,
    "image/gif": pictures.gif,
    "image/tiff": pictures.tiff,
    "image/x-adobe-dng": pictures.tiff,
    "image/x-canon-cr2": pictures.tiff,
    "image/vnd.adobe.photoshop": pictures.photoshop,
    "image/webp": boxes.riff,
    "image/avif": boxes.heif,
    "image/heic": boxes.heif,
    "image/heif": boxes.heif,
    "image/jp2": boxes.jpeg_2000,
    "image/jpx": boxes.jpeg_2000,
    "image/jxl": boxes.jpeg_2000,
    "image/svg+xml": _nothing,
    "application/pdf": pdf,
    "video/mp4": boxes.movie,
    "video/quicktime": boxes.movie,
    "audio/mp4": boxes.movie,
    "audio/mpeg": boxes.id3,
    "audio/aac": boxes.id3,
    "audio/wav": boxes.riff,
    "video/x-msvideo": boxes.riff,
}
"""Media type → how its blocks are found; any other is scanned for a packet's marks."""
