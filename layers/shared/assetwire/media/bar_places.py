"""Where in a picture bars may be, and in which direction: places where all edges run in parallel.

It takes a few operations on the whole picture, about as many as one look for codes in it, and tells the angle as well.
"""

import itertools
import math
from collections.abc import Iterator
from typing import NamedTuple

from PIL import Image, ImageChops

from assetwire.media.bar_profiles import edges
from assetwire.media.bar_views import Part, View, cut

_EDGES = (1_400, 700, 350)
"""Pixels of the longer edge in which bars are looked for: narrow ones in the first, noisy and blurred in the others."""
_CELL = 8
"""Pixels of a cell's edge: a cell has one direction."""
_FAINT = 4.0
"""Mean difference of neighbouring pixels, of 255, below which a cell has no direction."""
_PARALLEL = 0.45
"""Share of a cell's edges that run in one direction: noisy bars have 0.5 and more, nothing but noise has up to 0.2.
Cells of a photograph may well have as much as bars, but not of one direction side by side."""
_STRONG = 0.4
"""Share of the strongest cell's contrast: cells with more are also looked at without the others, that a code does not
merge with fainter stripes beside it."""
_NEAR = math.cos(2 * math.radians(14))
"""Cosine of twice the angle by which the direction of a cell may differ from that of those beside it."""
_LENGTH = 300
"""Pixels of a place whose bars are counted, along them."""
_TALLEST = 4.0
"""Enlargement at the most."""
_FAINTEST, _CLEAR = 3.0, 0.15
"""How much light and dark must differ to count: levels of 255, and as a share of the place's whole contrast."""
_CELLS = 5
"""Cells of a place at the least, and along the bars' direction of reading."""


class Place(NamedTuple):
    """Where bars may be, in pixels of the picture."""

    upright: float
    """Degrees to turn the picture by, so that the bars stand upright."""
    x: float
    y: float
    length: float
    """From the first bar to the last."""
    height: float
    strength: float
    """How much contrast there is, and of what size: the likelier a code, the higher among the places of a picture."""


def bars(grey: Image.Image, place: Place) -> int:
    """Return how often light and dark change along a place, at the most of three heights."""
    part = Part(place.x, place.y, place.length)
    scale = min(_LENGTH / place.length, _TALLEST)
    upright = cut(grey, View(scale, angle=place.upright, part=part), part)
    length, height = place.length * scale * 1.1, min(place.height, place.length) * scale / 8
    left, middle = (upright.width - length) / 2, upright.height / 2
    most = 0
    for step in (-2, 0, 2):
        top = middle + (step - 0.5) * height
        box = max(0, left), max(0, top), min(upright.width, left + length), min(upright.height, top + height)
        row = upright.resize((max(2, round(length)), 1), Image.Resampling.BOX, box).tobytes()
        most = max(most, len(edges(row, max(_FAINTEST, (max(row) - min(row)) * _CLEAR))))
    return most


class _Cell(NamedTuple):
    """Which way the edges in a cell run, as a vector of twice the angle, and how strong they are."""

    x: float
    y: float
    strength: float


_Cells = dict[tuple[int, int], _Cell]


def places(grey: Image.Image) -> list[Place]:
    """Return where bars may be, likely places first."""
    found: list[Place] = []
    sizes: set[tuple[int, int]] = set()
    for edge in _EDGES:
        scale = min(1.0, edge / max(grey.size))
        size = round(grey.width * scale), round(grey.height * scale)
        if size in sizes or min(size) < 2 * _CELL:
            continue
        sizes.add(size)
        cells = _cells(grey if scale == 1 else grey.resize(size, Image.Resampling.BOX))
        strong = _STRONG * max((cell.strength for cell in cells.values()), default=0.0)
        for some in (cells, {at: cell for at, cell in cells.items() if cell.strength >= strong}):
            found += [place for group in _groups(some) for place in _place(some, group, scale)]
    kept: list[Place] = []
    for place in sorted(found, key=lambda place: -place.strength):
        if not any(_alike(place, other) for other in kept):
            kept.append(place)
    return kept


def _cells(grey: Image.Image) -> _Cells:
    """Return the cells that have a direction."""
    columns, rows = (grey.width - 2) // _CELL, (grey.height - 2) // _CELL
    # Without the outermost pixels, whose neighbours would be those of the opposite edge.
    box = 1, 1, 1 + columns * _CELL, 1 + rows * _CELL
    differences = []
    for across, down in ((1, 0), (0, 1), (1, 1), (-1, 1)):
        difference = ImageChops.difference(grey, ImageChops.offset(grey, across, down)).crop(box)
        differences.append(difference.convert("F").reduce(_CELL).tobytes())
    cells: _Cells = {}
    values = [memoryview(difference).cast("f") for difference in differences]
    for at, (level, plumb, falling, rising) in enumerate(zip(*values, strict=True)):
        strength = level * level + plumb * plumb
        if strength < _FAINT * _FAINT:
            continue
        # Diagonal neighbours are further apart by the root of 2.
        x, y = level * level - plumb * plumb, (falling * falling - rising * rising) / 2
        length = math.hypot(x, y)
        if length > _PARALLEL * strength:
            cells[at % columns, at // columns] = _Cell(x / length, y / length, math.sqrt(strength))
    return cells


def _groups(cells: _Cells) -> Iterator[list[tuple[int, int]]]:
    """Yield neighbouring cells of about the same direction."""
    left = dict.fromkeys(cells)
    while left:
        start, _ = left.popitem()
        group, at = [start], 0
        x, y = 0.0, 0.0
        while at < len(group):
            column, row = group[at]
            here = cells[group[at]]
            at += 1
            x, y = x + here.x * here.strength, y + here.y * here.strength
            least = _NEAR * math.hypot(x, y)
            for near in itertools.product(range(column - 2, column + 3), range(row - 2, row + 3)):
                if near in left and x * cells[near].x + y * cells[near].y > least:
                    del left[near]
                    group.append(near)
        yield group


def _place(cells: _Cells, group: list[tuple[int, int]], scale: float) -> Iterator[Place]:
    if len(group) < _CELLS:
        return
    chosen = [cells[at] for at in group]
    direction = math.atan2(sum(c.y * c.strength for c in chosen), sum(c.x * c.strength for c in chosen)) / 2
    sine, cosine = math.sin(direction), math.cos(direction)
    along = [(column + 0.5) * cosine + (row + 0.5) * sine for column, row in group]
    across = [(row + 0.5) * cosine - (column + 0.5) * sine for column, row in group]
    length, height = max(along) - min(along) + 1, max(across) - min(across) + 1
    if length < _CELLS:
        return
    middle, aside = (max(along) + min(along)) / 2, (max(across) + min(across)) / 2
    pixels = _CELL / scale
    strength = sum(c.strength for c in chosen) * len(group) / (length * height)
    yield Place(
        math.degrees(direction),
        (middle * cosine - aside * sine) * pixels,
        (middle * sine + aside * cosine) * pixels,
        length * pixels,
        height * pixels,
        strength * pixels,
    )


def _alike(place: Place, other: Place) -> bool:
    apart = math.hypot(place.x - other.x, place.y - other.y)
    turned = abs((place.upright - other.upright + 90) % 180 - 90)
    return apart < 0.25 * max(place.length, other.length) and 0.5 < place.length / other.length < 2 and turned < 15
