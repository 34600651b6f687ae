"""The colours of pictures: to sRGB for screens, to inks for print, and colours of a spec in either.

Perceptual and saturation intents depend on each profile's maker; the relative colorimetric one is the same everywhere,
with black point compensation between inks and screens: a press prints its darkest where a screen shows grey.
Source: ICC.1:2022; ISO 18619:2015 (black point compensation).
"""

from typing import Any

import pyvips

PROFILE = "icc-profile-data"
SRGB, INK = "srgb", "cmyk"
"""libvips' names of the two profiles that it brings itself: what has none is taken to be of these."""


def has_profile(image: Any) -> bool:
    """Tell whether a picture says what its numbers mean."""
    return bool(image.get_typeof(PROFILE))


def in_srgb(image: Any) -> Any:
    """Return a picture in 8-bit sRGB, of three bands or four."""
    printed = image.interpretation == "cmyk"
    if has_profile(image) or printed:
        fallback = INK if printed else SRGB
        image = image.icc_transform(SRGB, embedded=True, input_profile=fallback, black_point_compensation=printed)
    return eight_bits(image)


def eight_bits(image: Any) -> Any:
    """Return a picture of any RGB or grey in 8 bits and three bands or four, its numbers taken as sRGB's."""
    if image.interpretation not in {"srgb", "cmyk"}:
        image = image.colourspace("srgb")
    return image if image.format == "uchar" else image.cast("uchar")


def in_ink(image: Any) -> Any:
    """Return a picture in 8-bit CMYK with its profile; what is in CMYK already keeps its inks and its profile."""
    if image.interpretation != "cmyk":
        return image.icc_transform(INK, embedded=True, input_profile=SRGB, depth=8, black_point_compensation=True)
    return image if has_profile(image) else with_profile(image, pyvips.Operation.call("profile_load", INK))


def with_profile(image: Any, profile: bytes) -> Any:
    """Return a picture that says that its numbers are of this ICC profile."""
    labelled = image.copy()
    labelled.set_type(pyvips.GValue.blob_type, PROFILE, profile)
    return labelled


def numbers(colour: str, image: Any) -> list[float]:
    """Return the numbers of a colour (`#rrggbb`, sRGB) in the bands of a picture, without its alpha."""
    red, green, blue = (float(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    if image.interpretation != "cmyk":
        return [red, green, blue]
    if (red, green, blue) == (255, 255, 255):
        return [0.0, 0.0, 0.0, 0.0]  # paper, whatever the profile makes of it
    pixel = pyvips.Image.black(1, 1, bands=3).linear(1, [red, green, blue]).cast("uchar").copy(interpretation="srgb")
    seen = pixel.icc_import(input_profile=SRGB, black_point_compensation=True)
    inks = with_profile(seen, image.get(PROFILE)).icc_export(depth=8, black_point_compensation=True)
    return [float(ink) for ink in inks.getpoint(0, 0)]
