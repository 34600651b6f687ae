"""Good masters of every medium, small, made by the encoders at hand; what they should be read as is theirs to say."""

import io
import struct
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pillow_heif
import pypdfium2
from PIL import Image

SIZE = (64, 48)


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Return a gradient: something that every encoder keeps recognisable."""
    image = Image.linear_gradient("L").resize((width, height))
    return image.convert("I;16") if mode == "I;16" else image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def heic(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    pillow_heif.from_pillow(image).save(file, **options)
    return file.getvalue()


def photoshop(
    width: int = 60,
    height: int = 40,
    *,
    version: int = 1,
    bits: int = 8,
    mode: int = 3,
    channels: int = 3,
    flattened: bool = True,
) -> bytes:
    """Return a Photoshop file of one flat grey, uncompressed; `version` 2 is a large document."""
    header = struct.pack(">4sH6xHIIHH", b"8BPS", version, channels, height, width, bits, mode)
    said = b"8BIM" + struct.pack(">HHI", 1057, 0, 5) + struct.pack(">IB", 1, flattened) + b"\0"
    layers = b"\0" * (4 if version == 1 else 8)
    pixels = b"\0\0" + b"\x80" * (width * height * channels * bits // 8)
    return header + b"\0" * 4 + struct.pack(">I", len(said)) + said + layers + pixels


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="30" height="40" fill="red"/></svg>'


def film(  # each option is one thing that a film says of itself
    file: Path,
    *,
    codec: str | None = "libx264",
    sound: str | None = "aac",
    seconds: float = 1.0,
    size: tuple[int, int] = SIZE,
    rotation: int = 0,
    container: str | None = None,
    aspect: Fraction | None = None,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> bytes:
    """Write a film of noise and silence, 25 frames a second; its type is the file's extension, or the container's."""
    with av.open(str(file), "w", format=container, options=options or {}) as output:
        output.metadata.update(tags or {})
        # Every stream is there before the first packet is written: that writes the header.
        picture_stream = _picture_stream(output, codec, size, rotation, aspect) if codec else None
        sound_stream = output.add_stream(sound, rate=_RATE) if sound else None
        if picture_stream:
            _add_picture(output, picture_stream, int(25 * seconds))
        if sound_stream:
            _add_silence(output, sound_stream, seconds)
    return file.read_bytes()


_RATE = 48_000


def _picture_stream(output: Any, codec: str, size: tuple[int, int], rotation: int, aspect: Fraction | None) -> Any:
    stream = output.add_stream(codec, rate=25)
    stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
    if aspect:
        stream.codec_context.sample_aspect_ratio = aspect
    if rotation:
        stream.set_display_rotation(rotation)
    return stream


def _add_picture(output: Any, stream: Any, frames: int) -> None:
    noise = Image.effect_noise((stream.width, stream.height), 60).convert("RGB")
    for number in range(frames):
        frame = av.VideoFrame.from_image(noise.rotate(number))
        frame.pts = number
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def _add_silence(output: Any, stream: Any, seconds: float) -> None:
    codec = stream.codec_context
    codec.open(strict=False)
    samples = codec.frame_size or 1024
    for number in range(max(1, round(_RATE * seconds / samples))):
        frame = av.AudioFrame(format=codec.format.name, layout=codec.layout.name, samples=samples)
        frame.sample_rate, frame.pts = _RATE, number * samples
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def pdf(pages: int = 2, size: tuple[float, float] = (200, 300)) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(*size)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def small_pdf(trailer: str = "", objects: str = "", *, media_box: str = "[0 0 200 300]") -> bytes:
    """Return a PDF of one empty page, with these entries of the trailer and these objects."""
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox{media_box}>>",
        *filter(None, [objects]),
    ]
    out, offsets = b"%PDF-1.6\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj{part}endobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    return out + f"trailer<</Size {len(parts) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()


def encrypted_pdf() -> bytes:
    """Return a PDF whose password nobody knows: the standard handler's entries hold no key that any password makes."""
    handler = "<</Filter/Standard/V 1/R 2/O<" + "41" * 32 + ">/U<" + "42" * 32 + ">/P -44>>"
    return small_pdf("/Encrypt 4 0 R/ID[<41414141><41414141>]", handler)


def package(*names: str, mimetype: str = "") -> bytes:
    """Return a ZIP with members of these names, an OpenDocument's type first where one is given."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name in names:
            archive.writestr(name, "<x/>")
    return file.getvalue()


def ole(*streams: str) -> bytes:
    """Return an OLE file whose first directory sector names these streams."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + struct.pack("<H", 9) + bytes(16) + struct.pack("<I", 0)
    entries = b""
    for name in ("Root Entry", *streams):
        text = name.encode("utf-16-le")
        entries += text.ljust(64, b"\0") + struct.pack("<H", len(text) + 2) + bytes(62)
    return header.ljust(512, b"\0") + entries.ljust(1024, b"\0")
