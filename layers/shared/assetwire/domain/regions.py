"""What of a picture must stay in sight: the regions that its metadata marks, as one part of the upright picture.

A boundary counts from the left upper corner of the picture as it is stored, before EXIF's orientation turns it; a
circle's radius is a share of the width. Sources: IPTC Photo Metadata Standard 2025.1, "Image Region" and its
structures; IPTC NewsCodes, "Image Region Role", where the main subject area is EXIF's SubjectArea; CIPA DC-008-2023,
SubjectArea.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from assetwire.domain.plan import Region

_MOST = 200
"""Regions, and vertices of one, at the most."""
_RANKS = {
    "mainsubjectarea": 0,
    "recomcropping": 1,
    "recommendedcropping": 1,
    "areaofinterest": 2,
    "subjectarea": 3,
    "cropping": 4,
}
"""Roles that say what must stay, the strongest first, by the last part of their identifier or by their name."""
_WITHOUT_ROLE = 5
_SWAPPED = 5
"""From this EXIF orientation on (5 to 8), the stored width is the upright height."""


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


def focus_of(regions: Any, *, width: int, height: int, orientation: int = 1) -> Region | None:
    """Return what must stay in sight of a picture of this upright size (pixels); None if no region says so.

    Of the regions with the strongest role all count, as one rectangle around them. Malformed ones do not, nor those
    that are there for other reasons: whose the copyright is, a part of a composite, one shape of cropping alone.
    """
    if orientation >= _SWAPPED:
        width, height = height, width
    ranked: dict[int, list[_Box]] = {}
    for region in regions[:_MOST] if isinstance(regions, list | tuple) else ():
        rank = _rank(region)
        box = _boundary(region, width, height) if rank is not None else None
        if rank is not None and box is not None:
            ranked.setdefault(rank, []).append(box)
    if not ranked:
        return None
    boxes = ranked[min(ranked)]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return _upright(_Box(min(lefts), min(tops), max(rights), max(bottoms)), orientation)


def _rank(region: Any) -> int | None:
    """Return how strong a region's role is, the least number first; None for one that says nothing of the focus."""
    if not isinstance(region, Mapping):
        return None
    roles = list(_roles(region.get("rRole")))
    if not roles:
        return _WITHOUT_ROLE
    return min((_RANKS[role] for role in roles if role in _RANKS), default=None)


def _roles(said: Any) -> Iterator[str]:
    """Yield the roles of a region: the last parts of their identifiers, and their names, in lower case."""
    for role in said if isinstance(said, list | tuple) else ():
        if not isinstance(role, Mapping):
            continue
        identifiers, names = role.get("Identifier"), role.get("Name")
        texts = [*_texts(identifiers), *(_texts(names) if not identifiers else ())]
        yield from (text.rstrip("/").rpartition("/")[2].replace(" ", "").lower() for text in texts)


def _texts(said: Any) -> list[str]:
    values = list(said.values()) if isinstance(said, Mapping) else said if isinstance(said, list | tuple) else [said]
    return [value for value in values if isinstance(value, str) and value.strip()]


def _boundary(region: Mapping[str, Any], width: int, height: int) -> _Box | None:
    """Return the rectangle around a region, in shares of the stored picture, as far as it lies within."""
    boundary = region.get("RegionBoundary")
    if isinstance(boundary, list | tuple) and boundary:
        boundary = boundary[0]
    if not isinstance(boundary, Mapping):
        return None
    across, down = (width, height) if boundary.get("rbUnit") == "pixel" else (1, 1)
    match str(boundary.get("rbShape", "")).lower():
        case "rectangle":
            left, top, wide, high = _numbers(boundary, "rbX", "rbY", "rbW", "rbH")
            box = _Box(left / across, top / down, (left + wide) / across, (top + high) / down)
        case "circle":
            x, y, radius = _numbers(boundary, "rbX", "rbY", "rbRx")
            radius_down = radius / across * width / height
            box = _Box((x - radius) / across, y / down - radius_down, (x + radius) / across, y / down + radius_down)
        case "polygon":
            points = list(_vertices(boundary.get("rbVertices")))
            if not points:
                return None
            lefts, tops = [x / across for x, _ in points], [y / down for _, y in points]
            box = _Box(min(lefts), min(tops), max(lefts), max(tops))
        case _:
            return None
    return _within(box)


def _vertices(said: Any) -> Iterator[Sequence[float]]:
    for vertex in said[:_MOST] if isinstance(said, list | tuple) else ():
        if isinstance(vertex, Mapping):
            yield _numbers(vertex, "rbX", "rbY")


def _numbers(structure: Mapping[str, Any], *names: str) -> list[float]:
    """Return these members as numbers; NaN for one that is none."""
    found = []
    for name in names:
        try:
            found.append(float(structure.get(name, math.nan)))
        except (TypeError, ValueError):
            found.append(math.nan)
    return found


def _within(box: _Box) -> _Box | None:
    if not all(map(math.isfinite, box)) or box.right < box.left or box.bottom < box.top:
        return None
    if box.right < 0 or box.bottom < 0 or box.left > 1 or box.top > 1:
        return None
    return _Box(max(0.0, box.left), max(0.0, box.top), min(1.0, box.right), min(1.0, box.bottom))


def _upright(box: _Box, orientation: int) -> Region:
    """Turn a part of the stored picture as EXIF's orientation turns the whole."""
    left, top, right, bottom = box
    if orientation in {2, 3, 7, 8}:  # left and right change places
        left, right = 1 - right, 1 - left
    if orientation in {3, 4, 6, 7}:
        top, bottom = 1 - bottom, 1 - top
    if orientation >= _SWAPPED:
        left, top, right, bottom = top, left, bottom, right
    return Region(*(round(share, 6) for share in (left, top, right - left, bottom - top)))
