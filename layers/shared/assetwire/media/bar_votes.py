"""What may be believed of all that the views read: what enough of them agree on, and no other reading comes near."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from assetwire.media.bar_views import Seen, Symbol, View

_VOTES: Mapping[str, int] = MappingProxyType({"QRCode": 2, "DataMatrix": 2, "UPCE": 6, "EAN8": 5})
"""Views that must agree: fewer where a code corrects its own errors, more where it is short. Measured: a wrong number
had at most 3 of 270 views in small blurred pictures, and 8 where the right one had 56."""
_VOTES_ELSE = 4
_OVERWHELMING = 4
"""Times the votes of another reading at the same place."""
_PARALLEL = 15
"""Degrees between the directions of two readings up to which they may lie beside one another."""
_OCTAVE = 8
"""Scales between one and its double that count as different."""

Sightings = dict[Symbol, list[Seen]]
"""What was read, and by which views where."""


def counts(symbol: Symbol) -> bool:
    """Tell whether a symbol can be evidence; a longer ITF cannot, but says that 14 of its digits are none either."""
    return not (symbol.format == "ITF" and len(symbol.text) != 14)


def settled(seen: Sightings) -> bool:
    """Tell whether everything that was read is agreed on or outvoted."""
    believed = agreed(seen)
    return all(symbol in believed or any(outvoted(seen, symbol, other) for other in believed) for symbol in seen)


def agreed(seen: Sightings) -> list[Symbol]:
    """Return the symbols that enough different views read, and no other symbol at their places comes near."""
    return [
        symbol
        for symbol, places in seen.items()
        if counts(symbol)
        and _different(places, _VOTES.get(symbol.format, _VOTES_ELSE))
        and all(outvoted(seen, other, symbol) for other in seen if other != symbol and _overlap(seen, symbol, other))
    ]


def _different(places: list[Seen], least: int) -> bool:
    """Tell whether these are so many views, and differ in scale and in filter or turn."""
    views = _views(places)
    lines = {view for view in views if view.line is not None}
    # Lines are different pieces of paper. Beside one another in one direction, they may share what misleads them.
    if len(lines) >= least and len({view.angle for view in lines}) > 1 and len({view.line for view in lines}) > 2:
        return True
    return (
        len(views) >= least
        and (len({view.scale for view in views}) > 1 or 0 < len(lines) < len(views))
        and (len({view.filter for view in views}) > 1 or len({view.angle for view in views}) > 1)
    )


def outvoted(seen: Sightings, symbol: Symbol, by: Symbol) -> bool:
    """Tell whether another symbol at the same place has so many more views that this one is none."""
    return votes(seen[symbol]) * _OVERWHELMING <= votes(seen[by]) and _overlap(seen, symbol, by)


def votes(places: list[Seen]) -> int:
    """Return how many views these are."""
    return len(_views(places))


def _views(places: list[Seen]) -> set[View]:
    """Return the views without their parts: another cut through the same pixels is no other view."""
    return {
        place.view._replace(
            scale=round(_OCTAVE * math.log2(place.view.scale)), angle=round(place.view.angle) % 180, part=None
        )
        for place in places
    }


def _overlap(seen: Sightings, one: Symbol, other: Symbol) -> bool:
    return any(inside(a, b) for a in seen[one] for b in seen[other])


def inside(place: Seen, other: Seen) -> bool:
    """Tell whether the middle of one lies within the other, or the other way round; a line counts as a square."""
    return _holds(place, other) or _holds(other, place)


def _holds(outer: Seen, inner: Seen) -> bool:
    right = (inner.left + inner.right - outer.left - outer.right) / 2
    down = (inner.top + inner.bottom - outer.top - outer.bottom) / 2
    along = across = math.hypot(right, down)
    if abs((outer.upright - inner.upright + 90) % 180 - 90) < _PARALLEL:
        turn = math.radians(outer.upright)
        along = abs(right * math.cos(turn) + down * math.sin(turn))
        across = abs(down * math.cos(turn) - right * math.sin(turn))
    # Less than the length across: a code beside another one, as on books, is at a place of its own. Of a single line it
    # is known better where it was.
    reach = outer.length / 4 if outer.view.line is None and inner.view.line is None else outer.length / 8
    return along <= outer.length / 2 and across <= max(outer.height / 2, reach)
