"""Barcodes in a picture: read in many views, and believed only where the views agree.

One view of a blurred photograph often gives a wrong number with a right check digit; it takes another angle, scale or
threshold to see that. `docs/identifiers.md` has the measurements behind the figures here.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageChops, ImageFilter

from assetwire.domain import gs1, gtin
from assetwire.domain.identifiers import of_elements, of_number
from assetwire.domain.inspection import Identifier, Problem
from assetwire.media import bar_profiles

LONGEST_EDGE = 2_000
"""Pixels of a picture's longer edge at the most; callers shrink larger ones, and enlarge none."""
CONFIDENCE = 0.97
"""Of a reading that the views agree on."""

_FORMAT = zxingcpp.BarcodeFormat
_BARS = (_FORMAT.EANUPC, _FORMAT.Code128, _FORMAT.ITF, _FORMAT.DataBar)
_LINEAR = zxingcpp.BarcodeFormats(_BARS)
_ALL = zxingcpp.BarcodeFormats((*_BARS, _FORMAT.QRCode, _FORMAT.DataMatrix))
_MATRIX = frozenset({"QRCode", "DataMatrix"})

_VOTES: Mapping[str, int] = MappingProxyType({"QRCode": 2, "DataMatrix": 2, "UPCE": 6, "EAN8": 5})
"""Views that must agree: fewer where a code corrects its own errors, more where it is short. Measured: a wrong number
had at most 3 of 270 views in small blurred pictures, and 8 where the right one had 56."""
_VOTES_ELSE = 4
_OVERWHELMING = 4
"""Times the votes of another reading at the same place."""
_LINES_FROM = 4
"""Views of the whole picture after which grey levels are read, if nothing is agreed on."""
_BROAD = 3
"""Views of the whole picture before the search stops at what was found: there may be a second code."""


class Barcodes(NamedTuple):
    """What was read for certain, and what was not."""

    identifiers: tuple[Identifier, ...] = ()
    warnings: tuple[Problem, ...] = ()


class _View(NamedTuple):
    """One way to look at a picture or a part of it: how large, through which filter, turned by how many degrees."""

    scale: float = 1.0
    filter: str = ""
    angle: float = 0.0
    whole: bool = False
    """Look for matrix codes, light on dark, and codes too large for the scale as well."""
    part: tuple[int, int, int, int] | None = None
    line: int | None = None
    """Not a view for zxing-cpp, but one of the lines whose grey levels were read."""


class _Symbol(NamedTuple):
    """What a reading says: its symbology and its text, as printed."""

    format: str
    text: str
    gs1: bool = False


class _Seen(NamedTuple):
    """Where a symbol was read, in pixels of the picture, and how."""

    view: _View
    upright: float
    """Degrees to turn the picture by, so that the bars stand upright: the view's own, or 90 more."""
    left: float
    top: float
    right: float
    bottom: float


_Sightings = dict[_Symbol, list[_Seen]]
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


def read_barcodes(picture: Image.Image, *, seconds: float) -> Barcodes:
    """Read the barcodes in an upright picture of mode L or RGB, and stop after so many seconds at the latest.

    Readings that enough different views agree on are returned; what was seen and not agreed on is a warning.
    """
    deadline = time.monotonic() + seconds
    grey = picture if picture.mode == "L" else picture.convert("L")
    seen: _Sightings = {}
    finished = _look(grey, seen, deadline)
    return _result(seen, finished=finished)


def _look(grey: Image.Image, seen: _Sightings, deadline: float) -> bool:
    """Fill in what is seen until all is settled; tell whether that was before the deadline."""
    looked_at: list[_Seen] = []
    for number, view in enumerate(_overviews(grey.size)):
        if number >= _BROAD and seen and _settled(seen):
            break
        if number == _LINES_FROM:
            for direction in bar_profiles.directions(grey):
                if not _read_lines(grey, direction, seen, deadline):
                    return False
                if seen and _settled(seen):
                    return True
        if time.monotonic() > deadline:
            return False
        for symbol, place in _read(grey, view):
            seen.setdefault(symbol, []).append(place)
            if any(_inside(place, other) for other in looked_at):
                continue
            looked_at.append(place)
            if not _look_closer(grey, symbol, place, seen, deadline):
                return False
    # Books have two codes, one below the other: having one is reason to look once more in its direction.
    books = [seen[symbol][0].upright for symbol in _agreed(seen) if symbol.text.startswith(("978", "979", "19"))]
    return not books or _read_lines(grey, books[0], seen, deadline)


def _look_closer(grey: Image.Image, symbol: _Symbol, place: _Seen, seen: _Sightings, deadline: float) -> bool:
    for close_up in _close_ups(place, grey.size, matrix=symbol.format in _MATRIX):
        if time.monotonic() > deadline:
            return False
        for closer, there in _read(grey, close_up):
            seen.setdefault(closer, []).append(there)
        if _settled(seen):
            break
    return True


def _read_lines(grey: Image.Image, direction: float, seen: _Sightings, deadline: float) -> bool:
    for line in bar_profiles.lines(grey, direction):
        for text, corners in line.readings:
            symbol = _of_digits("EAN13", text)
            if symbol is not None:
                view = _View(angle=line.angle, line=line.number)
                xs, ys = [x for x, _ in corners], [y for _, y in corners]
                place = _Seen(view, line.angle, min(xs), min(ys), max(xs), max(ys))
                seen.setdefault(symbol, []).append(place)
        if time.monotonic() > deadline:
            return False
    return True


def _overviews(size: tuple[int, int]) -> Iterator[_View]:
    """Yield views of the whole picture, likely and cheap ones first."""
    longest = max(size)
    scales = {"small": 1.0, "middle": 1.5, "large": min(3.0, max(2.0, 1400 / longest))}
    if longest > _SMALL:
        scales = {"small": 0.5, "middle": 1.0 if longest <= 2 * _SMALL else 0.75, "large": max(1.0, 1400 / longest)}
    yield _View(whole=True)
    for wanted, filter_, turn in _OVERVIEWS:
        yield _View(scales[wanted], filter_, turn, whole=turn == 0 and filter_ in {"local", "crisp"})


def _close_ups(place: _Seen, size: tuple[int, int], *, matrix: bool) -> Iterator[_View]:
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
        yield _View(min(wanted / length, _TALLEST), filter_, place.upright + turn, matrix, part)


def _read(grey: Image.Image, view: _View) -> Iterator[tuple[_Symbol, _Seen]]:
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


def _place(position: zxingcpp.Position, seen: tuple[int, int], middle: tuple[float, float], view: _View) -> _Seen:
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
    return _Seen(view, view.angle if across else view.angle + 90, min(xs), min(ys), max(xs), max(ys))


def _symbol(code: zxingcpp.Barcode) -> _Symbol | None:
    """Return what a decoded code says, as printed; None for what can be no evidence."""
    name, text = code.format.name, code.text
    is_gs1 = code.content_type == zxingcpp.ContentType.GS1
    if name == "UPCE":
        printed = str(code.extra.get("UPCE", "")) if isinstance(code.extra, dict) else ""
        # The left half of an EAN-13 looks like a UPC-E of number system 1, which is hardly ever printed.
        return _Symbol(name, printed) if printed.startswith("0") and gtin.expand_upc_e(printed) else None
    if name in {"EAN13", "UPCA", "EAN8", "ITF", "ITF14"}:
        return _of_digits(name, text)
    return _Symbol(name, text, is_gs1) if text else None


def _of_digits(name: str, text: str) -> _Symbol | None:
    if name == "EAN13" and text.startswith("0"):
        name, text = "UPCA", text[1:]
    if name.startswith("ITF") and len(text) > 14:
        return _Symbol("ITF", text)
    return _Symbol(name, text) if gtin.is_sound(text) else None


def _counts(symbol: _Symbol) -> bool:
    # A longer ITF is no evidence, but it says that 14 of its digits are none either.
    return not (symbol.format == "ITF" and len(symbol.text) != 14)


def _settled(seen: _Sightings) -> bool:
    """Tell whether everything that was read is agreed on or outvoted."""
    agreed = _agreed(seen)
    return all(symbol in agreed or any(_outvoted(seen, symbol, other) for other in agreed) for symbol in seen)


def _agreed(seen: _Sightings) -> list[_Symbol]:
    """Return the symbols that enough different views read, and no other symbol at their places comes near."""
    return [
        symbol
        for symbol, places in seen.items()
        if _counts(symbol)
        and _different(places, _VOTES.get(symbol.format, _VOTES_ELSE))
        and all(_outvoted(seen, other, symbol) for other in seen if other != symbol and _overlap(seen, symbol, other))
    ]


def _different(places: list[_Seen], least: int) -> bool:
    """Tell whether these are so many views, and differ in scale and in filter or turn."""
    views = {place.view for place in places}
    lines = {view for view in views if view.line is not None}
    # Lines are different pieces of paper. Beside one another in one direction, they may share what misleads them.
    if len(lines) >= least and len({view.angle for view in lines}) > 1 and len({view.line for view in lines}) > 2:
        return True
    return (
        len(views) >= least
        and (len({view.scale for view in views}) > 1 or 0 < len(lines) < len(views))
        and (len({view.filter for view in views}) > 1 or len({view.angle for view in views}) > 1)
    )


def _outvoted(seen: _Sightings, symbol: _Symbol, by: _Symbol) -> bool:
    return _votes(seen[symbol]) * _OVERWHELMING <= _votes(seen[by]) and _overlap(seen, symbol, by)


def _votes(places: list[_Seen]) -> int:
    return len({place.view for place in places})


def _overlap(seen: _Sightings, one: _Symbol, other: _Symbol) -> bool:
    return any(_inside(a, b) for a in seen[one] for b in seen[other])


def _inside(place: _Seen, other: _Seen) -> bool:
    """Tell whether the middle of one lies within the other, or the other way round; a line counts as a square."""
    return _holds(place, other) or _holds(other, place)


def _holds(outer: _Seen, inner: _Seen) -> bool:
    reach = max(outer.right - outer.left, outer.bottom - outer.top) / 2
    x = abs(outer.left + outer.right - inner.left - inner.right) / 2
    y = abs(outer.top + outer.bottom - inner.top - inner.bottom) / 2
    # Less than the length across: a code beside another one, as on books, is at a place of its own. Of a single line it
    # is known better where it was.
    across = reach / 2 if outer.view.line is None and inner.view.line is None else reach / 4
    return x <= max((outer.right - outer.left) / 2, across) and y <= max((outer.bottom - outer.top) / 2, across)


def _result(seen: _Sightings, *, finished: bool) -> Barcodes:
    agreed = _agreed(seen)
    found: list[Identifier] = []
    for symbol in agreed:
        places = seen[symbol]
        left, top = min(place.left for place in places), min(place.top for place in places)
        right, bottom = max(place.right for place in places), max(place.bottom for place in places)
        place = ",".join(str(max(0, round(edge))) for edge in (left, top, right, bottom))
        found += _evidence(symbol, f"{symbol.format} at {place}")
    doubted = [
        symbol
        for symbol in seen
        if symbol not in agreed and _counts(symbol) and not any(_outvoted(seen, symbol, other) for other in agreed)
    ]
    warnings = [
        Problem(
            code="barcode_uncertain",
            field="identifiers",
            message=f"{symbol.format} {symbol.text[:80]!r}: {_votes(seen[symbol])} views are not enough",
        )
        for symbol in doubted[:10]
    ]
    if not finished and not found:
        message = "the time for barcodes was over before any was read for certain"
        warnings.append(Problem(code="barcodes_unfinished", field="identifiers", message=message))
    return Barcodes(tuple(found), tuple(warnings))


def _evidence(symbol: _Symbol, where: str) -> tuple[Identifier, ...]:
    """Return what an agreed symbol is evidence of; nothing for links to anywhere and texts in matrix codes."""
    said = Identifier(kind="label", value=symbol.text, source="barcode", where=where, confidence=CONFIDENCE)
    if symbol.format == "UPCE":
        normal = gtin.gtin14(gtin.expand_upc_e(symbol.text) or "")
        return (said.model_copy(update={"kind": "gtin", "gtin": normal}),)
    if symbol.gs1 or "://" in symbol.text[:10] or symbol.text.startswith("("):
        found = gs1.elements(symbol.text)
        if found:
            return of_elements(found, source="barcode", where=where, confidence=CONFIDENCE)
    elif gtin.use(symbol.text) is gtin.Use.UNASSIGNED:
        return (said.model_copy(update={"kind": "local_number"}),)
    elif number := of_number(symbol.text, source="barcode", where=where, confidence=CONFIDENCE):
        return (number,)
    return (said,) if symbol.format == "Code128" else ()
