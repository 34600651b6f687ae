"""Photographs and graphics that libvips reads: JPEG, PNG, GIF, WebP, TIFF, AVIF; by their header alone."""

import io
from pathlib import Path
from typing import Any

from PIL import ImageCms

from assetwire.domain.errors import Undecodable
from assetwire.domain.inspection import Kind
from assetwire.media import png_chunks
from assetwire.media.engine import SWAPPED, EngineError, decoding_bytes, orientation, read_header, reason
from assetwire.media.readers.facts import Facts

_BITS = {"uchar": 8, "ushort": 16}
"""Bits of a decoded sample by libvips' name of its type."""
_ANIMATED = frozenset({"image/gif", "image/webp", "image/avif"})


def read(file: Path, media_type: str) -> Facts:
    """Read the header of a photograph.

    Raises:
        Undecodable: the header is damaged, or of a variant that is not read.
    """
    try:
        header = read_header(file)
    except EngineError as error:
        message = f"the header is damaged, or of a variant that is not read: {reason(error)}"
        raise Undecodable(message) from error
    turned = orientation(header)
    width, height = header.width, header.height
    if turned >= SWAPPED:
        width, height = height, width
    pages = int(header.get("n-pages")) if header.get_typeof("n-pages") else 1
    frames, seconds = (pages, _seconds(header)) if media_type in _ANIMATED else (1, None)
    if media_type == "image/png":
        frames, seconds = png_chunks.animation(file)
    technical: dict[str, Any] = {
        "orientation": turned,
        "colour_space": str(header.interpretation),
        "bits_per_sample": _bits(header),
        "has_alpha": bool(header.hasalpha()),
    }
    if frames > 1:
        technical["frames"] = frames
    profile = profile_name(header.get("icc-profile-data") if header.get_typeof("icc-profile-data") else None)
    if profile:
        technical["icc_profile"] = profile
    unsupported = ("unsupported_samples", "signed, 32-bit and floating samples have no defined white")
    return Facts(
        kind=Kind.IMAGE,
        media_type=media_type,
        width=width,
        height=height,
        pages=pages if media_type == "image/tiff" else None,
        frames=frames,
        duration_seconds=seconds if frames > 1 else None,
        technical=technical,
        decoded_bytes=width * height * header.bands * max(1, technical["bits_per_sample"] // 8),
        decoding_bytes=decoding_bytes(header),
        refusal=unsupported if technical["bits_per_sample"] == 0 else None,
    )


def profile_name(data: bytes | None) -> str | None:
    """Return the name of an ICC profile; a damaged profile costs its name, never the master."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data)) if data else None
        return str(ImageCms.getProfileDescription(profile)).strip("\0 \n")[:200] or None if profile else None
    except (OSError, ImageCms.PyCMSError, ValueError):
        return None


def _bits(header: Any) -> int:
    """Return the bits of a sample as stored, 1 to 16; 0 for samples that are not unsigned and of at most 16 bits."""
    decoded = _BITS.get(str(header.format), 0)
    name = next((n for n in ("heif-bitdepth", "bits-per-sample") if header.get_typeof(n)), None)
    return min(int(header.get(name)), decoded) if name else decoded


def _seconds(header: Any) -> float | None:
    """Return how long an animation lasts once through, where its frames say so, in milliseconds each."""
    delays = header.get("delay") if header.get_typeof("delay") else []
    return sum(delays) / 1000 or None
