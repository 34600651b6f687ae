"""Hostile files, made by small generators: bombs, loops, lies and polyglots, each with its name."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from PIL import Image

from fakes.masters import SVG, encoded, heic, package, picture, small_pdf


def chunk(kind: bytes, body: bytes, *, crc: int | None = None) -> bytes:
    """Return a chunk of a PNG."""
    return (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) if crc is None else crc)
    )


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_of(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, interlaced: int = 0) -> bytes:
    """Return a PNG that declares this size, with a handful of its pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    return SIGNATURE + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def whole_png(*chunks: bytes) -> bytes:
    """Return a PNG that is right, and has these chunks before its pixels."""
    data = encoded(picture(), "PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def progressive_jpeg_of(width: int, height: int) -> bytes:
    """Return a JPEG of some 200 bytes that declares this size and many scans: each goes over all coefficients again."""
    table = b"\xff\xdb\x00\x43\x00" + b"\x01" * 64
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 17, 8, height, width, 3) + b"\x01\x11\x00\x02\x11\x00\x03\x11\x00"
    codes = b"\xff\xc4\x00\x14\x00" + b"\x01" + b"\x00" * 15 + b"\x00"
    scans = b"".join(b"\xff\xda\x00\x08\x01" + bytes([part, 0]) + b"\x00\x00\x00" + b"\x00" * 8 for part in (1, 2, 3))
    return b"\xff\xd8" + table + frame + codes + scans * 3 + b"\xff\xd9"


def gif_of(frames: int, size: tuple[int, int] = (1, 1)) -> bytes:
    """Return an animation that repeats for ever, of this many tiny frames."""
    header = b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    loop = b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
    frame = b"!\xf9\x04\0\0\0\0\0" + b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\0"
    return header + loop + frame * frames + b";"


def tiff_of(entries: dict[int, tuple[int, int, int]], *, following: int = 0, data: bytes = b"") -> bytes:
    """Return a TIFF with one directory of {tag: (type, count, value)}, then data, then the offset of the next."""
    directory = struct.pack("<H", len(entries))
    for tag, (kind, count, value) in sorted(entries.items()):
        directory += struct.pack("<HHII", tag, kind, count, value)
    return b"II*\0\x08\0\0\0" + directory + struct.pack("<I", following) + data


def tiff_that_loops() -> bytes:
    """Return a TIFF whose directory is its own successor."""
    entries = {
        256: (4, 1, 8),
        257: (4, 1, 8),
        258: (3, 1, 8),
        262: (3, 1, 1),
        273: (4, 1, 200),
        278: (4, 1, 8),
        279: (4, 1, 64),
    }
    return tiff_of(entries, following=8, data=b"\x80" * 300)


def jpeg_with(segment: bytes, marker: int = 0xE1) -> bytes:
    """Return a good JPEG with one more segment."""
    data = encoded(picture())
    return data[:2] + b"\xff" + bytes([marker]) + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def absurd_exif() -> Iterator[tuple[str, bytes]]:
    """Yield EXIF blocks whose offsets, counts and types lead nowhere, everywhere, or round and round."""
    for name, tag, kind, count, value in (
        ("offset past the end", 0x8769, 4, 1, 0xFFFFFFFF),
        ("offset to itself", 0x8769, 4, 1, 8),
        ("four thousand million values", 0x010F, 2, 0xFFFFFFFF, 8),
        ("a type that is none", 0x0112, 99, 1, 6),
        ("an orientation of many", 0x0112, 3, 0x10000000, 6),
        ("a directory of GPS in itself", 0x8825, 4, 1, 8),
        ("interoperability in itself", 0xA005, 4, 1, 8),
    ):
        body = b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", tag, kind, count, value) + b"\x08\0\0\0"
        yield f"exif: {name}", jpeg_with(body)
    yield (
        "exif: 65,535 entries",
        jpeg_with(b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0" * 5000),
    )
    yield "exif: cut off in its header", jpeg_with(b"Exif\0\0II*")


def _tenfold(number: int) -> str:
    return f"&lol{number or ''};" * 10


LAUGHS = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{_tenfold(n - 1)}">' for n in range(1, 10))
    + ']><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>&lol9;</dc:title></rdf:Description>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
).encode()


def nested_uses(depth: int = 30) -> bytes:
    """Return a drawing in which each of so many groups draws the one before twice."""
    groups = "".join(f'<g id="g{n}"><use href="#g{n - 1}"/><use href="#g{n - 1}"/></g>' for n in range(1, depth))
    first = '<g id="g0"><rect width="1" height="1"/></g>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><defs>{first}{groups}</defs>'
    return (svg + f'<use href="#g{depth - 1}"/></svg>').encode()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4_of_duration(data: bytes, duration: int) -> bytes:
    """Return an MP4 whose header of 32 bits, and those of its tracks, declare this duration."""
    out = bytearray(data)
    for name, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        at = out.find(name)
        while at >= 0:
            if out[at + 4] == 0:
                struct.pack_into(">I", out, at + offset, duration)
            at = out.find(name, at + 4)
    return bytes(out)


def mp4_of_64_bits() -> bytes:
    """Return an MP4 whose header declares 9·10¹⁸ units of a second each."""
    header = struct.pack(">IQQIQ", 1 << 24, 0, 0, 1, 9 * 10**18) + struct.pack(">IH10x", 0x10000, 0x100)
    header += struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000) + bytes(24) + struct.pack(">I", 2)
    return box(b"ftyp", b"isom\0\0\2\0isomiso2") + box(b"moov", box(b"mvhd", header))


def pdf_of_pages(count: int) -> bytes:
    """Return a PDF whose page tree claims this many pages."""
    return small_pdf().replace(b"/Count 1>>", f"/Count {count}>>".encode())


def pdf_that_loops() -> bytes:
    """Return a PDF whose page tree is its own child."""
    return small_pdf().replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")


def ordinary() -> Iterator[tuple[str, bytes]]:
    """Yield files that have no bytes, or are none of what their first ones say."""
    yield "nothing", b""
    yield "one byte", b"\0"
    yield "zero bytes", bytes(10_000)
    yield "noise", bytes((n * 7919 + n // 251) % 256 for n in range(5000))
    for magic in (
        b"\xff\xd8\xff",
        SIGNATURE,
        b"GIF89a",
        b"8BPS",
        b"II*\0",
        b"MM\0+",
        b"%PDF-1.7",
        b"fLaC",
        b"OggS",
        b"ID3",
    ):
        yield f"only {magic!r}", magic
        yield f"{magic!r} and zeros", magic + bytes(2000)
    for brand in (b"avif", b"heic", b"isom", b"qt  ", b"M4A "):
        yield f"only ftyp {brand!r}", box(b"ftyp", brand + bytes(8))


def images() -> Iterator[tuple[str, bytes]]:
    """Yield pictures that lie about their size, repeat for ever, or burst."""
    yield "png: 65,536 pixels wide", png_of(65_536, 1)
    yield "png: 4.1 gigapixels", png_of(64_000, 64_000)
    yield "png: largest size of all", png_of(2**31 - 1, 2**31 - 1)
    yield "png: interlaced 100 megapixels", png_of(10_000, 10_000, interlaced=1, depth=16)
    yield "png: zTXt bomb", whole_png(chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)))
    yield (
        "png: iTXt bomb",
        whole_png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b" " * 200_000_000, 9))),
    )
    yield "png: iCCP bomb", whole_png(chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000), 9)))
    yield "png: 50,000 chunks", whole_png(chunk(b"tEXt", b"a\0b") * 50_000)
    yield "png: wrong CRC", SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 9, 9, 8, 2, 0, 0, 0), crc=0)
    data = bytearray(encoded(picture(), "PNG"))
    data[-20] ^= 0xFF
    yield "png: wrong CRC of its pixels", bytes(data)
    yield "png: a chunk of 4 GiB", SIGNATURE + b"\xff\xff\xff\xffIHDR" + bytes(100)
    yield "jpeg: 230 bytes for 400 megapixels", progressive_jpeg_of(20_000, 20_000)
    yield "jpeg: 230 bytes for 100 megapixels", progressive_jpeg_of(10_000, 10_000)
    yield "jpeg: 230 bytes for 4.3 gigapixels", progressive_jpeg_of(65_535, 65_535)
    yield "gif: 20,000 frames for ever", gif_of(20_000)
    yield "gif: a canvas of 4.3 gigapixels", gif_of(3, (65_535, 65_535))
    yield "gif: no end", encoded(picture(mode="P"), "GIF")[:-1] + b"!\xfe\xff" + bytes(5000)
    yield "tiff: a directory that follows itself", tiff_that_loops()
    yield (
        "tiff: a strip of 4 GiB",
        tiff_of(
            {256: (4, 1, 9), 257: (4, 1, 9), 258: (3, 1, 8), 262: (3, 1, 1), 273: (4, 1, 8), 279: (4, 1, 2**32 - 1)}
        ),
    )
    yield (
        "tiff: rows without end",
        tiff_of(
            {256: (4, 1, 19_000), 257: (4, 1, 19_000), 258: (3, 1, 8), 262: (3, 1, 1), 273: (4, 1, 8), 279: (4, 1, 64)}
        ),
    )
    yield (
        "bmp: 4.6 exapixels",
        b"BM" + struct.pack("<IIIIiiHH", 100, 0, 54, 40, 2**31 - 1, 2**31 - 1, 1, 24) + bytes(100),
    )
    yield "bmp: a negative height", b"BM" + struct.pack("<IIIIiiHH", 100, 0, 54, 40, 9, -(2**31), 1, 24) + bytes(100)
    yield "psd: 90 gigapixels", struct.pack(">4sH6xHIIHH", b"8BPS", 1, 3, 300_000, 300_000, 8, 3) + bytes(100)
    yield "heic: a size of 4 gigapixels", _with_size(heic(picture()), 65_535, 65_535)
    yield "avif: a size of 4 gigapixels", _with_size(encoded(picture(), "AVIF"), 65_535, 65_535)
    yield (
        "webp: a canvas of 4 gigapixels",
        b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xff\xff\0\xff\xff\0ANIM" + bytes(8),
    )
    yield "jp2: a size of 4 gigapixels", _with_size_of_jp2(encoded(picture(), "JPEG2000"))
    yield from absurd_exif()
    yield "xmp: billion laughs", jpeg_with(b"http://ns.adobe.com/xap/1.0/\0" + LAUGHS)


def _with_size(data: bytes, width: int, height: int) -> bytes:
    """Return a HEIF file whose sizes (boxes `ispe`) all say this."""
    out, at = bytearray(data), data.find(b"ispe")
    while at >= 0:
        struct.pack_into(">II", out, at + 8, width, height)
        at = data.find(b"ispe", at + 4)
    return bytes(out)


def _with_size_of_jp2(data: bytes) -> bytes:
    out = bytearray(data)
    struct.pack_into(">II", out, data.find(b"ihdr") + 4, 65_535, 65_535)
    struct.pack_into(">II", out, data.find(b"\xff\x51") + 6, 65_535, 65_535)
    return bytes(out)


def drawings() -> Iterator[tuple[str, bytes]]:
    """Yield drawings that burst, reach out or run programs."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    yield (
        "svg: billion laughs",
        f'<!DOCTYPE svg [<!ENTITY l0 "lol">{laughs}]>'.encode() + SVG.replace(b"<rect", b"&l9;<rect"),
    )
    yield "svg: nested uses", nested_uses()
    yield "svg: an entity from outside", b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + SVG
    yield "svg: an endless size", SVG.replace(b'"60"', b'"1e309"')
    yield "svg: deep groups", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + b"<g>" * 100_000
    yield "svg: comments without end", b"<!--" * 20_000
    yield "svg: many comments before nothing", b"<!---->" * 9_000
    yield "svg: a script", SVG.replace(b"<rect", b"<script>while(1);</script><rect")


def documents() -> Iterator[tuple[str, bytes]]:
    """Yield documents that loop, lie or burst."""
    yield "pdf: two thousand million pages", pdf_of_pages(2_000_000_000)
    yield "pdf: 100,000 pages", pdf_of_pages(100_000)
    yield "pdf: a page tree that loops", pdf_that_loops()
    yield "pdf: an endless page", small_pdf(media_box="[0 0 1e30 1e30]")
    yield "pdf: a page without a size", small_pdf(media_box="[0 0 0 0]")
    stream = zlib.compress(bytes(200_000_000), 9)
    bomb = f"<</Length {len(stream)}/Filter/FlateDecode>>stream\n".encode("latin-1") + stream + b"\nendstream"
    body = small_pdf(objects="@").replace(b"4 0 obj@", b"4 0 obj" + bomb)
    yield "pdf: a stream that bursts", body.replace(b"/Parent 2 0 R", b"/Parent 2 0 R/Contents 4 0 R")
    yield "zip: a directory that is nowhere", b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + b"\xff" * 18
    yield "zip: a bomb", _zip_bomb()
    yield "ole: a directory that is nowhere", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600
    yield "gzip: a bomb", gzip.compress(bytes(50_000_000))


def _zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", bytes(50_000_000))
    return file.getvalue()


def polyglots() -> Iterator[tuple[str, str, bytes]]:
    """Yield files that are two things, with the type at their beginning, which counts."""
    archive = package("evil.exe")
    yield "jpeg and zip", "image/jpeg", encoded(picture()) + archive
    yield "png and zip", "image/png", encoded(picture(), "PNG") + archive
    yield "gif and script", "image/gif", encoded(picture(mode="P"), "GIF") + b"/*=1;alert(1);*/" * 9
    yield "pdf and zip", "application/pdf", small_pdf() + archive
    yield "webp and zip", "image/webp", encoded(picture(), "WEBP") + archive
    yield "avif and zip", "image/avif", encoded(picture(), "AVIF") + archive
    yield "heic and zip", "image/heic", heic(picture()) + archive


def hostile() -> Iterator[tuple[str, bytes]]:
    """Yield all of them."""
    yield from ordinary()
    yield from images()
    yield from drawings()
    yield from documents()
    yield "mp4: 9·10¹⁸ seconds", mp4_of_64_bits()
    for name, _, data in polyglots():
        yield f"polyglot: {name}", data
    data = encoded(Image.effect_noise((64, 64), 60).convert("RGB"))
    for kept in (4, 20, 100, len(data) // 2, len(data) - 1):
        yield f"jpeg: the first {kept} bytes", data[:kept]
