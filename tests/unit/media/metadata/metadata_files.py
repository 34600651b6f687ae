"""Small files with metadata in them, made by hand: a container of each kind around given blocks."""

import hashlib
import struct
import zlib
from collections.abc import Mapping

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {
    "rdf": RDF,
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pur": "http://prismstandard.org/namespaces/prismusagerights/2.1/",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}
GUID_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def packet(body: str = "", attributes: str = "", prefixes: Mapping[str, str] = PREFIXES) -> bytes:
    """Return a packet with one description."""
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in prefixes.items())
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF {spaces}><rdf:Description rdf:about="" {attributes}>{body}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="w"?>'
    ).encode()


CITY = packet(attributes='photoshop:City="Zürich"')


def tiff(
    tags: Mapping[int, tuple[int, int, bytes]], *, order: str = "<", big: bool = False, following: int = 0
) -> bytes:
    """Return a TIFF structure of one directory: tag → type, count and the bytes of the value."""
    mark = b"II" if order == "<" else b"MM"
    counts, room, first = ("Q", 8, 16) if big else ("I", 4, 8)
    head = mark + (struct.pack(order + "HHHQ", 43, 8, 0, first) if big else struct.pack(order + "HI", 42, first))
    size = (20 if big else 12) * len(tags) + (8 if big else 2) + room
    table, values = b"", b""
    for tag, (kind, count, value) in sorted(tags.items()):
        place = value.ljust(room, b"\0")
        if len(value) > room:
            place = struct.pack(order + counts, first + size + len(values))
            values += value
        table += struct.pack(order + "HH" + counts, tag, kind, count) + place
    number = struct.pack(order + ("Q" if big else "H"), len(tags))
    return head + number + table + struct.pack(order + counts, following) + values


def text(value: str | bytes) -> tuple[int, int, bytes]:
    """Return an ASCII value."""
    data = (value.encode() if isinstance(value, str) else value) + b"\0"
    return 2, len(data), data


def dataset(number: int, content: bytes, record: int = 2) -> bytes:
    """Return one IIM dataset."""
    return bytes((0x1C, record, number)) + struct.pack(">H", len(content)) + content


def resource(number: int, content: bytes) -> bytes:
    """Return one of Photoshop's image resources."""
    return b"8BIM" + struct.pack(">HHI", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


def jpeg(*segments: tuple[int, bytes]) -> bytes:
    """Return a JPEG without pixels."""
    body = b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in segments)
    return b"\xff\xd8" + body + b"\xff\xda\0\2\xff\xd9"


def extended(data: bytes, guid: str | None = None, piece: int = 65_000) -> list[tuple[int, bytes]]:
    """Return the segments of an extended packet, the last one first."""
    name = (guid or hashlib.md5(data, usedforsecurity=False).hexdigest().upper()).encode()
    return [
        (
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0" + name + struct.pack(">II", len(data), at) + data[at : at + piece],
        )
        for at in reversed(range(0, len(data), piece))
    ]


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG without pixels."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks) + chunk(b"IEND", b"")


def itxt(data: bytes, *, compressed: bool = False) -> tuple[bytes, bytes]:
    """Return the chunk that holds XMP in a PNG."""
    flag, content = (b"\1", zlib.compress(data)) if compressed else (b"\0", data)
    return b"iTXt", b"XML:com.adobe.xmp\0" + flag + b"\0\0\0" + content


def box(kind: bytes, body: bytes) -> bytes:
    """Return one ISO box."""
    return struct.pack(">I", len(body) + 8) + kind + body


def heif(exif: bytes, xmp: bytes) -> bytes:
    """Return HEIF with an EXIF and an XMP item, the second within `idat`."""

    def item(number: int, kind: bytes, rest: bytes) -> bytes:
        return box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0" + rest)

    head = box(b"ftyp", b"heic\0\0\0\0mif1")
    items = box(
        b"iinf",
        b"\0\0\0\0\0\2" + item(1, b"Exif", b"") + item(2, b"mime", b"application/rdf+xml\0"),
    )

    def meta(offset: int) -> bytes:
        place = b"\1\0\0\0\x44\0" + struct.pack(">H", 2)
        place += struct.pack(">HHHHII", 1, 0, 0, 1, offset, len(exif) + 4)
        place += struct.pack(">HHHHII", 2, 1, 0, 1, 0, len(xmp))
        return box(b"meta", b"\0\0\0\0" + items + box(b"iloc", place) + box(b"idat", xmp))

    offset = len(head) + len(meta(0)) + 8
    return head + meta(offset) + box(b"mdat", b"\0\0\0\0" + exif)


def riff(kind: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a RIFF file."""
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + kind + body


def gif(xmp: bytes) -> bytes:
    """Return a GIF with one frame and XMP behind it."""
    trailer = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x4c\1\0"
    return b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + frame + b"\x21\xff\x0bXMP DataXMP" + xmp + trailer + b";"


def psd(*resources: bytes) -> bytes:
    """Return a PSD without pixels."""
    body = b"".join(resources)
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 1, 1, 8, 3)
    return header + bytes(4) + struct.pack(">I", len(body)) + body + bytes(4)


def jp2(*boxes: bytes) -> bytes:
    """Return a JPEG 2000 file without pixels."""
    return box(b"jP  ", b"\r\n\x87\n") + b"".join(boxes)


def pdf(xmp: bytes, *, deflated: bool = False, picture: bytes = b"") -> bytes:
    """Return a PDF whose catalogue names its metadata, and a picture's own packet behind it."""
    content = zlib.compress(xmp) if deflated else xmp
    filters = b"/Filter /FlateDecode " if deflated else b""
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Metadata 7 0 R >>\nendobj\n7 0 obj\n<< /Type /Metadata "
        + filters
        + b"/Length 1 >>\nstream\n"
        + content
        + b"\nendstream\nendobj\n8 0 obj\n<< >>\nstream\n"
        + picture
        + b"\nendstream\nendobj\n%%EOF"
    )


def id3(xmp: bytes) -> bytes:
    """Return an MP3's ID3v2.4 tag."""

    def size(number: int) -> bytes:
        return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))

    private = b"PRIV" + size(len(xmp) + 4) + b"\0\0XMP\0" + xmp
    title = b"TIT2" + size(3) + b"\0\0\3ab"
    return b"ID3\4\0\0" + size(len(private + title)) + title + private


def profile(name: str) -> bytes:
    """Return an ICC profile with a description."""
    said = name.encode("utf-16-be")
    tag = b"mluc" + struct.pack(">4xII2s2sII", 1, 12, b"en", b"US", len(said), 28) + said
    table = struct.pack(">I4sII", 1, b"desc", 144, len(tag))
    return bytes(36) + b"acsp" + bytes(88) + table + tag
