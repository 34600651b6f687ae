"""How many frames a second a film is shown with."""

from fractions import Fraction
from typing import Any

_USUAL = [Fraction(rate) for rate in (10, 12, 15, 24, 25, 30, 48, 50, 60)]
_USUAL += [Fraction(rate * 1000, 1001) for rate in (24, 30, 60)]

_FASTEST = 240
"""Frames a second that are believed; of containers that count in finer units, that is made up."""


def frame_rate(average: Any, nominal: Any, maximum: int) -> Fraction:
    """Return the even pace of a film: a usual one, where its own is nearly that, and no faster than the maximum.

    Its own is the nominal one, as far as that is believed: the average of a film whose pace changes is too slow for a
    part of it. A film faster than the maximum is halved until it is not, so that frames are left out evenly.
    """
    known = [Fraction(rate.numerator, rate.denominator) for rate in (average, nominal) if rate]
    rate = max((rate for rate in known if 1 <= rate <= _FASTEST), default=Fraction(30))
    nearest = min(_USUAL, key=lambda usual: abs(usual - rate))
    if abs(nearest - rate) <= rate / 200:
        rate = nearest
    while rate > maximum:
        rate /= 2
    return rate.limit_denominator(1001)
