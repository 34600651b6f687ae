"""The type of a file by its content: magic bytes, and a look into containers whose type stands further inside.

Only bounded parts of a file are read, by our own code alone: this runs outside the sandbox.
"""

import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal, NamedTuple

from assetwire.domain.inspection import Kind
from assetwire.domain.spin_manifest import SPIN_TYPE
from assetwire.media.packages import ole_type, zip_type

_HEAD = 64 * 1024
"""Bytes that a type must show itself in."""

_IMAGE, _VIDEO, _AUDIO, _DOCUMENT, _OTHER = Kind.IMAGE, Kind.VIDEO, Kind.AUDIO, Kind.DOCUMENT, Kind.OTHER


class Sniffed(NamedTuple):
    """What a file is by its content."""

    kind: Kind
    media_type: str


def _known(kind: Kind, media_type: str) -> Sniffed:
    return Sniffed(kind, media_type)


# Offset, magic bytes, type. Source: each format's specification, as collected by IANA's registrations.
_MAGIC: tuple[tuple[int, bytes, Sniffed], ...] = (
    (0, b"\xff\xd8\xff", _known(_IMAGE, "image/jpeg")),
    (0, b"\x89PNG\r\n\x1a\n", _known(_IMAGE, "image/png")),
    (0, b"GIF87a", _known(_IMAGE, "image/gif")),
    (0, b"GIF89a", _known(_IMAGE, "image/gif")),
    (0, b"8BPS", _known(_IMAGE, "image/vnd.adobe.photoshop")),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", _known(_IMAGE, "image/jp2")),
    (0, b"\xff\x4f\xff\x51", _known(_IMAGE, "image/j2c")),
    (0, b"\x00\x00\x00\x0cJXL ", _known(_IMAGE, "image/jxl")),
    (0, b"\xff\x0a", _known(_IMAGE, "image/jxl")),
    (0, b"\x00\x00\x01\x00", _known(_IMAGE, "image/vnd.microsoft.icon")),
    (0, b"v/1\x01", _known(_IMAGE, "image/x-exr")),
    (0, b"FUJIFILMCCD-RAW", _known(_IMAGE, "image/x-fuji-raf")),
    (0, b"IIU\x00", _known(_IMAGE, "image/x-panasonic-rw2")),
    (0, b"IIRO", _known(_IMAGE, "image/x-olympus-orf")),
    (0, b"IIRS", _known(_IMAGE, "image/x-olympus-orf")),
    (0, b"MMOR", _known(_IMAGE, "image/x-olympus-orf")),
    (6, b"HEAPCCDR", _known(_IMAGE, "image/x-canon-crw")),
    (0, b"FOVb", _known(_IMAGE, "image/x-sigma-x3f")),
    (0, b"\x00MRM", _known(_IMAGE, "image/x-minolta-mrw")),
    (0, b"\x1a\x45\xdf\xa3", _known(_VIDEO, "video/x-matroska")),
    (0, b"fLaC", _known(_AUDIO, "audio/flac")),
    (0, b"OggS", _known(_AUDIO, "audio/ogg")),
    (0, b"FLV\x01", _known(_VIDEO, "video/x-flv")),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", _known(_VIDEO, "video/x-ms-asf")),
    (0, b"MThd", _known(_AUDIO, "audio/midi")),
    (0, b"%!PS-Adobe", _known(_DOCUMENT, "application/postscript")),
    (0, b"\xc5\xd0\xd3\xc6", _known(_DOCUMENT, "application/postscript")),
    (0, b"{\\rtf", _known(_DOCUMENT, "application/rtf")),
    (0, b"\x1f\x8b\x08", _known(_OTHER, "application/gzip")),
    (0, b"7z\xbc\xaf\x27\x1c", _known(_OTHER, "application/x-7z-compressed")),
    (0, b"Rar!\x1a\x07", _known(_OTHER, "application/vnd.rar")),
)
_RIFF = {
    b"WEBP": _known(_IMAGE, "image/webp"),
    b"WAVE": _known(_AUDIO, "audio/wav"),
    b"AVI ": _known(_VIDEO, "video/x-msvideo"),
}
_FORM = {b"AIFF": _known(_AUDIO, "audio/aiff"), b"AIFC": _known(_AUDIO, "audio/aiff")}

_ANY_CODEC = frozenset((b"mif1", b"mif2", b"msf1", b"miaf", b"1pic"))
"""Brands of HEIF with pictures of any codec: which one it is, the other brands say."""

# Brands of ISO base media files, the more telling first: a file names several. Source: mp4ra.org, ISO/IEC 23008-12.
_BRANDS: tuple[tuple[frozenset[bytes], Sniffed], ...] = (
    (frozenset((b"crx ",)), _known(_IMAGE, "image/x-canon-cr3")),
    (frozenset((b"avif", b"avis")), _known(_IMAGE, "image/avif")),
    (frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")), _known(_IMAGE, "image/heic")),
    (_ANY_CODEC, _known(_IMAGE, "image/heif")),
    (frozenset((b"qt  ",)), _known(_VIDEO, "video/quicktime")),
    (frozenset((b"M4A ", b"M4B ", b"M4P ", b"F4A ")), _known(_AUDIO, "audio/mp4")),
)
_OLD_QUICKTIME = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))


def sniff(file: Path) -> Sniffed | None:
    """Return what a file is by its content; None if it is nothing that we know."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
        for offset, magic, known in _MAGIC:
            if head.startswith(magic, offset):
                look = _INSIDE.get(known.media_type)
                return look(head) if look else known
        return (
            _chunked(head)
            or _iso_media(head)
            or _tiff(head)
            or _bmp(head)
            or _pdf(head)
            or _package(opened, head)
            or _svg(head)
            or _spin(head)
            or _sound(opened, head)
            or _programme_stream(head)
        )


def _chunked(head: bytes) -> Sniffed | None:
    if head[:4] in {b"RIFF", b"RF64", b"RIFX"}:
        return _RIFF.get(head[8:12])
    return _FORM.get(head[8:12]) if head[:4] == b"FORM" else None


def _iso_media(head: bytes) -> Sniffed | None:
    kind = head[4:8]
    if kind != b"ftyp":
        is_plausible = kind in _OLD_QUICKTIME and head[:1] in {b"\x00", b"\x01"}
        return _known(_VIDEO, "video/quicktime") if is_plausible else None
    length = min(max(int.from_bytes(head[:4], "big"), 16), 1024)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, length, 4))]
    for wanted, known in _BRANDS:
        if brands[0] in wanted and brands[0] not in _ANY_CODEC:
            return known
    if brands[0][:2] in {b"3g", b"M4", b"is", b"mp", b"av", b"MS", b"da", b"XA", b"f4", b"F4"}:
        return _known(_VIDEO, "video/mp4")
    return next((known for wanted, known in _BRANDS if wanted & set(brands)), _known(_VIDEO, "video/mp4"))


def _ebml(head: bytes) -> Sniffed:
    """Matroska, or the part of it that names itself WebM. Source: RFC 8794, 11.2.4 "DocType"."""
    found = re.search(rb"\x42\x82[\x81-\x8f]([a-z]+)", head[:256])
    return _known(_VIDEO, "video/webm" if found and found[1] == b"webm" else "video/x-matroska")


def _tiff(head: bytes) -> Sniffed | None:
    if head[:4] not in {b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"}:
        return None
    if head[8:10] == b"CR":
        return _known(_IMAGE, "image/x-canon-cr2")
    first = _first_directory(head)
    if _DNG_VERSION in first:
        return _known(_IMAGE, "image/x-adobe-dng")
    is_thumbnail = first.get(_SUBFILE_TYPE, 0) & 1 and _SUB_DIRECTORIES in first
    return _known(_IMAGE, "image/x-dcraw" if is_thumbnail else "image/tiff")


_DNG_VERSION = 50706
"""Tag of the first directory that makes a TIFF a camera's raw picture. Source: Adobe DNG 1.7, "DNGVersion"."""
_SUBFILE_TYPE, _SUB_DIRECTORIES = 254, 330
"""Tags of a picture's role (1: a smaller copy of another) and of directories below it: where the first is the smaller
copy, the picture itself is a camera's raw one (NEF, ARW …). Source: TIFF 6.0, section 8; TIFF technical note 1."""


def _first_directory(head: bytes) -> dict[int, int]:
    """Return the tags of a TIFF's first directory, where it stands in the head, with their values as far as short."""
    order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
    at = int.from_bytes(head[4:8], order)
    count = int.from_bytes(head[at : at + 2], order)
    entries = (head[at + 2 + 12 * n : at + 14 + 12 * n] for n in range(min(count, 200)))
    values = {3: slice(8, 10), 4: slice(8, 12)}
    return {
        int.from_bytes(entry[:2], order): int.from_bytes(
            entry[values.get(int.from_bytes(entry[2:4], order), slice(0))], order
        )
        for entry in entries
    }


def _bmp(head: bytes) -> Sniffed | None:
    """A bitmap: two letters alone would make one of any text that begins with them."""
    sizes_of_headers = {12, 16, 40, 52, 56, 64, 108, 124}
    known = head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in sizes_of_headers
    return _known(_IMAGE, "image/bmp") if known else None


def _pdf(head: bytes) -> Sniffed | None:
    """A PDF, whose header may stand behind up to 1 KiB of something else, as readers of PDF have it."""
    if head.startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and not head.startswith(b"PK")):
        return _known(_DOCUMENT, "application/pdf")
    return None


def _package(opened: IO[bytes], head: bytes) -> Sniffed | None:
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        media_type = zip_type(opened)
        return _known(_DOCUMENT if media_type else _OTHER, media_type or "application/zip")
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        media_type = ole_type(opened, head)
        return _known(_DOCUMENT if media_type else _OTHER, media_type or "application/x-ole-storage")
    return None


_SVG_ROOT = re.compile(r"<(?:[\w-]{1,40}:)?svg[\s>/]")
_PROLOGUE = (("<?", "?>"), ("<!--", "-->"))


def _svg(head: bytes) -> Sniffed | None:
    """An XML document whose root is `svg`, behind whatever may stand before a root."""
    encoding = "utf-16" if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = head.decode(encoding, "replace")
    at = 0
    while True:
        at += len(text[at : at + 4096]) - len(text[at : at + 4096].lstrip())
        if _SVG_ROOT.match(text, at):
            return _known(_IMAGE, "image/svg+xml")
        if text[at : at + 9].upper() == "<!DOCTYPE":
            subset, end = text.find("[", at), text.find(">", at)
            if -1 < subset < end:  # a subset of declarations, which hold > themselves
                end = text.find(">", text.find("]", subset) % (len(text) + 1))
        else:
            closing = next((close for opening, close in _PROLOGUE if text.startswith(opening, at)), None)
            end = -1 if closing is None else text.find(closing, at)
            end += len(closing) - 1 if closing and end >= 0 else 0
        if end < 0:
            return None
        at = end + 1


def _gzip(head: bytes) -> Sniffed:
    """A compressed file, of which a drawing alone is read as it is: SVGZ."""
    try:
        beginning = zlib.decompressobj(wbits=31).decompress(head, _HEAD)
    except zlib.error:
        beginning = b""
    return _svg(beginning) or _known(_OTHER, "application/gzip")


_INSIDE: dict[str, Callable[[bytes], Sniffed]] = {"video/x-matroska": _ebml, "application/gzip": _gzip}
"""What looks into a container by whose first bytes alone its type is not known."""


_SPIN = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{(?:.*,)?\s*"spin"\s*:\s*[0-9]', re.DOTALL)


def _spin(head: bytes) -> Sniffed | None:
    """The manifest of a spin: an object in JSON that says which version of its format it is."""
    return _known(Kind.SPIN, SPIN_TYPE) if _SPIN.match(head) else None


def _sound(opened: IO[bytes], head: bytes) -> Sniffed | None:
    """MPEG audio, behind ID3 tags or without: its sync words are short, so that two frames must follow each other."""
    tagged = head[:3] == b"ID3" and len(head) >= 10
    if tagged:
        size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        opened.seek(10 + size + (10 if head[5] & 0x10 else 0))
        head = opened.read(_HEAD)
        if head[:4] == b"fLaC":
            return _known(_AUDIO, "audio/flac")
    if _follow(head, _adts_frame):
        return _known(_AUDIO, "audio/aac")
    return _known(_AUDIO, "audio/mpeg") if tagged or _follow(head, _mpeg_frame) else None


def _follow(head: bytes, length_of: Callable[[bytes], int]) -> bool:
    """Tell whether frames follow each other from the beginning: two, or one that is the whole file."""
    first = length_of(head[:6])
    return first > 0 and (len(head) == first or length_of(head[first : first + 6]) > 0)


def _adts_frame(header: bytes) -> int:
    """Return the bytes of an AAC frame by its header; 0 if it is none. Source: ISO/IEC 14496-3, 1.A.2."""
    if len(header) < 6 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or (header[2] >> 2) & 0xF > 12:
        return 0
    length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    return length if length > 7 else 0


_SAMPLE_RATES = (44_100, 48_000, 32_000)
_KBITS = {  # by (is MPEG 1, layer). Source: ISO/IEC 11172-3, 2.4.2.3, and 13818-3, 2.4.2.3
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


def _mpeg_frame(header: bytes) -> int:
    """Return the bytes of an MPEG audio frame by its header; 0 if it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return 0
    version, layer = (header[1] >> 3) & 3, 4 - ((header[1] >> 1) & 3)
    rate, sampling, padding = header[2] >> 4, (header[2] >> 2) & 3, (header[2] >> 1) & 1
    if version == 1 or layer == 4 or rate in {0, 15} or sampling == 3:
        return 0
    bits = _KBITS[version == 3, layer][rate - 1] * 1000
    samples_a_second = _SAMPLE_RATES[sampling] >> {3: 0, 2: 1, 0: 2}[version]
    if layer == 1:
        return (12 * bits // samples_a_second + padding) * 4
    return (144 if version == 3 or layer == 2 else 72) * bits // samples_a_second + padding


def _programme_stream(head: bytes) -> Sniffed | None:
    """MPEG streams: packets of 188 bytes (192 with a time stamp each), or packs."""
    for offset, length in ((0, 188), (4, 192)):
        starts = range(offset, min(len(head), offset + 5 * length), length)
        if len(starts) >= 3 and all(head[at] == 0x47 for at in starts):
            return _known(_VIDEO, "video/mp2t")
    return _known(_VIDEO, "video/mpeg") if head[:4] == b"\x00\x00\x01\xba" else None
