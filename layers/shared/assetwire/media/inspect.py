"""Inspect: what a master says about itself, or why it is refused."""

import io
from pathlib import Path
from typing import Any

from PIL import ImageCms

from assetwire.domain.inspection import Inspection, Kind, Problem, Status
from assetwire.domain.metadata import Metadata
from assetwire.media.engine import EngineError, read_header, shrink
from assetwire.media.sniff import sniff

DECODING_BYTES = 1024**3
"""Bytes that decoding one master may hold at the most: half of ingest's memory."""
READ = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/avif"})
"""The media types that are read."""
_MEDIA_TYPES = {
    "jpegload": "image/jpeg",
    "pngload": "image/png",
    "gifload": "image/gif",
    "webpload": "image/webp",
    "tiffload": "image/tiff",
}
_BITS = {"uchar": 8, "ushort": 16}
"""Bits of a decoded sample by libvips' name of its type."""
LONGEST_EDGE = 65_535
"""Pixels of an edge at the most: what a JPEG can hold. Source: ITU-T T.81, frame header, 16-bit sizes."""
_SWAPPED = 5
"""From this EXIF orientation on (5 to 8), the stored width is the upright height."""


def inspect(file: Path, *, sha256: str, size: int, maximum_bytes: int, maximum_pixels: int) -> Inspection:
    """Inspect a local file by its content; nothing in it raises, everything wrong with it is in `problems`.

    Limits are checked before anything is decoded; then the pixels are decoded once, small, to find damage.
    """

    def refuse(code: str, message: str, field: str = "file", **facts: Any) -> Inspection:
        problem = Problem(code=code, field=field, message=message)
        return Inspection(status=Status.QUARANTINED, sha256=sha256, bytes=size, problems=(problem,), **facts)

    if size == 0:
        return refuse("empty_file", "the file has no bytes")
    if size > maximum_bytes:
        return refuse("too_large", f"{size} bytes are more than {maximum_bytes}", "bytes")
    try:
        header = read_header(file)
        facts, memory = _facts(header), _decoding_bytes(header)
    except EngineError:
        known = sniff(file)
        if known is None:
            return refuse("unrecognised_format", "the content is of no format that we know")
        kind, media_type = known
        facts = {"kind": kind, "media_type": media_type}
        if media_type in READ:
            return refuse("undecodable", "the header is damaged, or of a variant that is not read", **facts)
        return refuse("unsupported_media_type", f"{media_type} is not read", **facts)
    if facts["width"] * facts["height"] > maximum_pixels:
        message = f"{facts['width']} × {facts['height']} pixels are more than {maximum_pixels}"
        return refuse("too_many_pixels", message, "width", **facts)
    if max(facts["width"], facts["height"]) > LONGEST_EDGE:
        message = f"an edge of {facts['width']} × {facts['height']} pixels is longer than {LONGEST_EDGE}"
        return refuse("edge_too_long", message, "width", **facts)
    if memory > DECODING_BYTES:
        message = f"decoding would hold {memory} bytes, more than {DECODING_BYTES}"
        return refuse("too_much_memory", message, "width", **facts)
    if facts["metadata"].technical["bits_per_sample"] == 0:
        return refuse("unsupported_samples", "signed, 32-bit and floating samples have no defined white", **facts)
    try:
        shrink(file, 64, 64, size="down").write_to_memory()
    except EngineError:
        return refuse("undecodable", "the pixels are damaged", **facts)
    return Inspection(status=Status.ACCEPTED, sha256=sha256, bytes=size, **facts)


def _facts(header: Any) -> dict[str, Any]:
    loader = str(header.get("vips-loader")).removesuffix("_source").removesuffix("_buffer")
    if loader == "heifload":
        compression = str(header.get("heif-compression"))
        media_type = "image/avif" if compression == "av1" else "image/heic"
    else:
        media_type = _MEDIA_TYPES[loader]
    orientation = _orientation(header)
    width, height = header.width, header.height
    if orientation >= _SWAPPED:
        width, height = height, width
    pages = int(header.get("n-pages")) if header.get_typeof("n-pages") else 1
    return {
        "kind": Kind.IMAGE,
        "media_type": media_type,
        "width": width,
        "height": height,
        "pages": pages if media_type == "image/tiff" else None,
        "metadata": _metadata(header, orientation=orientation, frames=pages if media_type != "image/tiff" else 1),
    }


def _metadata(header: Any, *, orientation: int, frames: int) -> Metadata:
    technical: dict[str, Any] = {
        "orientation": orientation,
        "colour_space": str(header.interpretation),
        "bits_per_sample": _bits(header),
        "has_alpha": bool(header.hasalpha()),
    }
    if frames > 1:
        technical["frames"] = frames
    profile = _profile_name(header)
    if profile:
        technical["icc_profile"] = profile
    return Metadata(technical=technical)


def _decoding_bytes(header: Any) -> int:
    """Estimate the bytes that a decoder holds at once: nothing worth counting where it goes through line by line.

    Figures per pixel measured with libvips 8.18: progressive JPEGs keep every coefficient (2 bytes a band), interlaced
    PNGs the whole picture, WebP and GIF a canvas of 4 bytes, AVIF about 16 with its planes and their conversion.
    """
    pixels = header.width * header.height
    interlaced = bool(header.get_typeof("interlaced")) and bool(header.get("interlaced"))
    match str(header.get("vips-loader")):
        case "heifload":
            return int(pixels * 16)
        case "webpload" | "gifload":
            return int(pixels * 4)
        case "jpegload" if interlaced:
            return int(pixels * header.bands * 2)
        case "pngload" if interlaced:
            return int(pixels * header.bands * (2 if header.format == "ushort" else 1))
        case _:
            return 0


def _bits(header: Any) -> int:
    """Return the bits of a sample as stored, 1 to 16; 0 for samples that are not unsigned and of at most 16 bits."""
    decoded = _BITS.get(str(header.format), 0)
    stored = header.get("bits-per-sample") if header.get_typeof("bits-per-sample") else decoded
    return min(int(stored), decoded)


def _orientation(header: Any) -> int:
    """Return the EXIF orientation, 1 to 8; a missing or absurd one counts as upright."""
    value = header.get("orientation") if header.get_typeof("orientation") else 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _profile_name(header: Any) -> str | None:
    if not header.get_typeof("icc-profile-data"):
        return None
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(header.get("icc-profile-data")))
        return str(ImageCms.getProfileDescription(profile)).strip("\0 \n")[:200] or None
    except (OSError, ImageCms.PyCMSError, ValueError):
        return None  # a damaged profile costs its name, never the master
