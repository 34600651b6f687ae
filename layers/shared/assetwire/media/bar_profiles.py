"""EAN-13 and UPC-A out of grey levels along a line, where the bars are too blurred to tell black from white.

A threshold loses the narrow bars of a small or blurred picture; the grey levels still tell the digits apart. Each digit
is compared with the blurred patterns of all digits. The check digit takes no part in the choice: it stays a test.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from operator import mul
from typing import NamedTuple

from PIL import Image

_ODD = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
"""Modules of the digits 0 to 9 in set A, 1 is dark. Source: ISO/IEC 15420, table 1; sets B and C follow from it."""
_FIRST = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")
"""Sets of the left half by the first digit, which is not printed as bars."""
_MODULES = 95
_BLURS = (0.35, 0.6, 0.85)
"""Standard deviations of the blur, in modules."""
_FINE = 3
"""Samples of a module."""
_SHIFTS = (-0.4, -0.2, 0.0, 0.2, 0.4)
"""Modules that a digit may lie aside of where the one before it lets expect it."""
_BENDS = tuple(side * bend for bend in (0.0, 0.004, 0.008, 0.013, 0.02, 0.028, 0.036) for side in (1, -1))[1:]
"""How far the middle may lie aside, as a share of the length: the picture is taken at a slant."""
_QUIET = 0.045
"""Space without bars at either side, as a share of the length: less than the standard wants, more than bars take."""
_WORST = 0.28
"""Share of a digit's variation that its pattern does not explain, at the most."""
_GUARDS = 2.2
"""Likeness of the three guards together, 4 at the most; the middle counts twice."""
_TRIES = 12
"""Spans of a line that are tried in either direction: across a code there are about 3, across a page of text 45."""
_CLEAR = 0.05
"""By how much more every other pattern of a digit must fail to explain."""
_BESIDE = (3, -3)
"""Degrees beside a direction that are looked at as well, where a line says something."""
_LARGEST = 800
"""Pixels of the longer edge in which lines are read; larger pictures are shrunk."""
_LINES = 15
"""Lines of a picture, one below the other."""


class Reading(NamedTuple):
    """A number, and where along the line it was read."""

    text: str
    left: float
    right: float
    cost: float


class Line(NamedTuple):
    """A band across the turned picture, all of its rows averaged into one, and what was read there."""

    angle: float
    number: int
    readings: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    """Texts, each with the corners of its place in pixels of the picture."""


def lines(grey: Image.Image, direction: float) -> Iterator[Line]:
    """Read the lines across a direction; where one of them says something, those beside the direction as well."""
    scale = min(1.0, _LARGEST / max(grey.size))
    if scale < 1:
        grey = grey.resize((round(grey.width * scale), round(grey.height * scale)), Image.Resampling.BOX)
    across = list(_lines(grey, scale, direction))
    yield from across
    if any(line.readings for line in across):
        for beside in _BESIDE:
            yield from _lines(grey, scale, direction + beside)


def _lines(grey: Image.Image, scale: float, angle: float) -> Iterator[Line]:
    turned = grey.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255) if angle else grey
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    height = max(3, turned.height // (2 * _LINES))
    for number in range(turned.height // (2 * height)):
        top = height // 2 + 2 * height * number
        band = turned.crop((0, top, turned.width, top + height))
        # One row of twice the length: grey levels between the pixels are levels of the picture as well.
        row = band.resize((turned.width, 1), Image.Resampling.BOX)
        row = row.resize((turned.width * 2, 1), Image.Resampling.BICUBIC)
        readings = []
        for reading in read_profile(row.tobytes()):
            corners = []
            for x, y in itertools.product((reading.left / 2, reading.right / 2), (top, top + height)):
                across, down = x - turned.width / 2, y - turned.height / 2
                # Pillow turns counter-clockwise on a y axis that points down; this turns back.
                corners.append(
                    (
                        (across * cosine - down * sine + grey.width / 2) / scale,
                        (across * sine + down * cosine + grey.height / 2) / scale,
                    )
                )
            readings.append((reading.text, tuple(corners)))
        yield Line(angle, number, tuple(readings))


class _Span(NamedTuple):
    """From where to where a code reaches, and how far its middle lies aside, as a share of the length."""

    left: float
    right: float
    bend: float = 0.0


class _Pattern(NamedTuple):
    digit: int
    set: str
    shape: tuple[float, ...]
    """Of mean 0 and length 1, with one module of what must stand at either side."""


def _pattern(bits: str, blur: float) -> tuple[float, ...]:
    reach = 3
    padded = bits[0] * reach + bits + bits[-1] * reach
    fine = [int(bit) for bit in padded for _ in range(_FINE)]
    weights = [math.exp(-0.5 * (offset / _FINE / blur) ** 2) for offset in range(-2 * _FINE, 2 * _FINE + 1)]
    total = sum(weights)
    start = reach * _FINE
    # Dark is low in the profile.
    values = [
        -sum(map(mul, weights, fine[at - 2 * _FINE : at + 2 * _FINE + 1])) / total
        for at in range(start, start + len(bits) * _FINE)
    ]
    mean = sum(values) / len(values)
    values = [value - mean for value in values]
    size = math.sqrt(sum(value * value for value in values))
    return tuple(value / size for value in values)


def _patterns(blur: float) -> tuple[tuple[_Pattern, ...], tuple[_Pattern, ...]]:
    left: list[_Pattern] = []
    right: list[_Pattern] = []
    for digit, odd in enumerate(_ODD):
        even = odd.translate(str.maketrans("01", "10"))
        left.append(_Pattern(digit, "A", _pattern(f"1{odd}0", blur)))
        left.append(_Pattern(digit, "B", _pattern(f"1{even[::-1]}0", blur)))
        right.append(_Pattern(digit, "C", _pattern(f"0{even}1", blur)))
    return tuple(left), tuple(right)


_LEFT_RIGHT = tuple(_patterns(blur) for blur in _BLURS)
_MIDDLE = tuple(_pattern("1010101", blur) for blur in _BLURS)
"""The guard in the middle with the two bars beside it that every code has."""
_START = tuple(_pattern("0001010", blur) for blur in _BLURS)
_END = tuple(_pattern("0101000", blur) for blur in _BLURS)


def read_profile(profile: Sequence[int]) -> list[Reading]:
    """Return the numbers that the grey levels along a line spell in either direction."""
    if len(profile) < _MODULES:
        return []
    found = []
    for line, back in ((profile, False), (profile[::-1], True)):
        for left, right in itertools.islice(_spans(line), _TRIES):
            reading = _decode(line, left, right)
            if reading is not None:
                if back:
                    last = len(profile) - 1
                    reading = reading._replace(left=last - reading.right, right=last - reading.left)
                found.append(reading)
    return found


def _spans(line: Sequence[int]) -> Iterator[tuple[float, float]]:
    """Yield from where to where a code may reach: light at both sides and many bars between."""
    seen: set[tuple[int, int]] = set()
    contrast = max(line) - min(line)
    for share in (0.05, 0.12):
        found = edges(line, max(3.0, contrast * share))
        gaps = [math.inf, *(b[0] - a[0] for a, b in itertools.pairwise(found)), math.inf]
        for i, (left, dark) in enumerate(found):
            if not dark:
                continue
            for j in range(i + 39, min(i + 66, len(found)), 2):
                right = found[j][0]
                quiet = (right - left) * _QUIET
                key = round(left), round(right)
                if gaps[i] >= quiet and gaps[j + 1] >= quiet and right - left >= _MODULES * 1.2 and key not in seen:
                    seen.add(key)
                    yield left, right


def edges(line: Sequence[int], least: float) -> list[tuple[float, bool]]:
    """Return where the line crosses the middle between a light and a dark place, and whether it turns dark."""
    turns: list[int] = [0]
    rising: bool | None = None
    for at, value in enumerate(line):
        last = line[turns[-1]]
        if rising is None:
            if abs(value - last) >= least:
                rising = value > last
                turns.append(at)
        elif (value > last) == rising:
            if value != last:
                turns[-1] = at
        elif abs(value - last) >= least:
            rising = not rising
            turns.append(at)
    found = []
    for a, b in itertools.pairwise(turns):
        middle = (line[a] + line[b]) / 2
        dark = line[b] < line[a]
        for at in range(a, b):
            one, two = line[at], line[at + 1]
            if (one >= middle > two) if dark else (one <= middle < two):
                found.append((at + (middle - one) / (two - one), dark))
                break
    return found


def _decode(line: Sequence[int], left: float, right: float) -> Reading | None:
    def likeness(shape: Sequence[float], first: float, bend: float = 0.0) -> float:
        """Return how well modules from this one on have a shape, -1 to 1."""
        return _match(_samples(line, _Span(left, right, bend), first, len(shape)), (shape,))[0]

    best: Reading | None = None
    guards = []
    for number in range(len(_BLURS)):
        ends = likeness(_START[number], -3) + likeness(_END[number], _MODULES - 4)
        if ends + 2 < _GUARDS:
            continue
        guards += [(ends + 2 * likeness(_MIDDLE[number], 44, bend), number, bend) for bend in _BENDS]
    guards.sort(reverse=True)
    for guard, number, bend in guards[:3]:
        if guard < _GUARDS:
            break
        reading = _digits(line, _Span(left, right, bend), number)
        if reading is not None and (best is None or reading.cost < best.cost):
            best = reading
    return best


def _digits(line: Sequence[int], span: _Span, number: int) -> Reading | None:
    lefts, rights = _LEFT_RIGHT[number]
    digits, sets = "", ""
    worst = 0.0
    drift = 0.0
    for place in range(12):
        start = 3 + 7 * place if place < 6 else 50 + 7 * (place - 6)
        patterns = lefts if place < 6 else rights
        if place == 6:
            drift = 0.0
        costs = [math.inf] * len(patterns)
        shifts = [0.0] * len(patterns)
        for shift in _SHIFTS:
            samples = _samples(line, span, start - 1 + drift + shift, 9 * _FINE)
            for index, match in enumerate(_match(samples, [pattern.shape for pattern in patterns])):
                cost = 1 - match * abs(match) + 0.02 * abs(shift)
                if cost < costs[index]:
                    costs[index], shifts[index] = cost, shift
        order = sorted(range(len(patterns)), key=costs.__getitem__)
        first, second = order[0], order[1]
        worst = max(worst, costs[first])
        if worst > _WORST or costs[second] - costs[first] < _CLEAR:
            return None
        drift += 0.8 * shifts[first]
        digits += str(patterns[first].digit)
        sets += patterns[first].set
    if sets[:6] not in _FIRST:
        return None
    text = f"{_FIRST.index(sets[:6])}{digits}"
    if sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(text)) % 10:
        return None
    return Reading(text, span.left, span.right, worst)


def _samples(line: Sequence[int], span: _Span, first: float, number: int) -> list[float]:
    """Return grey levels from the middle of the first fine part of a module on."""
    left, length, bend = span.left, span.right - span.left, span.bend
    values = []
    last = len(line) - 1
    for at in range(number):
        share = (first + (at + 0.5) / _FINE) / _MODULES
        x = left + length * (share + 4 * bend * share * (1 - share))
        low = int(x) if x > 0 else 0
        if low >= last:
            values.append(float(line[last]))
        else:
            values.append(line[low] + (x - low) * (line[low + 1] - line[low]) if x > 0 else float(line[0]))
    return values


def _match(samples: list[float], shapes: Sequence[Sequence[float]]) -> list[float]:
    mean = sum(samples) / len(samples)
    centred = [value - mean for value in samples]
    size = math.sqrt(sum(map(mul, centred, centred))) or 1.0
    return [sum(map(mul, centred, shape)) / size for shape in shapes]
