"""Pictures that libvips does not read: HEIC through pillow-heif; Photoshop, BMP and JPEG 2000 through Pillow."""

import warnings
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image

from assetwire.domain.inspection import Kind
from assetwire.media.photoshop import IN_STRIPS, MODES, read_document
from assetwire.media.readers.facts import Facts
from assetwire.media.readers.raster import profile_name

_HEIF = frozenset({"image/heic", "image/heif"})
_FORMATS = {"image/bmp": "BMP", "image/jp2": "JPEG2000", "image/j2c": "JPEG2000"}
_PSD = "image/vnd.adobe.photoshop"
_DECODING = 8
"""Bytes a pixel that these decoders hold, the conversion included: they decode the whole picture at once."""
_SPACES = {"1": "b-w", "L": "b-w", "LA": "b-w", "P": "srgb", "I;16": "grey16", "CMYK": "cmyk", "LAB": "lab"}
"""libvips' name of a colour space by Pillow's mode; others are sRGB."""
_ALPHA = frozenset({"LA", "PA", "RGBA", "La", "RGBa"})


def read(file: Path, media_type: str) -> Facts:
    """Read the header of a picture.

    Raises:
        Undecodable: the header is damaged, or of a variant that is not read.
        Exception: whatever else the decoder throws at damage.
    """
    if media_type == _PSD:
        return _photoshop(file)
    if media_type in _HEIF:
        return _heif(file, media_type)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limits are checked next
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(file, formats=(_FORMATS[media_type],)) as opened:
            bits = 1 if opened.mode == "1" else 16 if opened.mode.startswith("I") else 8
            return _facts(media_type, opened.size, opened.mode, bits, opened.info.get("icc_profile"))


def _facts(
    media_type: str, size: tuple[int, int], mode: str, bits: int, profile: bytes | None, *, pages: int = 1
) -> Facts:
    technical = {
        "orientation": 1,
        "colour_space": _SPACES.get(mode, "srgb" if bits <= 8 else "rgb16"),
        "bits_per_sample": bits,
        "has_alpha": mode in _ALPHA,
    }
    name = profile_name(profile)
    if name:
        technical["icc_profile"] = name
    if pages > 1:
        technical["pictures"] = pages
    pixels = size[0] * size[1]
    return Facts(
        kind=Kind.IMAGE,
        media_type=media_type,
        width=size[0],
        height=size[1],
        technical=technical,
        decoded_bytes=pixels * len(mode.split(";", maxsplit=1)[0]),
        decoding_bytes=pixels * _DECODING,
    )


def _heif(file: Path, media_type: str) -> Facts:
    """HEIF: its sizes are upright already, by the container's own rotation; the EXIF orientation is a copy of it."""
    opened = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
    primary = opened[opened.primary_index]
    said: dict[str, Any] = dict(primary.info)
    bits = int(said.get("bit_depth", 8))
    return _facts(media_type, primary.size, str(primary.mode), bits, said.get("icc_profile"), pages=len(opened))


def _photoshop(file: Path) -> Facts:
    """Photoshop's own header, which says what is not read as well."""
    document = read_document(file)
    space, _ = MODES[document.mode]
    refusal = None
    if not document.flattened:
        refusal = ("no_picture", "it keeps no flattened picture: save it for maximum compatibility, or export a TIFF")
    elif document.bits == 32 or document.mode in {7, 9} or (document.bits == 16 and document.mode not in IN_STRIPS):
        bits = document.bits
        refusal = ("unsupported_samples", f"Photoshop pictures of {bits} bits in {space} are not read: export a TIFF")
    pixels = document.width * document.height
    return Facts(
        kind=Kind.IMAGE,
        media_type=_PSD,
        width=document.width,
        height=document.height,
        technical={
            "orientation": 1,
            "colour_space": space,
            "bits_per_sample": document.bits,
            "has_alpha": document.transparent,
            "large_document": document.large,
        },
        decoded_bytes=pixels * document.planes * max(1, document.bits // 8),
        decoding_bytes=0 if document.mode in IN_STRIPS else pixels * _DECODING,
        refusal=refusal,
    )
