"""Photographs that libvips does not read: HEIC through pillow-heif; BMP, JPEG 2000 and rare Photoshop by Pillow."""

import warnings
from pathlib import Path
from typing import Any

import pillow_heif
import pyvips
from PIL import Image

from assetwire.domain.errors import Undecodable
from assetwire.media.engine import in_memory
from assetwire.media.photoshop import IN_STRIPS, flattened, read_document

LARGEST = 134_000_000
"""Pixels at the most: these decoders hold the whole picture, about 8 bytes a pixel with its conversion, so 1 GiB."""

_STRIP = 16 * 1024**2
"""Bytes that are handed over at once."""
_FORMATS = {"image/vnd.adobe.photoshop": "PSD", "image/bmp": "BMP", "image/jp2": "JPEG2000", "image/j2c": "JPEG2000"}
_BANDS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}


def still(file: Path, media_type: str, *, longest_edge: int) -> Any:
    """Return a photograph, upright, with its colour profile; shrunk on load towards this edge where its format can.

    Raises:
        Undecodable: it has too many pixels, or a colour mode that has no sRGB.
    """
    if media_type == "image/vnd.adobe.photoshop" and read_document(file).mode in IN_STRIPS:
        return flattened(file, longest_edge=longest_edge)
    if media_type in _FORMATS:
        return _through_pillow(file, _FORMATS[media_type], longest_edge)
    return _through_heif(file)


def _through_heif(file: Path) -> Any:
    # libheif applies the container's own rotation and mirroring; the EXIF orientation beside it is a copy, and ignored.
    opened = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
    primary: Any = opened[opened.primary_index]
    width, height = primary.size
    _check(width, height)
    profile = primary.info.get("icc_profile")
    if primary.mode == "I;16":  # pillow-heif keeps the 10 or 12 bits of grey pictures
        deep = pyvips.Image.new_from_memory(bytes(primary.data), primary.stride // 2, height, 1, "ushort")
        return deep.crop(0, 0, width, height).copy(interpretation="grey16")
    if primary.mode not in _BANDS:
        raise Undecodable(f"pixels of mode {primary.mode} are not read")
    return in_memory(primary.data, width, height, _BANDS[primary.mode], stride=primary.stride, profile=profile)


def _through_pillow(file: Path, kind: str, longest_edge: int) -> Any:
    with warnings.catch_warnings():
        # Pillow's own limit warns below ours and raises above it.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        opened = Image.open(file, formats=(kind,))
    with opened:
        _check(*opened.size)
        if kind == "JPEG2000":
            plugin: Any = opened  # has a property where other images have a method
            plugin.reduce = _halvings(max(opened.size), longest_edge)
        image = opened if opened.mode in _BANDS else opened.convert(_plain_mode(opened))
        image.load()
        bands = _BANDS[image.mode]
        profile = opened.info.get("icc_profile")
        if image.mode != opened.mode and opened.mode not in {"P", "PA", "RGBX"}:
            profile = None  # it describes the samples as they were
        found = _in_strips(image, bands, profile)
        return found.copy(interpretation="cmyk") if image.mode == "CMYK" else found


def _in_strips(image: Image.Image, bands: int, profile: bytes | None) -> Any:
    """Return Pillow's picture as libvips', strip by strip: `tobytes` holds what it returns twice."""
    height = max(1, _STRIP // (image.width * bands))
    strips = []
    for top in range(0, image.height, height):
        part = image.crop((0, top, image.width, min(top + height, image.height)))
        strips.append(in_memory(part.tobytes(), *part.size, bands, stride=part.width * bands, profile=profile))
    return pyvips.Image.arrayjoin(strips, across=1).crop(0, 0, *image.size)


def _halvings(edge: int, wanted: int) -> int:
    """Return how often an edge can be halved and stay at least as long as wanted."""
    times = 0
    while times < 5 and edge >> (times + 1) >= wanted:
        times += 1
    return times


def _plain_mode(image: Image.Image) -> str:
    match image.mode:
        case "1" | "I;16" | "I;16L" | "I;16B" | "I":
            return "L"
        case "P":
            return "RGBA" if "transparency" in image.info else "RGB"
        case "PA" | "La" | "RGBa":
            return "RGBA"
        case "RGBX" | "YCbCr" | "HSV":
            return "RGB"
    raise Undecodable(f"pixels of mode {image.mode} are not read")


def _check(width: int, height: int) -> None:
    if width * height > LARGEST:
        raise Undecodable(f"{width} × {height} pixels are more than {LARGEST}", code="too_many_pixels")
