"""Barcodes in a picture: read in many views, and believed only where the views agree.

One view of a blurred photograph often gives a wrong number with a right check digit; it takes another angle, scale or
threshold to see that. `docs/identifiers.md` has the measurements behind the figures here.
"""

import math
import time
from collections.abc import Iterator
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageFilter

from assetwire.domain import gs1, gtin
from assetwire.domain.identifiers import of_elements, of_number
from assetwire.domain.inspection import Identifier, Problem

LONGEST_EDGE = 2_000
"""Pixels of a picture's longer edge at the most; callers shrink larger ones, and enlarge none."""
CONFIDENCE = 0.97
"""Of a reading that the views agree on."""

_FORMAT = zxingcpp.BarcodeFormat
_BARS = (_FORMAT.EANUPC, _FORMAT.Code128, _FORMAT.ITF, _FORMAT.DataBar)
_LINEAR = zxingcpp.BarcodeFormats(_BARS)
_ALL = zxingcpp.BarcodeFormats((*_BARS, _FORMAT.QRCode, _FORMAT.DataMatrix))
_LOCAL, _GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
_VOTES = 3
"""Views that must agree on a bar code; a matrix code corrects its own errors, so that two are enough."""
_MATRIX_VOTES = 2
_OVERWHELMING = 4
"""Times the votes that another reading at the same place has."""


class Barcodes(NamedTuple):
    """What was read for certain, and what was not."""

    identifiers: tuple[Identifier, ...] = ()
    warnings: tuple[Problem, ...] = ()


class _View(NamedTuple):
    """One way to look at a picture: its scale, a filter, a rotation in degrees, and how it becomes black and white."""

    scale: float = 1.0
    filter: str = ""
    angle: float = 0.0
    binarizer: zxingcpp.Binarizer = _LOCAL
    matrix: bool = False


class _Symbol(NamedTuple):
    """What a reading says: its symbology and its text, as printed."""

    format: str
    text: str
    gs1: bool = False


class _Seen(NamedTuple):
    """Where a symbol was read, in pixels of the picture."""

    view: int
    left: float
    top: float
    right: float
    bottom: float


def read_barcodes(picture: Image.Image, *, seconds: float) -> Barcodes:
    """Read the barcodes in an upright picture of mode L or RGB, and stop after so many seconds at the latest.

    Readings that enough different views agree on are returned; what was seen and not agreed on is a warning.
    """
    deadline = time.monotonic() + seconds
    grey = picture if picture.mode == "L" else picture.convert("L")
    seen: dict[_Symbol, list[_Seen]] = {}
    finished = True
    for number, view in enumerate(_views(grey.size)):
        if time.monotonic() > deadline:
            finished = False
            break
        if number >= _ENOUGH and seen and _settled(seen):
            break
        for symbol, place in _read(grey, view, number):
            seen.setdefault(symbol, []).append(place)
    return _result(seen, finished)


_ENOUGH = 6
"""Views after which the search stops as soon as all that was read is agreed on or outvoted."""


def _views(size: tuple[int, int]) -> Iterator[_View]:
    """Yield views, cheap and likely ones first."""
    longest = max(size)
    large = 2.0 if longest <= 1000 else 1.0
    yield _View(matrix=True)
    yield _View(binarizer=_GLOBAL, matrix=True)
    small = 0.5 if longest > 500 else 1.5
    yield _View(scale=small, matrix=True)
    yield _View(scale=large, filter="sharp", angle=4)
    yield _View(scale=large, angle=-4)
    yield _View(angle=9)
    for scale in (large, 1.0, small, 3.0 if longest <= 700 else 1.0):
        for filter_ in ("", "sharp", "blur"):
            for angle in (0, 8, -8, 16, -16, 30, -30, 45):
                yield _View(scale=scale, filter=filter_, angle=angle)
                if angle == 0:
                    yield _View(scale=scale, filter=filter_, angle=angle, binarizer=_GLOBAL)


def _read(grey: Image.Image, view: _View, number: int) -> Iterator[tuple[_Symbol, _Seen]]:
    picture = _seen_as(grey, view)
    found = zxingcpp.read_barcodes(
        picture,
        formats=_ALL if view.matrix else _LINEAR,
        binarizer=view.binarizer,
        text_mode=zxingcpp.TextMode.Plain,
        try_downscale=False,
        try_invert=view.matrix,
    )
    for code in found:
        symbol = _symbol(code)
        if symbol is not None:
            yield symbol, _place(code.position, picture.size, grey.size, view, number)


def _seen_as(grey: Image.Image, view: _View) -> Image.Image:
    picture = grey
    if view.scale != 1.0:
        size = max(1, round(grey.width * view.scale)), max(1, round(grey.height * view.scale))
        picture = picture.resize(size, Image.Resampling.BICUBIC if view.scale > 1 else Image.Resampling.BOX)
    if view.filter == "sharp":
        picture = picture.filter(ImageFilter.UnsharpMask(2 * view.scale, 200, 0))
    elif view.filter == "blur":
        picture = picture.filter(ImageFilter.GaussianBlur(view.scale))
    if view.angle:
        picture = picture.rotate(view.angle, Image.Resampling.BILINEAR, expand=True, fillcolor=255)
    return picture


def _place(
    position: zxingcpp.Position, seen: tuple[int, int], real: tuple[int, int], view: _View, number: int
) -> _Seen:
    """Return the box around a position of a view in pixels of the picture."""
    turn = math.radians(view.angle)
    sine, cosine = math.sin(turn), math.cos(turn)
    xs, ys = [], []
    for corner in (position.top_left, position.top_right, position.bottom_right, position.bottom_left):
        x, y = corner.x - seen[0] / 2, corner.y - seen[1] / 2
        # Pillow turns counter-clockwise on a y axis that points down; this turns back.
        xs.append((x * cosine - y * sine) / view.scale + real[0] / 2)
        ys.append((x * sine + y * cosine) / view.scale + real[1] / 2)
    return _Seen(number, min(xs), min(ys), max(xs), max(ys))


def _symbol(code: zxingcpp.Barcode) -> _Symbol | None:
    """Return what a decoded code says, as printed; None for what can be no evidence."""
    name, text = code.format.name, code.text
    is_gs1 = code.content_type == zxingcpp.ContentType.GS1
    if name == "UPCE":
        printed = str(code.extra.get("UPCE", "")) if isinstance(code.extra, dict) else ""
        # The left half of an EAN-13 looks like a UPC-E of number system 1, which is hardly ever printed.
        return _Symbol(name, printed) if printed.startswith("0") and gtin.expand_upc_e(printed) else None
    if name in {"EAN13", "UPCA", "EAN8", "ITF", "ITF14"}:
        if name == "EAN13" and text.startswith("0"):
            name, text = "UPCA", text[1:]
        if name.startswith("ITF") and len(text) != 14:
            return None
        use = gtin.use(text)
        return None if use in {None, gtin.Use.UNASSIGNED} else _Symbol(name, text)
    return _Symbol(name, text, is_gs1) if text else None


def _settled(seen: dict[_Symbol, list[_Seen]]) -> bool:
    agreed = _agreed(seen)
    return all(symbol in agreed or any(_outvoted(seen, symbol, other) for other in agreed) for symbol in seen)


def _agreed(seen: dict[_Symbol, list[_Seen]]) -> list[_Symbol]:
    found = []
    for symbol, places in seen.items():
        need = _MATRIX_VOTES if symbol.format in {"QRCode", "DataMatrix"} else _VOTES
        rivals = (other for other in seen if other != symbol and _overlap(seen, symbol, other))
        if _votes(places) >= need and all(_outvoted(seen, other, symbol) for other in rivals):
            found.append(symbol)
    return found


def _outvoted(seen: dict[_Symbol, list[_Seen]], symbol: _Symbol, by: _Symbol) -> bool:
    return _votes(seen[symbol]) * _OVERWHELMING <= _votes(seen[by]) and _overlap(seen, symbol, by)


def _votes(places: list[_Seen]) -> int:
    return len({place.view for place in places})


def _overlap(seen: dict[_Symbol, list[_Seen]], one: _Symbol, other: _Symbol) -> bool:
    a, b = _around(seen[one]), _around(seen[other])
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _around(places: list[_Seen]) -> tuple[float, float, float, float]:
    left, top = min(place.left for place in places), min(place.top for place in places)
    right, bottom = max(place.right for place in places), max(place.bottom for place in places)
    return left, top, right, bottom


def _result(seen: dict[_Symbol, list[_Seen]], finished: bool) -> Barcodes:
    agreed = _agreed(seen)
    found: list[Identifier] = []
    for symbol in agreed:
        left, top, right, bottom = (round(max(0.0, edge)) for edge in _around(seen[symbol]))
        found += _evidence(symbol, f"{symbol.format} at {left},{top} to {right},{bottom}")
    doubted = [s for s in seen if s not in agreed and not any(_outvoted(seen, s, other) for other in agreed)]
    warnings = [
        Problem(
            code="barcode_uncertain",
            field="identifiers",
            message=f"{symbol.format} {symbol.text[:80]!r} was not agreed on",
        )
        for symbol in doubted
    ]
    if not finished and not found:
        message = "the time for barcodes was over before any was read for certain"
        warnings.append(Problem(code="barcodes_unfinished", field="identifiers", message=message))
    return Barcodes(tuple(found), tuple(warnings))


def _evidence(symbol: _Symbol, where: str) -> tuple[Identifier, ...]:
    """Return what an agreed symbol is evidence of; nothing for links to anywhere and texts in matrix codes."""
    if symbol.format == "UPCE":
        normal = gtin.gtin14(gtin.expand_upc_e(symbol.text) or "")
        return (
            Identifier(
                kind="gtin", value=symbol.text, source="barcode", where=where, confidence=CONFIDENCE, gtin=normal
            ),
        )
    if symbol.format in {"EAN13", "UPCA", "EAN8", "ITF", "ITF14"}:
        one = of_number(symbol.text, source="barcode", where=where, confidence=CONFIDENCE)
        return (one,) if one else ()
    if symbol.gs1 or "://" in symbol.text[:10] or symbol.text.startswith("("):
        return of_elements(gs1.elements(symbol.text), source="barcode", where=where, confidence=CONFIDENCE)
    if symbol.format == "Code128":
        one = of_number(symbol.text, source="barcode", where=where, confidence=CONFIDENCE)
        label = Identifier(kind="label", value=symbol.text, source="barcode", where=where, confidence=CONFIDENCE)
        return (one or label,)
    return ()
