"""Find the blocks in JPEG, PNG, GIF, TIFF and Photoshop's files.

Sources: ITU-T T.81 annex B; XMP specification part 3 (2020), 1.1; PNG third edition, 5 and 11.3; GIF89a; TIFF 6.0;
Adobe Photoshop File Formats Specification.
"""

import hashlib
import zlib
from collections.abc import Callable
from typing import Any

from assetwire.media.metadata.blocks import LARGEST_BLOCK, Blocks, Malformed, Source, take_resources
from assetwire.media.metadata.exif import decoded
from assetwire.media.metadata.tiff import Tiff

_MOST_SEGMENTS = 5_000
_EXIF = b"Exif\0"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_ICC = b"ICC_PROFILE\0"
_PNG_TEXTS = {"Title": "title", "Author": "creator", "Description": "description", "Copyright": "copyright_notice"}


def jpeg(source: Source, blocks: Blocks) -> None:
    """Go through a JPEG's segments up to its pixels."""
    photoshop: list[bytes] = []
    profile: dict[int, bytes] = {}
    parts: dict[bytes, dict[int, bytes]] = {}
    lengths: dict[bytes, int] = {}
    held = 0
    try:
        for marker, body in _segments(source):
            held += len(body)
            if held > 4 * LARGEST_BLOCK:
                raise Malformed("the segments of metadata are larger than any real ones")
            if marker == 0xE1 and body.startswith(_EXIF):
                blocks.exif.append(body[6:])
            elif marker == 0xE1 and body.startswith(_XMP):
                blocks.xmp.append(body[len(_XMP) :])
            elif marker == 0xE1 and body.startswith(_EXTENSION) and len(body) >= len(_EXTENSION) + 40:
                head = body[len(_EXTENSION) :]
                guid, whole, at = head[:32], int.from_bytes(head[32:36], "big"), int.from_bytes(head[36:40], "big")
                parts.setdefault(guid, {})[at] = head[40:]
                lengths[guid] = whole
            elif marker == 0xED and body.startswith(_PHOTOSHOP):
                photoshop.append(body[len(_PHOTOSHOP) :])
            elif marker == 0xE2 and body.startswith(_ICC) and len(body) > 14:
                profile.setdefault(body[12], body[14:])
    finally:
        take_resources(b"".join(photoshop), blocks)
        if profile:
            blocks.icc.append(b"".join(profile[number] for number in sorted(profile)))
        for guid, pieces in parts.items():
            _extend(blocks, guid, pieces, lengths[guid])


def _segments(source: Source) -> Any:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        head = source.at(at, 4)
        if len(head) < 4:
            return
        if head[0] != 0xFF:
            raise Malformed("not a JPEG's segment")
        marker = head[1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (0xDA, 0xD9):
            return
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        length = int.from_bytes(head[2:4], "big")
        if length < 2:
            raise Malformed("a JPEG's segment without length")
        if marker in (0xE1, 0xE2, 0xED):
            yield marker, source.at(at + 4, length - 2)
        at += 2 + length
    raise Malformed("more segments than any real file has")


def _extend(blocks: Blocks, guid: bytes, parts: dict[int, bytes], length: int) -> None:
    """Assemble an extended packet, whose name is its MD5."""
    data = b""
    for at in sorted(parts):
        if at != len(data):
            break
        data += parts[at]
    name = guid.decode("ascii", "replace").upper()
    if len(data) != length or hashlib.md5(data, usedforsecurity=False).hexdigest().upper() != name:
        blocks.warn("malformed_xmp", "the extended packet is incomplete, or not the one it claims to be", "xmp")
        return
    blocks.extended_xmp[name] = data


def png(source: Source, blocks: Blocks) -> None:
    """Go through a PNG's chunks, those behind its pixels too."""
    at = 8
    while len(head := source.at(at, 8)) == 8:
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return
        if kind in (b"iTXt", b"zTXt", b"tEXt", b"eXIf", b"zxIf", b"iCCP"):
            if length > LARGEST_BLOCK:
                blocks.warn("metadata_too_long", f"a chunk of {length} bytes")
            else:
                _chunk(kind, source.at(at + 8, length), blocks)
        at += 12 + length


def _chunk(kind: bytes, body: bytes, blocks: Blocks) -> None:
    try:
        if kind == b"eXIf":
            blocks.exif.append(body.removeprefix(b"Exif\0\0"))
        elif kind == b"iCCP":
            _name, _, rest = body.partition(b"\0")
            blocks.icc.append(inflated(rest[1:]))
        elif kind in (b"zTXt", b"tEXt", b"iTXt"):
            _text_chunk(kind, body, blocks)
    except (Malformed, zlib.error, ValueError) as error:
        blocks.warn("malformed_icc" if kind == b"iCCP" else "malformed_container", str(error))


def _text_chunk(kind: bytes, body: bytes, blocks: Blocks) -> None:
    key, _, rest = body.partition(b"\0")
    keyword, language = key.decode("latin-1"), b""
    if keyword not in (*_PNG_TEXTS, "XML:com.adobe.xmp") and not keyword.lower().startswith("raw profile type "):
        return
    compressed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        compressed, rest = rest[:1] == b"\1", rest[2:]
        language, _, rest = rest.partition(b"\0")
        _translated, _, rest = rest.partition(b"\0")
    data = inflated(rest) if compressed else rest
    if keyword == "XML:com.adobe.xmp":
        blocks.xmp.append(data)
    elif keyword in _PNG_TEXTS:
        text = data.decode("utf-8", "replace") if kind == b"iTXt" else decoded(data)
        name = _PNG_TEXTS[keyword]
        tag = language.decode("ascii", "replace") or "x-default"
        kept = blocks.text.setdefault(name, {} if name != "creator" else [text])
        if isinstance(kept, dict) and len(kept) < 100:
            kept.setdefault(tag, text)
    else:
        _raw_profile(keyword.lower().removeprefix("raw profile type ").strip(), data, blocks)


def _raw_profile(kind: str, data: bytes, blocks: Blocks) -> None:
    """Take ImageMagick's profiles: a name, a length, and hexadecimal digits."""
    lines = data.strip(b"\0\n ").split(b"\n", 2)
    if len(lines) < 3:
        raise Malformed("a raw profile without content")
    content = bytes.fromhex(lines[2].translate(None, b" \r\n\t\0").decode("ascii"))
    if kind in ("exif", "app1") and content.startswith(_EXIF):
        blocks.exif.append(content[6:])
    elif kind in ("xmp", "app1"):
        blocks.xmp.append(content.removeprefix(_XMP))
    elif kind in ("iptc", "8bim", "app13"):
        content = content.removeprefix(_PHOTOSHOP)
        if content[:1] == b"\x1c":
            blocks.iptc.append(content)
        else:
            take_resources(content, blocks)
    elif kind in ("icc", "icm"):
        blocks.icc.append(content)
    elif kind == "exif":
        blocks.exif.append(content)


def inflated(data: bytes) -> bytes:
    """Return what was deflated, up to the size of the largest block.

    Raises:
        Malformed: it is larger, as bombs are.
        zlib.error: it is damaged.
    """
    stream = zlib.decompressobj()
    result = stream.decompress(data, LARGEST_BLOCK)
    if stream.unconsumed_tail:
        raise Malformed(f"more than {LARGEST_BLOCK} bytes unpacked")
    return result


def gif(source: Source, blocks: Blocks) -> None:
    """Go through a GIF's blocks: XMP stands uncut in an application extension, behind it a magic trailer."""
    flags = source.whole(0, 13)[10]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    while kind := source.at(at, 1):
        if kind == b"\x2c":
            flags = source.whole(at, 10)[9]
            at = _after(source, at + 11 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0))
        elif kind == b"\x21":
            head = source.at(at, 14)
            if head[1:2] != b"\xff":
                at = _after(source, at + 2)
                continue
            start, at = at + 14, _after(source, at + 14)
            if head[3:14] == b"XMP DataXMP":
                packet = source.at(start, at - start)
                blocks.xmp.append(packet[: packet.rfind(b"\x01\xff\xfe\xfd")])  # where the trailer begins
            elif head[3:14] == b"ICCRGBG1012":
                blocks.icc.append(_joined(source.at(start, at - start)))
        else:
            return  # the trailer, or what no viewer reads


def _after(source: Source, at: int) -> int:
    """Return the place behind a chain of sub-blocks.

    Raises:
        Malformed: the file ends within them.
    """
    while length := source.whole(at, 1)[0]:
        at += 1 + length
    return at + 1


def _joined(data: bytes) -> bytes:
    pieces, at = [], 0
    while at < len(data) and data[at]:
        pieces.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(pieces)


def tiff(source: Source, blocks: Blocks) -> None:
    """Take the blocks that a TIFF's first directory points to; its EXIF is read from the file itself."""
    structure = Tiff(source)
    entries = structure.directory(structure.first)
    iptc: list[bytes] = []

    def take(tag: int, keep: Callable[[bytes], Any]) -> None:
        if tag in entries:
            try:
                keep(structure.raw(entries[tag]))
            except Malformed as error:
                blocks.warn("malformed_container", f"tag {tag}: {error}")

    take(700, blocks.xmp.append)
    take(33723, iptc.append)
    take(34377, lambda data: take_resources(data, blocks))
    take(34675, blocks.icc.append)
    blocks.iptc[:0] = iptc  # before Photoshop's own copy, as the Metadata Working Group has it


def photoshop(source: Source, blocks: Blocks) -> None:
    """Take the image resources of a PSD or PSB."""
    at = 26 + 4 + int.from_bytes(source.whole(26, 4), "big")
    length = int.from_bytes(source.whole(at, 4), "big")
    at, end = at + 4, at + 4 + length
    while at + 12 <= end:
        head = source.at(at, 7)
        if len(head) < 7 or head[:4] not in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR"):
            raise Malformed("not an image resource")
        name = head[6] + 1
        name += name % 2
        size = int.from_bytes(source.whole(at + 6 + name, 4), "big")
        if int.from_bytes(head[4:6], "big") in (0x0404, 0x040F, 0x0422, 0x0424, 0x0425):
            take_resources(source.at(at, 10 + name + size), blocks)
        at += 10 + name + size + size % 2
