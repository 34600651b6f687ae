"""Barcodes in a picture: read in many views, and believed only where the views agree.

One view of a blurred photograph often gives a wrong number with a right check digit; it takes another angle, scale or
threshold to see that. `docs/identifiers.md` has the measurements behind the figures here.
"""

import time
from typing import NamedTuple

from PIL import Image

from assetwire.domain import gs1, gtin
from assetwire.domain.identifiers import of_elements, of_number
from assetwire.domain.inspection import Identifier, Problem
from assetwire.media import bar_profiles
from assetwire.media.bar_views import MATRIX, Seen, Symbol, View, close_ups, of_digits, overviews, read
from assetwire.media.bar_votes import Sightings, agreed, counts, inside, outvoted, settled, votes

LONGEST_EDGE = 2_000
"""Pixels of a picture's longer edge at the most; callers shrink larger ones, and enlarge none."""
CONFIDENCE = 0.97
"""Of a reading that the views agree on."""
_LINES_FROM = 4
"""Views of the whole picture after which grey levels are read, if nothing is agreed on."""
_BROAD = 3
"""Views of the whole picture before the search stops at what was found: there may be a second code."""


class Barcodes(NamedTuple):
    """What was read for certain, and what was not."""

    identifiers: tuple[Identifier, ...] = ()
    warnings: tuple[Problem, ...] = ()


def read_barcodes(picture: Image.Image, *, seconds: float) -> Barcodes:
    """Read the barcodes in an upright picture of mode L or RGB, and stop after so many seconds at the latest.

    Readings that enough different views agree on are returned; what was seen and not agreed on is a warning.
    """
    deadline = time.monotonic() + seconds
    grey = picture if picture.mode == "L" else picture.convert("L")
    seen: Sightings = {}
    finished = _look(grey, seen, deadline)
    return _result(seen, finished=finished)


def _look(grey: Image.Image, seen: Sightings, deadline: float) -> bool:
    """Fill in what is seen until all is settled; tell whether that was before the deadline."""
    looked_at: list[Seen] = []
    for number, view in enumerate(overviews(grey.size)):
        if number >= _BROAD and seen and settled(seen):
            break
        if number == _LINES_FROM:
            for direction in bar_profiles.directions(grey):
                if not _read_lines(grey, direction, seen, deadline):
                    return False
                if seen and settled(seen):
                    return True
        if time.monotonic() > deadline:
            return False
        for symbol, place in read(grey, view):
            seen.setdefault(symbol, []).append(place)
            if any(inside(place, other) for other in looked_at):
                continue
            looked_at.append(place)
            if not _look_closer(grey, symbol, place, seen, deadline):
                return False
    # Books have two codes, one below the other: having one is reason to look once more in its direction.
    books = [seen[symbol][0].upright for symbol in agreed(seen) if symbol.text.startswith(("978", "979", "19"))]
    return not books or _read_lines(grey, books[0], seen, deadline)


def _look_closer(grey: Image.Image, symbol: Symbol, place: Seen, seen: Sightings, deadline: float) -> bool:
    for close_up in close_ups(place, grey.size, matrix=symbol.format in MATRIX):
        if time.monotonic() > deadline:
            return False
        for closer, there in read(grey, close_up):
            seen.setdefault(closer, []).append(there)
        if settled(seen):
            break
    return True


def _read_lines(grey: Image.Image, direction: float, seen: Sightings, deadline: float) -> bool:
    for line in bar_profiles.lines(grey, direction):
        for text, corners in line.readings:
            symbol = of_digits("EAN13", text)
            if symbol is not None:
                view = View(angle=line.angle, line=line.number)
                xs, ys = [x for x, _ in corners], [y for _, y in corners]
                place = Seen(view, line.angle, min(xs), min(ys), max(xs), max(ys))
                seen.setdefault(symbol, []).append(place)
        if time.monotonic() > deadline:
            return False
    return True


def _result(seen: Sightings, *, finished: bool) -> Barcodes:
    believed = agreed(seen)
    found: list[Identifier] = []
    for symbol in believed:
        places = seen[symbol]
        left, top = min(place.left for place in places), min(place.top for place in places)
        right, bottom = max(place.right for place in places), max(place.bottom for place in places)
        place = ",".join(str(max(0, round(edge))) for edge in (left, top, right, bottom))
        found += _evidence(symbol, f"{symbol.format} at {place}")
    doubted = [
        symbol
        for symbol in seen
        if symbol not in believed and counts(symbol) and not any(outvoted(seen, symbol, other) for other in believed)
    ]
    warnings = [
        Problem(
            code="barcode_uncertain",
            field="identifiers",
            message=f"{symbol.format} {symbol.text[:80]!r}: {votes(seen[symbol])} views are not enough",
        )
        for symbol in doubted[:10]
    ]
    if not finished and not found:
        message = "the time for barcodes was over before any was read for certain"
        warnings.append(Problem(code="barcodes_unfinished", field="identifiers", message=message))
    return Barcodes(tuple(found), tuple(warnings))


def _evidence(symbol: Symbol, where: str) -> tuple[Identifier, ...]:
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
