"""Views of a picture or a part of it, and the symbols that zxing-cpp reads in one."""

import itertools
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


class Part(NamedTuple):
    """The surroundings of a place in a picture, in its pixels: the middle, and how long a code there would be."""

    x: float
    y: float
    length: float


class View(NamedTuple):
    """One way to look at a picture or a part of it: how large, through which filter, turned by how many degrees."""

    scale: float = 1.0
    filter: str = ""
    angle: float = 0.0
    whole: bool = False
    """Look for matrix codes, light on dark, and codes too large for the scale as well."""
    part: Part | None = None
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
    length: float
    """Of the bars, from the first to the last; of a matrix code its side."""
    height: float
    """Across the length, of as much as was read."""


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
"""Length of the code in pixels, filter, turn: the views of a place. All of them, where something was read there."""
_OVERVIEWS = (
    ("middle", "local", 0), ("small", "crisp", 0), ("large", "sharp", 0), ("middle", "sharpest", 0),
    ("middle", "smeared", 0), ("small", "local", 0), ("middle", "crisp", 0), ("small", "smeared", 0),
    ("large", "sharpest", -2), ("middle", "sharp", -5), ("large", "local", 2), ("middle", "sharp", 5),
    ("middle", "crisp", 22), ("small", "soft", 0), ("middle", "crisp", -22), ("middle", "local", -2),
    ("small", "sharp", -2), ("large", "crisp", 0), ("small", "sharpest", 0), ("middle", "local", 5),
    ("small", "local", -2), ("middle", "crisp", -11), ("large", "sharp", 22), ("middle", "sharpest", -2),
    ("large", "sharp", -22), ("middle", "local", 11), ("large", "local", -5), ("small", "sharpest", 2),
    ("middle", "smeared", 2), ("large", "smeared", 0),
)  # fmt: skip  # a table is read by its columns
"""Scale, filter, turn: the views of the whole picture, those first that were the first to show anything. A code that is
turned further is found by its place instead."""
_SMALL = 700
"""Pixels of the longer edge up to which enlarging a picture helps."""
AROUND, _ACROSS = 1.6, 1.1
"""Length along and across the bars of what is looked at around a place, in lengths of the code."""
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


def close_ups(part: Part, upright: float, *, matrix: bool = False) -> Iterator[View]:
    """Yield views of a part of the picture, turned by so many degrees that bars stand upright."""
    for wanted, filter_, turn in _CLOSE_UPS:
        yield View(min(wanted / part.length, _TALLEST), filter_, upright + turn, matrix, part)


def read(grey: Image.Image, view: View) -> Iterator[tuple[Symbol, Seen]]:
    """Yield what zxing-cpp reads in one view, and where in the picture."""
    picture = _whole(grey, view) if view.part is None else cut(grey, view, view.part)
    middle = (view.part.x, view.part.y) if view.part else (grey.width / 2, grey.height / 2)
    turned = picture.size
    picture = _FILTERS[view.filter](picture, max(view.scale, 0.5))
    found = zxingcpp.read_barcodes(
        picture,
        formats=_ALL if view.whole else _LINEAR,
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=view.whole and view.part is None,
        try_invert=view.whole,
    )
    for code in found:
        symbol = _symbol(code)
        if symbol is not None:
            yield symbol, _place(code.position, turned, middle, view)


def _whole(grey: Image.Image, view: View) -> Image.Image:
    size = max(1, round(grey.width * view.scale)), max(1, round(grey.height * view.scale))
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.BICUBIC if view.scale > 1 else Image.Resampling.BOX)
    return grey.rotate(view.angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255) if view.angle else grey


def cut(grey: Image.Image, view: View, part: Part) -> Image.Image:
    """Cut out a part, turned and scaled in one step."""
    width, height = part.length * AROUND, part.length * (AROUND if view.whole else _ACROSS)
    reach = math.hypot(width, height) / 2
    shrunk = max(1, int(1 / view.scale))
    box = (
        max(0, int(part.x - reach)),
        max(0, int(part.y - reach)),
        min(grey.width, int(part.x + reach) + 1),
        min(grey.height, int(part.y + reach) + 1),
    )
    near = grey.reduce(shrunk, box) if shrunk > 1 else grey.crop(box)
    size = max(1, round(width * view.scale)), max(1, round(height * view.scale))
    # Pillow asks for the way back: from a pixel of the part to that of the picture.
    turn = math.radians(view.angle)
    sine, cosine = math.sin(turn) / (view.scale * shrunk), math.cos(turn) / (view.scale * shrunk)
    x, y = (part.x - box[0]) / shrunk, (part.y - box[1]) / shrunk
    half = size[0] / 2, size[1] / 2
    back = (cosine, -sine, x - cosine * half[0] + sine * half[1], sine, cosine, y - sine * half[0] - cosine * half[1])
    return near.transform(size, Image.Transform.AFFINE, back, Image.Resampling.BICUBIC, fillcolor=_paper(near))


def _paper(picture: Image.Image) -> int:
    """Return the level that a quarter of the pixels exceed: beyond the edge it looks like paper, not like glare."""
    levels = itertools.accumulate(picture.histogram())
    return next((level for level, below in enumerate(levels) if below * 4 >= picture.width * picture.height * 3), 255)


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
    upright = view.angle if across else view.angle + 90
    # In the order of the corners above: along the bars' direction of reading, then across it.
    length, height = (math.dist((xs[0], ys[0]), (xs[other], ys[other])) for other in (1, 3))
    return Seen(view, upright, min(xs), min(ys), max(xs), max(ys), length, height)


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
