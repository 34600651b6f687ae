"""Views of a picture or a part of it, and the symbols that zxing-cpp reads in one."""

import math
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from assetwire.domain import gtin

_FORMAT = zxingcpp.BarcodeFormat
_BARS = (_FORMAT.EANUPC, _FORMAT.Code128, _FORMAT.ITF, _FORMAT.DataBar)
_LINEAR = zxingcpp.BarcodeFormats(_BARS)
_ALL = zxingcpp.BarcodeFormats((*_BARS, _FORMAT.QRCode, _FORMAT.DataMatrix))
MATRIX = frozenset({"QRCode", "DataMatrix"})


class View(NamedTuple):
    """One way to look at a picture or a part of it: how large, through which filter, turned by how many degrees."""

    scale: float = 1.0
    filter: str = ""
    angle: float = 0.0
    whole: bool = False
    """Look for matrix codes, light on dark, and codes too large for the scale as well."""
    part: tuple[int, int, int, int] | None = None
    line: int | None = None
    """Not a view for zxing-cpp, but one of the lines whose grey levels were read."""


class Symbol(NamedTuple):
    """What a reading says: its symbology and its text, as printed."""

    format: str
    text: str
    gs1: bool = False


class Seen(NamedTuple):
    """Where a symbol was read, in pixels of the picture, and how."""

    view: View
    upright: float
    """Degrees to turn the picture by, so that the bars stand upright: the view's own, or 90 more."""
    left: float
    top: float
    right: float
    bottom: float


_FILTERS: Mapping[str, Callable[[Image.Image, float], Image.Image]] = MappingProxyType(
    {
        "": lambda picture, _scale: picture,
        "crisp": lambda picture, scale: picture.filter(ImageFilter.UnsharpMask(2 * scale, 100, 0)),
        "sharp": lambda picture, scale: picture.filter(ImageFilter.UnsharpMask(2 * scale, 200, 0)),
        "sharpest": lambda picture, scale: picture.filter(ImageFilter.UnsharpMask(2 * scale, 400, 0)),
        # Averaged along the bars, if they stand upright: noise goes, bars stay.
        "smeared": lambda picture, scale: picture.filter(ImageFilter.BoxBlur((0, 4 * scale))),
        "smeared crisp": lambda picture, scale: picture.filter(ImageFilter.BoxBlur((0, 4 * scale))).filter(
            ImageFilter.UnsharpMask(2 * scale, 200, 0)
        ),
        "soft": lambda picture, scale: picture.filter(ImageFilter.GaussianBlur(0.8 * scale)),
        # The difference from the surroundings: what is black in the shade and white in the light looks alike.
        "local": lambda picture, scale: ImageChops.subtract(
            picture, picture.filter(ImageFilter.BoxBlur(12 * scale)), 0.5, 128
        ),
    }
)
_CLOSE_UPS = (
    (300, "smeared", 0), (420, "local", 0), (300, "crisp", 0), (420, "smeared crisp", 0), (600, "sharp", 0),
    (200, "", 0), (300, "smeared crisp", -2), (420, "crisp", 2), (600, "smeared", 1), (200, "local", 0),
    (300, "soft", 0), (300, "sharpest", 0), (420, "local", -2), (600, "", 0), (200, "smeared crisp", 1),
    (600, "local", 2), (200, "sharp", 0), (420, "smeared", -2), (300, "crisp", 5), (420, "sharpest", -2),
    (300, "local", -5), (150, "local", 2), (420, "", -5), (150, "sharpest", 0), (600, "smeared crisp", 0),
    (600, "crisp", -2), (300, "local", 2), (200, "sharpest", -2), (800, "sharp", 5), (800, "local", 0),
    (300, "smeared", 3), (200, "soft", 2),
)  # fmt: skip  # a table is read by its columns
"""Length of the code in pixels, filter, turn: the views that a place gets where something was read."""
_OVERVIEWS = (
    ("middle", "local", 0), ("small", "crisp", 0), ("middle", "smeared", 0), ("middle", "smeared", 90),
    ("large", "sharp", 0), ("middle", "crisp", 22), ("middle", "crisp", -22), ("middle", "crisp", 45),
    ("middle", "local", -2), ("middle", "sharpest", 0), ("small", "local", 0), ("small", "smeared", 0),
    ("small", "smeared", 90), ("middle", "smeared", 45), ("middle", "smeared", -45),
    ("middle", "local", 22), ("middle", "local", -22), ("middle", "local", 45), ("middle", "smeared", 22),
    ("middle", "smeared", -22), ("middle", "smeared", 67), ("middle", "smeared", -67),
    ("middle", "crisp", 11), ("middle", "crisp", -11), ("middle", "crisp", 33), ("middle", "crisp", -33),
    ("middle", "sharpest", -2), ("large", "local", 2), ("small", "soft", 0), ("small", "sharp", -2),
    ("large", "crisp", 0), ("small", "sharpest", 0), ("middle", "local", 5), ("middle", "sharp", -5),
    ("small", "local", -2), ("small", "local", 2), ("middle", "smeared", 11), ("middle", "smeared", -11),
    ("middle", "smeared", 101), ("middle", "smeared", 79), ("middle", "local", 11),
    ("middle", "local", -11), ("middle", "local", 33), ("middle", "local", -33), ("large", "sharp", 22),
    ("large", "sharp", -22), ("large", "sharp", 45), ("large", "sharpest", -2), ("large", "local", -5),
    ("small", "sharpest", 2), ("middle", "sharp", 5),
)  # fmt: skip  # a table is read by its columns
"""Scale, filter, turn: the views that the whole picture gets while nothing is agreed on, the fruitful ones first."""
_SMALL = 700
"""Pixels of the longer edge up to which enlarging a picture helps."""
_TALLEST = 4.0
"""Enlargement at the most: beyond it nothing appears that was not there."""


def overviews(size: tuple[int, int]) -> Iterator[View]:
    """Yield views of the whole picture, likely and cheap ones first."""
    longest = max(size)
    scales = {"small": 1.0, "middle": 1.5, "large": min(3.0, max(2.0, 1400 / longest))}
    if longest > _SMALL:
        scales = {"small": 0.5, "middle": 1.0 if longest <= 2 * _SMALL else 0.75, "large": max(1.0, 1400 / longest)}
    yield View(whole=True)
    for wanted, filter_, turn in _OVERVIEWS:
        yield View(scales[wanted], filter_, turn, whole=turn == 0 and filter_ in {"local", "crisp"})


def close_ups(place: Seen, size: tuple[int, int], *, matrix: bool) -> Iterator[View]:
    """Yield views of the surroundings of a place, in the direction in which it was read."""
    length = max(place.right - place.left, place.bottom - place.top, 20.0)
    x, y = (place.left + place.right) / 2, (place.top + place.bottom) / 2
    part = (
        max(0, round(x - length * 0.8)),
        max(0, round(y - length * 0.8)),
        min(size[0], round(x + length * 0.8)),
        min(size[1], round(y + length * 0.8)),
    )
    for wanted, filter_, turn in _CLOSE_UPS:
        yield View(min(wanted / length, _TALLEST), filter_, place.upright + turn, matrix, part)


def read(grey: Image.Image, view: View) -> Iterator[tuple[Symbol, Seen]]:
    """Yield what zxing-cpp reads in one view, and where in the picture."""
    left, top, right, bottom = part = view.part or (0, 0, *grey.size)
    picture = grey if view.part is None else grey.crop(part)
    size = max(1, round(picture.width * view.scale)), max(1, round(picture.height * view.scale))
    if size != picture.size:
        picture = picture.resize(size, Image.Resampling.BICUBIC if view.scale > 1 else Image.Resampling.BOX)
    if view.angle:
        picture = picture.rotate(view.angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    turned = picture.size
    picture = _FILTERS[view.filter](picture, max(view.scale, 0.5))
    found = zxingcpp.read_barcodes(
        picture,
        formats=_ALL if view.whole else _LINEAR,
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=view.whole and view.part is None,
        try_invert=view.whole,
    )
    middle = (left + right) / 2, (top + bottom) / 2
    for code in found:
        symbol = _symbol(code)
        if symbol is not None:
            yield symbol, _place(code.position, turned, middle, view)


def _place(position: zxingcpp.Position, seen: tuple[int, int], middle: tuple[float, float], view: View) -> Seen:
    """Return the box around a position of a view in pixels of the picture."""
    turn = math.radians(view.angle)
    sine, cosine = math.sin(turn), math.cos(turn)
    xs, ys = [], []
    for corner in (position.top_left, position.top_right, position.bottom_right, position.bottom_left):
        x, y = corner.x - seen[0] / 2, corner.y - seen[1] / 2
        # Pillow turns counter-clockwise on a y axis that points down; this turns back.
        xs.append((x * cosine - y * sine) / view.scale + middle[0])
        ys.append((x * sine + y * cosine) / view.scale + middle[1])
    across = abs(position.top_right.x - position.top_left.x) >= abs(position.top_right.y - position.top_left.y)
    return Seen(view, view.angle if across else view.angle + 90, min(xs), min(ys), max(xs), max(ys))


def _symbol(code: zxingcpp.Barcode) -> Symbol | None:
    """Return what a decoded code says, as printed; None for what can be no evidence."""
    name, text = code.format.name, code.text
    is_gs1 = code.content_type == zxingcpp.ContentType.GS1
    if name == "UPCE":
        printed = str(code.extra.get("UPCE", "")) if isinstance(code.extra, dict) else ""
        # The left half of an EAN-13 looks like a UPC-E of number system 1, which is hardly ever printed.
        return Symbol(name, printed) if printed.startswith("0") and gtin.expand_upc_e(printed) else None
    if name in {"EAN13", "UPCA", "EAN8", "ITF", "ITF14"}:
        return of_digits(name, text)
    return Symbol(name, text, is_gs1) if text else None


def of_digits(name: str, text: str) -> Symbol | None:
    """Return the symbol of this name and number, as printed; None where its check digit is wrong."""
    if name == "EAN13" and text.startswith("0"):
        name, text = "UPCA", text[1:]
    if name.startswith("ITF") and len(text) > 14:
        return Symbol("ITF", text)
    return Symbol(name, text) if gtin.is_sound(text) else None
