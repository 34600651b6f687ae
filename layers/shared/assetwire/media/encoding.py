"""Encode pictures: one table says which encoder writes which format; one search meets a number of bytes."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from assetwire.domain.errors import Unmet
from assetwire.domain.spec import FORMATS, ColourSpace, Encoding, Format
from assetwire.media.colours import SRGB

_ENOUGH = 0.92
"""A file of this share of the bytes that it may have is good enough: a better quality would hardly be seen."""
_MOST_ENCODES = 6
_HALVING = 14.0
"""Points of quality that halve a photograph's bytes, about, in JPEG, WebP and AVIF alike: where a search begins."""
_SCREEN, _PRINT = 72 / 25.4, 300 / 25.4
"""Pixels a millimetre that a file says it has, where its format can say so."""

Write = Callable[[Encoding], int]
"""Writes a file with an encoding, and returns its bytes."""


class _Attempt(NamedTuple):
    """A quality and the bytes that it made."""

    quality: int
    size: int


def save(image: Any, path: Path, encoding: Encoding) -> None:
    """Write a picture in one of the formats; of what its master said nothing goes along, but a profile of inks."""
    if encoding.colours is ColourSpace.CMYK:
        image, said = image.copy(xres=_PRINT, yres=_PRINT), {"keep": "icc"}
    else:
        profile = {"profile": SRGB} if encoding.profile else {}
        image, said = image.copy(xres=_SCREEN, yres=_SCREEN), {"keep": "none"} | profile
    _ENCODERS[encoding.format](image, str(path), encoding, said)


def met(write: Write, encoding: Encoding) -> int:
    """Write a file within the bytes that its encoding allows, at the highest quality that few attempts find.

    Raises:
        Unmet: the least quality makes more bytes, or there is no quality to lower.
    """
    most = encoding.maximum_bytes
    size = write(encoding)
    if most is None or size <= most:
        return size
    if encoding.quality is None or encoding.quality <= encoding.least_quality:
        raise _unmet(encoding, size)
    over, fits, other = _Attempt(encoding.quality, size), None, None
    last = over
    for left in range(_MOST_ENCODES - 1, -1, -1):
        low = fits.quality if fits else encoding.least_quality - 1
        if over.quality - low <= 1 or (fits and (fits.size >= _ENOUGH * most or not left)):
            break
        quality = _next(over, fits or other, low, most) if fits or left else encoding.least_quality
        last = _Attempt(quality, write(_at(encoding, quality)))
        if last.size <= most:
            fits = last
        else:
            over, other = last, over
    if fits is None:
        raise _unmet(encoding, over.size)
    return fits.size if last == fits else write(_at(encoding, fits.quality))


def _next(over: _Attempt, other: _Attempt | None, low: int, most: int) -> int:
    """Return the quality to try: where the logarithm of the bytes, straight through two attempts, is just below."""
    slope = math.log(2) / _HALVING
    if other:
        slope = max(math.log(over.size / other.size) / (over.quality - other.quality), 1e-3)
    wanted = over.quality - math.log(over.size / (most * (1 + _ENOUGH) / 2)) / slope
    return min(over.quality - 1, max(low + 1, math.floor(wanted)))


def _at(encoding: Encoding, quality: int) -> Encoding:
    return encoding.model_copy(update={"quality": quality})


def _unmet(encoding: Encoding, size: int) -> Unmet:
    least = "" if encoding.quality is None else f" at a quality of {min(encoding.quality, encoding.least_quality)}"
    message = f"{FORMATS[encoding.format].extension}: {size} bytes{least} are more than {encoding.maximum_bytes}"
    return Unmet(message, code="over_maximum_bytes")


def _avif(image: Any, path: str, encoding: Encoding, said: dict[str, Any]) -> None:
    lossy = {"lossless": True} if encoding.quality is None else {"Q": encoding.quality}
    image.heifsave(path, compression="av1", effort=encoding.effort, bitdepth=8, **lossy, **said)


def _webp(image: Any, path: str, encoding: Encoding, said: dict[str, Any]) -> None:
    lossy = {"lossless": True} if encoding.quality is None else {"Q": encoding.quality}
    image.webpsave(path, effort=encoding.effort, **lossy, **said)


def _jpeg(image: Any, path: str, encoding: Encoding, said: dict[str, Any]) -> None:
    image.jpegsave(path, Q=encoding.quality, optimize_coding=True, **said)


def _png(image: Any, path: str, encoding: Encoding, said: dict[str, Any]) -> None:
    image.pngsave(path, compression=max(1, encoding.effort), filter="all", **said)


def _tiff(image: Any, path: str, encoding: Encoding, said: dict[str, Any]) -> None:  # noqa: ARG001  one signature
    image.tiffsave(path, compression="lzw", predictor="horizontal", resunit="inch", **said)


def _gif(image: Any, path: str, encoding: Encoding, said: dict[str, Any]) -> None:
    image.gifsave(path, effort=max(1, encoding.effort), **said)


_ENCODERS: dict[Format, Callable[[Any, str, Encoding, dict[str, Any]], None]] = {
    Format.AVIF: _avif,
    Format.WEBP: _webp,
    Format.JPEG: _jpeg,
    Format.PNG: _png,
    Format.TIFF: _tiff,
    Format.GIF: _gif,
}
