"""Masters into which exiftool writes, as somebody else would, and what we read of them."""

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pillow_heif
from PIL import Image

from assetwire.media.metadata import Extracted
from fakes.exiftool import exiftool

VOCABULARY = "http://ns.useplus.org/ldf/vocab/"


def write(file: Path, tags: dict[str, Any], *arguments: str) -> None:
    """Let exiftool write tags, each as its raw value."""
    said = {
        key: [each.removeprefix(VOCABULARY) for each in value]
        if isinstance(value, list) and all(isinstance(each, str) for each in value)
        else value.removeprefix(VOCABULARY)
        if isinstance(value, str)
        else value
        for key, value in tags.items()
    }
    listed = file.with_name("tags.json")
    listed.write_text(json.dumps([{"SourceFile": "*"} | said]), encoding="utf-8")
    exiftool("-n", "-m", "-overwrite_original", "-charset", "iptc=UTF8", f"-json={listed}", *arguments, str(file))


def picture() -> Image.Image:
    return Image.linear_gradient("L").resize((48, 32)).convert("RGB")


def saved(kind: str, **options: Any) -> Callable[[Path], None]:
    return lambda file: picture().save(file, kind, **options)


def heic(file: Path) -> None:
    pillow_heif.from_pillow(picture()).save(file)


def psd(file: Path) -> None:
    pixels = b"\0\0" + bytes(48 * 32 * 3)
    header = b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, 32, 48, 8, 3)
    file.write_bytes(header + bytes(12) + pixels)


def movie(kind: str) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        with av.open(str(file), "w", format=kind) as container:
            stream = container.add_stream("mpeg4", rate=5)
            stream.width, stream.height = 48, 32
            for _ in range(3):
                container.mux(stream.encode(av.VideoFrame.from_image(picture())))
            container.mux(stream.encode())

    return make


CONTAINERS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "jpg": ("image/jpeg", saved("JPEG")),
    "png": ("image/png", saved("PNG")),
    "tif": ("image/tiff", saved("TIFF")),
    "webp": ("image/webp", saved("WEBP")),
    "gif": ("image/gif", saved("GIF")),
    "avif": ("image/avif", saved("AVIF")),
    "heic": ("image/heic", heic),
    "psd": ("image/vnd.adobe.photoshop", psd),
    "jp2": ("image/jp2", saved("JPEG2000")),
    "pdf": ("application/pdf", saved("PDF")),
    "mp4": ("video/mp4", movie("mp4")),
    "mov": ("video/quicktime", movie("mov")),
}


def values(extracted: Extracted) -> dict[str, Any]:
    return {name: field.value for name, field in extracted.fields.items()}
