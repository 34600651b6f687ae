"""libvips, told which loaders it may use: those of the formats that Assetwire reads, and no others."""

import ctypes
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyvips

from assetwire.media.png_chunks import late_orientation
from assetwire.media.scaling import scaled

_LOADERS = (
    "VipsForeignLoadJpeg",
    "VipsForeignLoadPng",
    "VipsForeignLoadNsgif",
    "VipsForeignLoadWebp",
    "VipsForeignLoadTiff",
    "VipsForeignLoadHeif",
    "VipsForeignLoadRaw",  # planes that our own reader wrote, of a size that it says
    # Only from memory, where `media/picture.py` hands it what the sanitiser let through: never from a file as it came.
    "VipsForeignLoadSvgBuffer",
)

pyvips.operation_block_set("VipsForeignLoad", True)
for _loader in _LOADERS:
    pyvips.operation_block_set(_loader, False)
pyvips.cache_set_max(0)  # every master is read once: a cache of operations would only hold memory


def _glibc(name: str, *arguments: int) -> None:
    with suppress(AttributeError, OSError, TypeError):  # another C library has no such function
        getattr(ctypes.CDLL(None), name)(*arguments)


_glibc("mallopt", -8, 1)  # M_ARENA_MAX: else what one of libvips' threads freed serves that thread alone


def give_back() -> None:
    """Return to the system what decoding has freed: pictures are large, and glibc would keep their memory."""
    _glibc("malloc_trim", 0)


FAIL_ON = "error"
"""How libvips treats damaged pixels: truncation and errors fail.

What a decoder itself mends with a warning passes, as in every viewer: real cameras write such files.
"""

SWAPPED = 5
"""From this EXIF orientation on (5 to 8), the stored width is the upright height."""

EngineError = pyvips.Error


def reason(error: pyvips.Error) -> str:
    """Return what a decoder said, without what libvips said of having asked it; at most 200 characters."""
    said = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(dict.fromkeys(said[1:] or said))[:200]


def read_header(file: Path) -> Any:
    """Return an image whose header is read, and whose pixels are not.

    libvips takes a trailing `[…]` of a path as options to the loader: callers name their files themselves.

    Raises:
        EngineError: the content is of no format that we read.
    """
    return _oriented(
        pyvips.Image.new_from_file(str(file), access="sequential", fail_on=FAIL_ON), late_orientation(file)
    )


def shrink(file: Path, width: int, height: int, **options: Any) -> Any:
    """Return an upright image at this size, shrunk while it loads as far as its format can.

    From a path and not from a stream: libvips 8.18 forgets `fail_on` for streams, and takes damaged files.

    Raises:
        EngineError: the content is of no format that we read; damage shows when the pixels are asked for.
    """
    turn = late_orientation(file)
    if turn >= SWAPPED:
        width, height = height, width
    image = pyvips.Image.thumbnail(str(file), width, height=height, fail_on=FAIL_ON, **options)
    return _oriented(image.copy_memory(), turn).autorot() if turn > 1 else image  # turning needs every line at once


def _oriented(image: Any, orientation: int) -> Any:
    """Return an image with an EXIF orientation that libvips did not see; upright is what it takes for granted."""
    if orientation > 1:
        image = image.copy()
        image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    return image


def shrink_alone(file: Path, header: Any, width: int, height: int) -> Any:
    """Return an upright image at exactly this size in the colours of the file, shrunk on load where it is a JPEG.

    `shrink` brings inks to another space before it shrinks, unless it is told which.

    Raises:
        EngineError: the content is of no format that we read; damage shows when the pixels are asked for.
    """
    turned = orientation(header) >= SWAPPED
    across, down = (height, width) if turned else (width, height)
    options = {}
    if str(header.get("vips-loader")) == "jpegload":
        most = min(header.width // across, header.height // down)
        options["shrink"] = next(times for times in (8, 4, 2, 1) if times <= max(1, most))
    image = pyvips.Image.new_from_file(str(file), access="sequential", fail_on=FAIL_ON, **options)
    image = scaled(image, across, down)
    turn = orientation(header)
    return _oriented(image.copy_memory(), turn).autorot() if turn > 1 else image


def orientation(header: Any) -> int:
    """Return the EXIF orientation, 1 to 8; a missing or absurd one counts as upright."""
    value = header.get("orientation") if header.get_typeof("orientation") else 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def in_memory(pixels: Any, width: int, height: int, bands: int, *, stride: int, profile: bytes | None = None) -> Any:
    """Return an image of 8-bit samples that another decoder left in memory; `stride` is the bytes from row to row."""
    across, rest = divmod(stride, bands)
    if rest:  # rows are padded to no whole pixel: leave the padding out
        view = memoryview(pixels)
        pixels = b"".join(view[row * stride : row * stride + width * bands] for row in range(height))
        across = width
    colours = {1: "b-w", 2: "b-w", 3: "srgb", 4: "srgb"}[bands]
    image = pyvips.Image.new_from_memory(pixels, across, height, bands, "uchar").copy(interpretation=colours)
    if across != width:
        image = image.crop(0, 0, width, height)
    if profile:
        image = image.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
    return image


def decoding_bytes(header: Any) -> int:
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


def embedded_size(data: bytes) -> tuple[int, int]:
    """Return the width and height of a PNG or JPEG in memory, from its header.

    Raises:
        EngineError: it is neither.
    """
    load = pyvips.Image.pngload_buffer if data[:4] == b"\x89PNG" else pyvips.Image.jpegload_buffer
    image = load(data)
    return image.width, image.height
