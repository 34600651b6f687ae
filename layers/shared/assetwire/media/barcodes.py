"""Barcodes in a picture: read in many views, and believed only where the views agree.

One view of a blurred photograph often gives a wrong number with a right check digit; it takes another angle, scale or
threshold to see that. `docs/identifiers.md` has the measurements behind the figures here.
"""

import itertools
import math
import time
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image

from assetwire.domain import gs1, gtin
from assetwire.domain.identifiers import of_elements, of_number
from assetwire.domain.inspection import Identifier, Problem
from assetwire.media import bar_places, bar_profiles
from assetwire.media.bar_views import AROUND, MATRIX, Part, Seen, Symbol, View, close_ups, of_digits, overviews, read
from assetwire.media.bar_votes import Sightings, agreed, counts, inside, outvoted, settled, votes

LONGEST_EDGE = 2_000
"""Pixels of a picture's longer edge at the most; callers shrink larger ones, and enlarge none."""
CONFIDENCE = 0.97
"""Of a reading that the views agree on."""
_FIRST = 3
"""Views of the whole picture before anything else: as it is, and twice for what is in the shade or too fine."""
_MORE = 8
"""Views of the whole picture in all, where none shows anything; all later ones together never were the first to."""
_PLACES = 8
"""Places with parallel edges whose bars are counted."""
_BARS = 24
"""Changes of light and dark along a place that may be a code: a UPC-E, which has the fewest, has 34. Measured: 19 of 20
photographs with a code have 32 or more, three quarters of those without have 23 or fewer."""
_GLANCES = 5
"""Views of a place that may be a code: the first that shows anything was the fourth at the latest."""
_SUSPECTS = 3
"""Places that are looked at line by line, or in all views, if the glances settled nothing."""
_CLOSER = 12
"""Readings at different places that are looked at closer."""
_SHORTEST = 20.0
"""Pixels of a code at the least."""
_PATIENCE = 8_000_000
"""Pixels of all views of the whole picture together, where something was seen and is not settled."""


class Barcodes(NamedTuple):
    """What was read for certain, and what was not."""

    identifiers: tuple[Identifier, ...] = ()
    warnings: tuple[Problem, ...] = ()


def read_barcodes(picture: Image.Image, *, seconds: float) -> Barcodes:
    """Read the barcodes in an upright picture of mode L or RGB, and stop after so many seconds at the latest.

    Readings that enough different views agree on are returned; what was seen and not agreed on is a warning. How much
    is looked at depends on what is seen, not on the clock: the seconds only end what would take too long.
    """
    search = _Search(picture if picture.mode == "L" else picture.convert("L"), time.monotonic() + seconds)
    try:
        search.run()
    except _Over:
        return _result(search.seen, finished=not search.promising)
    return _result(search.seen, finished=True)


class _Over(Exception):
    """The time is up."""


class _Search:
    """One search through a picture."""

    def __init__(self, grey: Image.Image, deadline: float) -> None:
        self.seen: Sightings = {}
        self._grey = grey
        self._deadline = deadline
        self._suspects: list[tuple[Part, float]] | None = None
        """Where as many bars are as in a code, and by how many degrees to turn them upright; None: not yet known."""
        self._looked_at: list[Seen] = []

    @property
    def promising(self) -> bool:
        """Whether there is reason to think that more time would show more."""
        return bool(self.seen) or self._suspects is None or bool(self._suspects)

    def run(self) -> None:
        """Look until all is settled, or there is no reason to look on.

        Raises:
            _Over: the time is up.
        """
        wholes = list(overviews(self._grey.size))
        for view in wholes[:_FIRST]:
            self._look(view)
        self._suspects = suspects = list(self._find_suspects())
        for part, upright in suspects:
            if not self._is_read(part):
                for view in itertools.islice(close_ups(part, upright), _GLANCES):
                    if self._look(view):
                        break
        if self._settled():
            self._look_below()
        elif not self._look_on(wholes, suspects[:_SUSPECTS]) and self.seen:
            self._insist(wholes, suspects[:_SUSPECTS])

    def _look_on(self, wholes: list[View], suspects: list[tuple[Part, float]]) -> bool:
        """Look at grey levels and at more views of the whole picture; tell whether all is settled."""
        for part, upright in suspects:
            for _ in self._look_along(part, upright):
                if self._settled():
                    return True
        for view in wholes[_FIRST:_MORE]:
            self._look(view)
            if self._settled():
                return True
        return False

    def _insist(self, wholes: list[View], suspects: list[tuple[Part, float]]) -> None:
        """Look at all views there are: something was seen."""
        pixels = 0.0
        for view in wholes[_MORE:]:
            pixels += self._grey.width * self._grey.height * view.scale**2
            if pixels > _PATIENCE:
                break
            self._look(view)
            if self._settled():
                return
        for part, upright in suspects:
            for view in itertools.islice(close_ups(part, upright), _GLANCES, None):
                self._look(view)
                if self._settled():
                    return

    def _is_read(self, part: Part) -> bool:
        """Tell whether the code at this place is known."""
        point = Seen(View(part=part), 0.0, part.x, part.y, part.x, part.y, 0.0, 0.0)
        return any(inside(point, place) for symbol in agreed(self.seen) for place in self.seen[symbol])

    def _settled(self) -> bool:
        return bool(self.seen) and settled(self.seen)

    def _find_suspects(self) -> Iterator[tuple[Part, float]]:
        for place in bar_places.places(self._grey)[:_PLACES]:
            if bar_places.bars(self._grey, place) >= _BARS:
                yield Part(place.x, place.y, place.length), place.upright

    def _look(self, view: View) -> bool:
        """Look at a view, and closer where it shows something for the first time; tell whether it does."""
        new = False
        for symbol, place in self._read(view):
            self.seen.setdefault(symbol, []).append(place)
            if len(self._looked_at) == _CLOSER or any(inside(place, other) for other in self._looked_at):
                continue
            new = True
            self._looked_at.append(place)
            part = Part((place.left + place.right) / 2, (place.top + place.bottom) / 2, max(place.length, _SHORTEST))
            for close_up in close_ups(part, place.upright, matrix=symbol.format in MATRIX):
                for closer, there in self._read(close_up):
                    self.seen.setdefault(closer, []).append(there)
                if settled(self.seen):
                    break
        return new

    def _read(self, view: View) -> Iterator[tuple[Symbol, Seen]]:
        if time.monotonic() > self._deadline:
            raise _Over
        return read(self._grey, view)

    def _look_below(self) -> None:
        """Look once more around the first code of a book: there are two, one below the other."""
        for symbol in agreed(self.seen):
            if symbol.text.startswith(("9784", "19")):
                first = self.seen[symbol][0]
                x, y = (first.left + first.right) / 2, (first.top + first.bottom) / 2
                for _ in self._look_along(Part(x, y, first.length), first.upright):
                    pass
                return

    def _look_along(self, part: Part, upright: float) -> Iterator[bar_profiles.Line]:
        """Read the grey levels across a part of the picture, and yield the lines that were read."""
        reach = part.length * AROUND / 2
        left, top = max(0, int(part.x - reach)), max(0, int(part.y - reach))
        box = left, top, min(self._grey.width, int(part.x + reach)), min(self._grey.height, int(part.y + reach))
        for line in bar_profiles.lines(self._grey.crop(box), upright):
            if time.monotonic() > self._deadline:
                raise _Over
            for text, corners in line.readings:
                symbol = of_digits("EAN13", text)
                if symbol is not None:
                    view = View(angle=line.angle, line=line.number)
                    xs, ys = [x + left for x, _ in corners], [y + top for _, y in corners]
                    # Corners of a line: at its left above and below, then at its right.
                    length, height = math.dist(corners[0], corners[2]), math.dist(corners[0], corners[1])
                    place = Seen(view, line.angle, min(xs), min(ys), max(xs), max(ys), length, height)
                    self.seen.setdefault(symbol, []).append(place)
            if line.readings:
                yield line


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
            message=f"{symbol.format} {symbol.text[:80]!r}: {votes(seen[symbol])} views do not settle it",
        )
        for symbol in doubted[:10]
    ]
    if not finished and not found:
        message = "the time for barcodes was over before any was read for certain, and there may be one"
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
