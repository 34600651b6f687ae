"""Near-duplicates: how far two perceptual hashes are apart, and the keys under which one finds those near another.

A hash is written by `media/perceptual.py`: 192 bits of shape, then 16 bits that say where its colours are strongly on
one side of neutral, and 16 that say where on the other. `docs/similarity.md` has the figures behind the choice.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SHAPE_BITS, COLOUR_BITS = 192, 16
BANDS = 16
"""Parts that the shape is indexed by: each costs a write with the hash, and a query with a look-up."""
THRESHOLD = BANDS - 1
"""Distance up to which two pictures count as near-duplicates: so few bits cannot fall into every band."""
OPPOSED = 2
"""What a place costs whose colours are opposite: as much as two bits of shape."""
_BAND_DIGITS = SHAPE_BITS // 4 // BANDS
_COLOUR_MASK = (1 << COLOUR_BITS) - 1


def distance(one: str, other: str) -> int:
    """Return how far two hashes are apart: the bits of shape that differ, and what opposite colours cost.

    Colour costs nothing where either picture has none: a greyscale copy is as near as one in colour.
    """
    (one_warm, one_cold), (other_warm, other_cold) = _colours(one), _colours(other)
    shapes = [int(value, 16) >> 2 * COLOUR_BITS for value in (one, other)]
    opposed = (one_warm & other_cold) | (one_cold & other_warm)
    return (shapes[0] ^ shapes[1]).bit_count() + OPPOSED * opposed.bit_count()


def _colours(perceptual_hash: str) -> tuple[int, int]:
    both = int(perceptual_hash, 16)
    return both >> COLOUR_BITS & _COLOUR_MASK, both & _COLOUR_MASK


def bands(perceptual_hash: str) -> tuple[str, ...]:
    """Return the `BANDS` keys of a hash: any two hashes within `THRESHOLD` share at least one.

    A key holds its place and 12 bits of shape, so that one look-up reads about 16 of 4,096 parts of a catalogue.
    """
    return tuple(
        f"{number:x}{perceptual_hash[number * _BAND_DIGITS : (number + 1) * _BAND_DIGITS]}" for number in range(BANDS)
    )


class Pair(NamedTuple):
    """Two names whose hashes are this far apart; the first name is the lesser."""

    one: str
    other: str
    distance: int


def pairs(hashes: Mapping[str, str], *, within: int = THRESHOLD) -> list[Pair]:
    """Return the pairs of names whose hashes are at most so far apart, nearest first.

    Up to `THRESHOLD`, only what shares a band is compared; beyond it, everything with everything.
    """
    names = sorted(hashes)
    found: set[Pair] = set()
    for group in _groups(names, hashes) if within <= THRESHOLD else [names]:
        for at, one in enumerate(group):
            for other in group[at + 1 :]:
                apart = distance(hashes[one], hashes[other])
                if apart <= within:
                    found.add(Pair(one, other, apart))
    return sorted(found, key=lambda pair: (pair.distance, pair.one, pair.other))


def _groups(names: Sequence[str], hashes: Mapping[str, str]) -> list[list[str]]:
    """Return the names that share each band, where there are at least two."""
    by_band: dict[str, list[str]] = {}
    for name in names:
        for band in bands(hashes[name]):
            by_band.setdefault(band, []).append(name)
    return [group for group in by_band.values() if len(group) > 1]
